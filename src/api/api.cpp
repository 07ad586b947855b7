#include "api/api.hpp"

#include <sodium.h>

#include <utility>

#include "api/problem.hpp"

namespace syncwell::api {
namespace {

// Empty: none.
std::string_view bearer_token(const net::Request& request) {
  const auto header = request.headers.get("Authorization").value_or("");
  constexpr std::string_view scheme = "Bearer ";
  return net::equal_without_case(header.substr(0, scheme.size()), scheme) ? header.substr(scheme.size())
                                                                          : std::string_view();
}

net::Response unauthenticated() {
  auto answer = problem(401, "unauthenticated", "This call needs a valid token: Authorization: Bearer <token>.");
  answer.headers.set("WWW-Authenticate", "Bearer");
  return answer;
}

}  // namespace

Api::Api(ApiServices services, ApiSettings settings)
    : services_(std::move(services)),
      settings_(std::move(settings)),
      limits_(services_.runtime, settings_.requests_per_minute),
      idempotent_(services_.table, services_.vault, services_.leases, services_.runtime),
      users_(services_.table),
      connections_(services_.table),
      configs_(services_.table),
      schedule_(services_.table, services_.runtime),
      jobs_(services_.table),
      subscriptions_(services_.table),
      staff_(services_.table),
      support_(services_.table, services_.hot_queue, services_.vault, services_.support, services_.runtime),
      webhooks_(services_.table, services_.vault, services_.bus, services_.providers, services_.runtime,
                services_.webhook_counters == nullptr ? own_webhook_counters_ : *services_.webhook_counters) {
  add_system_routes();
  add_operator_routes();
  add_user_routes();
  add_webhook_routes();
  add_connection_routes();
  add_sync_config_routes();
  add_sync_job_routes();
  add_insight_routes();
  add_export_routes();
  support_.add_to(router_);
  add_subscription_routes();
}

Async<net::Response> Api::handle(net::Request request) {
  net::Target target = net::parse_target(request.url);
  Router::Match match = router_.match(request.method, target.path);
  if (!services_.requests) co_return co_await traced(std::move(target), std::move(match), request);
  const std::string_view route = match.pattern.empty() ? "unknown" : match.pattern;
  const Steady began = services_.runtime.steady_now();
  auto response = co_await traced(std::move(target), std::move(match), request);
  services_.requests({request.method, route, response.status, services_.runtime.steady_now() - began});
  co_return response;
}

Async<net::Response> Api::traced(net::Target target, Router::Match match, const net::Request& request) {
  const auto caller = parse_traceparent(request.headers.get("traceparent").value_or(""));
  if (!services_.traces) {
    co_return co_await answer(std::move(target), std::move(match), request, caller.value_or(TraceContext{}));
  }
  auto& random = services_.runtime.random();
  Span span{{caller ? caller->trace_id : new_trace_id(random), new_span_id(random)}};
  if (caller) span.parent_span_id = caller->span_id;
  span.name = request.method + " " + std::string(match.pattern.empty() ? "unknown path" : match.pattern);
  span.began = services_.runtime.now();
  const Steady began = services_.runtime.steady_now();
  auto response = co_await answer(std::move(target), std::move(match), request, span.context);
  span.took = services_.runtime.steady_now() - began;
  span.attributes = {{"http.request.method", request.method},
                     {"http.response.status_code", std::int64_t{response.status}}};
  if (response.status >= 500) span.error = std::to_string(response.status);
  services_.traces(std::move(span));
  co_return response;
}

Async<net::Response> Api::answer(net::Target target, Router::Match match, const net::Request& request,
                                 TraceContext trace) {
  if (match.handler == nullptr && match.allowed.empty()) {
    co_return problem(404, "not_found", "There is nothing at this path.");
  }
  if (match.handler == nullptr) {
    auto answer = problem(405, "method_not_allowed", "This path knows: " + match.allowed);
    answer.headers.set("Allow", match.allowed);
    co_return answer;
  }
  Call call{request, std::move(target), std::move(match.path)};
  call.trace = std::move(trace);
  if (auto refused = co_await admit(match.access, call)) co_return std::move(*refused);
  if (match.access != Router::Access::user) co_return co_await (*match.handler)(std::move(call));
  const auto verdict = limits_.admit(call.user);
  auto answer = verdict.admitted ? co_await (*match.handler)(std::move(call))
                                 : problem(429, "too_many_requests",
                                           "You have made too many requests; Retry-After says when to go on.");
  limits_.describe(verdict, answer);
  co_return answer;
}

// Why a caller is not believed is nobody's business but ours: every refusal is the same (API).
Async<std::optional<net::Response>> Api::admit(Router::Access access, Call& call) {
  if (access == Router::Access::open) co_return std::nullopt;
  if (access != Router::Access::user) co_return co_await admit_staff(access, call);
  const auto token = bearer_token(call.request);
  auto caller = co_await services_.authenticator.authenticate(std::string(token));
  if (caller) {
    call.user = std::move(caller->user);
    co_return std::nullopt;
  }
  if (caller.error().code == ErrorCode::unauthenticated) co_return unauthenticated();
  if (caller.error().code == ErrorCode::forbidden) co_return problem(403, "account_erased", caller.error().message);
  co_return problem(caller.error());
}

Async<std::optional<net::Response>> Api::admit_staff(Router::Access access, Call& call) {
  const auto token = bearer_token(call.request);
  const auto& expected = settings_.admin_token;
  if (token.size() == expected.size() && sodium_memcmp(token.data(), expected.data(), token.size()) == 0) {
    call.staff = {"operator", "operator", store::Role::admin, {}};
    co_return std::nullopt;
  }
  if (!token.starts_with(store::staff_token_prefix)) co_return unauthenticated();
  auto member = co_await staff_.who_has(std::string(token));
  if (!member) co_return problem(member.error());
  if (!*member) co_return unauthenticated();
  call.staff = std::move(**member);
  const auto needed = access == Router::Access::viewer    ? store::Role::viewer
                      : access == Router::Access::support ? store::Role::support
                                                          : store::Role::admin;
  if (call.staff.role < needed)
    co_return problem(403, "role_required",
                      "This needs the role " + std::string(name_of(needed)) + "; yours is " +
                          std::string(name_of(call.staff.role)) + ".");
  co_return std::nullopt;
}

}  // namespace syncwell::api
