// The control endpoints: seed, state, data, tokens, clock, requests, options, demo, reset (README, Control).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sandbox/demo_account.hpp"
#include "sandbox/sandbox_test_support.hpp"

namespace syncwell::sandbox {
namespace {

using testing::json_of;
using testing::World;

std::string state_of(World& world, const std::string& query = "?times=no") {
  return world.control("GET", "state" + query).body;
}

// Two runs compare equal, whatever the order of arrival and the tokens.
TEST(SandboxControl, StateDependsOnContentOnly) {
  const auto body = [](int day) {
    return R"({"weight":{"sampleTime":{"physicalTime":"2026-03-0)" + std::to_string(day) +
           R"(T06:30:00Z","utcOffset":"3600s"},"weightGrams":78000}})";
  };
  const auto run = [](std::uint64_t seed) {
    auto world = World(SandboxOptions{.seed = seed});
    world.now += std::chrono::seconds{seed};
    return world;
  };
  World one = run(1);
  World two = run(2);
  for (const int day : {1, 2, 3}) EXPECT_EQ(one.google("POST", "dataTypes/weight/dataPoints", body(day)).status, 200);
  for (const int day : {3, 1, 2}) EXPECT_EQ(two.google("POST", "dataTypes/weight/dataPoints", body(day)).status, 200);
  for (const char* file : {"fit/same_ride_2020-06-01.fit", "fit/garmin-fenix-5-run.fit"}) {
    EXPECT_EQ(one.upload("fit", testing::read_file(file)).status, 201);
  }
  for (const char* file : {"fit/garmin-fenix-5-run.fit", "fit/same_ride_2020-06-01.fit"}) {
    EXPECT_EQ(two.upload("fit", testing::read_file(file)).status, 201);
  }
  one.now += std::chrono::minutes{1};
  two.now += std::chrono::minutes{2};
  EXPECT_EQ(state_of(one), state_of(two));
  const auto state = json_of(one.control("GET", "state?provider=strava&account=alice"));
  EXPECT_FALSE(state.as_object().contains("google_health"));
  EXPECT_EQ(state.at("strava").at("alice").at("count"), 2);
}

TEST(SandboxControl, DemoPersonIsTheSameEveryTime) {
  World one;
  World two(SandboxOptions{.seed = 99});
  for (World* world : {&one, &two}) {
    ASSERT_EQ(world->control("POST", "demo?account=demo&days=5&until=2026-03-28").status, 200);
  }
  EXPECT_EQ(state_of(one, ""), state_of(two, ""));
  const auto types = json_of(one.control("GET", "state?account=demo")).at("google_health").at("demo").at("dataTypes");
  for (const char* type : {"steps", "distance", "floors", "heart-rate", "daily-resting-heart-rate",
                           "heart-rate-variability", "oxygen-saturation", "weight", "sleep", "exercise"}) {
    EXPECT_TRUE(types.as_object().contains(type)) << type;
  }
  // The second pass replaces every night under its name.
  ASSERT_EQ(one.control("POST", "demo/finish_sleep?account=demo&days=5&until=2026-03-28").status, 200);
  const auto after =
      json_of(one.control("GET", "state?account=demo")).at("google_health").at("demo").at("dataTypes").at("sleep");
  EXPECT_EQ(after.at("count"), 5);
  for (std::size_t i = 0; i < 5; ++i) {
    const auto before = types.at("sleep").at("points").as_array()[i];
    const auto now = after.at("points").as_array()[i];
    EXPECT_EQ(before.at("id"), now.at("id"));
    EXPECT_EQ(before.at("sleep").at("type"), "CLASSIC");
    EXPECT_EQ(now.at("sleep").at("type"), "STAGES");
    EXPECT_GT(now.at("sleep").at("updateTime").as_string(), before.at("sleep").at("updateTime").as_string());
  }
}

TEST(SandboxControl, DemoSurvivesTheChangeOfTheClocks) {
  Sandbox sandbox;
  EXPECT_GT(sandbox.seed_demo_account("demo", testing::at("2026-04-02T00:00:00Z"), 10), 500U);
  EXPECT_EQ(sandbox.finish_demo_sleep("demo", testing::at("2026-04-02T00:00:00Z"), 10), 10U);
  World world;
  for (const char* bad : {"days=0", "days=367", "days=x", "until=soon"}) {
    EXPECT_EQ(world.control("POST", std::string("demo?") + bad).status, 400) << bad;
  }
}

