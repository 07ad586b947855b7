// Rate limiter, circuit breaker and backoff: what stands before every outward call.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/virtual_runtime.hpp"
#include "engine/backoff.hpp"
#include "engine/circuit_breaker.hpp"
#include "engine/outward_client.hpp"
#include "engine/rate_limiter.hpp"

namespace syncwell::engine {
namespace {

using namespace std::chrono_literals;
using providers::RateRule;
using providers::RateScope;

class RateLimiterTest : public testing::Test {
 protected:
  Duration ask(std::string user = "u", Priority priority = Priority::high, bool is_read = true) {
    return *runtime.run(limiter.acquire(rules, RateRequest{"p", std::move(user), priority, is_read}));
  }
  int granted_now(std::string user = "u", Priority priority = Priority::high, bool is_read = true) {
    int count = 0;
    while (ask(user, priority, is_read) == 0ms) ++count;
    return count;
  }

  VirtualRuntime runtime;
  InProcessRateLimiter limiter{[this] { return runtime.now(); }, [this] { return runtime.steady_now(); }};
  std::vector<RateRule> rules{{"user_per_minute", RateScope::user, 150, 1min}};
};

TEST_F(RateLimiterTest, GivesEveryUserTheirOwnLimit) {  // PROV-4
  EXPECT_EQ(granted_now("a"), 150);
  EXPECT_EQ(granted_now("b"), 150);
}

TEST_F(RateLimiterTest, AnApplicationLimitIsSharedByAllUsers) {  // PROV-4
  rules = {{"app", RateScope::application, 10, 1min}};
  EXPECT_EQ(granted_now("a"), 10);
  EXPECT_EQ(granted_now("b"), 0);
}

TEST_F(RateLimiterTest, WhatIsLeftCanBeAsked) {  // OBS: rate-limit budget
  rules = {{"app", RateScope::application, 10, 1min}, {"user", RateScope::user, 5, 1min}};
  EXPECT_EQ(granted_now("a"), 5);
  auto budgets = limiter.budgets("p", rules);
  ASSERT_EQ(budgets.size(), 1U) << "those of single users are nobody's business";
  EXPECT_EQ(budgets[0].rule, "app");
  EXPECT_EQ(budgets[0].limit, 10U);
  EXPECT_EQ(budgets[0].used, 5U);
  runtime.run_for(2min);
  EXPECT_EQ(limiter.budgets("p", rules)[0].used, 0U);
}

TEST_F(RateLimiterTest, LowPriorityIsDeniedFirst) {  // PROV-4
  EXPECT_EQ(granted_now("u", Priority::low), 105);
  EXPECT_EQ(granted_now("u", Priority::medium), 30);
  EXPECT_EQ(granted_now("u", Priority::high), 15);
}

TEST_F(RateLimiterTest, TheWaitThatItNamesIsEnough) {
  ASSERT_EQ(granted_now(), 150);
  const Duration wait = ask();
  ASSERT_GT(wait, 0ms);
  ASSERT_LE(wait, 70s);
  runtime.run_for(wait);
  EXPECT_EQ(ask(), 0ms);
}

TEST_F(RateLimiterTest, AlignedWindowsStartAnewOnTheQuarterHour) {  // Strava
  rules = {{"quarter", RateScope::application, 100, 15min, true, true}};
  runtime.run_for(14min);
  EXPECT_EQ(granted_now(), 100);
  EXPECT_EQ(ask(), 1min);
  EXPECT_EQ(ask("u", Priority::high, false), 0ms) << "a write does not count under a rule for reads";
  runtime.run_for(1min);
  EXPECT_EQ(granted_now(), 100);
}

TEST_F(RateLimiterTest, TheProvidersOwnCountCorrectsOurs) {  // PROV-4
  limiter.correct(rules, RateRequest{"p", "u"}, {{"user_per_minute", 140, 150}});
  EXPECT_EQ(granted_now(), 10);
}

TEST_F(RateLimiterTest, ALimitThatTheProviderRaisedIsUsed) {  // PROV-4: extended access
  limiter.correct(rules, RateRequest{"p", "u"}, {{"user_per_minute", 0, 600}});
  EXPECT_EQ(granted_now(), 600);
}

TEST_F(RateLimiterTest, NothingIsCalledBeforeRetryAfter) {  // PROV-3
  limiter.block(RateRequest{"p", "u"}, 90s);
  EXPECT_EQ(ask("u"), 90s);
  EXPECT_EQ(ask("other"), 0ms);
  runtime.run_for(90s);
  EXPECT_EQ(ask("u"), 0ms);
}

// Found by the simulation: calls were refused for the hours by which a clock had been ahead.
TEST_F(RateLimiterTest, AClockThatWasAheadAndIsRightAgainKeepsNobodyWaiting) {  // PROV-4
  runtime.shift_wall_clock(10h);
  EXPECT_EQ(granted_now(), 150);
  limiter.block(RateRequest{"p", "blocked"}, 90s);
  runtime.shift_wall_clock(-10h);
  runtime.run_for(90s);
  EXPECT_EQ(ask("blocked"), 0ms);
  EXPECT_EQ(granted_now(), 150);
}

RC_GTEST_PROP(RateLimiterProperty, NoWindowEverSeesMoreThanTheLimit, ()) {  // PROV-4
  VirtualRuntime runtime;
  InProcessRateLimiter limiter([&] { return runtime.now(); }, [&] { return runtime.steady_now(); });
  const auto limit = *rc::gen::inRange<std::uint32_t>(1, 30);
  const std::vector<RateRule> rules{{"r", RateScope::user, limit, 60s}};
  std::vector<Instant> granted;
  for (const int pause_ms : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5000))) {
    runtime.run_for(Duration{pause_ms});
    for (int burst = 0; burst < 5; ++burst) {
      if (*runtime.run(limiter.acquire(rules, RateRequest{"p", "u", Priority::high})) == 0ms)
        granted.push_back(runtime.now());
    }
  }
  for (std::size_t i = limit; i < granted.size(); ++i) RC_ASSERT(granted[i] - granted[i - limit] >= 60s);
}

