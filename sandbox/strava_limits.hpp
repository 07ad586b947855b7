// Strava's rate limits: per app, overall and for reads, in windows that start at :00 :15 :30 :45 and at 00:00 UTC.
// A refused call still counts. Source: strava.md, Limits. Pure state; one thread.
#pragma once

#include <map>
#include <string>

#include "base/time.hpp"
#include "net/http.hpp"

namespace syncwell::sandbox {

struct StravaLimits {
  int overall_per_quarter_hour = 200;
  int overall_per_day = 2000;
  int reads_per_quarter_hour = 100;
  int reads_per_day = 1000;
};

class StravaUsage {
 public:
  // Counts one call of an app and says whether it is within the limits.
  [[nodiscard]] bool count(const std::string& client_id, bool is_read, const StravaLimits& limits, Instant now);
  // X-RateLimit-* and X-ReadRateLimit-*; a write carries an empty read usage, ",", as recorded.
  void put_headers(net::Response& response, const std::string& client_id, bool is_read,
                   const StravaLimits& limits) const;
  void clear() { apps_.clear(); }

 private:
  struct Counters {
    std::int64_t quarter_hour = 0;
    std::int64_t day = 0;
    int overall_in_quarter_hour = 0;
    int overall_in_day = 0;
    int reads_in_quarter_hour = 0;
    int reads_in_day = 0;
  };
  std::map<std::string, Counters> apps_;  // as many as there are registered clients
};

}  // namespace syncwell::sandbox
