#include "net/mail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/utf8.hpp"
#include "net/base64.hpp"

namespace syncwell::net {
namespace {

constexpr std::size_t max_local_part_bytes = 64;
constexpr std::size_t max_label_bytes = 63;
constexpr std::size_t max_line_bytes = 76;          // RFC 2045, 6.7
constexpr std::size_t max_plain_header_bytes = 60;  // longer ones are encoded, which can be folded anywhere
constexpr std::size_t encoded_word_bytes = 45;      // 60 characters of base64, and RFC 2047 allows 75 with its frame
constexpr std::string_view atom_specials = "!#$%&'*+-/=?^_`{|}~";

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_atom_character(char c) { return is_letter_or_digit(c) || atom_specials.contains(c); }
bool is_visible(char c) { return c >= 0x20 && c < 0x7f; }

// Words with single dots between them.
bool is_dot_atom(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' && !text.contains("..") &&
         std::ranges::all_of(text, [](char c) { return c == '.' || is_atom_character(c); });
}

bool is_domain(std::string_view text) {
  while (!text.empty()) {
    const std::string_view label = text.substr(0, text.find('.'));
    if (label.empty() || label.size() > max_label_bytes || label.front() == '-' || label.back() == '-') return false;
    if (!std::ranges::all_of(label, [](char c) { return c == '-' || is_letter_or_digit(c); })) return false;
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
  return false;
}

bool is_message_id(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && text.size() <= max_message_id_bytes && is_dot_atom(text.substr(0, at)) &&
         is_dot_atom(text.substr(at + 1));
}

bool is_unsubscribe_url(std::string_view text) {
  return text.size() <= max_unsubscribe_url_bytes && (text.starts_with("https://") || text.starts_with("mailto:")) &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '<' && c != '>' && c != ','; });
}

bool is_language(std::string_view text) {
  return text.size() <= 35 && std::ranges::all_of(text, [](char c) { return c == '-' || is_letter_or_digit(c); });
}

// One line of UTF-8 without control characters.
bool is_header_text(std::string_view text, std::size_t max_bytes) {
  return text.size() <= max_bytes && is_utf8(text) &&
         std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// Encoded words on lines of their own, each of whole characters.
std::string encoded_words(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    const std::string_view part = cut_utf8(text, encoded_word_bytes);
    words += fmt::format("{}=?utf-8?B?{}?=", words.empty() ? "" : "\r\n ", encode_base64(part));
    text.remove_prefix(part.size());
  }
  return words;
}

std::string unstructured(std::string_view text) {
  const bool plain = text.size() <= max_plain_header_bytes && std::ranges::all_of(text, is_visible) &&
                     !text.contains("=?") && text.front() != ' ' && text.back() != ' ';
  return plain ? std::string(text) : encoded_words(text);
}

std::string mailbox(const Mailbox& box) {
  if (box.name.empty()) return fmt::format("<{}>", box.address);
  if (box.name.size() > max_plain_header_bytes || !std::ranges::all_of(box.name, is_visible) ||
      box.name.contains("=?")) {
    return fmt::format("{}\r\n <{}>", encoded_words(box.name), box.address);
  }
  std::string quoted;
  for (const char c : box.name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return fmt::format("\"{}\"\r\n <{}>", quoted, box.address);
}

std::string date_of(Instant date) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(date);
  const std::chrono::year_month_day calendar{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(date - day)};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", days.at(std::chrono::weekday{day}.c_encoding()),
                     static_cast<unsigned>(calendar.day()), months.at(static_cast<unsigned>(calendar.month()) - 1),
                     static_cast<int>(calendar.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

// One line of text, without its break, as lines of at most 76 bytes (RFC 2045, 6.7). What transports are known to touch
// is encoded: blanks at the end, a dot or "From " at the beginning.
void append_quoted_printable(std::string& to, std::string_view line) {
  std::size_t column = 0;
  const bool from = line.starts_with("From ");
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool last = i + 1 == line.size();
    const bool blank = c == ' ' || c == '\t';
    const bool plain = blank ? !last : is_visible(c) && c != '=' && !(c == '.' && column == 0) && !(from && i == 0);
    const std::size_t needed = plain ? 1 : 3;
    if (column + needed > max_line_bytes - 1 && !(last && column + needed <= max_line_bytes)) {
      to += "=\r\n";
      column = 0;
      --i;  // this one again: a dot may have come to the beginning
      continue;
    }
    if (plain) {
      to += c;
    } else {
      fmt::format_to(std::back_inserter(to), "={:02X}", static_cast<unsigned char>(c));
    }
    column += needed;
  }
  to += "\r\n";
}

// CRLF, CR and LF alike end a line.
std::string quoted_printable(std::string_view text) {
  std::string encoded;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    append_quoted_printable(encoded, text.substr(0, end));
    text.remove_prefix(end);
    if (text.starts_with("\r\n")) text.remove_prefix(1);
    if (!text.empty()) text.remove_prefix(1);
  }
  return encoded;
}

Result<void> check(const Mail& mail, const Mailbox& from) {
  const auto invalid = [](const char* what) { return fail(ErrorCode::invalid_argument, what); };
  if (!is_mail_address(from.address)) return invalid("the sender's address is no mail address (\"name@domain\")");
  if (!is_header_text(from.name, max_mail_name_bytes)) {
    return invalid("the sender's name is not one line of UTF-8, or longer than 200 bytes");
  }
  if (!is_mail_address(mail.to)) return invalid("the recipient's address is no mail address (\"name@domain\")");
  if (!is_message_id(mail.message_id)) return invalid("the message id has not the form \"id@domain\"");
  if (!mail.in_reply_to.empty() && !is_message_id(mail.in_reply_to)) {
    return invalid("the id of the message that this answers has not the form \"id@domain\"");
  }
  if (mail.subject.empty() || !is_header_text(mail.subject, max_mail_subject_bytes)) {
    return invalid("the subject is empty, not one line of UTF-8, or longer than 1024 bytes");
  }
  if (!is_language(mail.locale)) return invalid("the language is no tag like \"de\" or \"pt-BR\"");
  if (!mail.list_unsubscribe.empty() && !is_unsubscribe_url(mail.list_unsubscribe)) {
    return invalid("the address to unsubscribe is neither https nor mailto, or too long");
  }
  if (mail.text.size() > max_mail_text_bytes) return invalid("the text is longer than 256 KiB");
  if (!is_utf8(mail.text)) return invalid("the text is no UTF-8");
  return {};
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || text.size() > max_mail_address_bytes || at > max_local_part_bytes) return false;
  return is_dot_atom(text.substr(0, at)) && is_domain(text.substr(at + 1));
}

