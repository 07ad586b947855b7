#include "providers/strava/rate_limits.hpp"

#include <gtest/gtest.h>

#include "providers/strava/recorded.hpp"

namespace syncwell::providers::strava {
namespace {

using namespace std::chrono_literals;

constexpr Instant ten_past{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1} + 22h + 10min + 30s};

TEST(StravaRateLimits, RulesAreAligned) {  // PROV-4
  const auto rules = rate_rules();
  ASSERT_EQ(rules.size(), 4u);
  for (const auto& rule : rules) EXPECT_TRUE(rule.aligned) << rule.name;
  EXPECT_EQ(rules[0].limit, 200u);
  EXPECT_TRUE(rules[3].reads_only);
}

TEST(StravaRateLimits, ReadsTheRecordedHeaders) {
  const auto feedback = rate_feedback(
      read_recorded(SYNCWELL_SOURCE_DIR "/tests/data/api/strava/client_athlete_activities.json")[0].response);
  ASSERT_EQ(feedback.size(), 4u);
  EXPECT_EQ(feedback[0].rule, rate_rules()[0].name);
  EXPECT_EQ(feedback[0].used, 8u);
  EXPECT_EQ(feedback[1].used, 151u);
  EXPECT_EQ(feedback[1].limit, 2000u);
  EXPECT_EQ(feedback[2].limit, 100u);
}

TEST(StravaRateLimits, EmptyUsageSaysNothing) {  // recorded: "X-Readratelimit-Usage": ","
  const auto feedback = rate_feedback(
      read_recorded(SYNCWELL_SOURCE_DIR "/tests/data/api/strava/client_create_activity.json")[0].response);
  ASSERT_EQ(feedback.size(), 2u);
  EXPECT_EQ(feedback[1].rule, rate_rules()[1].name);
}

TEST(StravaRateLimits, GarbageSaysNothing) {
  for (const char* usage : {"", "5", "a,b", "-1,-1", "99999999999,99999999999", "1.5,2.5", " , "}) {
    EXPECT_TRUE(rate_feedback({200, {{"X-RateLimit-Usage", usage}, {"X-RateLimit-Limit", "200,2000"}}, ""}).empty())
        << usage;
  }
  EXPECT_TRUE(rate_feedback({200, {{"X-RateLimit-Usage", "1,1"}}, ""}).empty());
  EXPECT_TRUE(rate_feedback({200, {{"X-RateLimit-Usage", "1,1"}, {"X-RateLimit-Limit", "0,0"}}, ""}).empty());
}

TEST(StravaRateLimits, ARefusedCallWaitsForTheEndOfItsWindow) {  // DEC-1
  const net::Response quarter{429, {{"X-RateLimit-Usage", "201,300"}, {"X-RateLimit-Limit", "200,2000"}}, ""};
  EXPECT_EQ(error_of(quarter, ten_past).code, ErrorCode::rate_limited);
  EXPECT_EQ(error_of(quarter, ten_past).retry_after, 4min + 30s);
  const net::Response day{429, {{"X-ReadRateLimit-Usage", "1,1000"}, {"X-ReadRateLimit-Limit", "100,1000"}}, ""};
  EXPECT_EQ(error_of(day, ten_past).retry_after, 1h + 49min + 30s);
  EXPECT_EQ(error_of({429, {}, ""}, ten_past).retry_after, 4min + 30s);
  EXPECT_EQ(error_of({429, {{"Retry-After", "3"}}, ""}, ten_past).retry_after, 3s);
  EXPECT_EQ(error_of({500, {}, ""}, ten_past).retry_after, std::nullopt);
}

}  // namespace
}  // namespace syncwell::providers::strava
