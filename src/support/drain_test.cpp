// SUP-3: redriving by itself, at a pace that the provider sets.
#include "support/drain.hpp"

#include <gtest/gtest.h>

namespace syncwell::support {
namespace {

using namespace std::chrono_literals;
using enum store::CaseState;

const Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}};

store::Incident incident(std::int64_t waiting) {
  store::Incident made;
  made.count(open) = waiting;
  made.next_redrive = now;
  return made;
}

TEST(Drain, BeginsWithOneWhenItsTimeHasCome) {  // SUP-3
  EXPECT_EQ(plan_drain(incident(200), now, false).redrive, 1);
  EXPECT_EQ(plan_drain(incident(200), now - 1ms, false).redrive, 0);
  EXPECT_EQ(plan_drain(incident(200), now, true).redrive, 0) << "the breaker is open";
  EXPECT_EQ(plan_drain(incident(0), now, false).redrive, 0);
  auto never = incident(200);
  never.next_redrive.reset();
  EXPECT_EQ(plan_drain(never, now, false).redrive, 0);
}

TEST(Drain, GoesOnTwiceAsFastAsLongAsAllComeThrough) {  // SUP-3
  auto draining = incident(1000);
  std::vector<std::int64_t> batches;
  for (int round = 0; round < 9; ++round) {
    const auto plan = plan_drain(draining, now, false);
    batches.push_back(plan.redrive);
    draining.window = plan.window;
    draining.count(open) -= plan.redrive;
    draining.count(redriven) += plan.redrive;
    EXPECT_EQ(plan_drain(draining, now, false).redrive, 0) << "nothing more before these are through";
    draining.count(redriven) = 0;
  }
  EXPECT_EQ(batches, (std::vector<std::int64_t>{1, 2, 4, 8, 16, 32, 64, 64, 64}));
}

TEST(Drain, WhatIsStillOnItsWayTakesItsPlace) {  // SUP-3
  auto draining = incident(100);
  draining.window = 16;
  draining.count(redriven) = 10;
  EXPECT_EQ(plan_drain(draining, now, false).redrive, 6);
  EXPECT_EQ(plan_drain(draining, now, false).window, 16);
}

TEST(Drain, WhatWasRedrivenOftenEnoughStays) {  // SUP-3: nothing loops for ever
  auto exhausted = incident(3);
  exhausted.exhausted = 3;
  EXPECT_EQ(plan_drain(exhausted, now, false).redrive, 0);
  exhausted.exhausted = 2;
  EXPECT_EQ(plan_drain(exhausted, now, false).redrive, 1);
}

}  // namespace
}  // namespace syncwell::support
