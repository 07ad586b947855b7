// The time as the embedded engine needs it. A Runtime belongs to one thread, but the ports are called from many and the
// writer has a thread of its own; so the engine takes this smaller port, whose methods may be called from any thread.
//
//   SystemClock   the system's clocks; sleeping uses a timer on the executor of the coroutine that sleeps
//   RuntimeClock  a Runtime's clocks, for a VirtualRuntime where everything happens on one thread
//   QueueClock    wall time that never runs backwards, for visibility times (see below)
#pragma once

#include <atomic>

#include "base/runtime.hpp"

namespace syncwell::sqlite {

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] virtual Steady steady_now() const = 0;
  // Resumes on the awaiting coroutine's executor at `when`. Error{cancelled} when cancelled; no other error.
  [[nodiscard]] virtual Async<Result<void>> sleep_until(Steady when) const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] Steady steady_now() const override;
  [[nodiscard]] Async<Result<void>> sleep_until(Steady when) const override;
};

// `runtime` outlives the clock and is used on its own thread only.
class RuntimeClock final : public Clock {
 public:
  explicit RuntimeClock(Runtime& runtime) : runtime_(runtime) {}
  [[nodiscard]] Instant now() const override { return runtime_.now(); }
  [[nodiscard]] Steady steady_now() const override { return runtime_.steady_now(); }
  [[nodiscard]] Async<Result<void>> sleep_until(Steady when) const override { return runtime_.sleep_until(when); }

 private:
  Runtime& runtime_;
};

// Visibility times are stored, so they are wall times; a wall clock that is set back by hours would hide every message
// for hours. This clock follows the wall clock forward, and where that is set back it goes on at the steady clock's
// pace. It starts no earlier than `not_before` (the newest time in the file). Any thread.
class QueueClock {
 public:
  // `clock` outlives the queue clock.
  QueueClock(const Clock& clock, Instant not_before);
  [[nodiscard]] Instant now() const;

 private:
  const Clock& clock_;
  mutable std::atomic<std::int64_t> wall_minus_steady_ms_;
};

}  // namespace syncwell::sqlite
