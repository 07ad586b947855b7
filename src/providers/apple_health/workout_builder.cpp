#include "providers/apple_health/workout_builder.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "providers/apple_health/export_fields.hpp"
#include "providers/apple_health/quantity_types.hpp"
#include "providers/external_id.hpp"
#include "providers/stable_order.hpp"

namespace syncwell::providers::apple_health {
namespace {

std::string_view text_of(const xml::Attributes& attributes, std::string_view name) {
  return attributes.get(name).value_or(std::string_view{});
}

// The value of one attribute in our unit, converted from the unit that another attribute names.
std::optional<double> amount(const xml::Attributes& attributes, std::string_view name, std::string_view unit_name,
                             Dimension dimension) {
  const auto text = attributes.get(name);
  const auto number = text ? parse_number(*text) : std::nullopt;
  if (!number) return std::nullopt;
  return to_canonical(dimension, *number, text_of(attributes, unit_name));
}

std::optional<double> positive(std::optional<double> value) {
  return value && *value > 0 ? value : std::nullopt;  // 0 is how the phone prints "not measured"
}

// "4210 cm".
std::optional<double> length_with_unit(std::string_view text) {
  const auto blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto number = parse_number(text.substr(0, blank));
  return number ? to_canonical(Dimension::length, *number, text.substr(blank + 1)) : std::nullopt;
}

Duration milliseconds(double value) {
  constexpr double limit = 1e12;  // 30 years; beyond it is no workout
  return Duration{static_cast<std::int64_t>(std::clamp(value, 0.0, limit))};
}

std::optional<Duration> length_of(const xml::Attributes& attributes) {
  const auto text = attributes.get("duration");
  const auto number = text ? parse_number(*text) : std::nullopt;
  if (!number) return std::nullopt;
  const auto unit = text_of(attributes, "durationUnit");
  const auto length = to_canonical(Dimension::duration, *number, unit.empty() ? "min" : unit);
  return length ? std::optional(milliseconds(*length)) : std::nullopt;
}

// How well a distance statistic fits the workout: a swim also has walked to the pool.
int distance_rank(std::string_view type, std::string_view activity_type) {
  constexpr std::string_view prefix = "HKQuantityTypeIdentifierDistance";
  const std::string_view kind = type.substr(prefix.size());
  const auto is = [&](std::string_view word) { return activity_type.find(word) != std::string_view::npos; };
  if (kind == "Cycling") return is("Cycling") ? 3 : 2;
  if (kind == "Swimming") return is("Swimming") ? 3 : 2;
  if (kind == "WalkingRunning") return is("Cycling") || is("Swimming") ? 1 : 3;
  return 2;
}

}  // namespace

void WorkoutBuilder::start(std::size_t depth, std::string_view name, const xml::Attributes& attributes) {
  if (depth == 0) return start_workout(attributes);
  if (depth == 1 && name == "MetadataEntry") return start_metadata(attributes);
  if (depth == 1 && name == "WorkoutEvent") return start_event(attributes);
  if (depth == 1 && name == "WorkoutStatistics") return start_statistics(attributes, totals_);
  if (depth == 1 && name == "WorkoutActivity") return start_activity(attributes);
  if (depth == 2 && name == "WorkoutStatistics" && activity_totals_) {
    return start_statistics(attributes, *activity_totals_);
  }
  if (depth == 2 && name == "FileReference") {
    const auto path = text_of(attributes, "path");
    if (built_.route_files.size() < max_route_files) built_.route_files.emplace_back(path);
    return;
  }
  if (depth == 2 && name == "Location") start_location(attributes);
}

void WorkoutBuilder::end(std::size_t depth, std::string_view name) {
  if (depth != 1 || name != "WorkoutActivity" || !activity_totals_ || activities_.empty()) return;
  model::Lap& part = activities_.back();
  part.distance_m = activity_totals_->distance_m;
  part.energy_kcal = activity_totals_->energy_kcal;
  part.average_heart_rate_bpm = activity_totals_->average_heart_rate_bpm;
  part.maximum_heart_rate_bpm = activity_totals_->maximum_heart_rate_bpm;
  activity_totals_.reset();
}

void WorkoutBuilder::start_workout(const xml::Attributes& attributes) {
  *this = WorkoutBuilder{};
  built_.activity_type = text_of(attributes, "workoutActivityType");
  built_.device = text_of(attributes, "device");
  const auto source = attributes.get("sourceName");
  built_.record.origin.application = source ? *source : text_of(attributes, "source");
  start_ = parse_export_date(text_of(attributes, "startDate"));
  end_ = parse_export_date(text_of(attributes, "endDate"));
  workout_.timer = length_of(attributes);
  totals_.distance_m = positive(amount(attributes, "totalDistance", "totalDistanceUnit", Dimension::length));
  totals_.energy_kcal = positive(amount(attributes, "totalEnergyBurned", "totalEnergyBurnedUnit", Dimension::energy));
}

void WorkoutBuilder::start_event(const xml::Attributes& attributes) {
  std::string_view type = text_of(attributes, "type");
  constexpr std::string_view prefix = "HKWorkoutEventType";
  if (type.starts_with(prefix)) type.remove_prefix(prefix.size());
  const bool lap = type == "Lap";
  if (!lap && type != "Pause" && type != "Resume")
    return;  // segments, markers, motion: not the person's laps or pauses
  const auto at = parse_export_date(text_of(attributes, "date"));
  if (!at) {
    lost_events_ = true;
    return;
  }
  if (markers_.size() >= max_workout_laps + 2 * max_workout_pauses) return;
  const auto kind = lap ? Marker::Kind::lap : type == "Pause" ? Marker::Kind::pause : Marker::Kind::resume;
  markers_.push_back({kind, *at, length_of(attributes).value_or(Duration{0})});
}

void WorkoutBuilder::start_statistics(const xml::Attributes& attributes, WorkoutTotals& totals) const {
  const auto type = text_of(attributes, "type");
  if (type == "HKQuantityTypeIdentifierHeartRate") {
    totals.average_heart_rate_bpm = amount(attributes, "average", "unit", Dimension::rate);
    totals.maximum_heart_rate_bpm = amount(attributes, "maximum", "unit", Dimension::rate);
  } else if (type == "HKQuantityTypeIdentifierActiveEnergyBurned") {
    totals.energy_kcal = amount(attributes, "sum", "unit", Dimension::energy);
  } else if (type == "HKQuantityTypeIdentifierStepCount") {
    totals.steps = amount(attributes, "sum", "unit", Dimension::count);
  } else if (type.starts_with("HKQuantityTypeIdentifierDistance")) {
    const auto metres = positive(amount(attributes, "sum", "unit", Dimension::length));
    const int rank = distance_rank(type, built_.activity_type);
    if (metres && rank > totals.distance_rank) {
      totals.distance_m = metres;
      totals.distance_rank = rank;
    }
  }
}

void WorkoutBuilder::start_metadata(const xml::Attributes& attributes) {
  const auto key = text_of(attributes, "key");
  const auto value = text_of(attributes, "value");
  if (key == "HKTimeZone") {
    time_zone_ = value;
  } else if (key == "HKIndoorWorkout") {
    indoor_ = value == "1";
  } else if (key == "HKSwimmingLocationType") {
    swimming_location_ = value;
  } else if (key == "HKElevationAscended") {
    workout_.elevation_gain_m = length_with_unit(value);
    if (!workout_.elevation_gain_m && built_.problems.empty())
      built_.problems.emplace_back("HKElevationAscended cannot be read");
  } else if (key == "HKWorkoutBrandName") {
    workout_.title = value;
  } else if (key == "HKWasUserEntered") {
    user_entered_known_ = true;
    built_.record.origin.method = value == "1" ? model::RecordingMethod::self_reported : model::RecordingMethod::sensed;
  } else if ((key == "HKMetadataKeySyncIdentifier" || key == "HKExternalUUID") && is_our_external_id(value)) {
    built_.record.external_id = value;
  }
}

void WorkoutBuilder::start_location(const xml::Attributes& attributes) {
  const auto at = parse_export_date(text_of(attributes, "date"));
  const auto latitude = parse_number(text_of(attributes, "latitude"));
  const auto longitude = parse_number(text_of(attributes, "longitude"));
  const bool sound = at && latitude && longitude && std::abs(*latitude) <= 90 && std::abs(*longitude) <= 180;
  if (!sound || workout_.route.size() >= max_route_points) {
    lost_points_ = true;
    return;
  }
  const auto altitude = parse_number(text_of(attributes, "altitude"));
  workout_.route.push_back(
      {*at, *latitude, *longitude, altitude ? std::optional(static_cast<float>(*altitude)) : std::nullopt});
}

// iOS 16: a triathlon's parts. An ordinary workout has one, which says nothing new.
void WorkoutBuilder::start_activity(const xml::Attributes& attributes) {
  const auto from = parse_export_date(text_of(attributes, "startDate"));
  const auto to = parse_export_date(text_of(attributes, "endDate"));
  if (!from || !to || *to < *from || activities_.size() >= max_workout_laps) return;
  activities_.push_back({.start = *from, .end = *to});
  activity_totals_.emplace();
}

void WorkoutBuilder::add_pauses(model::Workout& workout) const {
  std::optional<Instant> since;
  const auto add = [&](Instant until) {
    const Instant from = std::clamp(*since, *start_, *end_);
    until = std::clamp(until, *start_, *end_);
    if (until > from && workout.pauses.size() < max_workout_pauses) workout.pauses.push_back({from, until});
    since.reset();
  };
  for (const Marker& marker : markers_) {
    if (marker.kind == Marker::Kind::pause && !since) since = marker.at;
    if (marker.kind == Marker::Kind::resume && since) add(marker.at);
  }
  if (since) add(*end_);
}

// A lap event is a lap with its length, or (older exports) only the moment at which one ended.
void WorkoutBuilder::add_laps(model::Workout& workout) const {
  Instant from = *start_;
  bool marked = false;
  for (const Marker& marker : markers_) {
    if (marker.kind != Marker::Kind::lap || workout.laps.size() >= max_workout_laps) continue;
    if (marker.length > Duration{0}) {
      workout.laps.push_back({.start = marker.at, .end = marker.at + marker.length});
    } else if (marker.at > from && marker.at <= *end_) {
      workout.laps.push_back({.start = from, .end = marker.at});
      from = marker.at;
      marked = true;
    }
  }
  if (marked && from < *end_) workout.laps.push_back({.start = from, .end = *end_});
  if (workout.laps.empty() && activities_.size() > 1) workout.laps = activities_;
}

Result<WorkoutBuilder::Built> WorkoutBuilder::finish() {
  if (!start_ || !end_) {
    return fail(ErrorCode::mapping,
                !start_ ? "startDate of a workout cannot be read" : "endDate of a workout cannot be read");
  }
  if (*end_ < *start_) return fail(ErrorCode::mapping, "a workout ends before it starts");
  sort_stably(markers_, &Marker::at);
  workout_.sport = sport_of(built_.activity_type, indoor_, swimming_location_);
  constexpr std::string_view prefix = "HKWorkoutActivityType";
  if (workout_.sport == model::Sport::other && workout_.title.empty() && built_.activity_type.starts_with(prefix) &&
      built_.activity_type != "HKWorkoutActivityTypeOther") {
    workout_.title = built_.activity_type.substr(prefix.size());
  }
  workout_.distance_m = totals_.distance_m;
  workout_.energy_kcal = totals_.energy_kcal;
  workout_.average_heart_rate_bpm = totals_.average_heart_rate_bpm;
  workout_.maximum_heart_rate_bpm = totals_.maximum_heart_rate_bpm;
  workout_.steps = totals_.steps;
  add_pauses(workout_);
  add_laps(workout_);
  if (lost_events_) built_.problems.emplace_back("workout events without a readable date left out");
  if (lost_points_) built_.problems.emplace_back("route points without sound time and place, or too many, left out");

  model::Record& record = built_.record;
  record.type = model::DataType::workout;
  record.time = {{*start_, offset_in_zone(time_zone_, *start_)}, {*end_, offset_in_zone(time_zone_, *end_)}};
  if (!user_entered_known_ && !built_.device.empty()) record.origin.method = model::RecordingMethod::sensed;
  record.payload = std::move(workout_);
  return std::move(built_);
}

}  // namespace syncwell::providers::apple_health
