// Fault plans. Requirements: README, Faults; every plan can be cleared and the service then works again.
#include "sandbox/faults.hpp"

#include <fmt/format.h>

#include "sandbox/sandbox_test_support.hpp"

namespace syncwell::sandbox {
namespace {

using testing::json_of;
using testing::World;
using Wire = net::Response::Wire;

class Faults : public ::testing::Test {
 protected:
  void plan(const std::string& match, const std::string& fault) {
    const auto response =
        world.control("PUT", "faults", fmt::format(R"({{"rules":[{{"match":{},"fault":{}}}]}})", match, fault));
    ASSERT_EQ(response.status, 200) << response.body;
  }
  net::Response create() {
    return world.strava(
        "POST", "activities",
        {{"name", "x"}, {"sport_type", "Run"}, {"start_date_local", "2026-03-01T08:00:00"}, {"elapsed_time", "60"}});
  }
  std::size_t activities() { return json_of(world.strava("GET", "athlete/activities")).as_array().size(); }

  World world;
};

TEST_F(Faults, StatusWithAnyRetryAfter) {
  plan(R"({"provider":"strava"})", R"({"kind":"status","status":429,"retry_after":"30"})");
  const auto limited = world.strava("GET", "athlete");
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.headers.get("Retry-After"), "30");
  EXPECT_EQ(json_of(limited).at("message"), "Rate Limit Exceeded");
  EXPECT_EQ(world.google("GET", "identity").status, 200);
  plan(R"({})", R"({"kind":"status","status":503,"retry_after":"soon"})");
  EXPECT_EQ(world.strava("GET", "athlete").headers.get("Retry-After"), "soon");
  const auto down = world.google("GET", "identity");
  EXPECT_EQ(down.status, 503);
  EXPECT_EQ(json_of(down).at("error").at("status"), "UNAVAILABLE");
  EXPECT_FALSE(world.control("DELETE", "faults").body.empty());
  EXPECT_EQ(world.google("GET", "identity").status, 200);
}

TEST_F(Faults, ResetBeforeAndAfterCommit) {
  plan(R"({"method":"POST","path_prefix":"/strava/api/v3/activities"})", R"({"kind":"reset_before_commit"})");
  EXPECT_EQ(create().wire, Wire::reset_before_answer);
  EXPECT_EQ(activities(), 0U);
  plan(R"({"method":"POST","path_prefix":"/strava/api/v3/activities"})", R"({"kind":"reset_after_commit"})");
  EXPECT_EQ(create().wire, Wire::reset_before_answer);
  EXPECT_EQ(activities(), 1U);
}

TEST_F(Faults, TruncatedSlowAndLate) {
  plan("{}", R"({"kind":"truncated_json"})");
  EXPECT_EQ(world.strava("GET", "athlete").wire, Wire::truncated_body);
  plan("{}", R"({"kind":"slow_body"})");
  EXPECT_EQ(world.strava("GET", "athlete").wire, Wire::slow_body);
  plan("{}", R"({"kind":"latency_ms","latency_ms":1500})");
  const auto late = world.strava("GET", "athlete");
  EXPECT_EQ(late.delay, std::chrono::milliseconds{1500});
  EXPECT_EQ(late.status, 200);
}

TEST_F(Faults, AFieldGetsAnotherName) {  // SUP-3: what a mapping bug looks like
  plan("{}", R"({"kind":"renamed_field","field":"firstname"})");
  const auto answer = json_of(world.strava("GET", "athlete")).as_object();
  EXPECT_FALSE(answer.contains("firstname"));
  EXPECT_TRUE(answer.contains("firstnameV2"));
  const auto refused = world.control("PUT", "faults", R"({"rules":[{"fault":{"kind":"renamed_field"}}]})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("fault.field: a text is needed"), std::string::npos);
}

TEST_F(Faults, NthAndUntilCount) {
  plan(R"({"nth":2})", R"({"kind":"status","status":500})");
  EXPECT_EQ(world.strava("GET", "athlete").status, 200);
  EXPECT_EQ(world.strava("GET", "athlete").status, 500);
  EXPECT_EQ(world.strava("GET", "athlete").status, 200);
  plan(R"({"until_count":2})", R"({"kind":"status","status":500})");
  EXPECT_EQ(world.strava("GET", "athlete").status, 500);
  EXPECT_EQ(world.strava("GET", "athlete").status, 500);
  EXPECT_EQ(world.strava("GET", "athlete").status, 200);
  const auto rules = json_of(world.control("GET", "faults")).at("rules").as_array();
  EXPECT_EQ(rules[0].at("seen"), 3);
  EXPECT_EQ(rules[0].at("applied"), 2);
}

TEST_F(Faults, ProbabilityIsSeeded) {
  const auto run = [](std::uint64_t seed) {
    World world(SandboxOptions{.seed = seed});
    EXPECT_EQ(world
                  .control("PUT", "faults",
                           R"({"rules":[{"match":{"probability":0.5},"fault":{"kind":"status","status":500}}]})")
                  .status,
              200);
    std::string outcome;
    for (int i = 0; i < 64; ++i) outcome += world.strava("GET", "athlete").status == 500 ? 'x' : '.';
    return outcome;
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
  EXPECT_NE(run(1).find('x'), std::string::npos);
  EXPECT_NE(run(1).find('.'), std::string::npos);
}

TEST_F(Faults, BadPlansAreRefusedAndChangeNothing) {
  plan("{}", R"({"kind":"status","status":500})");
  for (const char* bad :
       {"", "{}", R"({"rules":5})", R"({"rules":[5]})", R"({"rules":[{}]})",
        R"({"rules":[{"fault":{"kind":"explode"}}]})", R"({"rules":[{"fault":{"kind":"status","status":200}}]})",
        R"({"rules":[{"fault":{"kind":"status","when":1}}]})",
        R"({"rules":[{"fault":{"kind":"status","retry_after":"a\r\nb: c"}}]})",
        R"({"rules":[{"fault":{"kind":"latency_ms","latency_ms":-1}}]})",
        R"({"rules":[{"match":{"provider":"x"},"fault":{"kind":"status"}}]})",
        R"({"rules":[{"match":{"probability":2},"fault":{"kind":"status"}}]})",
        R"({"rules":[{"match":{"nth":-1},"fault":{"kind":"status"}}]})",
        R"({"rules":[{"match":{"colour":1},"fault":{"kind":"status"}}]})"}) {
    EXPECT_EQ(world.control("PUT", "faults", bad).status, 400) << bad;
  }
  std::string many = R"({"rules":[)";
  for (std::size_t i = 0; i <= max_fault_rules; ++i)
    many += std::string(i == 0 ? "" : ",") + R"({"fault":{"kind":"slow_body"}})";
  EXPECT_EQ(world.control("PUT", "faults", many + "]}").status, 400);
  EXPECT_EQ(world.strava("GET", "athlete").status, 500);
}

}  // namespace
}  // namespace syncwell::sandbox
