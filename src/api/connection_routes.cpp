#include <boost/json.hpp>

#include "api/api.hpp"
#include "api/json_body.hpp"
#include "api/problem.hpp"

namespace syncwell::api {

namespace json = boost::json;

namespace {

json::object describe(const store::Connection& connection) {
  return {{"id", connection.id},
          {"provider", connection.provider},
          {"status", store::name_of(connection.status)},
          {"createdAt", format_rfc3339(connection.created)}};
}

}  // namespace

void Api::add_connection_routes() {
  using enum Router::Access;
  router_.add("GET", "/v1/providers/{provider}/authorization-url", user,
              [this](Call call) { return authorization_url(std::move(call)); });
  router_.add("GET", "/v1/connections", user, [this](Call call) { return list_connections(std::move(call)); });
  router_.add("GET", "/v1/connections/{id}", user, [this](Call call) { return get_connection(std::move(call)); });
  router_.add("POST", "/v1/connections", user, [this](Call call) {
    return idempotent_.run(call.user, call.request, [this, caller = call.user, request = call.request](std::string id) {
      return create_connection(caller, request, "conn_" + id);
    });
  });
}

Async<net::Response> Api::authorization_url(Call call) {
  const auto redirect_uri = call.target.parameter("redirectUri");
  const auto challenge = call.target.parameter("codeChallenge");
  if (!redirect_uri || !challenge) {
    co_return problem(400, "invalid_argument", "The query needs redirectUri and codeChallenge (RFC 7636, S256).");
  }
  auto started = co_await services_.connector.start(call.user, call.path["provider"], *redirect_uri, *challenge);
  if (!started) co_return problem(started.error());
  co_return json_answer(200, {{"url", started->url}, {"state", started->state}});
}

Async<net::Response> Api::list_connections(Call call) {
  auto connections = co_await connections_.list(call.user);
  if (!connections) co_return problem(connections.error());
  json::array items;
  for (const auto& connection : *connections) items.push_back(describe(connection));
  co_return json_answer(200, {{"connections", std::move(items)}});
}

Async<net::Response> Api::get_connection(Call call) {
  auto connection = co_await connections_.get(call.user, call.path["id"]);
  if (!connection) co_return problem(connection.error());
  if (!*connection) co_return problem(404, "not_found", "There is no connection with this id.");
  co_return json_answer(200, describe(**connection));
}

// Either an account ({provider, code, codeVerifier, state}) or files on the server ({provider, path}).
Async<net::Response> Api::create_connection(std::string user, net::Request request, std::string id) {
  auto body = JsonBody::parse(request);
  if (!body) co_return problem(body.error());
  const std::string provider = body->required_text("provider");
  const std::string path = body->optional_text("path");
  engine::AuthorizationAnswer answer;
  answer.provider = provider;
  if (path.empty()) {
    answer.code = body->required_text("code");
    answer.code_verifier = body->required_text("codeVerifier");
    answer.state = body->required_text("state");
  }
  if (body->error()) co_return problem(*body->error());
  auto connection = path.empty() ? co_await services_.connector.finish(user, id, std::move(answer))
                                 : co_await services_.connector.connect_files(user, id, provider, path);
  if (!connection) co_return problem(connection.error());
  auto created = json_answer(201, describe(*connection));
  created.headers.set("Location", "/v1/connections/" + connection->id);
  co_return created;
}

}  // namespace syncwell::api
