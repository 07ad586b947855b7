// The public API, called as its HTTP server calls it: who may call, what is refused and how, idempotency.
#include "api/api.hpp"

#include <gtest/gtest.h>

#include <set>

#include "api/openapi.hpp"
#include "api_world.hpp"
#include "model/schema_subset_validator.hpp"

namespace syncwell::tests {
namespace {

using model::DataType;
namespace json = boost::json;

using ApiTest = ApiWorld;

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

TEST_F(ApiTest, OneKeyWithTwoBodiesAtOnceRunsOneOfThem) {  // INT-2
  const std::vector configs{new_config("conn_a", "conn_b"), new_config("conn_b", "conn_a")};
  std::vector<int> statuses;
  {
    TaskGroup group(world.runtime.executor());
    for (const auto& config : configs) {
      const std::string body = json::serialize(json::object{{"syncConfigId", config}});
      group.spawn(post_into(
          *api, {"POST", "/v1/sync-jobs", {{"Authorization", "Bearer secret-token"}, {"Idempotency-Key", "one"}}, body},
          statuses));
    }
    world.runtime.run_for(std::chrono::seconds{1});
  }
  std::ranges::sort(statuses);
  EXPECT_EQ(statuses, (std::vector{202, 422}));
  world.work_for(std::chrono::minutes{5});
  const auto jobs = body_of(call("GET", "/v1/sync-jobs")).at("syncJobs").as_array();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs.at(0).at("status").as_string(), "succeeded");
  EXPECT_EQ(world.worker->counters().succeeded, 1U);
  EXPECT_EQ(world.depth().visible + world.depth().in_flight + world.depth().dead, 0U);
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

TEST_F(ApiTest, WhatIsSomebodyElsesIsNotFoundOnAnyRoute) {  // API: a user sees only what is theirs
  const auto config = new_config();
  const auto job =
      std::string(body_of(call("POST", "/v1/sync-jobs", json::serialize(json::object{{"syncConfigId", config}}), "k"))
                      .at("id")
                      .as_string());
  const auto exported = std::string(body_of(call("POST", "/v1/export-jobs", "", "e")).at("id").as_string());
  const std::map<std::string, std::string> ids{
      {"/v1/connections/{id}", "conn_a"}, {"/v1/connections/{id}/reauth", "conn_a"}, {"/v1/sync-configs/{id}", config},
      {"/v1/sync-jobs/{id}", job},        {"/v1/sync-jobs/{id}/decisions", job},     {"/v1/sync-jobs/{id}/events", job},
      {"/v1/export-jobs/{id}", exported}};
  std::size_t tried = 0;
  for (const auto& route : api->routes()) {
    const auto blank = route.find(' ');
    const std::string pattern = route.substr(blank + 1);
    if (pattern.find("{id}") == std::string::npos || !pattern.starts_with("/v1/") || pattern == "/v1/exports/{id}")
      continue;
    ASSERT_TRUE(ids.contains(pattern)) << "say here what an id of this route is: " << pattern;
    std::string path = pattern;
    path.replace(path.find("{id}"), 4, ids.at(pattern));
    const std::string body = pattern.ends_with("reauth") ? R"({"code":"c","codeVerifier":"v","state":"s"})"
                                                         : config_body("conn_a", "conn_b");
    EXPECT_EQ(call(route.substr(0, blank), path, body, "key", "other-token").status, 404) << route;
    ++tried;
  }
  EXPECT_GE(tried, 8U);
  // Ids in bodies: another person's connection or sync does not exist either.
  EXPECT_EQ(call("POST", "/v1/sync-configs", config_body("conn_a", "conn_b"), "c", "other-token").status, 400);
  const auto of_config = json::serialize(json::object{{"syncConfigId", config}});
  EXPECT_EQ(call("POST", "/v1/sync-jobs", of_config, "j", "other-token").status, 404);
  EXPECT_EQ(call("POST", "/v1/sync-previews", of_config, "", "other-token").status, 404);
  for (const char* list : {"/v1/connections", "/v1/sync-configs", "/v1/sync-jobs"})
    EXPECT_EQ(body_of(call("GET", list, "", "", "other-token")).begin()->value().as_array().size(), 0U) << list;
}

TEST_F(ApiTest, EveryRouteIsDescribedAndEveryDescriptionIsARoute) {  // API: OpenAPI 3.1
  auto routes = api->routes();
  auto described = contract.operations();
  std::ranges::sort(routes);
  std::ranges::sort(described);
  EXPECT_EQ(routes, described);
  json::object schema{{"$defs", contract.document().at("components").at("schemas")}, {"type", "object"}};
  EXPECT_EQ(model::unsupported_keywords(schema), std::vector<std::string>{}) << "what no test would check";
  EXPECT_EQ(json::parse(call("GET", "/v1/openapi.json", "", "", "").body).at("openapi").as_string(), "3.1.0");
  const auto page = call("GET", "/v1/docs", "", "", "");
  for (const auto& route : routes)
    EXPECT_NE(page.body.find(route.substr(route.find(' ') + 1)), std::string::npos) << route;
}

TEST_F(ApiTest, HostileTextInADescriptionIsInert) {
  const auto page = api::openapi_page(
      R"({"info":{"description":"<script>alert(1)</script>"},"paths":{"/x\"><img>":{"get":{"summary":"<b>","tags":["t"]}}}})");
  EXPECT_EQ(page.find("<script>"), std::string::npos);
  EXPECT_EQ(page.find("<img>"), std::string::npos);
  EXPECT_EQ(api::openapi_page("no document"), "");
}

