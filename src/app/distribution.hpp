// How observations spread over the buckets of a histogram, and the percentiles that follow from it: interpolated within
// a bucket as if its observations lay evenly, as Prometheus' histogram_quantile does (Prometheus documentation, 2025).
// Plain values.
#pragma once

#include <prometheus/client_metric.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace syncwell::app {

class Distribution {
 public:
  Distribution() = default;
  explicit Distribution(const prometheus::ClientMetric::Histogram& histogram);
  // Both have the same buckets, or one of them has none yet.
  void add(const Distribution& other);
  // What came after `earlier`, an older state of the same histogram.
  [[nodiscard]] Distribution since(const Distribution& earlier) const;
  [[nodiscard]] std::uint64_t count() const;
  // `share`: 0.95 for the 95th. nullopt: nothing was observed. Beyond the last bound, that bound: no more is known.
  [[nodiscard]] std::optional<double> percentile(double share) const;

 private:
  std::vector<double> bounds_;         // ascending, without infinity
  std::vector<std::uint64_t> counts_;  // of each bucket; one more than bounds
};

}  // namespace syncwell::app
