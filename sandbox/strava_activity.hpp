// A Strava activity as the imposter holds it, and its JSON forms (summary, detail, streams).
// Source: strava.md, Reading, and the recorded activities in tests/data/api/strava. Pure functions, any thread.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sandbox/activity_file.hpp"

namespace syncwell::sandbox {

struct StravaActivity {
  std::int64_t id = 0;
  std::string name;
  std::string description;
  std::string sport_type = "Workout";
  std::string external_id;  // empty: null
  std::string device_name;
  std::string gear_id;
  std::optional<std::int64_t> upload_id{};
  Instant start{};
  Duration elapsed{0};
  Duration moving{0};
  double distance_m = 0;
  double elevation_gain_m = 0;
  double energy_kcal = 0;
  bool manual = false;
  bool trainer = false;
  bool commute = false;
  bool is_private = false;
  bool hide_from_home = false;
  std::string time_zone;   // IANA
  std::string written_by;  // OAuth client; empty: seeded
  std::vector<TrackPoint> points;
  std::size_t point_count = 0;  // of the file, even when the points themselves were not kept
  bool hidden_once = false;     // the next GET answers 404
};

[[nodiscard]] bool is_sport_type(std::string_view sport_type);
// What the file says, with the sport it names; name, zone and ids are the caller's.
[[nodiscard]] StravaActivity activity_from_file(ActivityFile file);
// "Morning Run", by the local hour.
[[nodiscard]] std::string default_activity_name(const StravaActivity& activity);

[[nodiscard]] boost::json::object summary_of(const StravaActivity& activity, std::int64_t athlete_id);
[[nodiscard]] boost::json::object detail_of(const StravaActivity& activity, std::int64_t athlete_id);
// The `data` of one stream; an empty array for a stream that the activity does not have.
[[nodiscard]] boost::json::array stream_of(const StravaActivity& activity, std::string_view key);
[[nodiscard]] bool is_stream_key(std::string_view key);

// An id past 2^31 that depends on the content, so that the order in which parallel clients arrive does not show; the
// next free one when it is taken.
[[nodiscard]] std::int64_t free_activity_id(const std::map<std::int64_t, StravaActivity>& taken,
                                            std::string_view content, std::string_view account);

// The UTC instant of a wall clock in a zone; the zone's offset just before for a time that does not exist.
[[nodiscard]] Instant instant_of_local(Instant wall_clock, std::string_view zone);

}  // namespace syncwell::sandbox
