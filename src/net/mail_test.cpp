// SUP-4: what people get by mail.
#include "net/mail.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/utf8.hpp"

namespace syncwell::net {
namespace {

const Instant date = parse_rfc3339("2026-11-03T07:05:09.250Z").value().at;
const Mailbox sender{.address = "support@sync.example", .name = "SyncWell"};
const Mail mail{.message_id = "case-42.initial@sync.example",
                .to = "alice@example.org",
                .subject = "Your sync",
                .text = "Hello,\n\nit works.\n"};

std::string mime(const Mail& what, const Mailbox& from = sender) { return to_mime(what, from, date).value(); }

// The value of a header, unfolded; "(none)" where there is none.
std::string header(const std::string& text, const std::string& name) {
  const std::string all = "\r\n" + text.substr(0, text.find("\r\n\r\n") + 2);
  const auto begin = all.find("\r\n" + name + ": ");
  if (begin == std::string::npos) return "(none)";
  std::string value = all.substr(begin + name.size() + 4);
  auto end = value.find("\r\n");
  while (end != std::string::npos && value[end + 2] == ' ') {
    value.erase(end, 2);
    end = value.find("\r\n", end);
  }
  return value.substr(0, end);
}

std::string body(const std::string& text) { return text.substr(text.find("\r\n\r\n") + 4); }

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      plain += text[i];
    } else if (text.substr(i + 1, 2) == "\r\n") {
      i += 2;
    } else {
      plain += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    }
  }
  return plain;
}

// SUP-4
TEST(Mail, LooksLikeThis) {
  Mail answer = mail;
  answer.locale = "de-AT";
  answer.in_reply_to = "case-42.initial@sync.example";
  answer.message_id = "case-42.resolved@sync.example";
  answer.list_unsubscribe = "https://sync.example/settings";
  EXPECT_EQ(mime(answer),
            "Date: Tue, 03 Nov 2026 07:05:09 +0000\r\n"
            "From: \"SyncWell\"\r\n <support@sync.example>\r\n"
            "To: <alice@example.org>\r\n"
            "Subject: Your sync\r\n"
            "Message-ID: <case-42.resolved@sync.example>\r\n"
            "In-Reply-To: <case-42.initial@sync.example>\r\n"
            "References: <case-42.initial@sync.example>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "List-Unsubscribe: <https://sync.example/settings>\r\n"
            "Content-Language: de-AT\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "Hello,\r\n\r\nit works.\r\n");
}

// SUP-4: a second attempt is the same message.
TEST(Mail, TheSameMailHasTheSameBytes) { EXPECT_EQ(mime(mail), mime(mail)); }

// SUP-4: other scripts in headers (RFC 2047): words of at most 75 characters, each of whole characters.
TEST(Mail, HeadersOfOtherScriptsAreEncoded) {
  Mail other = mail;
  other.subject = "Störung";
  EXPECT_EQ(header(mime(other), "Subject"), "=?utf-8?B?U3TDtnJ1bmc=?=");
  EXPECT_EQ(header(mime(mail, {.address = "a@b.example", .name = "Jörg \"J\""}), "From"),
            "=?utf-8?B?SsO2cmcgIkoi?= <a@b.example>");
  EXPECT_EQ(header(mime(mail, {.address = "a@b.example", .name = "The \"J\" \\"}), "From"),
            "\"The \\\"J\\\" \\\\\" <a@b.example>");
  EXPECT_EQ(header(mime(mail, {.address = "a@b.example"}), "From"), "<a@b.example>");
  // What looks encoded and is not must not be decoded.
  other.subject = "=?utf-8?B?SGk=?=";
  EXPECT_EQ(header(mime(other), "Subject"), "=?utf-8?B?PT91dGYtOD9CP1NHaz0/PQ==?=");
  other.subject.clear();
  for (int i = 0; i < 100; ++i) other.subject += "\xe2\x82\xac";
  const std::string text = mime(other);
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find("\r\n", begin);
    EXPECT_LE(end - begin, 85U);
    begin = end + 2;
  }
  EXPECT_TRUE(header(text, "Subject")
                  .starts_with("=?utf-8?B?4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs4oKs?="
                               " =?utf-8?B?4oKs"));
}

// SUP-4: the text arrives as it was, whatever touches it on the way.
TEST(Mail, TheTextIsQuotedPrintable) {
  const auto body_of = [](std::string text) {
    Mail other = mail;
    other.text = std::move(text);
    return body(mime(other));
  };
  EXPECT_EQ(body_of("ä=1\n"), "=C3=A4=3D1\r\n");
  EXPECT_EQ(body_of("a\rb\r\nc\nd"), "a\r\nb\r\nc\r\nd\r\n");
  EXPECT_EQ(body_of(".\n..\n.a\na.\n"), "=2E\r\n=2E.\r\n=2Ea\r\na.\r\n");
  EXPECT_EQ(body_of("From me\nFromage\n"), "=46rom me\r\nFromage\r\n");
  EXPECT_EQ(body_of("a \nb\t\n"), "a=20\r\nb=09\r\n");
  EXPECT_EQ(body_of(std::string("a\0b\x1b", 4)), "a=00b=1B\r\n");
  EXPECT_EQ(body_of(""), "");
  EXPECT_EQ(body_of(std::string(76, 'a')), std::string(76, 'a') + "\r\n");
  EXPECT_EQ(body_of(std::string(77, 'a')), std::string(75, 'a') + "=\r\naa\r\n");
  // A dot that folding brings to the beginning of a line.
  EXPECT_EQ(body_of(std::string(75, 'a') + ".b"), std::string(75, 'a') + "=\r\n=2Eb\r\n");
}

