#include "providers/tcx/tcx_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "providers/track/sport_text.hpp"
#include "providers/track/text_form.hpp"
#include "providers/track/track_builder.hpp"

namespace syncwell::providers::tcx {
namespace {

using track::escape_text;
using track::format_number;

constexpr int degree_digits = 9;
constexpr int value_digits = 3;
constexpr double max_byte_value = 255;
constexpr double max_cadence_value = 254;
constexpr double max_short_value = 65535;

constexpr std::string_view header =
    R"(<?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2")"
    R"( xmlns:ext="http://www.garmin.com/xmlschemas/ActivityExtension/v2")"
    R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance")"
    R"( xsi:schemaLocation="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2)"
    R"( http://www.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd">
<Activities>
)";

std::string_view sport_name(model::Sport sport) {
  switch (track::family_of(sport)) {
    case track::SportFamily::running:
      return "Running";
    case track::SportFamily::cycling:
      return "Biking";
    case track::SportFamily::other:
      break;
  }
  return "Other";
}

double seconds(Duration duration) { return static_cast<double>(duration.count()) / 1000; }

// A whole number within what the schema's type holds.
std::string whole(double value, double minimum, double maximum) {
  return format_number(std::clamp(std::round(value), minimum, maximum), 0);
}

struct LapPlan {
  model::Lap lap;
  double timer_s = 0;
  std::optional<double> steps{};
};

// Gives the laps that lack a value their share of what the total holds beyond the others.
template <class Value>
void spread(std::vector<LapPlan>& plans, std::optional<double> total, Value value) {
  if (!total) return;
  double rest = *total;
  double time_s = 0;
  for (LapPlan& plan : plans) {
    if (value(plan)) rest -= *value(plan);
    if (!value(plan)) time_s += plan.timer_s;
  }
  if (rest <= 0) return;
  double passed_s = 0;
  double given = 0;
  for (LapPlan& plan : plans) {
    if (value(plan)) continue;
    passed_s += plan.timer_s;
    // Whole numbers, for calories and steps have to be; what rounding takes from one lap goes to the next.
    const double until = passed_s >= time_s ? rest : std::round(rest * passed_s / time_s);
    value(plan) = until - std::exchange(given, until);
  }
}

std::vector<LapPlan> plan_laps(const model::Record& record, const model::Workout& workout) {
  std::vector<LapPlan> plans;
  const Instant start = record.time.start.at;
  const Instant end = record.time.end.at;
  for (const model::Lap& lap : workout.laps) {
    const Duration timer = Duration{lap.end - lap.start} - track::paused_in(workout.pauses, lap.start, lap.end);
    plans.push_back({lap, std::max(0.0, seconds(timer))});
  }
  std::ranges::sort(plans, {}, [](const LapPlan& plan) { return plan.lap.start; });
  if (plans.empty()) {
    const Duration timer = Duration{end - start} - track::paused_in(workout.pauses, start, end);
    plans.push_back({{.start = start, .end = end}, std::max(0.0, seconds(workout.timer.value_or(timer)))});
  }
  if (plans.size() == 1) {
    plans.front().lap.average_heart_rate_bpm = workout.average_heart_rate_bpm;
    plans.front().lap.maximum_heart_rate_bpm = workout.maximum_heart_rate_bpm;
  }
  spread(plans, workout.distance_m, [](LapPlan& plan) -> auto& { return plan.lap.distance_m; });
  spread(plans, workout.energy_kcal, [](LapPlan& plan) -> auto& { return plan.lap.energy_kcal; });
  spread(plans, workout.steps, [](LapPlan& plan) -> auto& { return plan.steps; });
  return plans;
}

// Every time at which something is to be written: positions, samples, and bare times that keep the ends of the workout
// and of its pauses where they are.
std::vector<Instant> times_of(const model::Record& record, const model::Workout& workout) {
  std::vector<Instant> times = {record.time.start.at, record.time.end.at};
  for (const model::RoutePoint& point : workout.route) times.push_back(point.at);
  for (const model::Sample& sample : workout.samples) times.push_back(sample.at);
  for (const model::Pause& pause : workout.pauses) {
    times.push_back(pause.start);
    times.push_back(pause.end);
  }
  std::ranges::sort(times);
  const auto repeated = std::ranges::unique(times);
  times.erase(repeated.begin(), repeated.end());
  return times;
}

void append_sample(std::string& text, const model::Sample& sample, bool is_running) {
  if (sample.distance_m) {
    text += fmt::format("<DistanceMeters>{}</DistanceMeters>", format_number(*sample.distance_m, value_digits));
  }
  if (sample.heart_rate_bpm && *sample.heart_rate_bpm > 0) {
    text +=
        fmt::format("<HeartRateBpm><Value>{}</Value></HeartRateBpm>", whole(*sample.heart_rate_bpm, 1, max_byte_value));
  }
  if (sample.cadence_rpm && !is_running) {
    text += fmt::format("<Cadence>{}</Cadence>", whole(*sample.cadence_rpm, 0, max_cadence_value));
  }
  std::string inner;
  if (sample.speed_m_s)
    inner += fmt::format("<ext:Speed>{}</ext:Speed>", format_number(*sample.speed_m_s, value_digits));
  if (sample.cadence_rpm && is_running) {
    inner += fmt::format("<ext:RunCadence>{}</ext:RunCadence>", whole(*sample.cadence_rpm, 0, max_cadence_value));
  }
  if (sample.power_w) inner += fmt::format("<ext:Watts>{}</ext:Watts>", whole(*sample.power_w, 0, max_short_value));
  if (!inner.empty()) text += fmt::format("<Extensions><ext:TPX>{}</ext:TPX></Extensions>", inner);
}

