#include <boost/json.hpp>

#include "api/api.hpp"
#include "api/describe.hpp"
#include "api/json_body.hpp"
#include "api/page_cursor.hpp"
#include "api/problem.hpp"

namespace syncwell::api {

namespace json = boost::json;

namespace {

std::string_view name_of(providers::Overwrite overwrite) {
  switch (overwrite) {
    case providers::Overwrite::none:
      return "none";
    case providers::Overwrite::own_records:
      return "own_records";
    case providers::Overwrite::any_record:
      break;
  }
  return "any_record";
}

net::Response no_connection() { return problem(404, "not_found", "There is no connection with this id."); }

}  // namespace

void Api::add_connection_routes() {
  using enum Router::Access;
  router_.add("GET", "/v1/providers", user, [this](Call) { return list_providers(); });
  router_.add("GET", "/v1/providers/{provider}/authorization-url", user,
              [this](Call call) { return authorization_url(std::move(call)); });
  router_.add("GET", "/v1/connections", user, [this](Call call) { return list_connections(std::move(call)); });
  router_.add("GET", "/v1/connections/{id}", user, [this](Call call) { return get_connection(std::move(call)); });
  router_.add("DELETE", "/v1/connections/{id}", user, [this](Call call) { return delete_connection(std::move(call)); });
  router_.add("POST", "/v1/connections/{id}/reauth", user, [this](Call call) {
    return idempotent_.run(call.user, call.request,
                           [this, caller = call.user, request = call.request, connection = call.segment("id")](
                               std::string) { return reauthorize_connection(caller, request, connection); });
  });
  router_.add("POST", "/v1/connections", user, [this](Call call) {
    return idempotent_.run(call.user, call.request, [this, caller = call.user, request = call.request](std::string id) {
      return create_connection(caller, request, "conn_" + id);
    });
  });
}

// What can be connected and what each can do: known limits are data (PROV-7).
Async<net::Response> Api::list_providers() {
  json::array list;
  for (const auto& provider : services_.providers.all()) {
    const auto& capabilities = provider->capabilities();
    json::array types;
    for (const auto& type : capabilities.types) {
      types.push_back({{"type", model::name_of(type.type)},
                       {"read", type.can_read},
                       {"write", type.can_write},
                       {"overwrite", name_of(type.overwrite)},
                       {"delete", type.can_delete}});
    }
    json::object described{{"key", capabilities.key},
                           {"name", capabilities.display_name},
                           {"kind", capabilities.kind == providers::ProviderKind::cloud ? "cloud" : "file"},
                           {"readingNeedsConsent", capabilities.reading_is_opt_in},
                           {"dataTypes", std::move(types)}};
    if (!capabilities.terms.empty()) described["terms"] = capabilities.terms;
    list.push_back(std::move(described));
  }
  co_return json_answer(200, {{"providers", std::move(list)}});
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
  auto page = page_request(call.target);
  if (!page) co_return problem(page.error());
  std::erase_if(*connections, [](const auto& each) { return each.status == store::ConnectionStatus::erasing; });
  const auto part = slice(std::move(*connections), *page);
  json::array items;
  for (const auto& connection : part.items) items.push_back(describe(connection));
  json::object answer{{"connections", std::move(items)}};
  if (part.next) answer["next"] = *part.next;
  co_return json_answer(200, answer);
}

Async<net::Response> Api::get_connection(Call call) {
  auto connection = co_await connections_.get(call.user, call.path["id"]);
  if (!connection) co_return problem(connection.error());
  if (!*connection || (*connection)->status == store::ConnectionStatus::erasing) co_return no_connection();
  co_return json_answer(200, describe(**connection));
}

// At once it is not found any more; the grant is revoked and what belongs to it erased as fast as the provider lets us.
Async<net::Response> Api::delete_connection(Call call) {
  auto connection = co_await connections_.get(call.user, call.segment("id"));
  if (!connection) co_return problem(connection.error());
  if (!*connection) co_return no_connection();
  auto requested = co_await services_.eraser.request_connection(std::move(**connection));
  if (!requested) co_return problem(requested.error());
  co_return net::Response{204};
}

// New consent for a connection whose grant was refused or withdrawn: ledger and syncs stay.
Async<net::Response> Api::reauthorize_connection(std::string user, net::Request request, std::string id) {
  auto body = JsonBody::parse(request);
  if (!body) co_return problem(body.error());
  engine::AuthorizationAnswer answer;
  answer.code = body->required_text("code");
  answer.code_verifier = body->required_text("codeVerifier");
  answer.state = body->required_text("state");
  if (body->error()) co_return problem(*body->error());
  auto existing = co_await connections_.get(user, id);
  if (!existing) co_return problem(existing.error());
  if (!*existing || (*existing)->status == store::ConnectionStatus::erasing) co_return no_connection();
  if ((*existing)->status == store::ConnectionStatus::active)
    co_return problem(409, "still_active", "This connection works: there is nothing to authorise again.");
  answer.provider = (*existing)->provider;
  auto connection = co_await services_.connector.finish(user, id, std::move(answer));
  if (!connection) co_return problem(connection.error());
  co_return json_answer(200, describe(*connection));
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
