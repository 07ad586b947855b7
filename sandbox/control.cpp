// The control endpoints under /_sandbox/ (README, Control). They need no token, are not counted and not broken.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sandbox/options_json.hpp"
#include "sandbox/redirect.hpp"
#include "sandbox/sandbox_state.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;
using State = Sandbox::State;

constexpr std::int64_t max_clock_shift_ms = std::int64_t{1000} * 3600 * 24 * 366 * 20;

net::Response refuse(int status, std::string_view why) { return json_response(status, json::object{{"error", why}}); }

// The body as an object; nullopt when it is something else.
std::optional<json::object> object_of(const net::Request& request) {
  auto value = parse_json(request.body);
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(value->get_object());
}

struct Subject {
  std::string provider;
  std::string account;
  [[nodiscard]] bool complete() const {
    return (provider == "google_health" || provider == "strava") && !account.empty();
  }
};

// provider and account of a request; empty where none is named. nullopt: a bad one.
std::optional<Subject> subject_of(const net::Target& target) {
  Subject subject{target.parameter("provider").value_or(""), target.parameter("account").value_or("")};
  constexpr std::array<std::string_view, 5> known_ones{"", "google_health", "strava", "pagerduty", "zendesk"};
  const bool known = std::ranges::find(known_ones, subject.provider) != known_ones.end();
  if (!known || (!subject.account.empty() && !is_account_name(subject.account))) return std::nullopt;
  return subject;
}

net::Response show_requests(const State& state) {
  json::array rows;
  for (const auto& [key, count] : state.requests) {
    const auto& [provider, method, path, status] = key;
    rows.push_back(
        json::object{{"provider", provider}, {"method", method}, {"path", path}, {"status", status}, {"count", count}});
  }
  return json_response(200, json::object{{"requests", std::move(rows)}});
}

net::Response show_state(State& state, const Subject& subject, bool with_times, Instant now) {
  json::object answer;
  if (subject.provider == "pagerduty") return json_response(200, state.pagerduty.state());
  if (subject.provider == "zendesk") return json_response(200, state.zendesk.state());
  if (subject.provider != "strava") {
    answer.emplace("google_health", state.google_health.state(subject.account, with_times));
  }
  if (subject.provider != "google_health") {
    state.strava.settle(now);
    answer.emplace("strava", state.strava.state(subject.account));
  }
  return json_response(200, answer);
}

net::Response seed(State& state, const Subject& subject, const net::Request& request, Instant now) {
  const auto body = object_of(request);
  if (!body) return refuse(400, "the body must be a JSON object");
  const auto loaded = subject.provider == "strava" ? state.strava.seed(subject.account, *body, now)
                                                   : state.google_health.seed(subject.account, *body, now);
  if (!loaded) return refuse(400, loaded.error());
  return json_response(200, json::object{{"loaded", *loaded}});
}

net::Response remove_data(State& state, const Subject& subject, const net::Target& target, Instant now) {
  const std::string id = target.parameter("id").value_or("");
  const auto number = parse_integer(id);
  const bool removed = subject.provider == "strava"
                           ? number && state.strava.remove(subject.account, *number, now)
                           : state.google_health.remove(subject.account, target.parameter("type").value_or(""), id);
  if (!removed) return refuse(404, "nothing of that id; google_health needs type and id, strava needs id");
  return json_response(200, json::object{{"removed", 1}});
}

net::Response mint_tokens(State& state, const Subject& subject, const net::Target& target, Instant now) {
  OAuth& oauth = subject.provider == "strava" ? state.strava.oauth() : state.google_health.oauth();
  const std::string client = target.parameter("client_id").value_or(oauth.rules().clients.front().id);
  const std::string scope = target.parameter("scope").value_or("");
  std::vector<std::string> scopes;
  for (const std::string_view one : split(scope, subject.provider == "strava" ? ',' : ' ')) scopes.emplace_back(one);
  const auto issued = oauth.mint(client, subject.account, std::move(scopes), now);
  if (!issued) return refuse(400, "client_id: not registered");
  return json_response(200, json::object{{"access_token", issued->access_token},
                                         {"refresh_token", issued->refresh_token},
                                         {"expires_at", format_rfc3339(issued->expires_at)}});
}