class BreakerTest : public testing::Test {
 protected:
  void calls(int count, bool failed, Duration took = 10ms) {
    for (int i = 0; i < count; ++i) {
      if (!breaker.admit(now)) breaker.record(now, failed, took);
    }
  }
  Steady now{1h};
  CircuitBreaker breaker{BreakerSettings{}};
};

TEST_F(BreakerTest, OpensOnFailuresButNotOnAFew) {  // PROV-5
  calls(19, true);
  EXPECT_EQ(breaker.state(), CircuitBreaker::State::closed);
  calls(1, true);
  EXPECT_EQ(breaker.state(), CircuitBreaker::State::open);
  EXPECT_EQ(breaker.admit(now), 30s);
}

TEST_F(BreakerTest, OpensOnSlowCalls) {  // PROV-5
  calls(20, false, 31s);
  EXPECT_EQ(breaker.state(), CircuitBreaker::State::open);
}

TEST_F(BreakerTest, ProbesCloseItAgain) {  // PROV-5
  calls(20, true);
  now += 30s;
  for (int probe = 0; probe < 3; ++probe) EXPECT_FALSE(breaker.admit(now));
  EXPECT_TRUE(breaker.admit(now)) << "no more than the probes";
  for (int probe = 0; probe < 3; ++probe) breaker.record(now, false, 1ms);
  EXPECT_EQ(breaker.state(), CircuitBreaker::State::closed);
}

TEST_F(BreakerTest, AFailedProbeOpensItAgain) {  // PROV-5
  calls(20, true);
  now += 30s;
  ASSERT_FALSE(breaker.admit(now));
  breaker.record(now, true, 1ms);
  EXPECT_EQ(breaker.admit(now), 30s);
}

TEST_F(BreakerTest, AnAbandonedProbeGivesItsPlaceBack) {
  calls(20, true);
  now += 30s;
  for (int i = 0; i < 10; ++i) {
    ASSERT_FALSE(breaker.admit(now));
    breaker.abandon();
  }
}

TEST_F(BreakerTest, TheKillSwitchPausesWritesOrEverything) {  // PROV-6
  using Mode = CircuitBreaker::Mode;
  EXPECT_FALSE(breaker.switched_off(true));
  EXPECT_FALSE(breaker.switched_off(false));
  breaker.set_mode(Mode::read_only);
  EXPECT_FALSE(breaker.switched_off(true));
  EXPECT_TRUE(breaker.switched_off(false));
  breaker.set_mode(Mode::disabled);
  EXPECT_TRUE(breaker.switched_off(true));
  EXPECT_TRUE(breaker.switched_off(false));
  breaker.set_mode(Mode::normal);
  EXPECT_FALSE(breaker.switched_off(false));
}

TEST_F(BreakerTest, NewSettingsCountAtOnceAlsoForThoseThatAreThere) {  // PROV-5, ARCH-9
  Breakers breakers{BreakerSettings{}};
  auto& known = breakers.of("known");
  breakers.configure({.window_calls = 2, .minimum_calls = 1, .failure_rate = 0.5});
  for (auto* each : {&known, &breakers.of("new")}) {
    ASSERT_FALSE(each->admit(now));
    each->record(now, true, Duration{1});
    EXPECT_EQ(each->state(), CircuitBreaker::State::open);
  }
}

RC_GTEST_PROP(Backoff, StaysWithinItsBoundAndSpreads, ()) {  // PROV-3
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  const int failures = *rc::gen::inRange(1, 100);
  const Duration wait = backoff({}, failures, random);
  RC_ASSERT(wait >= 0ms);
  RC_ASSERT(wait <= 10min);
  if (failures == 1) RC_ASSERT(wait <= 2s);
}

}  // namespace
}  // namespace syncwell::engine
