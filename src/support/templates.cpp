#include "support/templates.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "base/utf8.hpp"

namespace syncwell::support {

extern const std::span<const EmbeddedFile> built_in_templates;  // written by tools/embed.py

namespace {

constexpr std::string_view subject_field = "Subject: ";
constexpr std::string_view extension = ".txt";
constexpr std::size_t max_locale_bytes = 35;  // RFC 5646, section 4.4.1

std::unexpected<Error> wrong(std::string what) { return fail(ErrorCode::unreadable_input, std::move(what)); }

std::string lower(std::string_view tag) {
  std::string text(tag.substr(0, max_locale_bytes));
  for (char& c : text) c = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// Letters, digits and "-" between them; two letters at least.
bool is_locale_name(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return name.size() >= 2 && name.size() <= max_locale_bytes && is_letter(name[0]) && is_letter(name[1]) &&
         name.back() != '-' && !name.contains("--") &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || c == '-' || (c >= '0' && c <= '9'); });
}

const std::string& value_of(const TemplateValues& values, Placeholder placeholder) {
  switch (placeholder) {
    case Placeholder::product:
      return values.product;
    case Placeholder::provider:
      return values.provider;
    case Placeholder::data_type:
      return values.data_type;
    case Placeholder::failed_at:
      return values.failed_at;
    case Placeholder::reference:
      return values.reference;
    case Placeholder::console_url:
      break;
  }
  return values.console_url;
}

template <class Names>
std::string list_of(const Names& names, std::string_view before, std::string_view after) {
  std::string text;
  for (const auto name : names) text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", before, name_of(name), after);
  return text;
}

// What cannot be read is an error; a directory entry that vanished meanwhile too.
Result<std::string> text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(max_template_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.eof() && stream.fail())
    return wrong(file.string() + ": cannot be read; check that it is there and allowed");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

}  // namespace

std::string_view name_of(MessageKind kind) noexcept {
  switch (kind) {
    case MessageKind::initial:
      return "initial";
    case MessageKind::resolved:
      return "resolved";
    case MessageKind::action_needed:
      break;
  }
  return "action_needed";
}

std::string_view name_of(Placeholder placeholder) noexcept {
  switch (placeholder) {
    case Placeholder::product:
      return "product";
    case Placeholder::provider:
      return "provider";
    case Placeholder::data_type:
      return "data_type";
    case Placeholder::failed_at:
      return "failed_at";
    case Placeholder::reference:
      return "reference";
    case Placeholder::console_url:
      break;
  }
  return "console_url";
}

// One file. Errors begin with "file:line: ".
struct Templates::Parser {
  std::string where;  // the file
  std::size_t line = 1;

  [[nodiscard]] std::unexpected<Error> wrong_here(std::string_view what) const {
    return wrong(fmt::format("{}:{}: {}", where, line, what));
  }

  // The line at which a byte that may not be there stands; 0: all is well.
  [[nodiscard]] static std::pair<std::size_t, std::string_view> first_bad_line(std::string_view text) {
    std::size_t at = 1;
    while (!text.empty()) {
      const std::size_t bytes = utf8_character_bytes(text);
      if (bytes == 0) return {at, "this is no UTF-8; save the file as UTF-8"};
      const auto first = static_cast<unsigned char>(text[0]);
      if (first == '\n') ++at;
      if (first != '\n' && first != '\t' && (first < 0x20 || first == 0x7f)) {
        return {at, "a control character; only line breaks and tabs may stand here"};
      }
      text.remove_prefix(bytes);
    }
    return {0, ""};
  }

  Result<std::vector<Piece>> pieces_of(std::string_view text) {
    std::vector<Piece> pieces;
    while (!text.empty()) {
      const auto begin = text.find("{{");
      const std::string_view plain = text.substr(0, begin);
      if (!plain.empty()) pieces.emplace_back(std::string(plain));
      line += static_cast<std::size_t>(std::ranges::count(plain, '\n'));
      if (begin == std::string_view::npos) break;
      text.remove_prefix(begin + 2);
      const auto end = text.substr(0, text.find('\n')).find("}}");
      if (end == std::string_view::npos) return wrong_here("\"{{\" without \"}}\" on its line");
      const std::string_view name = text.substr(0, end);
      const auto* const found = std::ranges::find(placeholders, name, [](Placeholder one) { return name_of(one); });
      if (found == placeholders.end()) {
        return wrong_here(fmt::format("\"{{{{{}}}}}\" is no placeholder; there are {}", as_one_line(name, 64),
                                      list_of(placeholders, "{{", "}}")));
      }
      pieces.emplace_back(*found);
      text.remove_prefix(end + 2);
    }
    return pieces;
  }

  Result<Template> parse(std::string_view file) {
    if (file.size() > max_template_bytes) {
      return wrong(fmt::format("{}: longer than {} bytes; shorten it", where, max_template_bytes));
    }
    if (file.starts_with("\xef\xbb\xbf")) file.remove_prefix(3);  // a byte order mark
    std::string text(file);
    for (auto at = text.find("\r\n"); at != std::string::npos; at = text.find("\r\n", at)) text.erase(at, 1);
    const auto [bad_line, what] = first_bad_line(text);
    if (bad_line != 0) {
      line = bad_line;
      return wrong_here(what);
    }
    const std::string_view all = text;
    const auto first_end = std::min(all.find('\n'), all.size());
    const std::string_view first = all.substr(0, first_end);
    if (!first.starts_with(subject_field) || first.find_first_not_of(' ', subject_field.size()) == first.npos) {
      return wrong_here("the first line must be \"Subject: \" and the subject");
    }
    if (first.size() - subject_field.size() > max_template_subject_bytes) {
      return wrong_here(fmt::format("the subject is longer than {} bytes; shorten it", max_template_subject_bytes));
    }
    auto subject = pieces_of(first.substr(subject_field.size()));
    if (!subject) return fail(std::move(subject.error()));
    line = 2;
    const std::string_view rest = all.substr(first_end);
    if (!rest.starts_with("\n\n")) return wrong_here("the second line must be empty; the body begins on the third");
    line = 3;
    const std::string_view body = rest.substr(2);
    if (body.find_first_not_of(" \t\n") == body.npos) return wrong_here("there is no body; write the message here");
    auto pieces = pieces_of(body);
    if (!pieces) return fail(std::move(pieces.error()));
    return Template{std::move(*subject), std::move(*pieces)};
  }
};

