// One health record in the canonical form that every provider reads into and writes from. A pure value: it lives in
// memory only while a job runs (DEC-11) and is never stored or logged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "model/data_type.hpp"

namespace syncwell::model {

enum class RecordingMethod { unknown, sensed, self_reported };

// Where the record comes from, as far as its source tells; empty text where it does not.
struct Origin {
  std::string provider;             // "apple_health_export": the platform that we read it from
  std::string application;          // app that wrote it there: package name, bundle or source name
  std::string device_manufacturer;  // "Garmin"
  std::string device_model;         // "fenix 5"
  RecordingMethod method = RecordingMethod::unknown;
  bool operator==(const Origin&) const = default;
};

// An interval, or an instant when start.at == end.at. Start and end carry their own offset (DST, travel).
struct TimeFrame {
  Moment start{};
  Moment end{};
  [[nodiscard]] bool is_instant() const { return start.at == end.at; }
  bool operator==(const TimeFrame&) const = default;
};

// steps … body_fat: a number in unit_of(type).
struct Quantity {
  double value = 0;
  bool operator==(const Quantity&) const = default;
};

enum class SleepStage { in_bed, awake, asleep, light, deep, rem, restless, unknown };

struct SleepSegment {
  Moment start{};
  Moment end{};
  SleepStage stage = SleepStage::unknown;
  bool operator==(const SleepSegment&) const = default;
};

struct Sleep {
  std::vector<SleepSegment> stages;  // sorted by start; empty when the source gives none
  bool is_nap = false;
  bool operator==(const Sleep&) const = default;
};

enum class Sport {
  other,
  running,
  trail_running,
  treadmill_running,
  walking,
  hiking,
  cycling,
  mountain_biking,
  gravel_cycling,
  indoor_cycling,
  virtual_cycling,
  e_biking,
  hand_cycling,
  swimming,
  pool_swimming,
  open_water_swimming,
  rowing,
  indoor_rowing,
  kayaking,
  stand_up_paddling,
  surfing,
  sailing,
  windsurfing,
  diving,
  cross_country_skiing,
  alpine_skiing,
  backcountry_skiing,
  snowboarding,
  snowshoeing,
  ice_skating,
  inline_skating,
  elliptical,
  stair_climbing,
  strength_training,
  cardio_training,
  high_intensity_interval_training,
  yoga,
  pilates,
  stretching,
  dance,
  boxing,
  martial_arts,
  climbing,
  golf,
  tennis,
  table_tennis,
  badminton,
  squash,
  soccer,
  basketball,
  volleyball,
  handball,
  ice_hockey,
  horse_riding,
  multisport,
  transition,
  driving,
};

struct Lap {
  Instant start{};
  Instant end{};
  std::optional<double> distance_m{};
  std::optional<double> energy_kcal{};
  std::optional<double> average_heart_rate_bpm{};
  std::optional<double> maximum_heart_rate_bpm{};
  bool operator==(const Lap&) const = default;
};

// The clock was stopped in [start, end).
struct Pause {
  Instant start{};
  Instant end{};
  bool operator==(const Pause&) const = default;
};

// What a sensor said at a time; absent values are empty. Sorted by time, times do not repeat.
struct Sample {
  Instant at{};
  std::optional<float> heart_rate_bpm{};
  std::optional<float> cadence_rpm{};  // running: strides (one leg) per minute
  std::optional<float> power_w{};
  std::optional<float> speed_m_s{};
  std::optional<float> temperature_c{};
  std::optional<double> distance_m{};  // since the start of the workout
  bool operator==(const Sample&) const = default;
};

// A position fix (WGS 84). Sorted by time, times do not repeat.
struct RoutePoint {
  Instant at{};
  double latitude_deg = 0;
  double longitude_deg = 0;
  std::optional<float> altitude_m{};
  bool operator==(const RoutePoint&) const = default;
};

// elapsed = end - start of the record; timer excludes pauses; moving excludes standing still. All three are kept.
struct Workout {
  Sport sport = Sport::other;
  std::string title;
  std::optional<Duration> timer{};
  std::optional<Duration> moving{};
  std::optional<double> distance_m{};
  std::optional<double> energy_kcal{};
  std::optional<double> elevation_gain_m{};
  std::optional<double> average_heart_rate_bpm{};
  std::optional<double> maximum_heart_rate_bpm{};
  std::optional<double> steps{};
  std::vector<Lap> laps;
  std::vector<Pause> pauses;
  std::vector<Sample> samples;
  std::vector<RoutePoint> route;
  bool operator==(const Workout&) const = default;
};

using Payload = std::variant<Quantity, Sleep, Workout>;

struct Record {
  DataType type = DataType::steps;
  // The id at the platform it was read from; stable from one fetch to the next. Made from the content where the
  // platform has none (Apple Health export, reconciled Google points).
  std::string source_id;
  // The id that the writer of the record gave it there (client-set id, Strava external_id); empty if none.
  std::string external_id;
  Origin origin;
  TimeFrame time;
  // Last change at the source; empty where the source does not tell.
  std::optional<Instant> modified{};
  Payload payload = Quantity{};
  bool operator==(const Record&) const = default;
};

[[nodiscard]] std::string_view name_of(Sport sport) noexcept;
[[nodiscard]] std::optional<Sport> parse_sport(std::string_view name);  // the exact names of name_of
[[nodiscard]] std::string_view name_of(SleepStage stage) noexcept;
[[nodiscard]] std::optional<SleepStage> parse_sleep_stage(std::string_view name);
[[nodiscard]] std::string_view name_of(RecordingMethod method) noexcept;

// What must hold for every record that a provider hands over: payload of the type's kind, end >= start, times within
// [min_instant, max_instant], finite numbers, sorted samples, non-empty source_id. Empty when all holds; otherwise
// the field and the reason, without the value.
[[nodiscard]] std::optional<std::string> why_invalid(const Record& record);

}  // namespace syncwell::model
