#include "base/task_group.hpp"

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>

#include "base/cancellation.hpp"
#include "base/io_runtime.hpp"
#include "base/virtual_runtime.hpp"

namespace syncwell {
namespace {

using namespace std::chrono_literals;

Async<void> sleep_and_count(Runtime& runtime, Duration duration, int& done, int& cancelled) {
  auto slept = co_await runtime.sleep_for(duration);
  slept ? ++done : ++cancelled;
}

Async<void> limited(Runtime& runtime, TaskGroup& group, std::size_t most, int& done, std::size_t& peak) {
  int cancelled = 0;
  for (int i = 0; i < 20; ++i) {
    co_await group.wait_below(most);
    group.spawn(sleep_and_count(runtime, 1s, done, cancelled));
    peak = std::max(peak, group.size());
  }
  co_await group.wait_empty();
}

TEST(TaskGroup, KeepsTheNumberOfRunningTasksBelowTheLimit) {
  VirtualRuntime runtime;
  TaskGroup group(runtime.executor());
  int done = 0;
  std::size_t peak = 0;
  runtime.run(limited(runtime, group, 3, done, peak));
  EXPECT_EQ(done, 20);
  EXPECT_EQ(peak, 3U);
}

Async<void> cancel_after(Runtime& runtime, TaskGroup& group, Duration duration) {
  (void)co_await runtime.sleep_for(duration);
  group.cancel_all();
  co_await group.wait_empty();
}

TEST(TaskGroup, CancelAllReachesEveryTask) {
  VirtualRuntime runtime;
  TaskGroup group(runtime.executor());
  int done = 0;
  int cancelled = 0;
  for (int i = 0; i < 5; ++i) group.spawn(sleep_and_count(runtime, 1h, done, cancelled));
  runtime.run(cancel_after(runtime, group, 1s));
  EXPECT_EQ(cancelled, 5);
  EXPECT_EQ(done, 0);
}

Async<void> wait_for_empty(TaskGroup& group) { co_await group.wait_empty(); }

TEST(TaskGroup, AWaitCanBeCancelled) {
  VirtualRuntime runtime;
  TaskGroup group(runtime.executor());
  TaskGroup waiting(runtime.executor());
  int done = 0;
  int cancelled = 0;
  group.spawn(sleep_and_count(runtime, 1h, done, cancelled));
  waiting.spawn(wait_for_empty(group));
  runtime.run_for(1s);
  EXPECT_EQ(waiting.size(), 1U);
  waiting.cancel_all();
  runtime.run_for(0s);
  EXPECT_EQ(waiting.size(), 0U);
  runtime.run();
}

// Boost.Asio 1.81: a cancellation between co_spawn and the first step must not throw out of the executor.
TEST(TaskGroup, ATaskThatIsCancelledBeforeItBeganSeesThatWhenItBegins) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    VirtualRuntime runtime(seed);
    TaskGroup group(runtime.executor());
    int done = 0;
    int cancelled = 0;
    group.spawn(sleep_and_count(runtime, 1h, done, cancelled));
    auto& second = group.spawn(sleep_and_count(runtime, 1h, done, cancelled));
    TaskGroup::cancel(second);
    runtime.run_for(1s);
    EXPECT_EQ(cancelled, 1);
    EXPECT_EQ(group.size(), 1U);
    group.cancel_all();
    runtime.run_for(0s);
    EXPECT_EQ(cancelled, 2);
  }
}

TEST(UntilFirst, EndsWithTheFirstAndCancelsTheOther) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    VirtualRuntime runtime(seed);
    int done = 0;
    int cancelled = 0;
    const Steady begin = runtime.steady_now();
    runtime.run(until_first(sleep_and_count(runtime, 2s, done, cancelled),  //
                            sleep_and_count(runtime, 1h, done, cancelled)));
    EXPECT_EQ(done, 1);
    EXPECT_EQ(cancelled, 1);
    EXPECT_EQ(runtime.steady_now() - begin, 2s);
  }
}

Async<void> end_at_once() { co_return; }

Async<void> wait_into(Runtime& runtime, Result<void>& outcome) { outcome = co_await runtime.sleep_for(1h); }

TEST(UntilFirst, EndsAlsoWhenTheFirstIsDoneBeforeTheOtherBegins) {
  boost::asio::io_context io(1);
  IoRuntime runtime(io);
  Result<void> waited;
  bool ended = false;
  boost::asio::co_spawn(io, without_cancellation_exceptions(until_first(end_at_once(), wait_into(runtime, waited))),
                        [&](std::exception_ptr) { ended = true; });
  io.poll();
  ASSERT_TRUE(ended);
  EXPECT_EQ(waited.error().code, ErrorCode::cancelled);
}

TEST(UntilFirst, CancellationCancelsBothWheneverItComes) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const Duration when : {Duration{0}, Duration{1s}}) {
      VirtualRuntime runtime(seed);
      TaskGroup group(runtime.executor());
      int done = 0;
      int cancelled = 0;
      group.spawn(until_first(sleep_and_count(runtime, 1h, done, cancelled),  //
                              sleep_and_count(runtime, 2h, done, cancelled)));
      if (when > Duration{0}) runtime.run_for(when);
      group.cancel_all();
      runtime.run_for(1min);
      EXPECT_EQ(cancelled, 2);
      EXPECT_EQ(group.size(), 0U);
    }
  }
}

}  // namespace
}  // namespace syncwell
