#include "base/virtual_runtime.hpp"

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace syncwell {
namespace {

using namespace std::chrono_literals;

Async<int> sleep_then(Runtime& runtime, Duration duration, int value) {
  (void)co_await runtime.sleep_for(duration);
  co_return value;
}

TEST(VirtualRuntime, JumpsToTheNextTimerInsteadOfSleeping) {
  VirtualRuntime runtime;
  const Instant before = runtime.now();
  EXPECT_EQ(runtime.run(sleep_then(runtime, 24h, 7)), 7);
  EXPECT_EQ(runtime.now() - before, 24h);
}

TEST(VirtualRuntime, RunForStopsAtTheGivenTime) {
  VirtualRuntime runtime;
  bool done = false;
  boost::asio::co_spawn(runtime.executor(), sleep_then(runtime, 10s, 1), [&](std::exception_ptr, int) { done = true; });
  runtime.run_for(9s);
  EXPECT_FALSE(done);
  runtime.run_for(1s);
  EXPECT_TRUE(done);
}

Async<void> record_order(Runtime& runtime, std::vector<int>& order, int id) {
  (void)co_await runtime.sleep_for(1s);
  order.push_back(id);
}

std::vector<int> order_of(std::uint64_t seed, std::uint64_t* hash) {
  VirtualRuntime runtime(seed);
  std::vector<int> order;
  for (int id = 0; id < 20; ++id) {
    boost::asio::co_spawn(runtime.executor(), record_order(runtime, order, id), boost::asio::detached);
  }
  runtime.run();
  *hash = runtime.order_hash();
  return order;
}

TEST(VirtualRuntime, TheSeedDecidesTheOrder) {
  std::uint64_t first_hash = 0;
  std::uint64_t again_hash = 0;
  std::uint64_t other_hash = 0;
  const auto first = order_of(1, &first_hash);
  EXPECT_EQ(first, order_of(1, &again_hash));
  EXPECT_EQ(first_hash, again_hash);
  EXPECT_NE(first, order_of(2, &other_hash));
  EXPECT_NE(first_hash, other_hash);
}

TEST(VirtualRuntime, CancellationIsAnErrorValue) {
  VirtualRuntime runtime;
  boost::asio::cancellation_signal stop;
  std::optional<Result<void>> outcome;
  boost::asio::co_spawn(runtime.executor(), without_cancellation_exceptions(runtime.sleep_for(1h)),
                        boost::asio::bind_cancellation_slot(
                            stop.slot(), [&](std::exception_ptr, Result<void> result) { outcome = result; }));
  runtime.run_for(1s);
  stop.emit(boost::asio::cancellation_type::terminal);
  runtime.run_for(0s);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->error().code, ErrorCode::cancelled);
}

// As a coroutine does that was cancelled while it waited for a durable write.
Async<Result<void>> wait_after_cancellation(Runtime& runtime, boost::asio::cancellation_signal& stop) {
  stop.emit(boost::asio::cancellation_type::terminal);
  co_return co_await runtime.sleep_for(1h);
}

TEST(VirtualRuntime, ACancellationThatCameBeforeTheWaitEndsIt) {
  VirtualRuntime runtime;
  boost::asio::cancellation_signal stop;
  std::optional<Result<void>> outcome;
  boost::asio::co_spawn(runtime.executor(), without_cancellation_exceptions(wait_after_cancellation(runtime, stop)),
                        boost::asio::bind_cancellation_slot(
                            stop.slot(), [&](std::exception_ptr, Result<void> result) { outcome = result; }));
  runtime.run_for(0s);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->error().code, ErrorCode::cancelled);
}

TEST(VirtualRuntime, ACoroutineThatWaitsForEverIsDestroyedWithTheRuntime) {
  VirtualRuntime runtime;
  boost::asio::co_spawn(runtime.executor(), sleep_then(runtime, 1h, 1), boost::asio::detached);
  runtime.run_for(1s);
}

TEST(VirtualRuntime, TheWallClockMovesWithoutTouchingTimers) {
  VirtualRuntime runtime;
  const Instant before = runtime.now();
  runtime.shift_wall_clock(-3h);
  EXPECT_EQ(runtime.now(), before - 3h);
  EXPECT_EQ(runtime.run(sleep_then(runtime, 1s, 1)), 1);
  EXPECT_EQ(runtime.now(), before - 3h + 1s);
}

TEST(VirtualRuntime, AHeldWallClockStandsStillAndIsRightAgainAfterwards) {
  VirtualRuntime runtime;
  const Instant before = runtime.now();
  runtime.hold_wall_clock(true);
  runtime.run_for(Duration{5000});
  EXPECT_EQ(runtime.now(), before);
  runtime.shift_wall_clock(Duration{-100});
  EXPECT_EQ(runtime.now(), before - Duration{100});
  runtime.hold_wall_clock(false);
  EXPECT_EQ(runtime.now(), before + Duration{4900});
}

Async<void> sleep_and_count(VirtualRuntime& runtime, Duration duration, std::vector<Duration>& woken) {
  const Steady began = runtime.steady_now();
  (void)co_await runtime.sleep_for(duration);
  woken.push_back(runtime.steady_now() - began);
}

TEST(VirtualRuntime, APauseLetsTimePassAndRunsNothing) {
  VirtualRuntime runtime;
  std::vector<Duration> woken;
  for (const int sleep : {100, 200, 900})
    boost::asio::co_spawn(runtime.executor(), sleep_and_count(runtime, Duration{sleep}, woken), boost::asio::detached);
  runtime.run_for(Duration{1});
  runtime.pause(Duration{500});
  EXPECT_TRUE(woken.empty());
  runtime.run();
  ASSERT_EQ(woken.size(), 3U);
  EXPECT_EQ(woken[0], Duration{501}) << "overdue";
  EXPECT_EQ(woken[1], Duration{501});
  EXPECT_EQ(woken[2], Duration{900});
}

}  // namespace
}  // namespace syncwell
