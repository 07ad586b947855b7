#include "sandbox/strava_activity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

// The public SportType list of the API reference.
constexpr std::array<std::string_view, 57> sport_types = {"AlpineSki",
                                                          "BackcountrySki",
                                                          "Badminton",
                                                          "Basketball",
                                                          "Canoeing",
                                                          "Cricket",
                                                          "Crossfit",
                                                          "Dance",
                                                          "EBikeRide",
                                                          "Elliptical",
                                                          "EMountainBikeRide",
                                                          "Golf",
                                                          "GravelRide",
                                                          "Handcycle",
                                                          "HighIntensityIntervalTraining",
                                                          "Hike",
                                                          "IceSkate",
                                                          "InlineSkate",
                                                          "Kayaking",
                                                          "Kitesurf",
                                                          "MountainBikeRide",
                                                          "NordicSki",
                                                          "Padel",
                                                          "PhysicalTherapy",
                                                          "Pickleball",
                                                          "Pilates",
                                                          "Racquetball",
                                                          "Ride",
                                                          "RockClimbing",
                                                          "RollerSki",
                                                          "Rowing",
                                                          "Run",
                                                          "Sail",
                                                          "Skateboard",
                                                          "Snowboard",
                                                          "Snowshoe",
                                                          "Soccer",
                                                          "Squash",
                                                          "StairStepper",
                                                          "StandUpPaddling",
                                                          "Surfing",
                                                          "Swim",
                                                          "TableTennis",
                                                          "Tennis",
                                                          "TrailRun",
                                                          "Velomobile",
                                                          "VirtualRide",
                                                          "VirtualRow",
                                                          "VirtualRun",
                                                          "Volleyball",
                                                          "Walk",
                                                          "WeightTraining",
                                                          "Wheelchair",
                                                          "Windsurf",
                                                          "Workout",
                                                          "Yoga",
                                                          "Parkour"};

constexpr std::array<std::string_view, 11> stream_keys = {"time",      "latlng",          "distance",    "altitude",
                                                          "heartrate", "cadence",         "watts",       "temp",
                                                          "moving",    "velocity_smooth", "grade_smooth"};

// The deprecated `type` knows fewer sports than sport_type.
std::string_view deprecated_type(std::string_view sport_type) {
  if (sport_type == "TrailRun") return "Run";
  if (sport_type == "MountainBikeRide" || sport_type == "GravelRide") return "Ride";
  if (sport_type == "EMountainBikeRide") return "EBikeRide";
  return sport_type;
}

UtcOffset offset_at(std::string_view zone, Instant at) { return offset_in_zone(zone, at).value_or(UtcOffset{}); }

// "(GMT-05:00) America/New_York": the zone's standard offset, which is not the offset on that day.
std::string zone_label(std::string_view zone, Instant at) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(at)};
  const Instant january{std::chrono::sys_days{date.year() / 1 / 1}};
  const Instant july{std::chrono::sys_days{date.year() / 7 / 1}};
  const auto standard = std::min(offset_at(zone, january), offset_at(zone, july)).east;
  const auto minutes = std::chrono::abs(std::chrono::duration_cast<std::chrono::minutes>(standard)).count();
  return fmt::format("(GMT{}{:02}:{:02}) {}", standard < 0s ? '-' : '+', minutes / 60, minutes % 60, zone);
}

std::int64_t seconds(Duration duration) { return std::chrono::duration_cast<std::chrono::seconds>(duration).count(); }

Instant whole_seconds(Instant at) { return std::chrono::floor<std::chrono::seconds>(at); }

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

struct Average {
  double sum = 0;
  double maximum = 0;
  std::size_t count = 0;
  void add(const std::optional<double>& value) {
    if (!value) return;
    sum += *value;
    maximum = std::max(maximum, *value);
    ++count;
  }
};

double rounded(double value, double scale) { return std::round(value * scale) / scale; }

void put_averages(json::object& object, const StravaActivity& activity) {
  Average heart_rate;
  Average cadence;
  Average power;
  Average temperature;
  for (const TrackPoint& point : activity.points) {
    heart_rate.add(point.heart_rate_bpm);
    cadence.add(point.cadence_rpm);
    power.add(point.power_w);
    temperature.add(point.temperature_c);
  }
  const auto put = [&object](const char* name, const Average& average) {
    if (average.count > 0) object.emplace(name, rounded(average.sum / static_cast<double>(average.count), 10));
  };
  put("average_cadence", cadence);
  put("average_watts", power);
  put("average_temp", temperature);
  object.emplace("has_heartrate", heart_rate.count > 0);
  put("average_heartrate", heart_rate);
  if (heart_rate.count > 0) object.emplace("max_heartrate", heart_rate.maximum);
}

json::value position_of(const TrackPoint& point) {
  return json::array{rounded(*point.latitude_deg, 1e6), rounded(*point.longitude_deg, 1e6)};
}

json::value first_position(const StravaActivity& activity) {
  for (const TrackPoint& point : activity.points) {
    if (point.latitude_deg) return position_of(point);
  }
  return json::array{};
}

json::value last_position(const StravaActivity& activity) {
  for (auto point = activity.points.rbegin(); point != activity.points.rend(); ++point) {
    if (point->latitude_deg) return position_of(*point);
  }
  return json::array{};
}

