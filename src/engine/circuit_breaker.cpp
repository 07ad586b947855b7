#include "engine/circuit_breaker.hpp"

#include <algorithm>

namespace syncwell::engine {
namespace {

constexpr Duration look_again_after_switch = std::chrono::seconds{60};

}  // namespace

std::optional<Duration> CircuitBreaker::admit(Steady now) {
  const MutexLock lock(mutex_);
  if (state_ == State::open) {
    const Duration since = now - opened_;
    if (since < settings_.open_wait) return settings_.open_wait - since;
    state_ = State::half_open;
    probes_running_ = probes_succeeded_ = 0;
  }
  if (state_ == State::half_open) {
    if (probes_running_ + probes_succeeded_ >= settings_.half_open_probes) return std::chrono::seconds{1};
    ++probes_running_;
  }
  return std::nullopt;
}

void CircuitBreaker::record(Steady now, bool failed, Duration took) {
  const MutexLock lock(mutex_);
  const bool slow = took >= settings_.slow_call;
  if (state_ == State::half_open) {
    if (probes_running_ > 0) --probes_running_;
    if (failed || slow) {
      open(now);
    } else if (++probes_succeeded_ >= settings_.half_open_probes) {
      state_ = State::closed;
    }
    return;
  }
  if (state_ == State::open) return;  // a call that was on its way when the breaker opened
  calls_.push_back({failed, slow});
  failed_calls_ += failed;
  slow_calls_ += slow;
  if (calls_.size() > settings_.window_calls) {
    failed_calls_ -= calls_.front().failed;
    slow_calls_ -= calls_.front().slow;
    calls_.pop_front();
  }
  if (too_many_bad_calls()) open(now);
}

void CircuitBreaker::abandon() {
  const MutexLock lock(mutex_);
  if (state_ == State::half_open && probes_running_ > 0) --probes_running_;
}

void CircuitBreaker::set_mode(Mode mode) {
  const MutexLock lock(mutex_);
  mode_ = mode;
}

void CircuitBreaker::configure(BreakerSettings settings) {
  const MutexLock lock(mutex_);
  settings_ = settings;
}

std::optional<Duration> CircuitBreaker::switched_off(bool is_read) const {
  const MutexLock lock(mutex_);
  const bool off = mode_ == Mode::disabled || (mode_ == Mode::read_only && !is_read);
  return off ? std::optional<Duration>(look_again_after_switch) : std::nullopt;
}

CircuitBreaker::State CircuitBreaker::state() const {
  const MutexLock lock(mutex_);
  return state_;
}

CircuitBreaker::Mode CircuitBreaker::mode() const {
  const MutexLock lock(mutex_);
  return mode_;
}

void CircuitBreaker::open(Steady now) {
  state_ = State::open;
  opened_ = now;
  calls_.clear();
  failed_calls_ = slow_calls_ = 0;
}

bool CircuitBreaker::too_many_bad_calls() const {
  if (calls_.size() < settings_.minimum_calls) return false;
  const auto calls = static_cast<double>(calls_.size());
  return static_cast<double>(failed_calls_) / calls >= settings_.failure_rate ||
         static_cast<double>(slow_calls_) / calls >= settings_.slow_call_rate;
}

}  // namespace syncwell::engine
