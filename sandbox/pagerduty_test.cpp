// SUP-1: the imposter that our pages are tried against.
#include "sandbox/pagerduty.hpp"

#include "sandbox/sandbox_test_support.hpp"

namespace syncwell::sandbox {
namespace {

using testing::json_of;
using testing::World;

std::string event(std::string_view action, std::string_view key, std::string_view summary = "it burns") {
  return to_text(boost::json::object{
      {"routing_key", "syncwell-pagerduty-key"},
      {"event_action", action},
      {"dedup_key", key},
      {"payload", boost::json::object{{"summary", summary}, {"source", "here"}, {"severity", "error"}}}});
}

net::Response send(World& world, std::string body) {
  return world.call({.method = "POST", .url = "/pagerduty/v2/enqueue", .body = std::move(body)});
}

// SUP-1: one open incident per key; resolved ones stay resolved.
TEST(PagerDutyImposter, KeysAreIncidents) {
  World world;
  EXPECT_EQ(json_of(send(world, event("trigger", "a"))).at("dedup_key").as_string(), "a");
  EXPECT_EQ(send(world, event("trigger", "a", "it burns more")).status, 202);
  ASSERT_NE(world.sandbox.pagerduty().open_incident("a"), nullptr);
  EXPECT_EQ(world.sandbox.pagerduty().open_incident("a")->triggers, 2U);
  EXPECT_EQ(send(world, event("resolve", "b")).status, 202);  // dropped
  EXPECT_EQ(send(world, event("resolve", "a")).status, 202);
  EXPECT_EQ(world.sandbox.pagerduty().open_incident("a"), nullptr);
  EXPECT_EQ(send(world, event("trigger", "a")).status, 202);
  const auto state = json_of(world.control("GET", "state?provider=pagerduty"));
  ASSERT_EQ(state.at("incidents").as_array().size(), 2U);
  EXPECT_EQ(state.at("incidents").at(0).at("status").as_string(), "resolved");
  EXPECT_EQ(state.at("incidents").at(0).at("event").at("payload").at("summary").as_string(), "it burns more");
  EXPECT_EQ(state.at("incidents").at(1).at("status").as_string(), "triggered");
  EXPECT_EQ(world.control("POST", "reset").status, 200);
  EXPECT_TRUE(world.sandbox.pagerduty().incidents().empty());
}

// SUP-1: one past what PagerDuty takes.
TEST(PagerDutyImposter, RefusesWhatPagerDutyRefuses) {
  World world;
  EXPECT_EQ(send(world, event("trigger", std::string(255, 'k'), std::string(1024, 's'))).status, 202);
  for (const std::string& bad : {std::string("no json"), std::string("[]"), std::string("{}"), event("explode", "a"),
                                 event("resolve", ""), event("trigger", std::string(256, 'k')),
                                 event("trigger", "a", std::string(1025, 's')), event("trigger", "a", ""),
                                 std::string(R"({"routing_key":"other","event_action":"resolve","dedup_key":"a"})")}) {
    EXPECT_EQ(send(world, bad).status, 400) << bad.substr(0, 100);
  }
  EXPECT_EQ(send(world, std::string(max_pagerduty_event_bytes + 1, ' ')).status, 413);
  EXPECT_EQ(world.call({.method = "GET", .url = "/pagerduty/v2/enqueue"}).status, 404);
  EXPECT_EQ(world.sandbox.pagerduty().incidents().size(), 1U);
}

// SUP-1: it can fail like the others, and recover.
TEST(PagerDutyImposter, FailsOnDemand) {
  World world;
  EXPECT_EQ(world
                .control("PUT", "faults", R"({"rules":[{"match":{"provider":"pagerduty","until_count":1},
      "fault":{"kind":"status","status":429,"retry_after":"30"}}]})")
                .status,
            200);
  const auto limited = send(world, event("trigger", "a"));
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.headers.get("Retry-After"), "30");
  EXPECT_EQ(send(world, event("trigger", "a")).status, 202);
  EXPECT_EQ(world.sandbox.pagerduty().open_incident("a")->triggers, 1U);
}

}  // namespace
}  // namespace syncwell::sandbox