TEST(SandboxControl, SeedIsAllOrNothingAndSaysWhere) {
  World world;
  const auto refused = world.control(
      "PUT", "seed?provider=google_health&account=bob",
      R"({"dataPoints":[{"weight":{"sampleTime":{"physicalTime":"2026-03-01T06:30:00Z","utcOffset":"0s"},"weightGrams":1}},{"weight":{}}]})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("dataPoints[1]"), std::string::npos);
  EXPECT_EQ(json_of(world.control("GET", "state?account=bob")).at("google_health").at("bob").at("points"), 0);
  for (const char* query :
       {"seed", "seed?provider=strava", "seed?provider=x&account=a", "seed?provider=strava&account=a/b"}) {
    EXPECT_EQ(world.control("PUT", query, "{}").status, 400) << query;
  }
  for (const char* body :
       {"", "[]", R"({"activities":5})", R"({"activities":[5]})", R"({"activities":[{"sport_type":"Run"}]})",
        R"({"activities":[{"sport_type":"Fly","start_date":"2026-03-01T08:00:00Z"}]})",
        R"({"activities":[{"sport_type":"Run","start_date":"2026-03-01T08:00:00Z","elapsed_time":-5}]})",
        R"({"athlete":{"timezone":"Mars/Base"}})"}) {
    EXPECT_EQ(world.control("PUT", "seed?provider=strava&account=a", body).status, 400) << body;
  }
}

TEST(SandboxControl, DataCanBeDeletedBehindTheAppsBack) {
  World world;
  ASSERT_EQ(world.control("POST", "demo?account=alice&days=1&until=2026-03-28").status, 200);
  const std::string query = "data?provider=google_health&account=alice&type=weight&id=demo-20260327-morning";
  EXPECT_EQ(world.control("DELETE", query).status, 200);
  EXPECT_EQ(world.control("DELETE", query).status, 404);
  EXPECT_EQ(world.control("DELETE", "data?provider=strava&account=alice&id=1").status, 404);
}

TEST(SandboxControl, ClockShiftAgesTokens) {
  World world;
  EXPECT_EQ(world.control("POST", "clock", R"({"advance_ms":3600000})").status, 200);
  EXPECT_EQ(world.google("GET", "identity").status, 401);
  EXPECT_EQ(json_of(world.control("GET", "clock")).at("now"), "2026-03-28T13:00:00Z");
  for (const char* bad : {"", "{}", R"({"advance_ms":"1"})", R"({"advance_ms":9223372036854775807})",
                          R"({"advance_ms":-9223372036854775808})"}) {
    EXPECT_EQ(world.control("POST", "clock", bad).status, 400) << bad;
  }
}

TEST(SandboxControl, RevokingTokensIsWhatThePersonDoesInTheSettings) {
  World world;
  EXPECT_EQ(json_of(world.control("DELETE", "tokens?provider=google_health&account=alice")).at("revoked"), 1);
  EXPECT_EQ(world.google("GET", "identity").status, 401);
  EXPECT_EQ(world.strava("GET", "athlete").status, 200);
  EXPECT_EQ(world.control("POST", "tokens?provider=strava&account=alice&client_id=9").status, 400);
}

TEST(SandboxControl, CountsRequestsPerPathAndStatus) {
  World world;
  (void)world.strava("GET", "activities/12345678901");
  (void)world.strava("GET", "activities/12345678902");
  (void)world.google("GET", "identity");
  const auto rows = json_of(world.control("GET", "requests")).at("requests").as_array();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("path"), "/google/v4/users/{id}/identity");
  EXPECT_EQ(rows[1].at("path"), "/strava/api/v3/activities/{id}");
  EXPECT_EQ(rows[1].at("status"), 404);
  EXPECT_EQ(rows[1].at("count"), 2);
  EXPECT_EQ(json_of(world.control("DELETE", "requests")).at("requests").as_array().size(), 0U);
}

TEST(SandboxControl, OptionsAreAppliedTogetherOrNotAtAll) {
  World world;
  const auto before = world.control("GET", "options").body;
  for (const char* bad :
       {"", "[]", R"({"strava":5})", R"({"withings":{}})", R"({"strava":{"overall_per_day":5,"nothing":1}})",
        R"({"strava":{"overall_per_day":-1}})", R"({"strava":{"hide_new_activity_once":1}})"}) {
    EXPECT_EQ(world.control("PUT", "options", bad).status, 400) << bad;
    EXPECT_EQ(world.control("GET", "options").body, before);
  }
  EXPECT_EQ(json_of(world.control("PUT", "options", before)), json_of({.body = before}));
}

TEST(SandboxControl, ResetForgetsTheDataButNotTheGrants) {
  World world;
  ASSERT_EQ(world.control("POST", "demo?account=alice&days=1").status, 200);
  ASSERT_EQ(world.control("POST", "reset").status, 200);
  EXPECT_EQ(state_of(world), R"({"google_health":{},"strava":{}})");
  EXPECT_EQ(world.google("GET", "identity").status, 200);
  EXPECT_EQ(world.control("GET", "nothing").status, 404);
}

// Hostile input: any method, path, header and body is answered with JSON.
RC_GTEST_PROP(SandboxProperty, EveryRequestIsAnswered, ()) {
  World world;
  const auto prefix =
      *rc::gen::element<std::string>("/google/v4/users/me/", "/google/", "/strava/api/v3/", "/strava/oauth/",
                                     "/_sandbox/", "/google/v4/users/me/dataTypes/", "/");
  const auto middle =
      *rc::gen::element<std::string>("", "athlete/activities", "activities", "uploads", "token", "authorize",
                                     "steps/dataPoints", "sleep/dataPoints:batchDelete", "weight/dataPoints:reconcile",
                                     "state", "seed", "faults", "clock", "options", "demo", "tokens", "data");
  const auto tail = *rc::gen::arbitrary<std::string>();
  const bool google = prefix.starts_with("/google");
  const net::Request request{
      .method = *rc::gen::element<std::string>("GET", "POST", "PUT", "PATCH", "DELETE", ""),
      .url = prefix + middle + *rc::gen::element<std::string>("", "?", "/") + tail,
      .headers = {{"Authorization", "Bearer " + (google ? world.google_token : world.strava_token)},
                  {"Content-Type", *rc::gen::element<std::string>("application/json", "multipart/form-data; boundary=x",
                                                                  "application/x-www-form-urlencoded", "")}},
      .body = *rc::gen::arbitrary<std::string>()};
  const auto response = world.call(request);
  RC_ASSERT(response.status >= 200 && response.status < 600);
  if (response.status != 302) RC_ASSERT(parse_json(response.body).has_value());
}

}  // namespace
}  // namespace syncwell::sandbox
