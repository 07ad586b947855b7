// Wakes the receivers of a queue that wait for a message (long poll) without asking the data file again and again.
//
// Two things make a message visible: somebody sends, releases or redrives one (arrived()), or the time comes. Of all
// waiting receivers one, the sentinel, sleeps until the next message becomes visible; the others sleep until they are
// woken. Whoever stops being the sentinel wakes another, who looks again and takes over, so that no time is missed and
// a message that becomes visible wakes one receiver, not all.
//
// A receiver takes a ticket before it looks into the queue; anything that happens between that look and wait() makes
// wait() return at once. Threads: any; a waiting coroutine resumes on its own executor.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "adapters/sqlite/clock.hpp"
#include "base/mutex.hpp"

namespace syncwell::sqlite {

class ArrivalSignal {
 public:
  // `clock` outlives the signal.
  explicit ArrivalSignal(const Clock& clock) : clock_(clock) {}

  [[nodiscard]] std::uint64_t ticket() const;
  // `visible` messages can be received now (wakes as many receivers); the earliest of the others at `next`.
  void arrived(std::size_t visible, std::optional<Steady> next);
  // Returns when it is worth looking again, at `until` at the latest. `next`: when the next message becomes visible.
  // Cancellation ends the wait; the caller sees it in its cancellation state.
  [[nodiscard]] Async<void> wait(std::uint64_t ticket, Steady until, std::optional<Steady> next);
  // Called by whoever ends a receive: where nobody is the sentinel any more, another receiver becomes it.
  void hand_over();
  // Wakes everybody to look again: the storage is closing.
  void wake_all();
  // How many wait. For tests and metrics.
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Waiter {
    std::move_only_function<void()> resume{};  // set while suspended
    bool woken = false;
  };
  using WaiterPointer = std::shared_ptr<Waiter>;

  [[nodiscard]] Async<void> slept(Steady until);
  [[nodiscard]] Async<void> suspended(WaiterPointer waiter);
  void suspend(const WaiterPointer& waiter, std::move_only_function<void()> resume);
  void cancel(const WaiterPointer& waiter);
  void leave(const WaiterPointer& waiter);
  // What they return is called without the mutex.
  [[nodiscard]] std::move_only_function<void()> wake(const WaiterPointer& waiter) SYNCWELL_REQUIRES(mutex_);
  [[nodiscard]] std::vector<std::move_only_function<void()>> wake_first(std::size_t count) SYNCWELL_REQUIRES(mutex_);

  const Clock& clock_;
  mutable Mutex mutex_;  // guards the waiters' members too
  std::uint64_t generation_ SYNCWELL_GUARDED_BY(mutex_) = 0;
  std::list<WaiterPointer> waiters_ SYNCWELL_GUARDED_BY(mutex_);  // the longest waiting first
  WaiterPointer sentinel_ SYNCWELL_GUARDED_BY(mutex_);            // one of them, or empty
  Steady sentinel_until_ SYNCWELL_GUARDED_BY(mutex_){};
};

}  // namespace syncwell::sqlite