// SUP-4
RC_GTEST_PROP(Mail, AnyTextComesBack, ()) {
  const auto characters = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "a", "=", ".", " ", "\t", "\n", "ä", "€", "From ", "\xf0\x9f\x8f\x83", "0123456789"));
  Mail other = mail;
  for (const auto& one : characters) other.text += one;
  const std::string encoded = body(mime(other));
  RC_ASSERT(std::ranges::all_of(
      encoded, [](unsigned char c) { return c < 0x7f && (c >= 0x20 || c == '\r' || c == '\n' || c == '\t'); }));
  for (std::size_t begin = 0; begin < encoded.size();) {
    const auto end = encoded.find("\r\n", begin);
    RC_ASSERT(end != std::string::npos);
    RC_ASSERT(end - begin <= 76U);
    RC_ASSERT(encoded[begin] != '.');
    begin = end + 2;
  }
  std::string expected;
  for (const char c : other.text) expected += c == '\n' ? std::string("\r\n") : std::string(1, c);
  if (!expected.empty() && !expected.ends_with("\r\n")) expected += "\r\n";
  RC_ASSERT(decoded(encoded) == expected);
}

// SUP-4: no value begins a header of its own.
TEST(Mail, HeadersCannotBeInjected) {
  for (const char* bad : {"a\r\nBcc: b@example.org", "a\nb", "a\rb", "a\x1b[0m", "a\xff"}) {
    const auto refused = [&](auto change) {
      Mail other = mail;
      Mailbox from = sender;
      change(other, from);
      const auto made = to_mime(other, from, date);
      EXPECT_FALSE(made) << bad;
      if (made) return;
      EXPECT_EQ(made.error().code, ErrorCode::invalid_argument);
      EXPECT_EQ(made.error().message.find("Bcc"), std::string::npos);
    };
    refused([&](Mail& other, Mailbox&) { other.subject = bad; });
    refused([&](Mail& other, Mailbox&) { other.to = std::string(bad) + "@example.org"; });
    refused([&](Mail& other, Mailbox&) { other.to = std::string("a@") + bad; });
    refused([&](Mail& other, Mailbox&) { other.message_id = std::string(bad) + "@example.org"; });
    refused([&](Mail& other, Mailbox&) { other.in_reply_to = std::string(bad) + "@example.org"; });
    refused([&](Mail& other, Mailbox&) { other.locale = bad; });
    refused([&](Mail& other, Mailbox&) { other.list_unsubscribe = std::string("https://") + bad; });
    refused([&](Mail&, Mailbox& from) { from.name = bad; });
    refused([&](Mail&, Mailbox& from) { from.address = std::string(bad) + "@example.org"; });
  }
}

// SUP-4
TEST(Mail, KnowsAddresses) {
  for (const char* good : {"a@b", "first.last+tag@sub.example.org", "x_y-z'@xn--bcher-kva.example", "1@2.3"}) {
    EXPECT_TRUE(is_mail_address(good)) << good;
  }
  for (const char* bad :
       {"",       "a",           "@b",      "a@",     "a@b@c",  "a b@c.de", ".a@b",      "a.@b",  "a..b@c",
        "a@b..c", "a@.b",        "a@b.",    "a@-b.c", "a@b-.c", "<a@b>",    "\"a b\"@c", "ä@b.c", "a@bücher.example",
        "a@b_c",  "a@[1.2.3.4]", "a@b,c@d", "a@b\n"}) {
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  }
}

// SUP-4: one past each maximum.
TEST(Mail, TheMaximumsHold) {
  EXPECT_TRUE(is_mail_address(std::string(64, 'a') + "@b"));
  EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@b"));
  EXPECT_TRUE(is_mail_address("a@" + std::string(63, 'b')));
  EXPECT_FALSE(is_mail_address("a@" + std::string(64, 'b')));
  std::string domain = "a@";
  while (domain.size() < 254) domain += "b.";
  domain.resize(254);
  domain.back() = 'b';
  EXPECT_TRUE(is_mail_address(domain));
  domain.back() = 'c';
  EXPECT_FALSE(is_mail_address(domain + "d"));

  const auto taken = [](auto change) {
    Mail other = mail;
    change(other);
    return to_mime(other, sender, date).has_value();
  };
  EXPECT_TRUE(taken([](Mail& other) { other.subject = std::string(1024, 's'); }));
  EXPECT_FALSE(taken([](Mail& other) { other.subject = std::string(1025, 's'); }));
  EXPECT_FALSE(taken([](Mail& other) { other.subject = ""; }));
  EXPECT_TRUE(taken([](Mail& other) { other.text = std::string(max_mail_text_bytes, 't'); }));
  EXPECT_FALSE(taken([](Mail& other) { other.text = std::string(max_mail_text_bytes + 1, 't'); }));
  EXPECT_FALSE(taken([](Mail& other) { other.text = "\xff"; }));
  EXPECT_TRUE(taken([](Mail& other) { other.message_id = std::string(198, 'm') + "@d"; }));
  EXPECT_FALSE(taken([](Mail& other) { other.message_id = std::string(199, 'm') + "@d"; }));
  EXPECT_TRUE(to_mime(mail, {.address = "a@b", .name = std::string(200, 'n')}, date));
  EXPECT_FALSE(to_mime(mail, {.address = "a@b", .name = std::string(201, 'n')}, date));
}

}  // namespace
}  // namespace syncwell::net
