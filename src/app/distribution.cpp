#include "app/distribution.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace syncwell::app {

Distribution::Distribution(const prometheus::ClientMetric::Histogram& histogram) {
  std::uint64_t before = 0;
  for (const auto& bucket : histogram.bucket) {
    if (std::isfinite(bucket.upper_bound)) bounds_.push_back(bucket.upper_bound);
    counts_.push_back(bucket.cumulative_count - before);
    before = bucket.cumulative_count;
  }
}

void Distribution::add(const Distribution& other) {
  if (counts_.empty()) {
    *this = other;
    return;
  }
  if (other.counts_.size() != counts_.size()) return;
  std::ranges::transform(counts_, other.counts_, counts_.begin(), std::plus{});
}

Distribution Distribution::since(const Distribution& earlier) const {
  Distribution rest = *this;
  if (earlier.counts_.size() != counts_.size()) return rest;
  // A count never falls while the process lives.
  std::ranges::transform(counts_, earlier.counts_, rest.counts_.begin(),
                         [](std::uint64_t now, std::uint64_t then) { return now - std::min(now, then); });
  return rest;
}

std::uint64_t Distribution::count() const { return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0}); }

std::optional<double> Distribution::percentile(double share) const {
  const auto total = static_cast<double>(count());
  if (total == 0 || bounds_.empty()) return std::nullopt;
  const double rank = share * total;
  double below = 0;
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    const auto inside = static_cast<double>(counts_[i]);
    if (inside > 0 && below + inside >= rank) {
      const double lower = i == 0 ? 0.0 : bounds_[i - 1];
      return lower + (bounds_[i] - lower) * (rank - below) / inside;
    }
    below += inside;
  }
  return bounds_.back();
}

}  // namespace syncwell::app
