#include "sandbox/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;
using Problem = std::optional<std::string>;

constexpr std::array<std::string_view, 4> providers{"google_health", "strava", "pagerduty", "zendesk"};

struct KindName {
  std::string_view name;
  FaultKind kind;
};
constexpr std::array kind_names = {KindName{"status", FaultKind::status},
                                   KindName{"latency_ms", FaultKind::latency},
                                   KindName{"reset_before_commit", FaultKind::reset_before_commit},
                                   KindName{"reset_after_commit", FaultKind::reset_after_commit},
                                   KindName{"truncated_json", FaultKind::truncated_json},
                                   KindName{"renamed_field", FaultKind::renamed_field},
                                   KindName{"slow_body", FaultKind::slow_body}};

Problem read_text(const json::value& value, std::string& into, std::string_view name) {
  if (!value.is_string()) return fmt::format("{}: a text is needed", name);
  into = std::string(value.get_string());
  return std::nullopt;
}

Problem read_count(const json::value& value, std::uint64_t& into, std::string_view name) {
  if (!value.is_int64() || value.get_int64() < 0) return fmt::format("{}: a number from 0 is needed", name);
  into = static_cast<std::uint64_t>(value.get_int64());
  return std::nullopt;
}

Problem read_match(const json::object& object, FaultMatch& match) {
  for (const auto& member : object) {
    const std::string_view key(member.key().data(), member.key().size());
    const json::value& value = member.value();
    Problem problem = std::nullopt;
    if (key == "provider") {
      problem = read_text(value, match.provider, key);
      if (!problem && std::ranges::find(providers, match.provider) == providers.end()) {
        problem = "provider: google_health, strava, pagerduty or zendesk";
      }
    } else if (key == "method") {
      problem = read_text(value, match.method, key);
    } else if (key == "path_prefix") {
      problem = read_text(value, match.path_prefix, key);
    } else if (key == "nth") {
      problem = read_count(value, match.nth, key);
    } else if (key == "until_count") {
      problem = read_count(value, match.until_count, key);
    } else if (key == "probability") {
      const double probability = value.is_number() ? value.to_number<double>() : -1;
      if (!(probability >= 0 && probability <= 1)) problem = "probability: 0 to 1";
      match.probability = probability;
    } else {
      problem = "unknown member";
    }
    if (problem) return "match." + *problem;
  }
  return std::nullopt;
}

Problem read_fault(const json::object& object, Fault& fault) {
  const auto* kind = object.if_contains("kind");
  const std::string_view name = kind != nullptr && kind->is_string()
                                    ? std::string_view(kind->get_string().data(), kind->get_string().size())
                                    : "";
  const auto* found = std::ranges::find(kind_names, name, &KindName::name);
  if (found == kind_names.end()) return "fault.kind: not known";
  fault.kind = found->kind;
  for (const auto& member : object) {
    const std::string_view key(member.key().data(), member.key().size());
    const json::value& value = member.value();
    if (key == "kind") continue;
    if (key == "status") {
      if (!value.is_int64() || value.get_int64() < 400 || value.get_int64() > 599) return "fault.status: 400 to 599";
      fault.status = static_cast<int>(value.get_int64());
    } else if (key == "retry_after") {
      std::string text;
      if (auto problem = read_text(value, text, "fault.retry_after")) return problem;
      if (std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c >= 0x7f; })) {
        return "fault.retry_after: printable ASCII only";
      }
      fault.retry_after = std::move(text);
    } else if (key == "latency_ms") {
      if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() > max_fault_latency_ms) {
        return fmt::format("fault.latency_ms: 0 to {}", max_fault_latency_ms);
      }
      fault.latency = Duration{value.get_int64()};
    } else if (key == "field") {
      if (auto problem = read_text(value, fault.field, "fault.field")) return problem;
    } else {
      return "fault: unknown member";
    }
  }
  if (fault.kind == FaultKind::renamed_field && fault.field.empty()) return "fault.field: a text is needed";
  return std::nullopt;
}