Result<Templates> Templates::from_files(std::span<const EmbeddedFile> files, std::string_view where) {
  Templates templates;
  for (const auto& [path, text] : files) {
    const std::string full = fmt::format("{}/{}", where, path);
    const auto slash = path.find('/');
    const std::string_view locale = path.substr(0, slash);
    if (slash == std::string_view::npos || !is_locale_name(locale)) {
      return wrong(fmt::format("{}: not in a folder named by a language, in lower case (\"de\", \"pt-br\")", full));
    }
    std::string_view name = path.substr(slash + 1);
    if (name.ends_with(extension)) name.remove_suffix(extension.size());
    const auto* const kind = std::ranges::find(message_kinds, name, [](MessageKind one) { return name_of(one); });
    if (kind == message_kinds.end()) {
      return wrong(
          fmt::format("{}: no message has this name; there are {}", full, list_of(message_kinds, "", extension)));
    }
    auto parsed = Parser{full}.parse(text);
    if (!parsed) return fail(std::move(parsed.error()));
    templates.languages_[std::string(locale)][*kind] = std::move(*parsed);
    if (templates.languages_.size() > max_template_locales) {
      return wrong(fmt::format("{}: more than {} languages", where, max_template_locales));
    }
  }
  if (!templates.languages_.contains(fallback_locale)) {
    return wrong(fmt::format("{}: has no folder \"{}\"; it is needed for everybody whose language is missing", where,
                             fallback_locale));
  }
  for (const auto& [locale, language] : templates.languages_) {
    for (const MessageKind kind : message_kinds) {
      if (!language.contains(kind)) {
        return wrong(fmt::format("{}/{}/{}{}: is missing; each language needs {}", where, locale, name_of(kind),
                                 extension, list_of(message_kinds, "", extension)));
      }
    }
  }
  return templates;
}

Result<Templates> Templates::load(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> paths;
  std::error_code error;
  for (auto language = fs::directory_iterator(folder, error); !error && language != fs::directory_iterator();
       language.increment(error)) {
    if (!language->is_directory(error)) continue;
    bool has_files = false;
    for (auto file = fs::directory_iterator(language->path(), error); !error && file != fs::directory_iterator();
         file.increment(error)) {
      if (file->path().extension() != extension) continue;
      has_files = true;
      paths.push_back((language->path().filename() / file->path().filename()).string());
      if (paths.size() > max_template_locales * message_kinds.size()) break;
    }
    // An empty folder is a language without any of its files, unless it is none ("archive", ".git").
    const std::string name = language->path().filename().string();
    if (!has_files && is_locale_name(name) && name.size() <= 3) {
      return wrong(fmt::format("{}/{}: holds no message; each language needs {}", folder.string(), name,
                               list_of(message_kinds, "", extension)));
    }
  }
  if (error)
    return wrong(fmt::format("{}: cannot be read ({}); name a folder of templates", folder.string(), error.message()));
  std::ranges::sort(paths);
  std::deque<std::string> texts;  // which the entries refer to
  std::vector<EmbeddedFile> files;
  for (const std::string& path : paths) {
    auto text = text_of(folder / path);
    if (!text) return fail(std::move(text.error()));
    files.push_back({path, texts.emplace_back(std::move(*text))});
  }
  return from_files(files, folder.string());
}

const Templates& Templates::built_in() {
  static const Templates templates = [] {
    auto loaded = from_files(built_in_templates, "templates");
    if (!loaded) throw std::logic_error(loaded.error().message);  // templates_test.cpp would have shown it
    return std::move(*loaded);
  }();
  return templates;
}

std::string_view Templates::choose(std::string_view locale) const {
  const std::string wanted = lower(locale);
  for (std::string_view tag = wanted; !tag.empty();) {
    if (const auto found = languages_.find(tag); found != languages_.end()) return found->first;
    const auto dash = tag.rfind('-');
    tag = dash == std::string_view::npos ? std::string_view{} : tag.substr(0, dash);
  }
  return fallback_locale;
}

RenderedMessage Templates::render(MessageKind kind, std::string_view locale, const TemplateValues& values) const {
  const auto language = languages_.find(choose(locale));
  const Template& chosen = language->second.at(kind);
  const auto fill = [&](const std::vector<Piece>& pieces) {
    std::string text;
    for (const Piece& piece : pieces) {
      if (const auto* plain = std::get_if<std::string>(&piece)) {
        text += *plain;
      } else {
        text += as_one_line(value_of(values, std::get<Placeholder>(piece)), max_template_value_bytes);
      }
    }
    return text;
  };
  return {fill(chosen.subject), fill(chosen.body), language->first};
}

std::vector<std::string_view> Templates::locales() const {
  std::vector<std::string_view> names;
  names.reserve(languages_.size());
  for (const auto& [locale, language] : languages_) names.push_back(locale);
  return names;
}

}  // namespace syncwell::support
