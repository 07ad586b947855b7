// What people whose sync failed are told (SUP-4): three messages in any number of languages, from text files that an
// operator can replace. Plain text; says what happened and what to do, never a health value.
//
// A folder of templates has one folder for each language, named by its BCP 47 tag in lower case ("de", "pt-br"), with
// one file for each message: initial.txt, resolved.txt, action_needed.txt. "en" is needed: it speaks to everybody whose
// language is missing. A file is UTF-8:
//
//   Subject: one line
//   (an empty line)
//   the body, down to the end of the file
//
// "{{name}}" stands for a value; the names are those of Placeholder. Nothing else is special.
//
// Checked when they are loaded, so that no message fails later. Immutable afterwards, any thread.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/embedded_file.hpp"
#include "base/error.hpp"

namespace syncwell::support {

inline constexpr std::size_t max_template_bytes = 16 * 1024;
inline constexpr std::size_t max_template_subject_bytes = 200;  // before values are filled in
inline constexpr std::size_t max_template_locales = 64;
inline constexpr std::size_t max_template_value_bytes = 512;  // longer ones are cut and end with "…"
inline constexpr std::string_view fallback_locale = "en";

enum class MessageKind {
  initial,        // it failed, we know, there is nothing to do
  resolved,       // it works again
  action_needed,  // please connect the account again
};
inline constexpr std::array message_kinds{MessageKind::initial, MessageKind::resolved, MessageKind::action_needed};
[[nodiscard]] std::string_view name_of(MessageKind kind) noexcept;  // the file's name without ".txt"

enum class Placeholder { product, provider, data_type, failed_at, reference, console_url };
inline constexpr std::array placeholders{Placeholder::product,   Placeholder::provider,  Placeholder::data_type,
                                         Placeholder::failed_at, Placeholder::reference, Placeholder::console_url};
[[nodiscard]] std::string_view name_of(Placeholder placeholder) noexcept;  // as files write it: "failed_at"

// As a person reads them: "Google Health", "steps", "28 March 2026, 12:15".
struct TemplateValues {
  std::string product{};
  std::string provider{};
  std::string data_type{};
  std::string failed_at{};
  std::string reference{};
  std::string console_url{};
};

struct RenderedMessage {
  std::string subject;  // one line
  std::string body;     // lines end with "\n"
  std::string locale;   // what it is written in
};

class Templates {
 public:
  // The set that the program carries (templates/ of the source tree).
  [[nodiscard]] static const Templates& built_in();

  // A folder of the operator's, instead of the built-in set; other files than *.txt in it are nobody's business.
  // Error: unreadable_input, with file and line, what is wrong there and what would be right: no folder, no "en", a
  // language without one of its files, a *.txt of another name, no "Subject: " line, an unknown placeholder, "{{"
  // without
  // "}}", no UTF-8, control characters, or one past a maximum above.
  [[nodiscard]] static Result<Templates> load(const std::filesystem::path& folder);

  // The same from files in memory; paths as in a folder. `where` stands before them in errors.
  [[nodiscard]] static Result<Templates> from_files(std::span<const EmbeddedFile> files, std::string_view where);

  // The language that speaks to someone who asked for `locale` (a BCP 47 tag; case and "_" for "-" do not matter):
  // "de-AT" → "de-at" → "de" → "en".
  [[nodiscard]] std::string_view choose(std::string_view locale) const;

  // Values go in as they are, once: what looks like a placeholder in one stays as it is. In each, what would break a
  // line becomes a blank.
  [[nodiscard]] RenderedMessage render(MessageKind kind, std::string_view locale, const TemplateValues& values) const;

  [[nodiscard]] std::vector<std::string_view> locales() const;

 private:
  using Piece = std::variant<std::string, Placeholder>;
  struct Template {
    std::vector<Piece> subject;
    std::vector<Piece> body;
  };
  using Language = std::map<MessageKind, Template>;
  struct Parser;

  std::map<std::string, Language, std::less<>> languages_;
};

}  // namespace syncwell::support
