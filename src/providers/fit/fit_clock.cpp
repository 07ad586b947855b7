#include "providers/fit/fit_clock.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

namespace syncwell::providers::fit {
namespace {

constexpr std::int64_t quarter_s = 900;
constexpr std::int64_t max_clock_slack_s = 120;
constexpr std::int64_t max_offset_s = 54'000;  // 15 h
constexpr std::int64_t day_s = 86'400;
// China west of 80° and Spain in summer come close to three hours.
constexpr std::int64_t max_zone_distance_s = 12'600;

bool is_date(FitTime time) { return time >= min_date_time && time != invalid_u32; }

class Shift {
 public:
  explicit Shift(std::int64_t seconds) : seconds_(seconds) {}

  // False when the time is no date and cannot be made one.
  bool apply(FitTime& time) {
    if (is_date(time)) return true;
    const std::int64_t shifted = static_cast<std::int64_t>(time) + seconds_;
    if (seconds_ == 0 || shifted < min_date_time || shifted >= invalid_u32) return false;
    time = static_cast<FitTime>(shifted);
    return true;
  }

  void apply(std::optional<FitTime>& time) {
    if (time && !apply(*time)) time.reset();
  }

 private:
  std::int64_t seconds_;
};

}  // namespace

std::optional<UtcOffset> local_offset(std::optional<FitTime> utc, std::optional<FitTime> local) {
  if (!utc || !local || !is_date(*utc) || !is_date(*local)) return std::nullopt;
  const std::int64_t difference = static_cast<std::int64_t>(*local) - static_cast<std::int64_t>(*utc);
  if (std::abs(difference) > max_offset_s) return std::nullopt;
  const std::int64_t rounded = std::lround(static_cast<double>(difference) / quarter_s) * quarter_s;
  if (std::abs(difference - rounded) > max_clock_slack_s) return std::nullopt;
  return UtcOffset{std::chrono::seconds{rounded}};
}

bool is_implausible(UtcOffset offset, double longitude_deg) {
  const double by_sun_s = longitude_deg / 15 * 3600;
  // The date line: +14 h and -10 h are the same time of day.
  const double distance =
      std::remainder(static_cast<double>(offset.east.count()) - by_sun_s, static_cast<double>(day_s));
  return std::abs(distance) > static_cast<double>(max_zone_distance_s);
}

UtcOffset offset_by_longitude(double longitude_deg) {
  return UtcOffset{std::chrono::hours{std::lround(longitude_deg / 15)}};
}

bool shift_to_dates(ActivityPart& part, FileWarnings& warnings) {
  const bool since_power_on = part.activity_time && !is_date(*part.activity_time);
  const bool can_shift = since_power_on && part.activity_local_time && is_date(*part.activity_local_time);
  Shift shift(can_shift ? static_cast<std::int64_t>(*part.activity_local_time) - *part.activity_time : 0);

  std::size_t dropped = std::erase_if(part.points, [&](TrackPoint& point) { return !shift.apply(point.time); });
  dropped += std::erase_if(part.timer_events, [&](TimerEvent& event) { return !shift.apply(event.time); });
  for (std::vector<Summary>* summaries : {&part.sessions, &part.laps}) {
    dropped += std::erase_if(*summaries, [&](Summary& summary) {
      const bool had_time = summary.start || summary.timestamp;
      shift.apply(summary.start);
      shift.apply(summary.timestamp);
      return had_time && !summary.start && !summary.timestamp;
    });
  }
  if (dropped > 0) {
    warnings.add(part.position, fmt::format("{} messages give their time in seconds since power-on, and nothing tells "
                                            "when that was; left out",
                                            dropped));
    part.data_lost = true;
  }
  if (can_shift) {
    warnings.add(part.position, "times count from power-on: placed by the local clock of the activity, zone unknown");
    part.activity_time.reset();
    part.activity_local_time.reset();
  }
  return can_shift;
}

}  // namespace syncwell::providers::fit
