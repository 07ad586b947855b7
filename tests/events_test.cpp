// Events out and traces, through the API: who is told, and what a caller's trace becomes.
#include <gtest/gtest.h>

#include "api_world.hpp"
#include "base/trace.hpp"
#include "queue/queue.hpp"

namespace syncwell::tests {
namespace {

using namespace std::chrono_literals;

class EventsTest : public ApiWorld {
 protected:
  static constexpr const char* path = "/admin/event-subscriptions";
  static std::string text(const net::Response& answer, std::string_view member) {
    return std::string(body_of(answer).at(member).as_string());
  }
  net::Response subscribe(const std::string& body = R"({"url":"https://team.example/hook"})") {
    return as_operator("POST", path, body);
  }
};

TEST_F(EventsTest, ASubscriptionsSecretIsShownOnce) {  // events out
  const auto made = subscribe();
  ASSERT_EQ(made.status, 201);
  EXPECT_TRUE(text(made, "secret").starts_with("whsec_"));
  EXPECT_EQ(made.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(text(made, "status"), "active");
  const auto listed = as_operator("GET", path);
  EXPECT_EQ(body_of(listed).at("eventSubscriptions").as_array().size(), 1U);
  EXPECT_EQ(listed.body.find("whsec_"), std::string::npos);
}

TEST_F(EventsTest, OnlyTheOperatorSubscribes) {
  EXPECT_EQ(call("GET", path).status, 401);
  EXPECT_EQ(call("POST", path, R"({"url":"https://team.example/hook"})").status, 401);
}

TEST_F(EventsTest, WhatIsWrongIsNamed) {
  for (const char* wrong :
       {R"({})", R"({"url":"http://team.example/hook"})", R"({"url":"https://"})", R"({"url":"ftp://team.example"})",
        R"({"url":"https://team.example/a b"})", R"({"url":"https://team.example","types":["org.syncwell.nothing"]})",
        R"({"url":"https://team.example","types":"all"})"}) {
    EXPECT_EQ(subscribe(wrong).status, 400) << wrong;
  }
  EXPECT_EQ(subscribe(R"({"url":"https://team.example/)" + std::string(2048, 'x') + "\"}").status, 400);
  EXPECT_EQ(subscribe(R"({"url":"http://127.0.0.1:9000/hook","types":["org.syncwell.sync.failed"]})").status, 201);
}

TEST_F(EventsTest, OnePastTheMaximumIsRefused) {
  for (std::size_t i = 0; i < store::max_subscriptions; ++i) ASSERT_EQ(subscribe().status, 201);
  EXPECT_EQ(subscribe().status, 413);
}

TEST_F(EventsTest, ASubscriptionEndsAndItsSecretIsForgotten) {
  const auto id = text(subscribe(), "id");
  const auto stored = world.complete(store::Subscriptions(world.storage->table()).get(id)).value().value();
  EXPECT_EQ(as_operator("DELETE", path + std::string("/") + id).status, 204);
  EXPECT_EQ(as_operator("DELETE", path + std::string("/") + id).status, 404);
  EXPECT_EQ(world.complete(world.storage->vault().get(stored.secret_pointer)).error().code, ErrorCode::not_found);
}

TEST_F(EventsTest, OneThatWasGivenUpIsTakenUpAgain) {
  const auto id = text(subscribe(), "id");
  const std::string here = path + std::string("/") + id;
  store::Subscriptions subscriptions(world.storage->table());
  auto stored = world.complete(subscriptions.get(id)).value().value();
  stored.disabled_because = "the subscriber answered 410 Gone";
  ASSERT_TRUE(world.complete(subscriptions.put(stored)));
  EXPECT_EQ(as_operator("POST", here + "/replay", R"({"since":"2020-01-01T00:00:00Z"})").status, 409);
  EXPECT_EQ(text(as_operator("POST", here + "/enable", "{}"), "status"), "active");
  EXPECT_EQ(as_operator("POST", here + "/replay", "{}").status, 400);
  const auto replayed = as_operator("POST", here + "/replay", R"({"since":"2020-01-01T00:00:00Z"})");
  EXPECT_EQ(replayed.status, 202);
  EXPECT_EQ(body_of(replayed).at("replayed").as_int64(), 0);
  EXPECT_EQ(as_operator("POST", path + std::string("/sub_none/enable"), "{}").status, 404);
  EXPECT_EQ(as_operator("POST", path + std::string("/sub_none/replay"), R"({"since":"2020-01-01T00:00:00Z"})").status,
            404);
}

TEST_F(EventsTest, AJobFollowsItsCallersTrace) {  // OBS: traces along one correlation id
  const auto config = new_config();
  net::Request request{"POST",
                       "/v1/sync-jobs",
                       {{"Authorization", "Bearer secret-token"},
                        {"Idempotency-Key", "\"k\""},
                        {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}},
                       R"({"syncConfigId":")" + config + "\"}"};
  const auto answer = world.complete(api->handle(request));
  ASSERT_EQ(answer.status, 202);
  EXPECT_EQ(text(call("GET", "/v1/sync-jobs/" + text(answer, "id")), "correlationId"),
            "0af76519-16cd-43dd-8448-eb211c80319c");
  const auto messages = world.complete(world.storage->queue("hot").receive(1, Duration{0})).value();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(engine::job_message_from_body(messages.front().body).value().span_id, "b7ad6b7169203331");
}

TEST_F(EventsTest, RequestsAreTracedWhereSomebodyCollects) {  // OBS: OTLP
  std::vector<Span> spans;
  api.emplace(
      api::ApiServices{world.storage->table(), world.storage->vault(), *world.leases, world.storage->bus(),
                       world.storage->queue("hot"), world.storage->queue("deliveries"), world.providers, *connector,
                       *world.runner, *world.eraser, *world.support, *tokens, nullptr, world.runtime, no_metrics,
                       nullptr, [&](Span span) { spans.push_back(std::move(span)); }},
      api::ApiSettings{"admin-token", requests_per_minute});
  EXPECT_EQ(call("GET", "/v1/connections/conn_a").status, 200);
  EXPECT_EQ(call("GET", "/nowhere").status, 404);
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name, "GET /v1/connections/{id}") << "no ids in names";
  EXPECT_TRUE(parse_traceparent(to_traceparent(spans[0].context)));
  EXPECT_EQ(spans[1].name, "GET unknown path");
}

TEST_F(EventsTest, WhatAnErrorMeansCanBeAsked) {  // OBS: the dictionary
  const auto answer = call("GET", "/v1/error-codes", "", "", "");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(body_of(answer).at("errorCodes").as_array().size(), error_dictionary().size());
}

}  // namespace
}  // namespace syncwell::tests