Result<std::string> to_mime(const Mail& mail, const Mailbox& from, Instant date) {
  if (auto checked = check(mail, from); !checked) return fail(std::move(checked.error()));
  std::string mime;
  const auto add = [&mime](std::string_view name, std::string_view value) {
    mime.append(name).append(": ").append(value).append("\r\n");
  };
  add("Date", date_of(date));
  add("From", mailbox(from));
  add("To", fmt::format("<{}>", mail.to));
  add("Subject", unstructured(mail.subject));
  add("Message-ID", fmt::format("<{}>", mail.message_id));
  if (!mail.in_reply_to.empty()) {
    add("In-Reply-To", fmt::format("<{}>", mail.in_reply_to));
    add("References", fmt::format("<{}>", mail.in_reply_to));
  }
  add("Auto-Submitted", "auto-generated");
  if (!mail.list_unsubscribe.empty()) add("List-Unsubscribe", fmt::format("<{}>", mail.list_unsubscribe));
  if (!mail.locale.empty()) add("Content-Language", mail.locale);
  add("MIME-Version", "1.0");
  add("Content-Type", "text/plain; charset=utf-8");
  add("Content-Transfer-Encoding", "quoted-printable");
  return mime + "\r\n" + quoted_printable(mail.text);
}

}  // namespace syncwell::net
