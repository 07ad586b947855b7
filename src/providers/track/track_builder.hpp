// From recorded points to the parts of a workout: route, samples, pauses, distance, elevation gain. GPX and TCX readers
// collect segments of points in file order; assemble() puts them right. Pure.
//
// Rules, the same for every format:
//  - points are sorted by time; points of one time are merged into one (the first has precedence);
//  - between two segments the clock stood still when the source says so, or when the gap is at least min_pause: a
//    segment that goes on at once is a lap, not a pause;
//  - within a segment, only where the caller asks for it (InferStops): a recorder that writes every second (at least
//    min_steady_intervals, nine of ten within a tenth of the median, which is max_steady_beat at most) and then nothing
//    for stop_beats and min_pause was stopped: Garmin Connect's GPX export joins what its FIT file has timer stops in.
//    Slower recorders wait for movement, so that a hole says nothing;
//  - distance is the sum of great-circle distances on a sphere of 6371.0088 km (IUGG mean radius) between neighbouring
//    positions, without those that span a pause;
//  - elevation gain adds a climb once it exceeds climb_threshold_m above the lowest point since the last counted climb,
//    so that barometer noise does not add up; it starts afresh after a pause.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/record.hpp"

namespace syncwell::providers::track {

inline constexpr std::size_t max_points_per_workout = 1'000'000;  // 11 days at one per second
// What a sensor or a receiver can sensibly say; what is outside is dropped and counted.
inline constexpr double min_altitude_m = -12'000;
inline constexpr double max_altitude_m = 100'000;
inline constexpr double min_heart_rate_bpm = 1;
inline constexpr double max_heart_rate_bpm = 300;
inline constexpr double max_cadence_rpm = 1000;
inline constexpr double max_power_w = 10'000;
inline constexpr double max_speed_m_s = 400;
inline constexpr double min_temperature_c = -100;
inline constexpr double max_temperature_c = 150;
inline constexpr double max_distance_m = 1e9;

inline constexpr Duration min_pause = std::chrono::seconds{5};
inline constexpr std::size_t min_steady_intervals = 20;
inline constexpr Duration max_steady_beat = std::chrono::milliseconds{1500};
inline constexpr int stop_beats = 10;
inline constexpr double climb_threshold_m = 3.0;

struct Position {
  double latitude_deg = 0;
  double longitude_deg = 0;
};

struct TrackPoint {
  Instant at{};
  std::optional<Position> position{};
  std::optional<float> altitude_m{};
  model::Sample sample{};     // its time is not used
  std::uint32_t segment = 0;  // set by assemble(), like `order`
  std::uint32_t order = 0;
};

// What lies before a segment.
enum class Break {
  none,    // it goes on where the one before ended (a lap)
  gap,     // a pause if it is long enough
  stopped  // the source says that the clock was stopped
};

struct Segment {
  std::vector<TrackPoint> points;
  Break before = Break::gap;
};

// What was wrong with the points of a file, counted, so that a warning is one line and not a thousand.
struct Findings {
  std::size_t untimed = 0;          // no time: dropped
  std::size_t unreadable_time = 0;  // a time that is none: dropped
  std::size_t unsorted = 0;         // earlier than the one before: sorted in
  std::size_t duplicate = 0;        // a second point at one time: merged
  std::size_t off_globe = 0;        // 0/0, out of range, no number: position dropped
  std::size_t implausible = 0;      // values that are no number or out of range: dropped
  std::size_t over_limit = 0;       // past max_points_per_workout: dropped
};
// One line per finding.
[[nodiscard]] std::vector<std::string> describe(const Findings& findings);

// nullopt for 0/0 (a receiver without a fix) and what is off the globe.
[[nodiscard]] std::optional<Position> plausible_position(std::optional<double> latitude_deg,
                                                         std::optional<double> longitude_deg);
[[nodiscard]] double distance_between_m(const Position& a, const Position& b);

struct AssembledTrack {
  Instant start{};
  Instant end{};
  std::size_t points = 0;  // distinct times; 0: nothing there, start and end mean nothing
  std::optional<Position> first_position{};
  std::optional<Position> last_position{};
  std::optional<double> distance_m{};        // with two positions at least
  std::optional<double> elevation_gain_m{};  // with two altitudes at least
  std::optional<double> average_heart_rate_bpm{};
  std::optional<double> maximum_heart_rate_bpm{};
  std::vector<model::Pause> pauses;
  std::vector<model::Sample> samples;
  std::vector<model::RoutePoint> route;
};
enum class InferStops { no, yes };
[[nodiscard]] AssembledTrack assemble(std::vector<Segment> segments, Findings& findings, InferStops infer_stops);

// Moves route, samples, pauses and computed values of `track` into `workout`.
void move_into(AssembledTrack&& track, model::Workout& workout);

// The time of all pauses together.
[[nodiscard]] Duration paused_in(const std::vector<model::Pause>& pauses, Instant start, Instant end);

}  // namespace syncwell::providers::track
