#include "providers/google_health/point_writer.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "providers/google_health/exercise_type.hpp"
#include "providers/google_health/wire_time.hpp"

namespace syncwell::providers::google_health {
namespace {

using model::SleepStage;
namespace json = boost::json;

// The API requires offsets: UTC where the source does not tell.
std::string offset_text(Moment moment) { return format_wire_duration(moment.offset.value_or(UtcOffset{}).east); }

json::object interval_of(Moment start, Moment end) {
  return {{"startTime", format_rfc3339(start.at)},
          {"startUtcOffset", offset_text(start)},
          {"endTime", format_rfc3339(end.at)},
          {"endUtcOffset", offset_text(end)}};
}

// 64-bit integers are texts in proto3 JSON.
std::string integer_text(double value) { return fmt::format("{:.0f}", std::round(value)); }

// Hides the noise of unit conversion (81.3 kg * 1000) without touching what a sensor can tell.
double rounded(double value) { return std::round(value * 1000) / 1000; }

json::object data_source_of(const model::Origin& origin) {
  json::object source;
  switch (origin.method) {
    case model::RecordingMethod::sensed:
      source["recordingMethod"] = "ACTIVELY_MEASURED";
      break;
    case model::RecordingMethod::self_reported:
      source["recordingMethod"] = "MANUAL";
      break;
    case model::RecordingMethod::unknown:
      source["recordingMethod"] = "UNKNOWN";
      break;
  }
  json::object device;
  if (!origin.device_manufacturer.empty()) device["manufacturer"] = origin.device_manufacturer;
  if (!origin.device_model.empty()) device["displayName"] = origin.device_model;
  if (!device.empty()) source["device"] = std::move(device);
  return source;
}

bool is_staged(const std::vector<model::SleepSegment>& stages) {
  return std::ranges::any_of(stages, [](const model::SleepSegment& segment) {
    return segment.stage == SleepStage::light || segment.stage == SleepStage::deep || segment.stage == SleepStage::rem;
  });
}

// CLASSIC knows AWAKE, RESTLESS and ASLEEP; STAGES knows AWAKE, LIGHT, DEEP and REM. Within STAGES, sleep of unknown
// depth is written as LIGHT, and restlessness, which Google does not count as sleep, as AWAKE. Empty: not written
// (time in bed, unknown).
std::string_view stage_word(SleepStage stage, bool staged) {
  switch (stage) {
    case SleepStage::awake:
      return "AWAKE";
    case SleepStage::light:
      return "LIGHT";
    case SleepStage::deep:
      return "DEEP";
    case SleepStage::rem:
      return "REM";
    case SleepStage::asleep:
      return staged ? "LIGHT" : "ASLEEP";
    case SleepStage::restless:
      return staged ? "AWAKE" : "RESTLESS";
    case SleepStage::in_bed:
    case SleepStage::unknown:
      break;
  }
  return {};
}

// What can be written: stages must not overlap and stay within the session.
std::vector<model::SleepSegment> writable_stages(const model::Record& record) {
  std::vector<model::SleepSegment> stages;
  Instant written_until = record.time.start.at;
  for (model::SleepSegment segment : std::get<model::Sleep>(record.payload).stages) {
    segment.start.at = std::max(segment.start.at, written_until);
    segment.end.at = std::min(segment.end.at, record.time.end.at);
    if (stage_word(segment.stage, false).empty() || segment.end.at <= segment.start.at) continue;
    written_until = segment.end.at;
    stages.push_back(segment);
  }
  return stages;
}

json::object sleep_payload(const model::Record& record, const std::string& id) {
  const auto written = writable_stages(record);
  const bool staged = is_staged(written);
  json::array stages;
  for (const model::SleepSegment& segment : written) {
    json::object stage = interval_of(segment.start, segment.end);
    stage["type"] = stage_word(segment.stage, staged);
    stages.push_back(std::move(stage));
  }
  json::object payload{{"interval", interval_of(record.time.start, record.time.end)}};
  if (!stages.empty()) {
    payload["type"] = staged ? "STAGES" : "CLASSIC";
    payload["stages"] = std::move(stages);
  }
  payload["metadata"] = json::object{{"externalId", id}};
  return payload;
}

void put(json::object& metrics, std::string_view name, const std::optional<double>& value, double per_unit = 1) {
  if (value) metrics[name] = rounded(*value * per_unit);
}

void put_integer(json::object& metrics, std::string_view name, const std::optional<double>& value) {
  if (value) metrics[name] = integer_text(*value);
}

constexpr double millimetres_per_metre = 1000;

// Lap and event times carry the offset of the start of the workout: they have none of their own.
json::array laps_of(const model::Workout& workout, const std::optional<UtcOffset>& offset) {
  json::array laps;
  for (const model::Lap& lap : workout.laps) {
    json::object item = interval_of({lap.start, offset}, {lap.end, offset});
    json::object metrics;
    put(metrics, "distanceMillimeters", lap.distance_m, millimetres_per_metre);
    put(metrics, "caloriesKcal", lap.energy_kcal);
    put_integer(metrics, "averageHeartRateBeatsPerMinute", lap.average_heart_rate_bpm);
    item["metricsSummary"] = std::move(metrics);
    item["splitType"] = "MANUAL";
    laps.push_back(std::move(item));
  }
  return laps;
}

json::array events_of(const model::Workout& workout, const std::optional<UtcOffset>& offset) {
  json::array events;
  const auto add = [&](Instant at, std::string_view type) {
    events.push_back(json::object{
        {"eventTime", format_rfc3339(at)}, {"eventUtcOffset", offset_text({at, offset})}, {"exerciseEventType", type}});
  };
  for (const model::Pause& pause : workout.pauses) {
    add(pause.start, "PAUSE");
    add(pause.end, "RESUME");
  }
  return events;
}

json::object exercise_payload(const model::Record& record) {
  const auto& workout = std::get<model::Workout>(record.payload);
  const auto& offset = record.time.start.offset;
  json::object metrics;  // required, even when empty
  put(metrics, "caloriesKcal", workout.energy_kcal);
  put(metrics, "distanceMillimeters", workout.distance_m, millimetres_per_metre);
  put_integer(metrics, "steps", workout.steps);
  put_integer(metrics, "averageHeartRateBeatsPerMinute", workout.average_heart_rate_bpm);
  put(metrics, "elevationGainMillimeters", workout.elevation_gain_m, millimetres_per_metre);
  json::object payload{
      {"interval", interval_of(record.time.start, record.time.end)},
      {"exerciseType", exercise_type_of(workout.sport)},
      // Required. Google keeps it for OTHER only and makes its own for every other type.
      {"displayName", workout.title.empty() ? std::string(model::name_of(workout.sport)) : workout.title},
      {"metricsSummary", std::move(metrics)}};
  if (workout.timer) payload["activeDuration"] = format_wire_duration(*workout.timer);
  if (!workout.laps.empty()) payload["splitSummaries"] = laps_of(workout, offset);
  if (!workout.pauses.empty()) payload["exerciseEvents"] = events_of(workout, offset);
  if (!workout.route.empty()) payload["exerciseMetadata"] = json::object{{"hasGps", true}};
  return payload;
}

json::object sample_payload(const TypeRow& row, const model::Record& record) {
  return {{"sampleTime", json::object{{"physicalTime", format_rfc3339(record.time.start.at)},
                                      {"utcOffset", offset_text(record.time.start)}}},
          {row.value, rounded(std::get<model::Quantity>(record.payload).value * row.per_unit)}};
}

}  // namespace

std::string point_name(const TypeRow& row, const std::string& id) {
  return fmt::format("users/me/dataTypes/{}/dataPoints/{}", row.collection, id);
}

std::string write_point(const TypeRow& row, const model::Record& record, const std::string& id) {
  json::object point{{"name", point_name(row, id)}, {"dataSource", data_source_of(record.origin)}};
  switch (row.kind) {
    case PointKind::sleep:
      point[row.member] = sleep_payload(record, id);
      break;
    case PointKind::exercise:
      point[row.member] = exercise_payload(record);
      break;
    default:
      point[row.member] = sample_payload(row, record);
      break;
  }
  return json::serialize(point);
}

}  // namespace syncwell::providers::google_health
