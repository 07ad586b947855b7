#include "providers/strava/activity_reader.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "providers/external_id.hpp"
#include "providers/json_access.hpp"
#include "providers/strava/sport_type.hpp"

namespace syncwell::providers::strava {
namespace {

constexpr std::size_t max_laps = 10000;
constexpr std::int64_t max_elapsed_seconds = 400LL * 24 * 3600;  // more than a year is damage, not endurance

std::unexpected<Error> unreadable(const std::string& where, std::string_view field) {
  return fail(ErrorCode::mapping,
              fmt::format("strava: {}: {} is missing or unreadable; the record cannot be synced", where, field));
}

std::optional<double> optional_number(const boost::json::object& object, std::string_view name,
                                      const std::string& where, WarningList& warnings) {
  const auto number = number_field(object, name);
  if (number.unreadable()) warnings.add(where, std::string(name) + " is no number and was left out");
  return number.optional();
}

std::optional<Duration> optional_seconds(const boost::json::object& object, std::string_view name,
                                         const std::string& where, WarningList& warnings) {
  const auto number = number_field(object, name);
  const bool sound = number.present() && number.value >= 0 && number.value <= double{max_elapsed_seconds};
  if (number.unreadable() || (number.present() && !sound)) {
    warnings.add(where, std::string(name) + " is no duration and was left out");
  }
  if (!sound) return std::nullopt;
  return Duration{static_cast<std::int64_t>(std::llround(number.value * 1000))};
}

std::optional<UtcOffset> offset_of(const boost::json::object& activity, const std::string& where,
                                   WarningList& warnings) {
  const auto seconds = number_field(activity, "utc_offset");
  if (seconds.presence == Presence::absent) return std::nullopt;
  if (seconds.unreadable() || std::abs(seconds.value) > static_cast<double>(max_utc_offset.count())) {
    warnings.add(where, "utc_offset is unreadable and was left out");
    return std::nullopt;
  }
  return UtcOffset{std::chrono::seconds{std::llround(seconds.value)}};
}

std::vector<model::Lap> read_laps(const boost::json::object& activity, const std::string& where,
                                  WarningList& warnings) {
  std::vector<model::Lap> laps;
  const auto items = array_field(activity, "laps");
  if (items.unreadable()) warnings.add(where, "laps is no list and was left out");
  if (!items.present()) return laps;
  for (std::size_t i = 0; i < std::min(items.value->size(), max_laps); ++i) {
    const auto* item = (*items.value)[i].if_object();
    const auto start = item == nullptr ? Field<Moment>{} : time_field(*item, "start_date");
    const auto elapsed = item == nullptr ? std::nullopt : optional_seconds(*item, "elapsed_time", where, warnings);
    if (!start.present() || !elapsed) {
      warnings.add(where, "a lap has no readable time and was left out");
      continue;
    }
    model::Lap lap{start.value.at, start.value.at + *elapsed};
    lap.distance_m = optional_number(*item, "distance", where, warnings);
    lap.average_heart_rate_bpm = optional_number(*item, "average_heartrate", where, warnings);
    lap.maximum_heart_rate_bpm = optional_number(*item, "max_heartrate", where, warnings);
    laps.push_back(lap);
  }
  std::ranges::sort(laps, {}, [](const model::Lap& lap) { return std::pair(lap.start, lap.end); });
  return laps;
}

model::Workout read_workout(const boost::json::object& activity, const std::string& where, WarningList& warnings) {
  model::Workout workout;
  auto sport_type = text_field(activity, "sport_type").value;
  if (sport_type.empty()) sport_type = text_field(activity, "type").value;  // recorded before 2022-06
  workout.sport = sport_of(sport_type, flag_field(activity, "trainer").value);
  const auto title = text_field(activity, "name");
  if (title.unreadable()) warnings.add(where, "name is no text and was left out");
  workout.title = title.value;
  workout.moving = optional_seconds(activity, "moving_time", where, warnings);
  workout.distance_m = optional_number(activity, "distance", where, warnings);
  workout.elevation_gain_m = optional_number(activity, "total_elevation_gain", where, warnings);
  workout.energy_kcal = optional_number(activity, "calories", where, warnings);
  workout.average_heart_rate_bpm = optional_number(activity, "average_heartrate", where, warnings);
  workout.maximum_heart_rate_bpm = optional_number(activity, "max_heartrate", where, warnings);
  workout.laps = read_laps(activity, where, warnings);
  return workout;
}

// A stream's data, if it is there and as long as the time stream.
const boost::json::array* stream_data(const boost::json::object& streams, std::string_view name, std::size_t length,
                                      const std::string& where, WarningList& warnings) {
  const auto stream = object_field(streams, name);
  const auto data = stream.present() ? array_field(*stream.value, "data") : Field<const boost::json::array*>{};
  if (data.present() && data.value->size() == length) return data.value;
  if (stream.unreadable() || data.unreadable() || data.present()) {
    warnings.add(where, fmt::format("stream {} does not fit the time stream and was left out", name));
  }
  return nullptr;
}

std::optional<double> number_at(const boost::json::array* data, std::size_t index) {
  return data == nullptr ? std::nullopt : number_of((*data)[index]).optional();
}

std::optional<float> float_at(const boost::json::array* data, std::size_t index) {
  const auto number = number_at(data, index);
  if (!number || std::abs(*number) > double{std::numeric_limits<float>::max()}) return std::nullopt;
  return static_cast<float>(*number);
}

std::optional<std::pair<double, double>> position_at(const boost::json::array* data, std::size_t index) {
  const auto* pair = data == nullptr ? nullptr : (*data)[index].if_array();
  if (pair == nullptr || pair->size() != 2) return std::nullopt;
  const auto latitude = number_of((*pair)[0]);
  const auto longitude = number_of((*pair)[1]);
  if (!latitude.present() || !longitude.present()) return std::nullopt;
  if (std::abs(latitude.value) > 90 || std::abs(longitude.value) > 180) return std::nullopt;
  if (latitude.value == 0 && longitude.value == 0) return std::nullopt;
  return std::pair(latitude.value, longitude.value);
}

}  // namespace

std::string external_id_of(std::string_view text) {
  constexpr std::array<std::string_view, 2> endings = {".fit", ".fit.gz"};
  std::string_view name = text.substr(text.find_last_of("/\\") + 1);
  for (const auto ending : endings) {
    if (name.ends_with(ending)) {
      name.remove_suffix(ending.size());
      break;
    }
  }
  return std::string(is_our_external_id(name) ? name : text);
}

Result<model::Record> read_activity(const boost::json::value& value, const std::string& position,
                                    WarningList& warnings) {
  const auto* activity = value.if_object();
  if (activity == nullptr) return unreadable(position, "the activity itself");
  const auto id = integer_field(*activity, "id");  // beyond 2^31 since 2018
  if (!id.present() || id.value <= 0) return unreadable(position, "id");
  const std::string where = fmt::format("activity {}", id.value);
  const auto start = time_field(*activity, "start_date");
  if (!start.present()) return unreadable(where, "start_date");
  const auto elapsed = number_field(*activity, "elapsed_time");
  if (!elapsed.present() || elapsed.value < 0 || elapsed.value > double{max_elapsed_seconds}) {
    return unreadable(where, "elapsed_time");
  }
  model::Record record;
  record.type = model::DataType::workout;
  record.source_id = std::to_string(id.value);
  const auto external_id = text_field(*activity, "external_id");
  if (external_id.unreadable()) warnings.add(where, "external_id is no text and was left out");
  record.external_id = external_id_of(external_id.value);
  record.origin.provider = "strava";
  record.origin.device_model = text_field(*activity, "device_name").value;
  record.origin.method =
      flag_field(*activity, "manual").value ? model::RecordingMethod::self_reported : model::RecordingMethod::sensed;
  const auto offset = offset_of(*activity, where, warnings);
  record.time.start = {start.value.at, offset};
  record.time.end = {start.value.at + Duration{std::llround(elapsed.value * 1000)}, offset};
  record.payload = read_workout(*activity, where, warnings);
  if (const auto reason = model::why_invalid(record)) return unreadable(where, *reason);
  return record;
}

void read_streams(const boost::json::object& streams, model::Record& record, WarningList& warnings) {
  auto& workout = std::get<model::Workout>(record.payload);
  const std::string where = "activity " + record.source_id;
  const auto time = object_field(streams, "time");
  const auto seconds = time.present() ? array_field(*time.value, "data") : Field<const boost::json::array*>{};
  if (!seconds.present()) {
    if (!streams.empty()) warnings.add(where, "the time stream is missing; samples and route were left out");
    return;
  }
  const std::size_t length = seconds.value->size();
  const auto data = [&](std::string_view name) { return stream_data(streams, name, length, where, warnings); };
  const auto *positions = data("latlng"), *altitudes = data("altitude"), *distances = data("distance");
  const auto *heart_rates = data("heartrate"), *cadences = data("cadence"), *watts = data("watts");
  const auto *temperatures = data("temp"), *speeds = data("velocity_smooth");
  std::size_t unreadable_times = 0;
  Instant latest = min_instant;
  for (std::size_t i = 0; i < length; ++i) {
    const auto second = number_of((*seconds.value)[i]);
    if (!second.present() || second.value < 0 || second.value > double{max_elapsed_seconds}) {
      ++unreadable_times;
      continue;
    }
    const Instant at = record.time.start.at + Duration{std::llround(second.value * 1000)};
    if (at <= latest) continue;  // times that repeat or go back say nothing new
    latest = at;
    const model::Sample sample{at,
                               float_at(heart_rates, i),
                               float_at(cadences, i),
                               float_at(watts, i),
                               float_at(speeds, i),
                               float_at(temperatures, i),
                               number_at(distances, i)};
    if (sample != model::Sample{at}) workout.samples.push_back(sample);
    if (const auto position = position_at(positions, i)) {
      workout.route.push_back({at, position->first, position->second, float_at(altitudes, i)});
    }
  }
  if (unreadable_times > 0) {
    warnings.add(where, fmt::format("{} stream times are unreadable and were left out", unreadable_times));
  }
}

}  // namespace syncwell::providers::strava
