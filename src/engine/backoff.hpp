// Exponential backoff with full jitter (PROV-3): a wait drawn evenly between nothing and a bound that doubles with
// every failure, so that jobs that failed together do not come back together.
#pragma once

#include <algorithm>

#include "base/random.hpp"
#include "base/time.hpp"

namespace syncwell::engine {

struct BackoffSettings {
  Duration base = std::chrono::seconds{2};      // bound after the first failure
  Duration ceiling = std::chrono::minutes{10};  // no wait is longer
};

// `failures` >= 1: how often it has failed so far.
[[nodiscard]] inline Duration backoff(const BackoffSettings& settings, int failures, Random& random) {
  const int doublings = std::clamp(failures - 1, 0, 30);
  const auto bound = std::min<std::int64_t>(settings.ceiling.count(), settings.base.count() << doublings);
  return Duration{static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound) + 1))};
}

}  // namespace syncwell::engine
