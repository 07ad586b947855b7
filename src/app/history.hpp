// The last hour in figures, for the console's curves: every ten seconds the process's counters and histograms are read,
// and what they say is kept in a ring. Memory only: it begins with the process, and Prometheus has the long memory.
// Counts and times of the whole process, nothing of any person. One thread.
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "app/distribution.hpp"
#include "base/time.hpp"

namespace syncwell::app {

inline constexpr Duration history_step = std::chrono::seconds{10};
inline constexpr std::size_t max_history_points = 360;    // of a series: an hour
inline constexpr std::size_t max_history_providers = 20;  // that have series of their own

// What the counters say at one moment; all but the queue has been counted since the process began.
struct HistorySample {
  struct Provider {
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;  // no answer, or one that is neither 2xx nor 3xx
    Distribution seconds;      // that a call took
  };
  Instant at{};
  std::uint64_t jobs_succeeded = 0;
  std::uint64_t jobs_failed = 0;  // for good: dead letters, and those that need a new consent
  std::int64_t queue_visible = 0;
  std::int64_t dead_letters = 0;
  double queue_oldest_age_s = 0;
  Distribution job_seconds;  // of attempts
  Distribution api_seconds;  // of requests
  std::map<std::string, Provider> providers;
};

class History {
 public:
  // Not earlier than the one before. Past the maxima, the oldest sample goes, and providers beyond are left out.
  void add(HistorySample sample);
  // {"stepSeconds": 10, "series": [{"name", "unit", "points": [[unix seconds, value], …]}]}, oldest first. Rates and
  // percentiles are those of the step that ends there; where nothing happened, a percentile has no point.
  [[nodiscard]] boost::json::object series() const;

  // Of all that is kept.
  struct ProviderFigures {
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;
    std::optional<double> p50_ms{};
    std::optional<double> p95_ms{};
  };
  [[nodiscard]] ProviderFigures of(const std::string& provider) const;

 private:
  std::deque<HistorySample> samples_;
};

}  // namespace syncwell::app
