#include <boost/json.hpp>

#include "api/api.hpp"
#include "api/openapi.hpp"
#include "api/problem.hpp"

namespace syncwell::api {

namespace json = boost::json;

namespace {

Async<net::Response> answer_with(net::Response response) { co_return response; }

net::Response error_codes() {
  json::array codes;
  for (const auto& entry : error_dictionary()) {
    codes.push_back({{"code", entry.name},
                     {"status", entry.http_status},
                     {"retryClass", name_of(entry.retry_class)},
                     {"meaning", entry.meaning},
                     {"advice", entry.advice}});
  }
  return json_answer(200, {{"errorCodes", std::move(codes)}});
}

}  // namespace

void Api::add_system_routes() {
  using enum Router::Access;
  router_.add("GET", "/healthz", open,
              [](Call) { return answer_with({200, {{"Content-Type", "text/plain"}}, "ok\n"}); });
  router_.add("GET", "/v1/openapi.json", open, [](Call) {
    return answer_with({200, {{"Content-Type", "application/json"}}, std::string(openapi_document)});
  });
  router_.add("GET", "/v1/docs", open, [](Call) {
    const char* policy = "default-src 'none'; style-src 'unsafe-inline'";
    return answer_with({200,
                        {{"Content-Type", "text/html; charset=utf-8"}, {"Content-Security-Policy", policy}},
                        openapi_page(openapi_document)});
  });
  router_.add("GET", "/v1/error-codes", open, [](Call) { return answer_with(error_codes()); });
  router_.add("GET", "/readyz", open, [this](Call call) { return ready(std::move(call)); });
  router_.add("GET", "/metrics", open, [this](Call call) { return metrics(std::move(call)); });
}

Async<net::Response> Api::metrics(Call) {
  co_return net::Response{200, {{"Content-Type", "text/plain; version=0.0.4"}}, co_await services_.metrics()};
}

// Ready: the store answers.
Async<net::Response> Api::ready(Call) {
  auto depth = co_await services_.hot_queue.depth();
  if (!depth) co_return problem(503, "not_ready", depth.error().message);
  co_return net::Response{200, {{"Content-Type", "text/plain"}}, "ready\n"};
}

}  // namespace syncwell::api
