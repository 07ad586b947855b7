// A Runtime in simulated time on one thread, without epoll: ready handlers run in an order drawn from the seed, and
// when nothing is ready, time jumps to the next timer. Unit tests use it so that they never sleep; the simulation uses
// it so that a seed reproduces a run. Not thread-safe: everything happens on the thread that calls run().
#pragma once

#include <boost/asio/execution_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/runtime.hpp"

namespace syncwell {

class VirtualRuntime final : public Runtime {
 public:
  explicit VirtualRuntime(std::uint64_t seed = 1,
                          Instant start = Instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}});
  ~VirtualRuntime() override;
  VirtualRuntime(const VirtualRuntime&) = delete;
  VirtualRuntime& operator=(const VirtualRuntime&) = delete;

  [[nodiscard]] Instant now() const override;
  [[nodiscard]] Steady steady_now() const override;
  [[nodiscard]] Executor executor() override;
  [[nodiscard]] Random& random() override { return random_; }
  [[nodiscard]] Async<Result<void>> sleep_until(Steady when) override;

  // Runs until nothing is ready and no timer is set; returns the number of handlers that ran.
  std::uint64_t run();
  // Runs handlers and timers up to and including `steady_now() + duration`, then sets the clock there.
  void run_for(Duration duration);
  // Runs one ready handler, or else moves time to the next timer that is due by `until`. False: there is neither, and
  // the clock is at `until`. For who wants to stop between any two handlers.
  bool run_one(Steady until);
  // Moves the wall clock alone (NTP step, wrong clock): steady time and timers stay.
  void shift_wall_clock(Duration by);
  // The wall clock stands still (a suspended machine's, a broken one's) until it is let go, and is right again then.
  void hold_wall_clock(bool held);
  // Everything stands still for a while, as in a stopped process: time passes and nothing runs. All that has come due
  // meanwhile becomes ready at once, in no order.
  void pause(Duration duration);
  // Hash of the order in which handlers ran: the same for the same seed and program.
  [[nodiscard]] std::uint64_t order_hash() const;

  // Runs one coroutine to its end, with everything that it started, and returns its value. For tests.
  template <class T>
  T run(Async<T> task);

 private:
  class Context;
  std::unique_ptr<Context> context_;
  Random random_;
  Duration wall_shift_{0};
  std::optional<Instant> held_;  // what a wall clock that stands still says
};

}  // namespace syncwell

#include "base/virtual_runtime_run.hpp"