// Writes trackpoints in order of time; the caller says when tracks and laps change.
class PointWriter {
 public:
  PointWriter(const model::Workout& workout, std::string& text)
      : route_(workout.route),
        samples_(workout.samples),
        text_(text),
        is_running_(track::family_of(workout.sport) == track::SportFamily::running) {}

  void write(Instant at) {
    text_ += fmt::format("<Trackpoint><Time>{}</Time>", format_rfc3339(at));
    while (next_position_ < route_.size() && route_[next_position_].at < at) ++next_position_;
    if (next_position_ < route_.size() && route_[next_position_].at == at) {
      const model::RoutePoint& point = route_[next_position_];
      text_ += fmt::format("<Position><LatitudeDegrees>{}</LatitudeDegrees><LongitudeDegrees>{}</LongitudeDegrees>",
                           format_number(point.latitude_deg, degree_digits),
                           format_number(point.longitude_deg, degree_digits));
      text_ += "</Position>";
      if (point.altitude_m) {
        text_ += fmt::format("<AltitudeMeters>{}</AltitudeMeters>", format_number(*point.altitude_m, value_digits));
      }
    }
    while (next_sample_ < samples_.size() && samples_[next_sample_].at < at) ++next_sample_;
    if (next_sample_ < samples_.size() && samples_[next_sample_].at == at) {
      append_sample(text_, samples_[next_sample_], is_running_);
    }
    text_ += "</Trackpoint>\n";
  }

 private:
  const std::vector<model::RoutePoint>& route_;
  const std::vector<model::Sample>& samples_;
  std::string& text_;
  bool is_running_;
  std::size_t next_position_ = 0;
  std::size_t next_sample_ = 0;
};

void append_lap_totals(std::string& text, const LapPlan& plan) {
  const auto heart_rate = [&](std::string_view name, std::optional<double> value) {
    if (!value || *value <= 0) return;
    text += fmt::format("<{0}><Value>{1}</Value></{0}>\n", name, whole(*value, 1, max_byte_value));
  };
  text += fmt::format(
      "<TotalTimeSeconds>{}</TotalTimeSeconds>\n<DistanceMeters>{}</DistanceMeters>\n"
      "<Calories>{}</Calories>\n",
      format_number(plan.timer_s, value_digits),
      format_number(std::max(0.0, plan.lap.distance_m.value_or(0)), value_digits),
      whole(plan.lap.energy_kcal.value_or(0), 0, max_short_value));
  heart_rate("AverageHeartRateBpm", plan.lap.average_heart_rate_bpm);
  heart_rate("MaximumHeartRateBpm", plan.lap.maximum_heart_rate_bpm);
  text += "<Intensity>Active</Intensity>\n<TriggerMethod>Manual</TriggerMethod>\n";
}

// The times of [begin, end) belong to this lap; a pause between two of them splits the track.
void append_lap(std::string& text, const LapPlan& plan, std::vector<Instant>::const_iterator begin,
                std::vector<Instant>::const_iterator end, std::vector<model::Pause>::const_iterator& pause,
                std::vector<model::Pause>::const_iterator last_pause, PointWriter& points) {
  text += fmt::format("<Lap StartTime=\"{}\">\n", format_rfc3339(plan.lap.start));
  append_lap_totals(text, plan);
  bool open = false;
  for (auto at = begin; at != end; ++at) {
    bool paused = false;
    for (; pause != last_pause && pause->end <= *at; ++pause) paused = true;
    if (open && paused) text += "</Track>\n";
    if (!open || paused) text += "<Track>\n";
    open = true;
    points.write(*at);
  }
  if (open) text += "</Track>\n";
  if (plan.steps) {
    text += fmt::format("<Extensions><ext:LX><ext:Steps>{}</ext:Steps></ext:LX></Extensions>\n",
                        whole(*plan.steps, 0, max_short_value));
  }
  text += "</Lap>\n";
}

std::string device_text(const model::Origin& origin) {
  std::string text = origin.device_manufacturer;
  if (!text.empty() && !origin.device_model.empty()) text += ' ';
  return text + origin.device_model;
}

}  // namespace

Result<std::string> encode_workout(const model::Record& record) {
  const auto* workout = std::get_if<model::Workout>(&record.payload);
  if (workout == nullptr) return fail(ErrorCode::unsupported, "a TCX file holds workouts only");

  std::string text(header);
  text += fmt::format("<Activity Sport=\"{}\">\n<Id>{}</Id>\n", sport_name(workout->sport),
                      format_rfc3339(record.time.start.at));
  const auto plans = plan_laps(record, *workout);
  const auto times = times_of(record, *workout);
  PointWriter points(*workout, text);
  auto begin = times.begin();
  auto pause = workout->pauses.begin();
  for (std::size_t i = 0; i < plans.size(); ++i) {
    // A time between two laps belongs to the earlier one, one before the first to the first.
    const auto end =
        i + 1 < plans.size() ? std::ranges::lower_bound(begin, times.end(), plans[i + 1].lap.start) : times.end();
    append_lap(text, plans[i], begin, end, pause, workout->pauses.end(), points);
    begin = end;
  }
  if (!workout->title.empty())
    text += fmt::format("<Notes>{}</Notes>\n", escape_text(track::cut_title(workout->title)));
  if (const std::string device = device_text(record.origin); !device.empty()) {
    text += fmt::format(
        "<Creator xsi:type=\"Device_t\"><Name>{}</Name><UnitId>0</UnitId><ProductID>0</ProductID>"
        "<Version><VersionMajor>0</VersionMajor><VersionMinor>0</VersionMinor></Version></Creator>\n",
        escape_text(track::cut_title(device)));
  }
  return text + "</Activity>\n</Activities>\n</TrainingCenterDatabase>\n";
}

}  // namespace syncwell::providers::tcx
