#include "support/triage.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "base/embedded_file.hpp"

namespace syncwell::support {

extern const std::span<const EmbeddedFile> built_in_triage;  // triage_rules.toml

namespace {

constexpr std::array categories{"outage", "bad_data", "authentication", "unknown"};
constexpr std::array actions{"redrive", "ticket", "reconnect", "page"};
constexpr std::array<std::string_view, 10> members{"name",     "codes",    "providers", "status",
                                                   "message",  "category", "action",    "redrive_after_minutes",
                                                   "redrives", "playbook"};
constexpr int max_redrive_minutes = 7 * 24 * 60;
constexpr int max_redrives = 100;

std::unexpected<Error> wrong(std::string_view where, std::string_view rule, std::string_view what) {
  return fail(ErrorCode::invalid_argument,
              std::string(where) + ": rule \"" + std::string(rule) + "\": " + std::string(what));
}

template <std::size_t count>
std::optional<std::size_t> index_of(const std::array<const char*, count>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

// "503", or "500-599".
std::optional<std::pair<int, int>> parse_statuses(const std::string& text) {
  const auto number = [](std::string_view digits) -> std::optional<int> {
    const bool is_status =
        digits.size() == 3 && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    return is_status ? std::optional(std::stoi(std::string(digits))) : std::nullopt;
  };
  const auto dash = text.find('-');
  const auto from = number(text.substr(0, dash));
  const auto until = dash == std::string::npos ? from : number(text.substr(dash + 1));
  if (!from || !until || *from > *until) return std::nullopt;
  return std::pair{*from, *until};
}

std::optional<std::vector<std::string>> texts_of(const toml::table& table, std::string_view name) {
  std::vector<std::string> texts;
  const auto* node = table.get(name);
  if (node == nullptr) return texts;
  const auto* list = node->as_array();
  if (list == nullptr) return std::nullopt;
  for (const auto& each : *list) {
    const auto text = each.value<std::string>();
    if (!text) return std::nullopt;
    texts.push_back(*text);
  }
  return texts;
}

Result<Rule> parse_rule(const toml::table& table, std::string_view where) {
  Rule rule;
  rule.name = table["name"].value_or(std::string());
  if (rule.name.empty()) return wrong(where, "?", "has no name");
  if (rule.name.size() > max_rule_name_bytes) return wrong(where, rule.name, "has a name of more than 100 bytes");
  for (const auto& [key, value] : table) {
    if (std::ranges::find(members, key.str()) == members.end())
      return wrong(where, rule.name, "there is no setting \"" + std::string(key.str()) + "\"");
  }
  auto codes = texts_of(table, "codes");
  auto providers = texts_of(table, "providers");
  if (!codes || !providers) return wrong(where, rule.name, "codes and providers are lists of texts");
  for (const auto& code : *codes) {
    if (code != "max_receives" && find_error(code) == nullptr)
      return wrong(where, rule.name, "there is no error code \"" + code + "\" (docs/errors.md)");
  }
  rule.codes = std::move(*codes);
  rule.providers = std::move(*providers);
  if (const auto* status = table.get("status")) {
    rule.statuses = parse_statuses(status->value<std::string>().value_or(""));
    if (!rule.statuses) return wrong(where, rule.name, "status must be \"503\" or \"500-599\"");
  }
  rule.message_contains = table["message"].value_or(std::string());
  const auto category = index_of(categories, table["category"].value_or(std::string()));
  if (!category) return wrong(where, rule.name, "category must be outage, bad_data, authentication or unknown");
  rule.category = static_cast<Category>(*category);
  const auto action = index_of(actions, table["action"].value_or(std::string()));
  if (!action) return wrong(where, rule.name, "action must be redrive, ticket, reconnect or page");
  rule.action = static_cast<Action>(*action);
  const auto minutes = table["redrive_after_minutes"].value_or(std::int64_t{60});
  if (minutes < 1 || minutes > max_redrive_minutes)
    return wrong(where, rule.name, "redrive_after_minutes must be 1 to " + std::to_string(max_redrive_minutes));
  rule.redrive_after = std::chrono::minutes{minutes};
  const auto redrives = table["redrives"].value_or(std::int64_t{3});
  if (redrives < 0 || redrives > max_redrives)
    return wrong(where, rule.name, "redrives must be 0 to " + std::to_string(max_redrives));
  rule.most_redrives = static_cast<int>(redrives);
  rule.playbook = table["playbook"].value_or(std::string());
  return rule;
}

bool fits(const Rule& rule, const Symptoms& symptoms) {
  const auto is_in = [](const std::vector<std::string>& list, const std::string& value) {
    return list.empty() || std::ranges::find(list, value) != list.end();
  };
  return is_in(rule.codes, symptoms.code) && is_in(rule.providers, symptoms.provider) &&
         (!rule.statuses || (symptoms.status >= rule.statuses->first && symptoms.status <= rule.statuses->second)) &&
         symptoms.message.find(rule.message_contains) != std::string::npos;
}

}  // namespace

std::string_view name_of(Category category) noexcept { return categories.at(static_cast<std::size_t>(category)); }

std::string_view name_of(Action action) noexcept { return actions.at(static_cast<std::size_t>(action)); }

Triage Triage::built_in() {
  auto triage = parse(built_in_triage.front().text, built_in_triage.front().path);
  if (!triage) throw std::logic_error(triage.error().message);
  return std::move(*triage);
}

Result<Triage> Triage::parse(std::string_view text, std::string_view where) {
  if (text.size() > max_rule_file_bytes) return fail(ErrorCode::too_large, std::string(where) + ": larger than 1 MiB");
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::invalid_argument, std::string(where) + ":" + std::to_string(error.source().begin.line) +
                                                 ": " + std::string(error.description()));
  }
  std::vector<Rule> rules;
  std::set<std::string> names;
  const auto* list = table["rule"].as_array();
  const auto* pages = table["status_pages"].as_table();
  if (list == nullptr || table.size() != (pages == nullptr ? 1U : 2U))
    return fail(ErrorCode::invalid_argument,
                std::string(where) + ": must hold [[rule]] tables, perhaps [status_pages], and nothing else");
  Triage triage;
  if (pages != nullptr) {
    for (const auto& [provider, page] : *pages) {
      const auto address = page.value<std::string>().value_or("");
      if (!address.starts_with("https://"))
        return fail(ErrorCode::invalid_argument,
                    std::string(where) + ": status_pages." + std::string(provider.str()) + " must be an https URL");
      triage.status_pages_.emplace(provider.str(), address);
    }
  }
  if (list->size() > max_rules) return fail(ErrorCode::too_large, std::string(where) + ": more than 1000 rules");
  for (const auto& each : *list) {
    const auto* members_of_rule = each.as_table();
    if (members_of_rule == nullptr) return wrong(where, "?", "is no table");
    auto rule = parse_rule(*members_of_rule, where);
    if (!rule) return fail(std::move(rule.error()));
    if (!names.insert(rule->name).second) return wrong(where, rule->name, "there are two of this name");
    rules.push_back(std::move(*rule));
  }
  Rule last;
  last.name = "unknown";
  last.playbook =
      "No rule knows this. Read the message, find the job by its correlation id in log and trace, and write a rule for "
      "the next time.";
  rules.push_back(std::move(last));
  triage.rules_ = std::move(rules);
  return triage;
}

const Rule& Triage::rule(std::string_view name) const {
  const auto found = std::ranges::find(rules_, name, &Rule::name);
  return found == rules_.end() ? rules_.back() : *found;
}

std::string Triage::status_page(const std::string& provider) const {
  const auto found = status_pages_.find(provider);
  return found == status_pages_.end() ? std::string() : found->second;
}

const Rule& Triage::judge(const Symptoms& symptoms) const {
  return *std::ranges::find_if(rules_, [&](const Rule& rule) { return fits(rule, symptoms); });
}

}  // namespace syncwell::support
