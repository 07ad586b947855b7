#include "model/record.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace syncwell::model {
namespace {

constexpr std::array sport_names = {"other",
                                    "running",
                                    "trail_running",
                                    "treadmill_running",
                                    "walking",
                                    "hiking",
                                    "cycling",
                                    "mountain_biking",
                                    "gravel_cycling",
                                    "indoor_cycling",
                                    "virtual_cycling",
                                    "e_biking",
                                    "hand_cycling",
                                    "swimming",
                                    "pool_swimming",
                                    "open_water_swimming",
                                    "rowing",
                                    "indoor_rowing",
                                    "kayaking",
                                    "stand_up_paddling",
                                    "surfing",
                                    "sailing",
                                    "windsurfing",
                                    "diving",
                                    "cross_country_skiing",
                                    "alpine_skiing",
                                    "backcountry_skiing",
                                    "snowboarding",
                                    "snowshoeing",
                                    "ice_skating",
                                    "inline_skating",
                                    "elliptical",
                                    "stair_climbing",
                                    "strength_training",
                                    "cardio_training",
                                    "high_intensity_interval_training",
                                    "yoga",
                                    "pilates",
                                    "stretching",
                                    "dance",
                                    "boxing",
                                    "martial_arts",
                                    "climbing",
                                    "golf",
                                    "tennis",
                                    "table_tennis",
                                    "badminton",
                                    "squash",
                                    "soccer",
                                    "basketball",
                                    "volleyball",
                                    "handball",
                                    "ice_hockey",
                                    "horse_riding",
                                    "multisport",
                                    "transition",
                                    "driving"};
static_assert(sport_names.size() == static_cast<std::size_t>(Sport::driving) + 1);

constexpr std::array stage_names = {"in_bed", "awake", "asleep", "light", "deep", "rem", "restless", "unknown"};
static_assert(stage_names.size() == static_cast<std::size_t>(SleepStage::unknown) + 1);

template <class Enum, std::size_t N>
std::optional<Enum> parse_name(const std::array<const char*, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

bool in_range(Instant at) { return at >= min_instant && at <= max_instant; }

bool in_range(const Moment& moment) {
  return in_range(moment.at) && (!moment.offset || std::chrono::abs(moment.offset->east) <= max_utc_offset);
}

template <class Number>
bool finite(const std::optional<Number>& value) {
  return !value || std::isfinite(*value);
}

std::optional<std::string> why_invalid(const Lap& lap) {
  if (!in_range(lap.start) || !in_range(lap.end)) return "workout: a lap is outside 1900 to 2200";
  if (lap.end < lap.start) return "workout: a lap ends before it starts";
  if (!finite(lap.distance_m) || !finite(lap.energy_kcal) || !finite(lap.average_heart_rate_bpm) ||
      !finite(lap.maximum_heart_rate_bpm)) {
    return "workout: a value of a lap is not finite";
  }
  return std::nullopt;
}

std::optional<std::string> why_invalid(const Pause& pause) {
  if (!in_range(pause.start) || !in_range(pause.end)) return "workout: a pause is outside 1900 to 2200";
  if (pause.end < pause.start) return "workout: a pause ends before it starts";
  return std::nullopt;
}

std::optional<std::string> why_invalid(const std::vector<Sample>& samples) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& sample = samples[i];
    if (!in_range(sample.at)) return "workout: a sample is outside 1900 to 2200";
    if (i > 0 && sample.at <= samples[i - 1].at) return "workout: samples are not in ascending time order";
    if (!finite(sample.heart_rate_bpm) || !finite(sample.cadence_rpm) || !finite(sample.power_w) ||
        !finite(sample.speed_m_s) || !finite(sample.temperature_c) || !finite(sample.distance_m)) {
      return "workout: a value of a sample is not finite";
    }
  }
  return std::nullopt;
}

std::optional<std::string> why_invalid(const std::vector<RoutePoint>& route) {
  for (std::size_t i = 0; i < route.size(); ++i) {
    const RoutePoint& point = route[i];
    if (!in_range(point.at)) return "workout: a route point is outside 1900 to 2200";
    if (i > 0 && point.at <= route[i - 1].at) return "workout: route is not in ascending time order";
    if (!(std::abs(point.latitude_deg) <= 90.0) || !(std::abs(point.longitude_deg) <= 180.0)) {
      return "workout: a route point is off the globe";
    }
    if (!finite(point.altitude_m)) return "workout: an altitude is not finite";
  }
  return std::nullopt;
}

std::optional<std::string> why_invalid(const Workout& workout) {
  for (const auto& value : {workout.distance_m, workout.energy_kcal, workout.elevation_gain_m,
                            workout.average_heart_rate_bpm, workout.maximum_heart_rate_bpm, workout.steps}) {
    if (!finite(value)) return "workout: a summary value is not finite";
  }
  for (const Lap& lap : workout.laps) {
    if (auto why = why_invalid(lap)) return why;
  }
  for (const Pause& pause : workout.pauses) {
    if (auto why = why_invalid(pause)) return why;
  }
  if (auto why = why_invalid(workout.samples)) return why;
  return why_invalid(workout.route);
}

std::optional<std::string> why_invalid(const Sleep& sleep) {
  for (std::size_t i = 0; i < sleep.stages.size(); ++i) {
    const SleepSegment& stage = sleep.stages[i];
    if (!in_range(stage.start) || !in_range(stage.end)) return "sleep: a stage is outside 1900 to 2200";
    if (stage.end.at < stage.start.at) return "sleep: a stage ends before it starts";
    if (i > 0 && stage.start.at < sleep.stages[i - 1].start.at) return "sleep: stages are not sorted";
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Sport sport) noexcept { return sport_names[static_cast<std::size_t>(sport)]; }
std::optional<Sport> parse_sport(std::string_view name) { return parse_name<Sport>(sport_names, name); }
std::string_view name_of(SleepStage stage) noexcept { return stage_names[static_cast<std::size_t>(stage)]; }
std::optional<SleepStage> parse_sleep_stage(std::string_view name) { return parse_name<SleepStage>(stage_names, name); }

std::string_view name_of(RecordingMethod method) noexcept {
  switch (method) {
    case RecordingMethod::sensed:
      return "sensed";
    case RecordingMethod::self_reported:
      return "self-reported";
    case RecordingMethod::unknown:
      break;
  }
  return "unknown";
}

std::optional<std::string> why_invalid(const Record& record) {
  if (record.source_id.empty()) return "source id: missing";
  if (!in_range(record.time.start) || !in_range(record.time.end)) {
    return "time: outside 1900 to 2200, or an offset beyond 18 hours";
  }
  if (record.time.end.at < record.time.start.at) return "time: ends before it starts";
  if (record.modified && !in_range(*record.modified)) return "modified: outside 1900 to 2200";
  if (const auto* quantity = std::get_if<Quantity>(&record.payload)) {
    if (is_session(record.type)) return "payload: a number where a session belongs";
    if (!std::isfinite(quantity->value)) return "value: not finite";
    return std::nullopt;
  }
  if (const auto* sleep = std::get_if<Sleep>(&record.payload)) {
    if (record.type != DataType::sleep) return "payload: sleep in a record of another type";
    return why_invalid(*sleep);
  }
  if (record.type != DataType::workout) return "payload: a workout in a record of another type";
  return why_invalid(std::get<Workout>(record.payload));
}

}  // namespace syncwell::model
