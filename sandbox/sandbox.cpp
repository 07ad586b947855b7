#include "sandbox/sandbox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/replace.hpp>

#include "sandbox/sandbox_state.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

struct Service {
  std::string_view name;
  std::string_view prefix;
};
constexpr std::array services{Service{"google_health", "/google"}, Service{"strava", "/strava"},
                              Service{"pagerduty", "/pagerduty"}, Service{"zendesk", "/zendesk"}};
constexpr std::string_view control_prefix = "/_sandbox/";

std::string quoted(const std::string& text) { return '"' + text + '"'; }

bool under(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

// Ids in a path would make one counter per point: digits-only and long segments become "{id}".
std::string counter_path(std::string_view path) {
  constexpr std::size_t longest_word = 40;
  std::string text;
  std::string_view before;
  for (const std::string_view segment : split(path.substr(1), '/')) {
    const bool is_number =
        !segment.empty() && std::ranges::all_of(segment, [](char c) { return c >= '0' && c <= '9'; });
    const bool is_id = is_number || before == "dataPoints" || before == "users" || segment.size() > longest_word;
    text += '/';
    text += is_id ? std::string_view("{id}") : segment;
    before = segment;
  }
  return text;
}

net::Response error_of(std::string_view provider, const Fault& fault) {
  const bool limited = fault.status == 429;
  net::Response response;
  if (provider == "strava") {
    response = strava_error(fault.status, limited ? "Rate Limit Exceeded" : "Error", "Application",
                            limited ? "rate limit" : "", limited ? "exceeded" : "error");
  } else if (provider == "pagerduty") {
    response = pagerduty_error(fault.status, limited ? "Too Many Requests" : "Injected fault.");
  } else if (provider == "zendesk") {
    response = zendesk_error(fault.status, limited ? "TooManyRequests" : "InternalError", "Injected fault.");
  } else {
    response =
        google_error(fault.status, limited ? "Resource has been exhausted (e.g. check quota)." : "Injected fault.");
  }
  if (fault.retry_after) response.headers.set("Retry-After", *fault.retry_after);
  return response;
}

}  // namespace

Sandbox::Sandbox(SandboxOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Sandbox::~Sandbox() = default;
Sandbox::Sandbox(Sandbox&&) noexcept = default;
Sandbox& Sandbox::operator=(Sandbox&&) noexcept = default;

GoogleHealth& Sandbox::google_health() { return state_->google_health; }
Strava& Sandbox::strava() { return state_->strava; }
PagerDuty& Sandbox::pagerduty() { return state_->pagerduty; }
Zendesk& Sandbox::zendesk() { return state_->zendesk; }

net::Response Sandbox::handle(const net::Request& request, Instant now) {
  const net::Target target = net::parse_target(request.url);
  if (request.body.size() > max_sandbox_body_bytes) {
    return json_response(413, json::object{{"error", "the body is past the sandbox's maximum"}});
  }
  const Instant shifted = std::clamp(Instant{now + state_->clock_shift}, min_instant, max_instant);
  for (const Service& service : services) {
    if (under(target.path, service.prefix)) {
      return state_->handle_provider(service.name, request, target, service.prefix, shifted);
    }
  }
  if (target.path.starts_with(control_prefix)) return state_->handle_control(request, target, now);
  return json_response(
      404, json::object{{"error", "no such path: /google/…, /strava/…, /pagerduty/…, /zendesk/… or /_sandbox/…"}});
}

net::Response Sandbox::State::ask(std::string_view provider, const net::Request& request, const net::Target& inner,
                                  Instant now) {
  if (provider == "strava") return strava.handle(request, inner, now);
  if (provider == "pagerduty") return pagerduty.handle(request, inner);
  if (provider == "zendesk") return zendesk.handle(request, inner, now);
  return google_health.handle(request, inner, now);
}

net::Response Sandbox::State::handle_provider(std::string_view provider, const net::Request& request,
                                              const net::Target& whole, std::string_view prefix, Instant now) {
  const auto planned = faults.faults_for(provider, request.method, whole.path, fault_random);
  Duration latency{0};
  const Fault* fault = nullptr;
  for (const Fault& one : planned) {
    latency += one.latency;
    if (one.kind != FaultKind::latency) fault = &one;
  }
  net::Response response;
  const FaultKind kind = fault == nullptr ? FaultKind::latency : fault->kind;
  if (kind == FaultKind::status) {
    response = error_of(provider, *fault);
  } else if (kind == FaultKind::reset_before_commit) {
    response.wire = net::Response::Wire::reset_before_answer;
    response.status = 502;
  } else {
    net::Target inner = whole;
    inner.path.erase(0, prefix.size());
    if (inner.path.empty()) inner.path = "/";
    response = ask(provider, request, inner, now);
    if (kind == FaultKind::reset_after_commit) response.wire = net::Response::Wire::reset_before_answer;
    if (kind == FaultKind::truncated_json) response.wire = net::Response::Wire::truncated_body;
    if (kind == FaultKind::renamed_field)
      boost::algorithm::replace_all(response.body, quoted(fault->field), quoted(fault->field + "V2"));
    if (kind == FaultKind::slow_body) response.wire = net::Response::Wire::slow_body;
  }
  response.delay += latency;
  auto key = std::tuple(std::string(provider), request.method, counter_path(whole.path), response.status);
  if (requests.size() >= max_request_counters && !requests.contains(key)) std::get<2>(key) = "(other)";
  ++requests[key];
  return response;
}

}  // namespace syncwell::sandbox
