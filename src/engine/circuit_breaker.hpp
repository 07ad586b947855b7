// Circuit breaker per provider (PROV-5), a plain state machine: closed → open when too many of the last calls failed or
// were slow → half-open after a wait, with a few probes → closed when they succeed. Refusals are delays, not failures
// (DEC-1). The operator's kill switch (PROV-6) stands here too: another reason to pause calls. Thread-safe.
#pragma once

#include <deque>
#include <optional>

#include "base/mutex.hpp"
#include "base/time.hpp"

namespace syncwell::engine {

struct BreakerSettings {
  std::size_t window_calls = 50;   // how many of the last calls are looked at
  std::size_t minimum_calls = 20;  // fewer say nothing
  double failure_rate = 0.5;       // at or above: open
  double slow_call_rate = 0.8;     // at or above: open
  Duration slow_call = std::chrono::seconds{30};
  Duration open_wait = std::chrono::seconds{30};
  std::size_t half_open_probes = 3;  // all must succeed to close
};

class CircuitBreaker {
 public:
  enum class State { closed, open, half_open };
  // PROV-6: what the operator allows, whatever the breaker says.
  enum class Mode { normal, read_only, disabled };

  explicit CircuitBreaker(BreakerSettings settings) : settings_(settings) {}
  // nullopt: go (and call record() or abandon() afterwards). Otherwise: how long to wait before asking again.
  [[nodiscard]] std::optional<Duration> admit(Steady now);
  void record(Steady now, bool failed, Duration took);
  // The admitted call was cancelled or told nothing about the provider's health (4xx of its own making).
  void abandon();
  [[nodiscard]] State state() const;
  [[nodiscard]] Mode mode() const;
  // From now on, also for what is on its way to call. Both live (ARCH-9).
  void set_mode(Mode mode);
  void configure(BreakerSettings settings);
  // nullopt: this kind of call is allowed. Otherwise: when to ask again.
  [[nodiscard]] std::optional<Duration> switched_off(bool is_read) const;

 private:
  struct Call {
    bool failed;
    bool slow;
  };
  void open(Steady now) SYNCWELL_REQUIRES(mutex_);
  [[nodiscard]] bool too_many_bad_calls() const SYNCWELL_REQUIRES(mutex_);

  mutable Mutex mutex_;
  BreakerSettings settings_ SYNCWELL_GUARDED_BY(mutex_);
  Mode mode_ SYNCWELL_GUARDED_BY(mutex_) = Mode::normal;
  State state_ SYNCWELL_GUARDED_BY(mutex_) = State::closed;
  std::deque<Call> calls_ SYNCWELL_GUARDED_BY(mutex_);
  std::size_t failed_calls_ SYNCWELL_GUARDED_BY(mutex_) = 0;
  std::size_t slow_calls_ SYNCWELL_GUARDED_BY(mutex_) = 0;
  Steady opened_ SYNCWELL_GUARDED_BY(mutex_){};
  std::size_t probes_running_ SYNCWELL_GUARDED_BY(mutex_) = 0;
  std::size_t probes_succeeded_ SYNCWELL_GUARDED_BY(mutex_) = 0;
};

}  // namespace syncwell::engine
