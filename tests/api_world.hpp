// The API in simulated time with the real engine behind it and two people who call it; every exchange is held against
// the API's own description.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/api.hpp"
#include "engine_world.hpp"
#include "fake_platform.hpp"
#include "identity/fixed_tokens.hpp"
#include "openapi_contract.hpp"
#include "providers/json/json_provider.hpp"

namespace syncwell::tests {

inline Async<std::string> no_metrics() { co_return "up 1\n"; }

class ApiWorld : public testing::Test {
 protected:
  ApiWorld() {
    for (const auto* key : {"a", "b"})
      world.providers.add(std::make_unique<FakePlatform>(key, model::DataType::weight));
    auto reader = std::make_unique<FakePlatform>("reader", model::DataType::weight);
    reader->capability().can_write = false;
    world.providers.add(std::move(reader));
    auto private_source = std::make_unique<FakePlatform>("reluctant", model::DataType::weight);
    private_source->editable_capabilities().reading_is_opt_in = true;
    private_source->editable_capabilities().terms = "its terms forbid copying";
    world.providers.add(std::move(private_source));
    world.providers.add(std::make_unique<providers::json::JsonProvider>());
    world.user = world.storage->vault().digest("user", "local");
    for (const auto* key : {"a", "b", "reader", "reluctant"}) world.connect(key);
    connector.emplace(world.storage->table(), world.storage->vault(), world.providers, http, *world.limiter,
                      *world.breakers, world.runtime, std::vector<std::filesystem::path>{world.folder.path()});
    tokens.emplace(std::map<std::string, std::string>{{"secret-token", world.user}, {"other-token", other_user()}});
    issuer = world.complete(identity::Issuer::open(world.storage->table(), world.storage->vault())).value();
    api.emplace(api::ApiServices{world.storage->table(),
                                 world.storage->vault(),
                                 *world.leases,
                                 world.storage->bus(),
                                 world.storage->queue("hot"),
                                 world.storage->queue("deliveries"),
                                 world.providers,
                                 *connector,
                                 *world.runner,
                                 *world.eraser,
                                 *world.support,
                                 *tokens,
                                 issuer.get(),
                                 world.runtime,
                                 no_metrics,
                                 nullptr,
                                 {},
                                 &world.progress},
                api::ApiSettings{"admin-token", requests_per_minute});
  }

  [[nodiscard]] std::string other_user() const { return world.storage->vault().digest("user", "somebody else"); }

  net::Response call(std::string method, std::string url, std::string body = "", std::string key = "",
                     std::string token = "secret-token") {
    net::Request request{std::move(method), std::move(url), {}, std::move(body)};
    if (!token.empty()) request.headers.set("Authorization", "Bearer " + token);
    if (!key.empty()) request.headers.set("Idempotency-Key", "\"" + key + "\"");
    const auto answer = world.complete(api->handle(request));
    for (const auto& violation : contract.violations(request, answer)) ADD_FAILURE() << violation;
    return answer;
  }
  net::Response as_operator(const std::string& method, const std::string& url, const std::string& body = "") {
    return call(method, url, body, "", "admin-token");
  }

  static boost::json::object body_of(const net::Response& response) {
    return boost::json::parse(response.body).as_object();
  }

  std::string new_config(const std::string& from = "conn_a", const std::string& to = "conn_b") {
    const auto answer = call("POST", "/v1/sync-configs", config_body(from, to), world.runtime.random().uuid4());
    EXPECT_EQ(answer.status, 201) << answer.body;
    return std::string(body_of(answer).at("id").as_string());
  }

  static std::string config_body(const std::string& from, const std::string& to, const std::string& type = "weight") {
    return boost::json::serialize(
        boost::json::object{{"sourceConnectionId", from}, {"destinationConnectionId", to}, {"dataType", type}});
  }

  NoHttp http;
  EngineWorld world{http};
  std::optional<engine::Connector> connector;
  std::optional<identity::FixedTokens> tokens;
  std::unique_ptr<identity::Issuer> issuer;
  OpenApiContract contract;
  std::optional<api::Api> api;

  static constexpr std::uint32_t requests_per_minute = 100'000;
};

}  // namespace syncwell::tests