json::object activity_object(const StravaActivity& activity, std::int64_t athlete_id, int resource_state) {
  const Instant start = whole_seconds(activity.start);
  const auto offset = offset_at(activity.time_zone, start).east;
  json::object object{
      {"resource_state", resource_state},
      {"athlete", {{"id", athlete_id}, {"resource_state", 1}}},
      {"name", activity.name},
      {"distance", rounded(activity.distance_m, 10)},
      {"moving_time", seconds(activity.moving)},
      {"elapsed_time", seconds(activity.elapsed)},
      {"total_elevation_gain", rounded(activity.elevation_gain_m, 10)},
      {"type", deprecated_type(activity.sport_type)},
      {"sport_type", activity.sport_type},
      {"workout_type", nullptr},
      {"id", activity.id},
      {"start_date", format_rfc3339(start)},
      {"start_date_local", format_rfc3339(Instant{start + offset})},  // the wall clock, with a Z that is not meant
      {"timezone", zone_label(activity.time_zone, start)},
      {"utc_offset", static_cast<double>(offset.count())},
      {"map", {{"id", fmt::format("a{}", activity.id)}, {"summary_polyline", ""}, {"resource_state", resource_state}}},
      {"trainer", activity.trainer},
      {"commute", activity.commute},
      {"manual", activity.manual},
      {"private", activity.is_private},
      {"visibility", activity.is_private ? "only_me" : "everyone"},
      {"flagged", false},
      {"gear_id", text_or_null(activity.gear_id)},
      {"start_latlng", first_position(activity)},
      {"end_latlng", last_position(activity)},
      {"average_speed", seconds(activity.moving) > 0
                            ? rounded(activity.distance_m / static_cast<double>(seconds(activity.moving)), 1000)
                            : 0.0},
      {"max_speed", 0.0}};
  put_averages(object, activity);
  object.emplace("upload_id", activity.upload_id ? json::value(*activity.upload_id) : json::value(nullptr));
  if (activity.upload_id) object.emplace("upload_id_str", std::to_string(*activity.upload_id));
  object.emplace("external_id", text_or_null(activity.external_id));
  object.emplace("from_accepted_tag", false);
  if (!activity.device_name.empty()) object.emplace("device_name", activity.device_name);
  return object;
}

}  // namespace

bool is_sport_type(std::string_view sport_type) {
  return std::ranges::find(sport_types, sport_type) != sport_types.end();
}

bool is_stream_key(std::string_view key) { return std::ranges::find(stream_keys, key) != stream_keys.end(); }

StravaActivity activity_from_file(ActivityFile file) {
  StravaActivity activity;
  if (!file.sport.empty()) activity.sport_type = file.sport;
  activity.start = file.start;
  activity.elapsed = file.elapsed;
  activity.moving = std::min(file.moving, file.elapsed);
  activity.distance_m = std::max(0.0, file.distance_m);
  activity.elevation_gain_m = file.elevation_gain_m;
  activity.energy_kcal = file.energy_kcal;
  activity.device_name = file.device;
  activity.point_count = file.points.size();
  activity.points = std::move(file.points);
  return activity;
}

std::string default_activity_name(const StravaActivity& activity) {
  const Instant local = activity.start + offset_at(activity.time_zone, activity.start).east;
  const auto hour =
      std::chrono::floor<std::chrono::hours>(local - std::chrono::floor<std::chrono::days>(local)).count();
  const std::string_view part = hour < 4    ? "Night"
                                : hour < 11 ? "Morning"
                                : hour < 14 ? "Lunch"
                                : hour < 18 ? "Afternoon"
                                : hour < 22 ? "Evening"
                                            : "Night";
  return fmt::format("{} {}", part, deprecated_type(activity.sport_type));
}

json::object summary_of(const StravaActivity& activity, std::int64_t athlete_id) {
  return activity_object(activity, athlete_id, 2);
}

json::object detail_of(const StravaActivity& activity, std::int64_t athlete_id) {
  json::object object = activity_object(activity, athlete_id, 3);
  object.at("map").as_object().emplace("polyline", "");
  object.emplace("description", text_or_null(activity.description));
  object.emplace("calories", activity.energy_kcal);
  object.emplace("hide_from_home", activity.hide_from_home);
  object.emplace("segment_efforts", json::array{});
  object.emplace("best_efforts", json::array{});
  return object;
}

json::array stream_of(const StravaActivity& activity, std::string_view key) {
  json::array data;
  bool any = false;
  std::optional<double> last;
  const auto put = [&](const std::optional<double>& value) {
    any = any || value.has_value();
    if (value) last = value;
    data.push_back(last ? json::value(*last) : json::value(nullptr));
  };
  const TrackPoint* previous = nullptr;
  for (const TrackPoint& point : activity.points) {
    if (key == "time") {
      data.push_back(seconds(point.at - activity.start));
      any = true;
    } else if (key == "latlng") {
      if (!point.latitude_deg) continue;
      data.push_back(position_of(point));
      any = true;
    } else if (key == "moving") {
      data.push_back(previous == nullptr || point.at - previous->at <= 30s);
      any = true;
    } else if (key == "distance") {
      put(point.distance_m);
    } else if (key == "altitude") {
      put(point.altitude_m);
    } else if (key == "heartrate") {
      put(point.heart_rate_bpm);
    } else if (key == "cadence") {
      put(point.cadence_rpm);
    } else if (key == "watts") {
      put(point.power_w);
    } else if (key == "temp") {
      put(point.temperature_c);
    }
    previous = &point;
  }
  return any ? data : json::array{};
}

std::int64_t free_activity_id(const std::map<std::int64_t, StravaActivity>& taken, std::string_view content,
                              std::string_view account) {
  const std::uint64_t number = stable_number(fmt::format("{}|{}", account, content));
  auto id = 10'000'000'000 + static_cast<std::int64_t>(number % 8'000'000'000);
  while (taken.contains(id)) ++id;
  return id;
}

Instant instant_of_local(Instant wall_clock, std::string_view zone) {
  const Instant guess = wall_clock - offset_at(zone, wall_clock).east;
  return wall_clock - offset_at(zone, guess).east;
}

}  // namespace syncwell::sandbox
