// Bursts of notifications wait for their end.
#include "schedule/bursts.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace syncwell::schedule {
namespace {

using namespace std::chrono_literals;

const Steady start{1h};

TEST(Bursts, ThreeEventsGoAtOnceAndTheFourthWaits) {  // TRIG-2
  Bursts bursts;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bursts.count("a", start + i * 1s), 0ms);
  EXPECT_EQ(bursts.count("a", start + 10s), 50s);
  EXPECT_EQ(bursts.count("a", start + 59s), 1s);
  EXPECT_EQ(bursts.count("b", start + 59s), 0ms) << "somebody else's burst is nothing to them";
}

TEST(Bursts, AMinuteLaterItIsOver) {  // TRIG-2
  Bursts bursts;
  for (int i = 0; i < 10; ++i) (void)bursts.count("a", start);
  EXPECT_EQ(bursts.count("a", start + 60s - 1ms), 1ms);
  EXPECT_EQ(bursts.count("a", start + 60s), 0ms);
}

TEST(Bursts, WhoIsQuietIsForgotten) {
  Bursts bursts;
  for (int i = 0; i < 1000; ++i) (void)bursts.count(std::to_string(i), start);
  EXPECT_EQ(bursts.size(), 1000U);
  (void)bursts.count("a", start + 2min);
  EXPECT_EQ(bursts.size(), 1U);
}

TEST(Bursts, OnePastTheLimitIsServedAndNotCounted) {
  Bursts bursts;
  for (std::size_t i = 0; i < max_bursting_users; ++i) (void)bursts.count(std::to_string(i), start);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(bursts.count("one too many", start), 0ms);
  EXPECT_EQ(bursts.size(), max_bursting_users);
}

RC_GTEST_PROP(BurstsProperty, NoWaitGoesPastTheWindow, ()) {  // TRIG-2
  Bursts bursts;
  Steady now = start;
  for (const int step_ms : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 30'000))) {
    now += Duration{step_ms};
    const Duration wait = bursts.count(std::to_string(*rc::gen::inRange(0, 3)), now);
    RC_ASSERT(wait >= 0ms);
    RC_ASSERT(wait <= burst_window);
  }
}

}  // namespace
}  // namespace syncwell::schedule