std::string_view name_of(FaultKind kind) { return std::ranges::find(kind_names, kind, &KindName::kind)->name; }

bool matches(const FaultMatch& match, std::string_view provider, std::string_view method, std::string_view path) {
  return (match.provider.empty() || match.provider == provider) && (match.method.empty() || match.method == method) &&
         path.starts_with(match.path_prefix);
}

}  // namespace

std::expected<FaultPlan, std::string> FaultPlan::from_json(const json::value& value) {
  const auto* object = value.if_object();
  const auto* list = object == nullptr ? nullptr : object->if_contains("rules");
  if (list == nullptr || !list->is_array()) return std::unexpected(std::string("rules: a list is needed"));
  if (list->get_array().size() > max_fault_rules) return std::unexpected(std::string("rules: too many"));
  FaultPlan plan;
  for (const json::value& element : list->get_array()) {
    const auto where = fmt::format("rules[{}]: ", plan.rules_.size());
    const auto* rule_object = element.if_object();
    const auto* fault = rule_object == nullptr ? nullptr : rule_object->if_contains("fault");
    if (fault == nullptr || !fault->is_object()) return std::unexpected(where + "fault: an object is needed");
    FaultRule rule;
    if (const auto* match = rule_object->if_contains("match")) {
      if (!match->is_object()) return std::unexpected(where + "match: an object is needed");
      if (auto problem = read_match(match->get_object(), rule.match)) return std::unexpected(where + *problem);
    }
    if (auto problem = read_fault(fault->get_object(), rule.fault)) return std::unexpected(where + *problem);
    plan.rules_.push_back(std::move(rule));
  }
  return plan;
}

json::object FaultPlan::to_json() const {
  json::array rules;
  for (const FaultRule& rule : rules_) {
    json::object match;
    if (!rule.match.provider.empty()) match.emplace("provider", rule.match.provider);
    if (!rule.match.method.empty()) match.emplace("method", rule.match.method);
    if (!rule.match.path_prefix.empty()) match.emplace("path_prefix", rule.match.path_prefix);
    if (rule.match.nth != 0) match.emplace("nth", rule.match.nth);
    if (rule.match.probability != 1) match.emplace("probability", rule.match.probability);
    if (rule.match.until_count != 0) match.emplace("until_count", rule.match.until_count);
    json::object fault{{"kind", name_of(rule.fault.kind)}};
    if (rule.fault.kind == FaultKind::status) fault.emplace("status", rule.fault.status);
    if (rule.fault.retry_after) fault.emplace("retry_after", *rule.fault.retry_after);
    if (rule.fault.latency != Duration{0}) fault.emplace("latency_ms", rule.fault.latency.count());
    if (!rule.fault.field.empty()) fault.emplace("field", rule.fault.field);
    rules.push_back(json::object{
        {"match", std::move(match)}, {"fault", std::move(fault)}, {"seen", rule.seen}, {"applied", rule.applied}});
  }
  return {{"rules", std::move(rules)}};
}

std::vector<Fault> FaultPlan::faults_for(std::string_view provider, std::string_view method, std::string_view path,
                                         Random& random) {
  std::vector<Fault> faults;
  bool broken = false;
  for (FaultRule& rule : rules_) {
    if (!matches(rule.match, provider, method, path)) continue;
    ++rule.seen;
    // Drawn for every match, so that one rule's luck does not depend on what other rules did.
    const bool lucky = rule.match.probability >= 1 || random.unit() < rule.match.probability;
    if (rule.match.nth != 0 && rule.seen != rule.match.nth) continue;
    if (rule.match.until_count != 0 && rule.applied >= rule.match.until_count) continue;
    if (!lucky || (broken && rule.fault.kind != FaultKind::latency)) continue;
    ++rule.applied;
    broken = broken || rule.fault.kind != FaultKind::latency;
    faults.push_back(rule.fault);
  }
  return faults;
}

}  // namespace syncwell::sandbox
