// The public API, called as its HTTP server calls it: who may call, what is refused and how, idempotency.
#include "api/api.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "app/pkce.hpp"
#include "engine_world.hpp"
#include "fake_platform.hpp"
#include "providers/json/json_provider.hpp"

namespace syncwell::tests {
namespace {

using model::DataType;
namespace json = boost::json;

Async<std::string> no_metrics() { co_return "up 1\n"; }

class ApiTest : public testing::Test {
 protected:
  ApiTest() {
    for (const auto* key : {"a", "b"}) world.providers.add(std::make_unique<FakePlatform>(key, DataType::weight));
    auto reader = std::make_unique<FakePlatform>("reader", DataType::weight);
    reader->capability().can_write = false;
    world.providers.add(std::move(reader));
    auto private_source = std::make_unique<FakePlatform>("reluctant", DataType::weight);
    private_source->editable_capabilities().reading_is_opt_in = true;
    private_source->editable_capabilities().terms = "its terms forbid copying";
    world.providers.add(std::move(private_source));
    world.providers.add(std::make_unique<providers::json::JsonProvider>());
    world.user = world.storage->vault().digest("user", "local");
    for (const auto* key : {"a", "b", "reader", "reluctant"}) world.connect(key);
    connector.emplace(world.storage->table(), world.storage->vault(), world.providers, http, *world.limiter,
                      *world.breakers, world.runtime, std::vector<std::filesystem::path>{world.folder.path()});
    api.emplace(api::ApiServices{world.storage->table(), world.storage->vault(), *world.leases, world.storage->bus(),
                                 world.storage->queue("hot"), world.providers, *connector, world.runtime, no_metrics},
                "secret-token", "admin-token");
  }

  net::Response call(std::string method, std::string url, std::string body = "", std::string key = "",
                     std::string token = "secret-token") {
    net::Request request{std::move(method), std::move(url), {}, std::move(body)};
    if (!token.empty()) request.headers.set("Authorization", "Bearer " + token);
    if (!key.empty()) request.headers.set("Idempotency-Key", "\"" + key + "\"");
    return world.complete(api->handle(std::move(request)));
  }

  static json::object body_of(const net::Response& response) { return json::parse(response.body).as_object(); }

  std::string new_config(const std::string& from = "conn_a", const std::string& to = "conn_b") {
    const auto answer = call("POST", "/v1/sync-configs", config_body(from, to), world.runtime.random().uuid4());
    EXPECT_EQ(answer.status, 201) << answer.body;
    return std::string(body_of(answer).at("id").as_string());
  }

  static std::string config_body(const std::string& from, const std::string& to, const std::string& type = "weight") {
    return json::serialize(
        json::object{{"sourceConnectionId", from}, {"destinationConnectionId", to}, {"dataType", type}});
  }

  NoHttp http;
  EngineWorld world{http};
  std::optional<engine::Connector> connector;
  std::optional<api::Api> api;
};

TEST_F(ApiTest, EveryUserRouteNeedsTheToken) {
  for (const auto* path : {"/v1/connections", "/v1/sync-configs", "/v1/sync-jobs", "/v1/sync-jobs/job_x"}) {
    EXPECT_EQ(call("GET", path, "", "", "").status, 401) << path;
    EXPECT_EQ(call("GET", path, "", "", "wrong").status, 401) << path;
    EXPECT_EQ(call("GET", path, "", "", "admin-token").status, 401) << path;
  }
  EXPECT_EQ(call("GET", "/admin/dlq").status, 401) << "a user is no operator";
  EXPECT_EQ(call("GET", "/admin/dlq", "", "", "admin-token").status, 200);
}

TEST_F(ApiTest, HealthAndMetricsAreOpen) {
  EXPECT_EQ(call("GET", "/healthz", "", "", "").body, "ok\n");
  EXPECT_EQ(call("GET", "/readyz", "", "", "").status, 200);
  EXPECT_EQ(call("GET", "/metrics", "", "", "").body, "up 1\n");
}

TEST_F(ApiTest, ErrorsAreProblemDetails) {  // RFC 9457
  const auto missing = call("GET", "/v1/nothing");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.headers.get("Content-Type"), "application/problem+json");
  EXPECT_EQ(body_of(missing).at("type").as_string(), "urn:syncwell:problem:not_found");
  const auto wrong = call("DELETE", "/v1/connections");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.get("Allow"), "GET, POST");
}

