// Spans on their way out: bounded, for any thread. What comes when it is full is dropped and counted.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "base/mutex.hpp"
#include "base/trace.hpp"

namespace syncwell::telemetry {

inline constexpr std::size_t max_waiting_spans = 8192;

class SpanQueue {
 public:
  void add(Span span);
  // The oldest ones, up to `most`.
  [[nodiscard]] std::vector<Span> take(std::size_t most);
  void drop(std::size_t count) { dropped_ += count; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  Mutex mutex_;
  std::vector<Span> spans_ SYNCWELL_GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> dropped_ = 0;
};

}  // namespace syncwell::telemetry
