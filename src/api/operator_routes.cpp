// What the process tells its staff of itself: figures of the last hour, providers, the configuration in force.
#include <boost/json.hpp>

#include "api/api.hpp"
#include "api/problem.hpp"

namespace syncwell::api {

namespace json = boost::json;

namespace {

net::Response not_told() {
  return problem(404, "not_found", "This process does not keep that; ask the server that runs the workers.");
}

// Figures change by the second and are the staff's: no cache keeps them.
net::Response fresh(const json::object& body) {
  auto answer = json_answer(200, body);
  answer.headers.set("Cache-Control", "no-store");
  return answer;
}

}  // namespace

void Api::add_operator_routes() {
  using enum Router::Access;
  router_.add("GET", "/admin/history", viewer, [this](Call) { return show(services_.operator_data.history); });
  router_.add("GET", "/admin/providers", viewer, [this](Call) { return show(services_.operator_data.providers); });
  router_.add("GET", "/admin/configuration", admin,
              [this](Call) { return show(services_.operator_data.configuration); });
}

Async<net::Response> Api::show(const OperatorData::Source& source) {
  if (!source) co_return not_told();
  auto shown = co_await source();
  if (!shown) co_return problem(shown.error());
  co_return fresh(*shown);
}

}  // namespace syncwell::api