TEST_F(ApiTest, StateChangingCallsNeedAnIdempotencyKey) {  // INT-2
  EXPECT_EQ(call("POST", "/v1/sync-configs", config_body("conn_a", "conn_b")).status, 400);
  EXPECT_EQ(call("POST", "/v1/sync-jobs", R"({"syncConfigId":"x"})").status, 400);
  EXPECT_EQ(call("POST", "/v1/sync-jobs", R"({"syncConfigId":"x"})", std::string(256, 'k')).status, 400);
}

TEST_F(ApiTest, TheSameKeyAndBodyGiveTheSameAnswer) {  // INT-2
  const auto first = call("POST", "/v1/sync-configs", config_body("conn_a", "conn_b"), "k1");
  const auto again = call("POST", "/v1/sync-configs", config_body("conn_a", "conn_b"), "k1");
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.body, again.body);
  EXPECT_EQ(call("POST", "/v1/sync-configs", config_body("conn_b", "conn_a"), "k1").status, 422);
  EXPECT_EQ(body_of(call("GET", "/v1/sync-configs")).at("syncConfigs").as_array().size(), 1U);
}

TEST_F(ApiTest, TheSameKeyMakesOneJob) {  // INT-2, TRIG-1
  const std::string body = json::serialize(json::object{{"syncConfigId", new_config()}});
  const auto first = call("POST", "/v1/sync-jobs", body, "job-key");
  ASSERT_EQ(first.status, 202) << first.body;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(call("POST", "/v1/sync-jobs", body, "job-key").body, first.body);
  EXPECT_EQ(call("POST", "/v1/sync-jobs", R"({"syncConfigId":"other"})", "job-key").status, 422);
  world.work_for(std::chrono::minutes{1});
  EXPECT_EQ(world.worker->counters().succeeded, 1U);
  const auto id = std::string(body_of(first).at("id").as_string());
  EXPECT_EQ(id.substr(0, 4), "job_");
  EXPECT_EQ(id[4 + 14], '4') << "a version 4 UUID";
  const auto job = body_of(call("GET", "/v1/sync-jobs/" + id));
  EXPECT_EQ(job.at("status").as_string(), "succeeded");
  EXPECT_EQ(call("POST", "/v1/sync-jobs", body, "job-key").body, first.body) << "also when it is long done";
}

Async<void> post_into(api::Api& api, net::Request request, std::vector<int>& statuses) {
  const auto answer = co_await api.handle(std::move(request));
  statuses.push_back(answer.status);
}

TEST_F(ApiTest, AHundredParallelCallsWithOneKeyMakeOneJob) {  // INT-2
  const std::string body = json::serialize(json::object{{"syncConfigId", new_config()}});
  std::vector<int> statuses;
  {
    TaskGroup group(world.runtime.executor());
    for (int i = 0; i < 100; ++i) {
      group.spawn(post_into(
          *api,
          {"POST", "/v1/sync-jobs", {{"Authorization", "Bearer secret-token"}, {"Idempotency-Key", "parallel"}}, body},
          statuses));
    }
    world.runtime.run_for(std::chrono::seconds{1});
  }
  EXPECT_EQ(std::ranges::count(statuses, 202), 100);
  EXPECT_EQ(body_of(call("GET", "/v1/sync-jobs")).at("syncJobs").as_array().size(), 1U);
  world.work_for(std::chrono::minutes{5});
  EXPECT_EQ(world.worker->counters().succeeded, 1U);
  EXPECT_EQ(world.depth().visible + world.depth().in_flight + world.depth().delayed + world.depth().dead, 0U);
}

TEST_F(ApiTest, AJobOfAnotherUserIsNotFound) {
  world.user = world.storage->vault().digest("user", "somebody else");
  const auto id = world.request("sync_of_somebody_else");
  EXPECT_EQ(call("GET", "/v1/sync-jobs/" + id).status, 404);
}

