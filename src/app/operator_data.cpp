#include "app/operator_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "store/incidents.hpp"

namespace syncwell::app {

namespace json = boost::json;

namespace {

constexpr std::size_t incidents_page = 200;

std::string_view name_of(engine::CircuitBreaker::Mode mode) {
  using enum engine::CircuitBreaker::Mode;
  return mode == disabled ? "disabled" : mode == read_only ? "read_only" : "normal";
}

std::string_view name_of(engine::CircuitBreaker::State state) {
  using enum engine::CircuitBreaker::State;
  return state == open ? "open" : state == half_open ? "half_open" : "closed";
}

// "15min", "1d": the largest unit that fits.
std::string text_of(Duration window) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(window).count();
  if (seconds % 86'400 == 0) return fmt::format("{}d", seconds / 86'400);
  if (seconds % 3600 == 0) return fmt::format("{}h", seconds / 3600);
  if (seconds % 60 == 0) return fmt::format("{}min", seconds / 60);
  return fmt::format("{}s", seconds);
}

json::array budget_of(const providers::Capabilities& provider, engine::InProcessRateLimiter& limiter) {
  json::array budget;
  for (const auto& left : limiter.budgets(provider.key, provider.rate_rules)) {
    const auto rule = std::ranges::find_if(provider.rate_rules,
                                           [&](const providers::RateRule& each) { return each.name == left.rule; });
    if (rule == provider.rate_rules.end()) continue;
    budget.push_back({{"scope", "app"},
                      {"rule", left.rule},
                      {"window", text_of(rule->window)},
                      {"used", left.used},
                      {"limit", left.limit}});
  }
  return budget;
}

// By provider.
Async<Result<std::map<std::string, std::int64_t>>> open_incidents(store::Table& table) {
  std::map<std::string, std::int64_t> counts;
  std::optional<store::Key> after;
  store::Incidents incidents(table);
  for (std::size_t seen = 0; seen < store::max_open_incidents; seen += incidents_page) {
    auto page = co_await incidents.list(true, incidents_page, after);
    if (!page) co_return fail(std::move(page.error()));
    for (const auto& incident : page->incidents) ++counts[incident.provider];
    if (!page->next) break;
    after = std::move(page->next);
  }
  co_return counts;
}

}  // namespace

Async<Result<json::object>> describe_providers(ProviderSources from) {
  auto incidents = co_await open_incidents(from.table);
  if (!incidents) co_return fail(std::move(incidents.error()));
  json::array list;
  for (const auto& provider : from.providers.all()) {
    const auto& capabilities = provider->capabilities();
    if (capabilities.kind != providers::ProviderKind::cloud) continue;
    const auto& breaker = from.breakers.of(capabilities.key);
    const auto figures = from.history.of(capabilities.key);
    json::object described{{"key", capabilities.key},         {"name", capabilities.display_name},
                           {"mode", name_of(breaker.mode())}, {"breaker", name_of(breaker.state())},
                           {"calls", figures.calls},          {"errors", figures.errors}};
    if (figures.p50_ms) described["latencyP50Ms"] = std::llround(*figures.p50_ms);
    if (figures.p95_ms) described["latencyP95Ms"] = std::llround(*figures.p95_ms);
    described["rateBudget"] = budget_of(capabilities, from.limiter);
    described["openIncidents"] = (*incidents)[capabilities.key];
    list.push_back(std::move(described));
  }
  co_return json::object{{"providers", std::move(list)}};
}

json::object describe_settings(const Configuration& configuration) {
  json::array list;
  for (const auto& setting : configuration.settings()) {
    list.push_back({{"name", setting.name},
                    {"value", setting.value},
                    {"origin", setting.origin},
                    {"meaning", setting.meaning},
                    {"live", setting.live}});
  }
  return {{"settings", std::move(list)}};
}

}  // namespace syncwell::app
