#include "api/api.hpp"

#include <sodium.h>

#include <utility>

#include "api/problem.hpp"

namespace syncwell::api {

Api::Api(ApiServices services, std::string token, std::string admin_token)
    : services_(std::move(services)),
      token_(std::move(token)),
      admin_token_(std::move(admin_token)),
      idempotent_(services_.table, services_.vault, services_.leases, services_.runtime),
      connections_(services_.table),
      configs_(services_.table),
      jobs_(services_.table),
      webhooks_(services_.table, services_.vault, services_.bus, services_.providers, services_.runtime,
                services_.webhook_counters == nullptr ? own_webhook_counters_ : *services_.webhook_counters) {
  add_system_routes();
  add_webhook_routes();
  add_connection_routes();
  add_sync_config_routes();
  add_sync_job_routes();
  add_dead_letter_routes();
}

bool Api::bears(const net::Request& request, const std::string& token) {
  const auto header = request.headers.get("Authorization").value_or("");
  constexpr std::string_view scheme = "Bearer ";
  if (!header.starts_with(scheme)) return false;
  const auto given = header.substr(scheme.size());
  return given.size() == token.size() && sodium_memcmp(given.data(), token.data(), token.size()) == 0;
}

Async<net::Response> Api::handle(net::Request request) {
  net::Target target = net::parse_target(request.url);
  Router::Match match = router_.match(request.method, target.path);
  if (match.handler == nullptr && match.allowed.empty()) {
    co_return problem(404, "not_found", "There is nothing at this path.");
  }
  if (match.handler == nullptr) {
    auto answer = problem(405, "method_not_allowed", "This path knows: " + match.allowed);
    answer.headers.set("Allow", match.allowed);
    co_return answer;
  }
  Call call{request, std::move(target), std::move(match.path)};
  if (match.access != Router::Access::open) {
    if (!bears(request, match.access == Router::Access::admin ? admin_token_ : token_)) {
      auto answer = problem(401, "unauthenticated", "This call needs the header Authorization: Bearer <token>.");
      answer.headers.set("WWW-Authenticate", "Bearer");
      co_return answer;
    }
    call.user = user_key();
  }
  co_return co_await (*match.handler)(std::move(call));
}

}  // namespace syncwell::api
