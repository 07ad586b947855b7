// How much news a sync brings in per day.
#include "store/velocity.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json.hpp>
#include <map>

namespace syncwell::store {
namespace {

using namespace std::chrono_literals;

const Instant noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 29} +
                   12h};  // Europe's clocks change on that day

TEST(Velocity, NothingCountedIsZeroAndIsNotWritten) {  // TRIG-4
  boost::json::object attributes;
  Velocity{}.write(attributes);
  EXPECT_TRUE(attributes.empty());
  EXPECT_EQ(Velocity::from(attributes).per_day(noon), 0);
}

TEST(Velocity, ADayIsForgottenAfterSeven) {  // TRIG-4
  Velocity velocity;
  velocity.add(noon, 14);
  EXPECT_EQ(velocity.per_day(noon), 2);
  EXPECT_EQ(velocity.per_day(noon + 6 * 24h), 2);
  EXPECT_EQ(velocity.per_day(noon + 7 * 24h), 0);
  EXPECT_EQ(velocity.per_day(noon + 12h - 1ms + 6 * 24h), 2) << "the last moment of the seventh day";
  EXPECT_EQ(velocity.per_day(noon + 12h + 6 * 24h), 0);
}

TEST(Velocity, AClockThatWasFarAheadDoesNotCountForEver) {  // TRIG-4
  Velocity velocity;
  velocity.add(noon + 365 * 24h, 70);
  EXPECT_EQ(velocity.per_day(noon), 10) << "it is not known when it was, only that it was";
  velocity.add(noon, 7);
  EXPECT_EQ(velocity.per_day(noon), 11);
  EXPECT_EQ(velocity.per_day(noon + 7 * 24h), 0);
}

TEST(Velocity, AClockSetBackOverMidnightLosesNothing) {
  Velocity velocity;
  velocity.add(noon + 12h, 7);
  velocity.add(noon + 11h, 7);
  EXPECT_EQ(velocity.per_day(noon + 12h), 2);
}

TEST(Velocity, NegativeAndEndlessCountsAreHarmless) {
  Velocity velocity;
  velocity.add(noon, -5);
  EXPECT_EQ(velocity.per_day(noon), 0);
  for (int i = 0; i < 20; ++i) velocity.add(noon, std::numeric_limits<std::int64_t>::max());
  EXPECT_GT(velocity.per_day(noon), 0);
}

TEST(Velocity, DamageReadsAsNothing) {
  for (const auto* text :
       {R"({"velocity":7})", R"({"velocity":[1,2]})", R"({"velocity":[-1,1,1,1,1,1,1,1]})",
        R"({"velocity":["x",1,1,1,1,1,1,1]})", R"({"velocity":[9223372036854775807,1,1,1,1,1,1,1]})"}) {
    EXPECT_EQ(Velocity::from(boost::json::parse(text).as_object()), Velocity{}) << text;
  }
}

RC_GTEST_PROP(VelocityProperty, IsTheMeanOfTheLastSevenDays, ()) {  // TRIG-4
  Velocity velocity;
  std::map<std::int64_t, std::int64_t> model;
  Instant now = noon;
  for (const int hours : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 60))) {
    now += std::chrono::hours{hours};
    const auto items = *rc::gen::inRange(0, 50);
    velocity.add(now, items);
    model[std::chrono::floor<std::chrono::days>(now).time_since_epoch().count()] += items;
    boost::json::object attributes;
    velocity.write(attributes);
    velocity = Velocity::from(attributes);
  }
  const auto today = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  std::int64_t sum = 0;
  for (const auto& [day, items] : model) sum += day > today - 7 ? items : 0;
  RC_ASSERT(velocity.per_day(now) == static_cast<double>(sum) / 7.0);
}

}  // namespace
}  // namespace syncwell::store
