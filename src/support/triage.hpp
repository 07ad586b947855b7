// What a dead letter is a case of (SUP-3): rules from a TOML file, the first that fits decides. Rules say the category,
// what to do by itself, and what a support engineer reads. Pure, any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"

namespace syncwell::support {

inline constexpr std::size_t max_rules = 1000;
inline constexpr std::size_t max_rule_name_bytes = 100;
inline constexpr std::size_t max_rule_file_bytes = 1024 * 1024;

// SUP-3's categories.
enum class Category { outage, bad_data, authentication, unknown };
// What happens without anybody: wait and redrive, a ticket, ask the person to connect again, page a human.
enum class Action { redrive, ticket, reconnect, page };
[[nodiscard]] std::string_view name_of(Category category) noexcept;
[[nodiscard]] std::string_view name_of(Action action) noexcept;

// What is known of a dead letter.
struct Symptoms {
  std::string code;  // an error code's name, or "max_receives"
  std::string provider;
  int status = 0;  // of the provider's answer; 0: there was none
  std::string message;
};

struct Rule {
  std::string name;
  std::vector<std::string> codes{};      // empty: any
  std::vector<std::string> providers{};  // empty: any
  std::optional<std::pair<int, int>> statuses{};
  std::string message_contains{};
  Category category = Category::unknown;
  Action action = Action::page;
  Duration redrive_after = std::chrono::hours{1};
  int most_redrives = 3;  // of one dead letter, so that nothing loops for ever
  std::string playbook{};
};

class Triage {
 public:
  // The rules that come with the program.
  [[nodiscard]] static Triage built_in();
  // `where` names the file in errors. invalid_argument: which rule, which member, what would be right.
  [[nodiscard]] static Result<Triage> parse(std::string_view toml, std::string_view where);
  // The last rule of all fits everything: unknown, page.
  [[nodiscard]] const Rule& judge(const Symptoms& symptoms) const;
  [[nodiscard]] const std::vector<Rule>& rules() const { return rules_; }
  // The one of this name; that of "unknown" where the rules have changed since.
  [[nodiscard]] const Rule& rule(std::string_view name) const;
  // Where the provider tells the public how it is; empty: not known.
  [[nodiscard]] std::string status_page(const std::string& provider) const;

 private:
  std::vector<Rule> rules_;
  std::map<std::string, std::string> status_pages_;
};

}  // namespace syncwell::support
