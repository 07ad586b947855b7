// Where time, timers, randomness and the executor come from (DESIGN section 4). Everything outside base/ that waits or
// asks for the time does it through this port, so that the same code runs on an io_context in production and in
// simulated time in tests and in the simulation.
// One Runtime per thread that runs coroutines: it is not shared between threads.
#pragma once

#include "base/async.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

namespace syncwell {

class Runtime {
 public:
  virtual ~Runtime() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] virtual Steady steady_now() const = 0;
  [[nodiscard]] virtual Executor executor() = 0;
  [[nodiscard]] virtual Random& random() = 0;
  // Resumes on the awaiting coroutine's executor at `when`. Error{cancelled} when cancelled; no other error.
  [[nodiscard]] virtual Async<Result<void>> sleep_until(Steady when) = 0;
  [[nodiscard]] Async<Result<void>> sleep_for(Duration duration) { return sleep_until(steady_now() + duration); }
};

// A point on the steady clock by which an outward call must be over. Every outward call takes one.
struct Deadline {
  Steady at{};
  static Deadline after(const Runtime& runtime, Duration duration) { return {runtime.steady_now() + duration}; }
  [[nodiscard]] Duration remaining(const Runtime& runtime) const {
    return std::max(Duration{0}, Duration{at - runtime.steady_now()});
  }
  [[nodiscard]] Deadline no_later_than(Deadline other) const { return {std::min(at, other.at)}; }
};

}  // namespace syncwell
