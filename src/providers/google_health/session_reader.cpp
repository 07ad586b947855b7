#include "providers/google_health/session_reader.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "providers/google_health/exercise_type.hpp"
#include "providers/google_health/wire_time.hpp"

namespace syncwell::providers::google_health {
namespace {

using model::SleepStage;

constexpr std::size_t max_parts = 20000;  // stages, laps or events of one session

constexpr std::array<std::pair<std::string_view, SleepStage>, 6> stage_words = {{
    {"AWAKE", SleepStage::awake},
    {"LIGHT", SleepStage::light},
    {"DEEP", SleepStage::deep},
    {"REM", SleepStage::rem},
    {"ASLEEP", SleepStage::asleep},
    {"RESTLESS", SleepStage::restless},
}};

SleepStage stage_of(std::string_view word) {
  const auto found = std::ranges::find(stage_words, word, &std::pair<std::string_view, SleepStage>::first);
  return found == stage_words.end() ? SleepStage::unknown : found->second;
}

// The items of an optional array, as objects; warns about what is none.
std::vector<const boost::json::object*> items_of(const boost::json::object& object, std::string_view name,
                                                 const std::string& where, WarningList& warnings) {
  std::vector<const boost::json::object*> items;
  const auto array = array_field(object, name);
  if (array.unreadable()) warnings.add(where, std::string(name) + " is no list and was left out");
  if (!array.present()) return items;
  if (array.value->size() > max_parts) warnings.add(where, std::string(name) + " is too long and was cut off");
  for (std::size_t i = 0; i < std::min(array.value->size(), max_parts); ++i) {
    const auto* item = (*array.value)[i].if_object();
    if (item == nullptr) {
      warnings.add(where, std::string(name) + " holds an item that is no object; it was left out");
    } else {
      items.push_back(item);
    }
  }
  return items;
}

constexpr WireMomentNames start_names{"startTime", "startUtcOffset", {}};
constexpr WireMomentNames end_names{"endTime", "endUtcOffset", {}};

std::optional<double> scaled(const boost::json::object& object, std::string_view name, double per_unit,
                             const std::string& where, WarningList& warnings) {
  const auto number = number_field(object, name);
  if (number.unreadable()) warnings.add(where, std::string(name) + " is no number and was left out");
  if (!number.present()) return std::nullopt;
  return number.value / per_unit;
}

constexpr double millimetres_per_metre = 1000;

void read_summary(const boost::json::object& exercise, const std::string& where, WarningList& warnings,
                  model::Workout& workout) {
  const auto summary = object_field(exercise, "metricsSummary");
  if (summary.unreadable()) warnings.add(where, "metricsSummary is no object and was left out");
  if (!summary.present()) return;
  const auto& metrics = *summary.value;
  workout.energy_kcal = scaled(metrics, "caloriesKcal", 1, where, warnings);
  workout.distance_m = scaled(metrics, "distanceMillimeters", millimetres_per_metre, where, warnings);
  workout.steps = scaled(metrics, "steps", 1, where, warnings);
  workout.average_heart_rate_bpm = scaled(metrics, "averageHeartRateBeatsPerMinute", 1, where, warnings);
  workout.elevation_gain_m = scaled(metrics, "elevationGainMillimeters", millimetres_per_metre, where, warnings);
}

std::optional<model::Lap> read_lap(const boost::json::object& split, const std::string& where, WarningList& warnings) {
  bool ignored = false;
  const auto start = moment_field(split, start_names, ignored);
  const auto end = moment_field(split, end_names, ignored);
  if (!start.present() || !end.present() || end.value.at < start.value.at) {
    warnings.add(where, "a lap has no readable time and was left out");
    return std::nullopt;
  }
  model::Lap lap{start.value.at, end.value.at};
  if (const auto metrics = object_field(split, "metricsSummary"); metrics.present()) {
    lap.distance_m = scaled(*metrics.value, "distanceMillimeters", millimetres_per_metre, where, warnings);
    lap.energy_kcal = scaled(*metrics.value, "caloriesKcal", 1, where, warnings);
    lap.average_heart_rate_bpm = scaled(*metrics.value, "averageHeartRateBeatsPerMinute", 1, where, warnings);
  }
  return lap;
}

// splitSummaries are the laps that were recorded; splits are cut by the system every kilometre or mile and stand in
// where there are no others.
std::vector<model::Lap> read_laps(const boost::json::object& exercise, const std::string& where,
                                  WarningList& warnings) {
  auto items = items_of(exercise, "splitSummaries", where, warnings);
  if (items.empty()) items = items_of(exercise, "splits", where, warnings);
  std::vector<model::Lap> laps;
  for (const auto* item : items) {
    if (auto lap = read_lap(*item, where, warnings)) laps.push_back(*lap);
  }
  std::ranges::sort(laps, {}, [](const model::Lap& lap) { return std::pair(lap.start, lap.end); });
  return laps;
}

enum class ClockEvent { stopped, running, other };

ClockEvent clock_event_of(std::string_view word) {
  if (word == "PAUSE" || word == "AUTO_PAUSE" || word == "STOP") return ClockEvent::stopped;
  if (word == "RESUME" || word == "AUTO_RESUME" || word == "START") return ClockEvent::running;
  return ClockEvent::other;
}

std::vector<model::Pause> read_pauses(const boost::json::object& exercise, const model::TimeFrame& time,
                                      const std::string& where, WarningList& warnings) {
  std::vector<std::tuple<Instant, std::size_t, ClockEvent>> events;  // the index keeps the order of equal times
  for (const auto* item : items_of(exercise, "exerciseEvents", where, warnings)) {
    const auto at = time_field(*item, "eventTime");
    if (!at.present()) {
      warnings.add(where, "an exercise event has no readable time and was left out");
      continue;
    }
    const ClockEvent event = clock_event_of(text_field(*item, "exerciseEventType").value);
    if (event != ClockEvent::other) events.emplace_back(at.value.at, events.size(), event);
  }
  std::ranges::sort(events);
  std::vector<model::Pause> pauses;
  std::optional<Instant> stopped;
  const auto close = [&](Instant end) {
    if (stopped && end > *stopped) pauses.push_back({*stopped, end});
    stopped.reset();
  };
  for (const auto& [at, index, event] : events) {
    const Instant within = std::clamp(at, time.start.at, time.end.at);
    if (event == ClockEvent::running) close(within);
    if (event == ClockEvent::stopped && !stopped) stopped = within;
  }
  close(time.end.at);  // stopped and never resumed; nothing where it stopped at the very end
  return pauses;
}

}  // namespace

model::Sleep read_sleep(const boost::json::object& sleep, const std::string& where, WarningList& warnings) {
  model::Sleep read;
  bool offset_unreadable = false;
  for (const auto* item : items_of(sleep, "stages", where, warnings)) {
    const auto start = moment_field(*item, start_names, offset_unreadable);
    const auto end = moment_field(*item, end_names, offset_unreadable);
    if (!start.present() || !end.present() || end.value.at < start.value.at) {
      warnings.add(where, "a sleep stage has no readable time and was left out");
      continue;
    }
    read.stages.push_back({start.value, end.value, stage_of(text_field(*item, "type").value)});
  }
  if (offset_unreadable) warnings.add(where, "a sleep stage has an unreadable UTC offset, which was left out");
  std::ranges::sort(read.stages, {}, [](const model::SleepSegment& segment) {
    return std::tuple(segment.start.at, segment.end.at, segment.stage);
  });
  if (const auto metadata = object_field(sleep, "metadata"); metadata.present()) {
    const auto nap = flag_field(*metadata.value, "nap");
    if (nap.unreadable()) warnings.add(where, "metadata.nap is no flag and was left out");
    read.is_nap = nap.value;
  }
  return read;
}

model::Workout read_exercise(const boost::json::object& exercise, const model::TimeFrame& time,
                             const std::string& where, WarningList& warnings) {
  model::Workout workout;
  workout.sport = sport_of(text_field(exercise, "exerciseType").value);
  const auto title = text_field(exercise, "displayName");
  if (title.unreadable()) warnings.add(where, "displayName is no text and was left out");
  workout.title = title.value;
  const auto active = duration_field(exercise, "activeDuration");
  if (active.unreadable()) warnings.add(where, "activeDuration is no duration and was left out");
  workout.timer = active.optional();
  read_summary(exercise, where, warnings, workout);
  workout.laps = read_laps(exercise, where, warnings);
  workout.pauses = read_pauses(exercise, time, where, warnings);
  return workout;
}

}  // namespace syncwell::providers::google_health
