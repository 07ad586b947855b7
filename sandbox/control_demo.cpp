// The demo person over the control endpoints, and the same for direct callers (README, Control).
#include "sandbox/demo_account.hpp"
#include "sandbox/redirect.hpp"
#include "sandbox/sandbox_state.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {

namespace json = boost::json;

std::size_t Sandbox::seed_demo_account(const std::string& account, Instant until, int days) {
  return state_->seed_demo_account(account, until, days);
}

std::size_t Sandbox::finish_demo_sleep(const std::string& account, Instant until, int days) {
  return state_->finish_demo_sleep(account, until, days);
}

std::size_t Sandbox::State::seed_demo_account(const std::string& account, Instant until, int days) {
  return google_health.seed(account, demo_data(until, days), until).value_or(0);
}

std::size_t Sandbox::State::finish_demo_sleep(const std::string& account, Instant until, int days) {
  return google_health.seed(account, demo_sleep(until, days, SleepPass::second_stages), until).value_or(0);
}

// POST demo and POST demo/finish_sleep, with account, days and until (a date).
net::Response Sandbox::State::handle_demo(std::string_view path, const net::Target& target, Instant now) {
  const auto refuse = [](std::string_view why) { return json_response(400, json::object{{"error", why}}); };
  const std::string account = target.parameter("account").value_or("alice");
  const auto days = parse_integer(target.parameter("days").value_or("14"));
  if (!days || *days < 1 || *days > max_demo_days) return refuse("days: 1 to 366");
  Instant until = std::chrono::floor<std::chrono::days>(now);
  if (const auto date = target.parameter("until")) {
    const auto moment = parse_rfc3339(*date + "T00:00:00Z");
    if (!moment) return refuse("until: a date such as 2026-03-28");
    until = moment->at;
  }
  const int count = static_cast<int>(*days);
  if (path == "demo") return json_response(200, json::object{{"loaded", seed_demo_account(account, until, count)}});
  if (path == "demo/finish_sleep") {
    return json_response(200, json::object{{"loaded", finish_demo_sleep(account, until, count)}});
  }
  return json_response(404, json::object{{"error", "no such control endpoint"}});
}

}  // namespace syncwell::sandbox
