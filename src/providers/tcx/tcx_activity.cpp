#include "providers/tcx/tcx_activity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "providers/track/identity.hpp"
#include "providers/track/sport_text.hpp"
#include "providers/track/text_form.hpp"

namespace syncwell::providers::tcx {
namespace {

// Brands that stand before the model in <Creator><Name>.
constexpr std::array brands = {"Garmin", "Polar", "Fitbit", "Suunto", "COROS", "Wahoo", "TomTom", "Amazfit", "Apple"};

Duration to_duration(double seconds) { return Duration{std::llround(seconds * 1000)}; }

// What is to be known about a lap's time before its points are moved away.
struct LapTime {
  Instant start{};
  Instant last_point{};  // start, without points
  Duration timer{0};
};

// nullopt for a lap without any time.
std::optional<LapTime> time_of(const RawLap& lap) {
  std::optional<Instant> first;
  std::optional<Instant> last;
  for (const track::Segment& track : lap.tracks) {
    for (const track::TrackPoint& point : track.points) {
      first = std::min(first.value_or(point.at), point.at);
      last = std::max(last.value_or(point.at), point.at);
    }
  }
  if (lap.start) first = lap.start->at;
  if (!first) return std::nullopt;
  return LapTime{*first, std::max(*first, last.value_or(*first)), to_duration(lap.timer_s.value_or(0))};
}

Duration pauses_within(const RawLap& lap) {
  Duration sum{0};
  const track::Segment* before = nullptr;
  for (const track::Segment& track : lap.tracks) {
    if (track.points.empty()) continue;
    if (before != nullptr) {
      const Duration gap = track.points.front().at - before->points.back().at;
      if (gap >= track::min_pause) sum += gap;
    }
    before = &track;
  }
  return sum;
}

// The tracks of all laps; whether the clock stood still between two laps is told by the time that the first one's own
// clock does not explain.
std::vector<track::Segment> join_tracks(std::vector<RawLap>& laps, const std::vector<LapTime>& times) {
  std::vector<track::Segment> segments;
  Duration pauses_before{0};  // within the lap before
  for (std::size_t i = 0; i < laps.size(); ++i) {
    track::Break before = track::Break::none;
    if (i > 0 && laps[i - 1].timer_s) {
      const Duration elapsed = times[i].start - times[i - 1].start;
      if (elapsed - times[i - 1].timer - pauses_before >= track::min_pause) before = track::Break::stopped;
    }
    pauses_before = pauses_within(laps[i]);
    for (track::Segment& track : laps[i].tracks) {
      if (track.points.empty()) continue;
      track.before = std::exchange(before, track::Break::gap);
      segments.push_back(std::move(track));
    }
  }
  return segments;
}

std::vector<model::Lap> make_laps(const std::vector<RawLap>& raw, const std::vector<LapTime>& times) {
  std::vector<model::Lap> laps;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    Instant end = std::max(times[i].last_point, times[i].start + times[i].timer);
    if (i + 1 < raw.size() && times[i + 1].start >= times[i].start) end = std::min(end, times[i + 1].start);
    laps.push_back({times[i].start, end, raw[i].distance_m, raw[i].energy_kcal, raw[i].average_heart_rate_bpm,
                    raw[i].maximum_heart_rate_bpm});
  }
  return laps;
}

std::optional<double> sum_of(const std::vector<RawLap>& laps, std::optional<double> RawLap::* value) {
  std::optional<double> sum;
  for (const RawLap& lap : laps) {
    if (lap.*value) sum = sum.value_or(0) + *(lap.*value);
  }
  return sum;
}

void set_heart_rates(const std::vector<RawLap>& laps, model::Workout& workout) {
  double weight = 0;
  double weighted = 0;
  std::optional<double> maximum;
  for (const RawLap& lap : laps) {
    if (lap.average_heart_rate_bpm && lap.timer_s.value_or(0) > 0) {
      weight += *lap.timer_s;
      weighted += *lap.timer_s * *lap.average_heart_rate_bpm;
    }
    if (lap.maximum_heart_rate_bpm) maximum = std::max(maximum.value_or(0), *lap.maximum_heart_rate_bpm);
  }
  if (weight > 0) workout.average_heart_rate_bpm = weighted / weight;
  if (maximum) workout.maximum_heart_rate_bpm = maximum;
}

bool is_empty(const model::Sample& sample) {
  return !sample.heart_rate_bpm && !sample.cadence_rpm && !sample.power_w && !sample.speed_m_s &&
         !sample.temperature_c && !sample.distance_m;
}

// The distance since the start cannot become less; a last point with zero is common. Returns the last one.
std::optional<double> clean_distances(std::vector<model::Sample>& samples, std::size_t& dropped) {
  std::optional<double> furthest;
  for (model::Sample& sample : samples) {
    if (!sample.distance_m) continue;
    if (furthest && *sample.distance_m < *furthest) {
      sample.distance_m.reset();
      ++dropped;
    } else {
      furthest = sample.distance_m;
    }
  }
  std::erase_if(samples, is_empty);
  return furthest;
}

std::string identity_text(const RawActivity& activity, Instant start) {
  const auto id = track::parse_time(activity.id);
  const std::string when = id ? format_rfc3339(id->at) : activity.id.empty() ? format_rfc3339(start) : activity.id;
  return fmt::format("tcx {} {}", when, activity.sport);
}

void set_device(const std::string& device, model::Origin& origin) {
  origin.device_model = device;
  for (const std::string_view brand : brands) {
    if (device.size() > brand.size() + 1 && device.starts_with(brand) && device[brand.size()] == ' ') {
      origin.device_manufacturer = brand;
      origin.device_model = device.substr(brand.size() + 1);
    }
  }
}

}  // namespace

