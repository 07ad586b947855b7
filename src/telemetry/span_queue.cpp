#include "telemetry/span_queue.hpp"

#include <algorithm>
#include <iterator>

namespace syncwell::telemetry {

void SpanQueue::add(Span span) {
  const MutexLock lock(mutex_);
  if (spans_.size() >= max_waiting_spans) {
    ++dropped_;
    return;
  }
  spans_.push_back(std::move(span));
}

std::vector<Span> SpanQueue::take(std::size_t most) {
  const MutexLock lock(mutex_);
  const auto end = spans_.begin() + static_cast<std::ptrdiff_t>(std::min(most, spans_.size()));
  std::vector<Span> taken(std::make_move_iterator(spans_.begin()), std::make_move_iterator(end));
  spans_.erase(spans_.begin(), end);
  return taken;
}

}  // namespace syncwell::telemetry
