// Two decisions that every provider makes alike, and the engine with them.
#pragma once

#include "base/error.hpp"
#include "model/record.hpp"

namespace syncwell::providers {

// FetchRequest::range: instants inside, intervals that share time with it.
[[nodiscard]] inline bool overlaps(const model::TimeFrame& time, TimeRange range) {
  if (time.is_instant()) return time.start.at >= range.start && time.start.at < range.end;
  return time.start.at < range.end && time.end.at > range.start;
}

// PushResult: an error of one record (refused, unreadable) leaves the others to be tried; any other (401, 429, 5xx,
// time-out, cancellation) ends the push and stands at every operation that it kept from being done.
[[nodiscard]] inline bool concerns_the_whole_call(const Error& error) {
  const RetryClass retry_class = retry_class_of(error.code);
  return retry_class != RetryClass::permanent_request && retry_class != RetryClass::mapping;
}

}  // namespace syncwell::providers