net::Response revoke_tokens(State& state, const Subject& subject, Instant now) {
  const std::size_t revoked = subject.provider == "strava"
                                  ? state.strava.remove_application(subject.account, now)
                                  : state.google_health.oauth().revoke_account(subject.account);
  return json_response(200, json::object{{"revoked", revoked}});
}

net::Response answer_faults(State& state, const net::Request& request) {
  if (request.method == "DELETE") state.faults = {};
  if (request.method == "PUT") {
    const auto value = parse_json(request.body);
    if (!value) return refuse(400, "the body must be JSON");
    auto plan = FaultPlan::from_json(*value);
    if (!plan) return refuse(400, plan.error());
    state.faults = std::move(*plan);
  }
  return json_response(200, state.faults.to_json());
}

net::Response answer_clock(State& state, const net::Request& request, Instant now) {
  if (request.method == "POST") {
    const auto body = object_of(request);
    const auto* advance = body ? body->if_contains("advance_ms") : nullptr;
    const auto within = [](std::int64_t shift) { return shift >= -max_clock_shift_ms && shift <= max_clock_shift_ms; };
    if (advance == nullptr || !advance->is_int64() || !within(advance->get_int64()) ||
        !within(state.clock_shift.count() + advance->get_int64())) {
      return refuse(400, "advance_ms: a number of milliseconds, 20 years at most");
    }
    state.clock_shift += Duration{advance->get_int64()};
  }
  return json_response(200, json::object{{"now", format_rfc3339(Instant{now + state.clock_shift})},
                                         {"shift_ms", state.clock_shift.count()}});
}

net::Response answer_options(State& state, const net::Request& request) {
  if (request.method == "PUT") {
    const auto body = object_of(request);
    if (!body) return refuse(400, "the body must be a JSON object");
    if (const auto problem = apply_options(*body, state.google_health, state.strava)) return refuse(400, *problem);
  }
  return json_response(200, options_to_json(state.google_health, state.strava));
}

net::Response reset(State& state) {
  state.google_health.clear();
  state.strava.clear();
  state.pagerduty.clear();
  state.zendesk.clear();
  state.faults = {};
  state.clock_shift = Duration{0};
  state.requests.clear();
  state.deliveries.clear();
  return json_response(200, json::object{{"reset", true}});
}

}  // namespace

net::Response State::handle_control(const net::Request& request, const net::Target& target, Instant now) {
  const std::string_view path = std::string_view(target.path).substr(std::string_view("/_sandbox/").size());
  const std::string& method = request.method;
  const Instant shifted = std::clamp(Instant{now + clock_shift}, min_instant, max_instant);
  const auto subject = subject_of(target);
  if (!subject)
    return refuse(
        400,
        "provider: google_health or strava (state: pagerduty and zendesk too); account: letters, digits and . _ - @ +");
  if (path == "faults" && (method == "PUT" || method == "DELETE" || method == "GET"))
    return answer_faults(*this, request);
  if (path == "clock" && (method == "POST" || method == "GET")) return answer_clock(*this, request, now);
  if (path == "options" && (method == "PUT" || method == "GET")) return answer_options(*this, request);
  if (path == "requests" && method == "GET") return show_requests(*this);
  if (path == "requests" && method == "DELETE") {
    requests.clear();
    return show_requests(*this);
  }
  if (path == "webhooks" && method == "PUT") return set_webhooks(request);
  if (path == "webhooks" && method == "GET") return show_webhooks();
  if (path == "webhooks" && method == "DELETE") {
    deliveries.clear();
    return show_webhooks();
  }
  if (path == "reset" && method == "POST") return reset(*this);
  if (path == "state" && method == "GET") {
    return show_state(*this, *subject, target.parameter("times") != "no", shifted);
  }
  if (path.starts_with("demo") && method == "POST") return handle_demo(path, target, shifted);
  const bool needs_subject = path == "seed" || path == "data" || path == "tokens";
  if (needs_subject && !subject->complete()) return refuse(400, "provider and account are needed");
  if (path == "seed" && method == "PUT") return seed(*this, *subject, request, shifted);
  if (path == "data" && method == "DELETE") return remove_data(*this, *subject, target, shifted);
  if (path == "tokens" && method == "POST") return mint_tokens(*this, *subject, target, shifted);
  if (path == "tokens" && method == "DELETE") return revoke_tokens(*this, *subject, shifted);
  return refuse(404, "no such control endpoint or method; see sandbox/README.md");
}

}  // namespace syncwell::sandbox
