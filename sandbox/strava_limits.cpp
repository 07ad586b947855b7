#include "sandbox/strava_limits.hpp"

#include <fmt/format.h>

namespace syncwell::sandbox {

bool StravaUsage::count(const std::string& client_id, bool is_read, const StravaLimits& limits, Instant now) {
  using quarter_hours = std::chrono::duration<std::int64_t, std::ratio<900>>;
  const std::int64_t quarter_hour = std::chrono::floor<quarter_hours>(now).time_since_epoch().count();
  const std::int64_t day = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  Counters& app = apps_[client_id];
  if (app.quarter_hour != quarter_hour) {
    app.quarter_hour = quarter_hour;
    app.overall_in_quarter_hour = 0;
    app.reads_in_quarter_hour = 0;
  }
  if (app.day != day) {
    app.day = day;
    app.overall_in_day = 0;
    app.reads_in_day = 0;
  }
  ++app.overall_in_quarter_hour;
  ++app.overall_in_day;
  if (is_read) {
    ++app.reads_in_quarter_hour;
    ++app.reads_in_day;
  }
  const bool overall_ok =
      app.overall_in_quarter_hour <= limits.overall_per_quarter_hour && app.overall_in_day <= limits.overall_per_day;
  const bool reads_ok = !is_read || (app.reads_in_quarter_hour <= limits.reads_per_quarter_hour &&
                                     app.reads_in_day <= limits.reads_per_day);
  return overall_ok && reads_ok;
}

void StravaUsage::put_headers(net::Response& response, const std::string& client_id, bool is_read,
                              const StravaLimits& limits) const {
  const auto found = apps_.find(client_id);
  const Counters app = found == apps_.end() ? Counters{} : found->second;
  response.headers.set("X-RateLimit-Limit",
                       fmt::format("{},{}", limits.overall_per_quarter_hour, limits.overall_per_day));
  response.headers.set("X-RateLimit-Usage", fmt::format("{},{}", app.overall_in_quarter_hour, app.overall_in_day));
  response.headers.set("X-ReadRateLimit-Limit",
                       fmt::format("{},{}", limits.reads_per_quarter_hour, limits.reads_per_day));
  response.headers.set("X-ReadRateLimit-Usage",
                       is_read ? fmt::format("{},{}", app.reads_in_quarter_hour, app.reads_in_day) : std::string(","));
}

}  // namespace syncwell::sandbox
