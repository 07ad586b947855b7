// One <Workout> element with its children → one record of type workout. Reads both shapes: totals as attributes (until
// iOS 15) and WorkoutStatistics (since iOS 16); the route as inline Locations (iOS 10–12) or as files to be read later.
// Hears the events of one element at a time; one owner, one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/record.hpp"
#include "providers/xml/xml_reader.hpp"

namespace syncwell::providers::apple_health {

inline constexpr std::size_t max_route_points = 400'000;  // five days of one point a second
inline constexpr std::size_t max_workout_laps = 10'000;
inline constexpr std::size_t max_workout_pauses = 10'000;
inline constexpr std::size_t max_route_files = 100;  // per workout

// "HKWorkoutActivityTypeRunning" and its metadata → our sport; other where there is no counterpart.
[[nodiscard]] model::Sport sport_of(std::string_view activity_type, bool indoor, std::string_view swimming_location);

// Of a workout, or of one part of it.
struct WorkoutTotals {
  std::optional<double> distance_m, energy_kcal, average_heart_rate_bpm, maximum_heart_rate_bpm, steps;
  int distance_rank = 0;  // how well the distance fits the sport, where several are given
};

class WorkoutBuilder {
 public:
  // `depth` counts from 0 for the Workout itself.
  void start(std::size_t depth, std::string_view name, const xml::Attributes& attributes);
  void end(std::size_t depth, std::string_view name);

  struct Built {
    model::Record record;                  // origin without device, source id still to be made
    std::vector<std::string> route_files;  // FileReference paths
    std::vector<std::string> problems;     // fields left out, without their values
    std::string activity_type;
    std::string device;
  };
  // After the Workout's own end. An Error names the essential field that cannot be read.
  [[nodiscard]] Result<Built> finish();

 private:
  struct Marker {
    enum class Kind { pause, resume, lap } kind;
    Instant at;
    Duration length;
  };

  void start_workout(const xml::Attributes& attributes);
  void start_event(const xml::Attributes& attributes);
  void start_statistics(const xml::Attributes& attributes, WorkoutTotals& totals) const;
  void start_metadata(const xml::Attributes& attributes);
  void start_location(const xml::Attributes& attributes);
  void start_activity(const xml::Attributes& attributes);
  void add_pauses(model::Workout& workout) const;
  void add_laps(model::Workout& workout) const;

  Built built_;
  model::Workout workout_;
  std::optional<Instant> start_, end_;
  WorkoutTotals totals_;
  std::vector<Marker> markers_;
  std::vector<model::Lap> activities_;  // parts of a multisport workout
  std::optional<WorkoutTotals> activity_totals_;
  bool indoor_ = false;
  std::string swimming_location_;
  std::string time_zone_;
  bool user_entered_known_ = false;
  bool lost_points_ = false;
  bool lost_events_ = false;
};

}  // namespace syncwell::providers::apple_health