std::optional<model::Record> make_record(RawActivity&& activity, const std::string& own_id,
                                         ActivityFindings& findings) {
  std::vector<RawLap> laps;
  std::vector<LapTime> times;
  for (RawLap& lap : activity.laps) {
    if (const auto time = time_of(lap)) {
      times.push_back(*time);
      laps.push_back(std::move(lap));
    }
  }
  if (laps.empty()) return std::nullopt;

  model::Workout workout;
  workout.laps = make_laps(laps, times);
  auto track = track::assemble(join_tracks(laps, times), findings.points, track::InferStops::no);
  Moment start{times.front().start, laps.front().start ? laps.front().start->offset : activity.end_offset};
  Moment end{start.at, activity.end_offset ? activity.end_offset : start.offset};
  for (const model::Lap& lap : workout.laps) {
    start.at = std::min(start.at, lap.start);
    end.at = std::max(end.at, lap.end);
  }
  if (track.points > 0) {
    start.at = std::min(start.at, track.start);
    end.at = std::max(end.at, track.end);
  }
  workout.sport = track::sport_from_text(activity.sport).value_or(model::Sport::other);
  workout.title = std::move(activity.notes);
  const auto timer_s = sum_of(laps, &RawLap::timer_s);
  workout.timer =
      timer_s ? to_duration(*timer_s) : Duration{end.at - start.at} - track::paused_in(track.pauses, start.at, end.at);
  track::move_into(std::move(track), workout);

  const auto furthest_m = clean_distances(workout.samples, findings.decreasing_distances);
  if (furthest_m.value_or(0) > 0) workout.distance_m = furthest_m;
  if (const auto distance_m = sum_of(laps, &RawLap::distance_m)) workout.distance_m = distance_m;
  workout.energy_kcal = sum_of(laps, &RawLap::energy_kcal);
  workout.steps = sum_of(laps, &RawLap::steps);
  set_heart_rates(laps, workout);

  model::Record record;
  record.type = model::DataType::workout;
  record.external_id = own_id;
  record.source_id = own_id.empty() ? track::content_id(identity_text(activity, start.at)) : own_id;
  record.origin.provider = "tcx";
  record.origin.method = model::RecordingMethod::sensed;
  set_device(activity.device, record.origin);
  record.time = {start, end};
  record.payload = std::move(workout);
  return record;
}

}  // namespace syncwell::providers::tcx