TEST_F(ApiTest, ImpossibleSyncsAreRefusedWhenTheyAreConfigured) {  // PROV-7, PROV-9
  const auto refuse = [&](const std::string& body, int status, std::string_view reason) {
    const auto answer = call("POST", "/v1/sync-configs", body, world.runtime.random().uuid4());
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_NE(answer.body.find(reason), std::string::npos) << answer.body;
  };
  refuse(config_body("conn_a", "conn_reader"), 422, "takes no weight");
  refuse(config_body("conn_reluctant", "conn_b"), 422, "its terms forbid copying");
  refuse(config_body("conn_a", "conn_b", "steps"), 422, "gives no steps");
  refuse(config_body("conn_a", "conn_b", "mood"), 400, "must be one of steps");
  refuse(config_body("conn_a", "conn_a"), 400, "must differ");
  refuse(config_body("conn_a", "conn_z"), 400, "no such connection");
  refuse("{", 400, "not valid JSON");
  refuse("[]", 400, "must be a JSON object");
  refuse("{}", 400, "sourceConnectionId: is required");
  refuse(R"({"sourceConnectionId":7})", 400, "sourceConnectionId: must be a text");
}

TEST_F(ApiTest, AConfigIsUpdatedOnlyInTheVersionThatWasSeen) {  // INT-4
  const auto id = new_config();
  const auto put = [&](const std::string& etag) {
    net::Request request{"PUT", "/v1/sync-configs/" + id, {}, config_body("conn_a", "conn_b")};
    request.headers.set("Authorization", "Bearer secret-token");
    request.headers.set("If-Match", etag);
    return world.complete(api->handle(std::move(request)));
  };
  const auto first = put("\"1\"");
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.headers.get("ETag"), "\"2\"");
  EXPECT_EQ(put("\"1\"").status, 412);
  EXPECT_EQ(put("nonsense").status, 400);
  EXPECT_EQ(call("DELETE", "/v1/sync-configs/" + id).status, 204);
  EXPECT_EQ(call("GET", "/v1/sync-configs/" + id).status, 404);
}

TEST_F(ApiTest, FilesAreConnectedBelowTheAllowedFoldersOnly) {
  const auto connect = [&](const std::string& path) {
    return call("POST", "/v1/connections", json::serialize(json::object{{"provider", "json"}, {"path", path}}),
                world.runtime.random().uuid4());
  };
  EXPECT_EQ(connect((world.folder.path() / "records").string()).status, 201);
  EXPECT_EQ(connect("/etc").status, 400);
  EXPECT_EQ(connect((world.folder.path() / ".." / "other").string()).status, 400);
  EXPECT_EQ(connect(world.folder.path().string() + "-beside").status, 400);
}

TEST_F(ApiTest, AnUnknownStateEndsTheOAuthFlow) {  // PROV-2
  const auto answer =
      call("POST", "/v1/connections", R"({"provider":"a","code":"c","codeVerifier":"v","state":"s"})", "connect");
  EXPECT_EQ(answer.status, 422) << answer.body;
  EXPECT_EQ(call("GET", "/v1/providers/zzz/authorization-url?redirectUri=x&codeChallenge=y").status, 404);
}

TEST_F(ApiTest, DeadLettersAreListedRedrivenAndPurged) {  // ARCH-4, SUP-2
  (void)world.complete(world.storage->queue("hot").send("no job", Duration{0})).value();
  (void)world.complete(world.storage->queue("hot").send("no job either", Duration{0})).value();
  world.work_for(std::chrono::seconds{5});
  const auto admin = [&](const std::string& method, const std::string& path) {
    return call(method, path, "", "", "admin-token");
  };
  const auto letters = body_of(admin("GET", "/admin/dlq")).at("deadLetters").as_array();
  ASSERT_EQ(letters.size(), 2U);
  const std::string id(letters[0].at("id").as_string());
  EXPECT_EQ(admin("DELETE", "/admin/dlq/" + id).status, 204);
  EXPECT_EQ(admin("DELETE", "/admin/dlq/" + id).status, 404);
  const std::string other(letters[1].at("id").as_string());
  EXPECT_EQ(admin("POST", "/admin/dlq/" + other + "/redrive").status, 202);
  EXPECT_EQ(admin("POST", "/admin/dlq/unknown/redrive").status, 404);
}

}  // namespace
}  // namespace syncwell::tests