TEST_F(ApiTest, ListsComeInPages) {  // API: cursor pagination
  const auto config = new_config();
  for (int i = 0; i < 5; ++i) {
    (void)world.request(config);
    world.runtime.run_for(std::chrono::seconds{1});
  }
  for (const std::string list : {"/v1/connections", "/v1/sync-configs", "/v1/sync-jobs"}) {
    std::set<std::string> ids;
    std::size_t pages = 0;
    std::string url = list + "?limit=2";
    while (true) {
      const auto page = body_of(call("GET", url));
      ++pages;
      for (const auto& item : page.begin()->value().as_array())
        EXPECT_TRUE(ids.insert(std::string(item.at("id").as_string())).second) << "twice";
      if (!page.contains("next")) break;
      url = list + "?limit=2&after=" + std::string(page.at("next").as_string());
    }
    const auto all = body_of(call("GET", list)).begin()->value().as_array().size();
    EXPECT_EQ(ids.size(), all) << list;
    EXPECT_EQ(pages, std::max<std::size_t>(1, (all + 1) / 2)) << list;
    EXPECT_EQ(call("GET", list + "?limit=0").status, 400);
    EXPECT_EQ(call("GET", list + "?after=nonsense").status, 400);
  }
}

TEST_F(ApiTest, OnePastTheRequestsOfAMinuteIsRefused) {  // API: RateLimit
  tokens.emplace(std::map<std::string, std::string>{{"secret-token", world.user}});
  api.emplace(
      api::ApiServices{world.storage->table(), world.storage->vault(), *world.leases, world.storage->bus(),
                       world.storage->queue("hot"), world.storage->queue("deliveries"), world.providers, *connector,
                       *world.runner, *world.eraser, *world.support, *tokens, nullptr, world.runtime, no_metrics},
      api::ApiSettings{"admin-token", 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(call("GET", "/v1/connections").status, 200);
  const auto refused = call("GET", "/v1/connections");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.get("Retry-After"), "20");
  EXPECT_EQ(body_of(refused).at("type").as_string(), "urn:syncwell:problem:too_many_requests");
  EXPECT_EQ(call("GET", "/healthz", "", "", "").status, 200);
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
  ASSERT_TRUE(world.complete(world.support->desk.round()));
  const auto admin = [&](const std::string& method, const std::string& path) {
    return call(method, path, "", "", "admin-token");
  };
  const auto letters = body_of(admin("GET", "/admin/dlq")).at("deadLetters").as_array();
  ASSERT_EQ(letters.size(), 2U);
  const std::string id(letters[0].at("id").as_string());
  EXPECT_EQ(admin("DELETE", "/admin/dlq/" + id).status, 400) << "unconfirmed";
  EXPECT_EQ(admin("DELETE", "/admin/dlq/" + id + "?confirm=" + id).status, 204);
  EXPECT_EQ(admin("DELETE", "/admin/dlq/" + id + "?confirm=" + id).status, 404);
  const std::string other(letters[1].at("id").as_string());
  EXPECT_EQ(admin("POST", "/admin/dlq/" + other + "/redrive").status, 202);
  EXPECT_EQ(admin("POST", "/admin/dlq/unknown/redrive").status, 404);
}

}  // namespace
}  // namespace syncwell::tests
