// Requests to the public API, as its HTTP server hands them over, in a world with real queue, store and vault.
// Input: requests divided by 0xff, each
//   METHOD TARGET LF, then "Name: value" LF …, an empty line, and the body.
// A request without Authorization gets the token that its path needs. The world lives for a while, so that requests
// meet what others left.
#include <boost/json/parse.hpp>

#include <array>
#include <memory>
#include <optional>

#include "../tests/engine_world.hpp"
#include "../tests/fake_platform.hpp"
#include "api/api.hpp"
#include "fuzz/input.hpp"
#include "fuzz/property.hpp"
#include "fuzz/target.hpp"
#include "identity/fixed_tokens.hpp"
#include "net/http_wire.hpp"

namespace syncwell::fuzz {
namespace {

constexpr std::size_t inputs_per_world = 500;
constexpr std::size_t max_requests_per_input = 8;
constexpr std::string_view token = "token-of-the-fuzz-target";
constexpr std::string_view admin_token = "admin-token-of-the-fuzz-target";

Async<std::string> no_metrics() { co_return "up 1\n"; }

struct World {
  World() {
    for (const auto* key : {"a", "b"}) {
      engine.providers.add(std::make_unique<tests::FakePlatform>(key, model::DataType::weight));
    }
    engine.user = engine.storage->vault().digest("user", "local");
    for (const auto* key : {"a", "b"}) engine.connect(key);
    connector.emplace(engine.storage->table(), engine.storage->vault(), engine.providers, http, *engine.limiter,
                      *engine.breakers, engine.runtime, std::vector<std::filesystem::path>{engine.folder.path()});
    tokens.emplace(std::map<std::string, std::string>{{std::string(token), engine.user}});
    api.emplace(api::ApiServices{engine.storage->table(), engine.storage->vault(), *engine.leases,
                                 engine.storage->bus(), engine.storage->queue("hot"),
                                 engine.storage->queue("deliveries"), engine.providers, *connector, *engine.runner,
                                 *engine.eraser, *engine.support, *tokens, nullptr, engine.runtime, no_metrics},
                api::ApiSettings{std::string(admin_token), 1'000'000});
  }

  tests::NoHttp http;
  tests::EngineWorld engine{http};
  std::optional<engine::Connector> connector;
  std::optional<identity::FixedTokens> tokens;
  std::optional<api::Api> api;
};

// Up to and without the line break, which is skipped.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

// nullopt for what the HTTP server would not let through.
std::optional<net::Request> request_of(std::string_view text) {
  net::Request request;
  const std::string_view first = take_line(text);
  const auto blank = first.find(' ');
  request.method = first.substr(0, blank);
  request.url = blank == std::string_view::npos ? "" : first.substr(blank + 1);
  if (!net::is_token(request.method) || request.url.empty() || !net::is_field_value(request.url)) return std::nullopt;
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view value = line.substr(std::min(colon + 2, line.size()));
    if (!net::is_token(line.substr(0, colon)) || !net::is_field_value(value)) return std::nullopt;
    request.headers.add(line.substr(0, colon), std::string(value));
  }
  request.body = text;
  if (!request.headers.get("Authorization")) {
    const bool admin = net::parse_target(request.url).path.starts_with("/admin");
    request.headers.add("Authorization", "Bearer " + std::string(admin ? admin_token : token));
  }
  return request;
}

void check(World& world, const net::Request& request) {
  const net::Response response = world.engine.complete(world.api->handle(request));
  require(response.status >= 200 && response.status < 500, "no request makes the API fail");
  const auto wire = net::wire_answer(response, {});
  require(wire.head.starts_with("HTTP/1.1 " + std::to_string(response.status)), "an answer can be carried");
  require(response.body.find(token) == std::string::npos, "an answer never holds a token");
  const auto content_type = response.headers.get("Content-Type").value_or("");
  if (response.status >= 400) require(content_type == "application/problem+json", "errors are problem details");
  if (!content_type.ends_with("json")) return;
  boost::json::error_code error;
  const auto body = boost::json::parse(response.body, error);
  require(!error && body.is_object(), "an answer's body is a JSON object");
  if (response.status >= 400) {
    const auto* detail = body.get_object().if_contains("detail");
    require(detail != nullptr && detail->is_string() && !detail->get_string().empty(), "a problem has a detail");
    require(detail->get_string().size() <= 2 * max_message_bytes, "a problem's detail has an end");
  }
}

}  // namespace

void run(std::string_view bytes) {
  static std::unique_ptr<World> world;
  static std::size_t inputs = 0;
  if (inputs++ % inputs_per_world == 0) {
    world.reset();
    world = std::make_unique<World>();
  }
  Input input(bytes);
  for (std::size_t i = 0; i < max_requests_per_input && !input.empty(); ++i) {
    if (const auto request = request_of(input.part())) check(*world, *request);
  }
}

}  // namespace syncwell::fuzz
