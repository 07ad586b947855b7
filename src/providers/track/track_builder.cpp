#include "providers/track/track_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>
#include <utility>

namespace syncwell::providers::track {
namespace {

constexpr double earth_radius_m = 6371008.8;

double radians(double degrees) { return degrees * std::numbers::pi / 180.0; }

bool has_values(const model::Sample& sample) {
  return sample.heart_rate_bpm || sample.cadence_rpm || sample.power_w || sample.speed_m_s || sample.temperature_c ||
         sample.distance_m;
}

template <class T>
void fill(std::optional<T>& value, const std::optional<T>& other) {
  if (!value) value = other;
}

void merge(TrackPoint& point, const TrackPoint& other) {
  fill(point.position, other.position);
  fill(point.altitude_m, other.altitude_m);
  fill(point.sample.heart_rate_bpm, other.sample.heart_rate_bpm);
  fill(point.sample.cadence_rpm, other.sample.cadence_rpm);
  fill(point.sample.power_w, other.sample.power_w);
  fill(point.sample.speed_m_s, other.sample.speed_m_s);
  fill(point.sample.temperature_c, other.sample.temperature_c);
  fill(point.sample.distance_m, other.sample.distance_m);
}

void sort_points(std::vector<TrackPoint>& points, Findings& findings) {
  if (std::ranges::is_sorted(points, {}, &TrackPoint::at)) return;
  Instant latest = points.front().at;
  std::uint32_t order = 0;
  for (TrackPoint& point : points) {
    if (point.at < latest) ++findings.unsorted;
    latest = std::max(latest, point.at);
    point.order = order++;
  }
  std::ranges::sort(points, {}, [](const TrackPoint& point) { return std::pair(point.at, point.order); });
}

// The interval at which a segment's recorder writes; nullopt where it has none.
std::optional<Duration> steady_beat(const std::vector<TrackPoint>& points) {
  if (points.size() <= min_steady_intervals) return std::nullopt;
  std::vector<Duration> intervals;
  intervals.reserve(points.size());
  for (std::size_t i = 1; i < points.size(); ++i) intervals.push_back(points[i].at - points[i - 1].at);
  const auto middle = intervals.begin() + static_cast<std::ptrdiff_t>(intervals.size() / 2);
  std::ranges::nth_element(intervals, middle);
  const Duration beat = *middle;
  const auto off_beat = std::ranges::count_if(
      intervals, [&](Duration interval) { return std::chrono::abs(interval - beat) * 10 > beat; });
  if (beat <= Duration{0} || beat > max_steady_beat || off_beat * 10 > std::ssize(intervals)) return std::nullopt;
  return beat;
}

std::vector<Segment> split_at_stops(std::vector<Segment>&& segments) {
  std::vector<Segment> result;
  for (Segment& segment : segments) {
    const auto beat = steady_beat(segment.points);
    if (!beat) {
      result.push_back(std::move(segment));
      continue;
    }
    result.push_back({{}, segment.before});
    for (const TrackPoint& point : segment.points) {
      auto& points = result.back().points;
      if (!points.empty() && point.at - points.back().at >= std::max(min_pause, *beat * stop_beats)) {
        result.push_back({{}, Break::stopped});
      }
      result.back().points.push_back(point);
    }
  }
  return result;
}

std::vector<model::Pause> find_pauses(const std::vector<Segment>& segments) {
  std::vector<model::Pause> pauses;
  Instant latest = min_instant;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Instant start = segments[i].points.front().at;
    const Duration gap = start - latest;
    const bool stopped = (segments[i].before == Break::stopped && gap > Duration{0}) ||
                         (segments[i].before == Break::gap && gap >= min_pause);
    if (i > 0 && stopped) pauses.push_back({latest, start});
    latest = std::max(latest, segments[i].points.back().at);
  }
  return pauses;
}

// All points in order of time, one per time.
std::vector<TrackPoint> join(std::vector<Segment>&& segments, Findings& findings) {
  std::vector<TrackPoint> points = std::move(segments.front().points);
  for (std::size_t i = 1; i < segments.size(); ++i) {
    for (TrackPoint& point : segments[i].points) {
      point.segment = static_cast<std::uint32_t>(i);
      points.push_back(point);
    }
    std::vector<TrackPoint>().swap(segments[i].points);
  }
  sort_points(points, findings);
  std::size_t kept = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points[i].at == points[kept].at) {
      // The end of a lap and the start of the next are the same point in many files: that is no fault.
      if (points[i].segment == points[kept].segment) ++findings.duplicate;
      merge(points[kept], points[i]);
    } else if (++kept != i) {
      points[kept] = points[i];
    }
  }
  points.resize(kept + 1);
  return points;
}

// Adds up what lies between neighbouring points.
class Summary {
 public:
  void after_pause() {
    position_.reset();
    lowest_.reset();
  }

  void add(const TrackPoint& point) {
    if (point.position) {
      if (position_) distance_m_ = distance_m_.value_or(0) + distance_between_m(*position_, *point.position);
      position_ = point.position;
    }
    if (point.altitude_m) {
      if (++altitudes_ == 2) gain_m_ = 0;
      const double altitude_m = *point.altitude_m;
      if (lowest_ && altitude_m - *lowest_ >= climb_threshold_m) {
        climbed_m_ += altitude_m - *lowest_;
        lowest_ = altitude_m;
      }
      lowest_ = std::min(lowest_.value_or(altitude_m), altitude_m);
    }
    if (const auto rate = point.sample.heart_rate_bpm) {
      heart_rate_sum_ += *rate;
      ++heart_rates_;
      heart_rate_max_ = std::max<double>(heart_rate_max_, *rate);
    }
  }

  void write(AssembledTrack& track) const {
    track.distance_m = distance_m_;
    if (gain_m_) track.elevation_gain_m = climbed_m_;
    if (heart_rates_ == 0) return;
    track.average_heart_rate_bpm = heart_rate_sum_ / static_cast<double>(heart_rates_);
    track.maximum_heart_rate_bpm = heart_rate_max_;
  }

 private:
  std::optional<Position> position_;
  std::optional<double> lowest_;
  std::optional<double> distance_m_;
  std::optional<double> gain_m_;
  double climbed_m_ = 0;
  std::size_t altitudes_ = 0;
  double heart_rate_sum_ = 0;
  double heart_rate_max_ = 0;
  std::size_t heart_rates_ = 0;
};

}  // namespace

std::optional<Position> plausible_position(std::optional<double> latitude_deg, std::optional<double> longitude_deg) {
  if (!latitude_deg || !longitude_deg) return std::nullopt;
  if (!(std::abs(*latitude_deg) <= 90.0) || !(std::abs(*longitude_deg) <= 180.0)) return std::nullopt;
  if (*latitude_deg == 0.0 && *longitude_deg == 0.0) return std::nullopt;
  return Position{*latitude_deg, *longitude_deg};
}

double distance_between_m(const Position& a, const Position& b) {
  const double sin_latitude = std::sin(radians(b.latitude_deg - a.latitude_deg) / 2);
  const double sin_longitude = std::sin(radians(b.longitude_deg - a.longitude_deg) / 2);
  const double h = sin_latitude * sin_latitude + std::cos(radians(a.latitude_deg)) * std::cos(radians(b.latitude_deg)) *
                                                     sin_longitude * sin_longitude;
  return 2 * earth_radius_m * std::asin(std::min(1.0, std::sqrt(h)));
}

AssembledTrack assemble(std::vector<Segment> segments, Findings& findings, InferStops infer_stops) {
  AssembledTrack track;
  std::erase_if(segments, [](const Segment& segment) { return segment.points.empty(); });
  if (segments.empty()) return track;
  for (Segment& segment : segments) sort_points(segment.points, findings);
  std::ranges::sort(segments, {}, [](const Segment& segment) { return segment.points.front().at; });
  if (infer_stops == InferStops::yes) segments = split_at_stops(std::move(segments));
  track.pauses = find_pauses(segments);
  const std::vector<TrackPoint> points = join(std::move(segments), findings);

  track.start = points.front().at;
  track.end = points.back().at;
  track.points = points.size();
  Summary summary;
  auto pause = track.pauses.begin();
  for (const TrackPoint& point : points) {
    for (; pause != track.pauses.end() && pause->end <= point.at; ++pause) summary.after_pause();
    summary.add(point);
    if (point.position) {
      track.route.push_back({point.at, point.position->latitude_deg, point.position->longitude_deg, point.altitude_m});
      if (!track.first_position) track.first_position = point.position;
      track.last_position = point.position;
    }
    if (has_values(point.sample)) {
      track.samples.push_back(point.sample);
      track.samples.back().at = point.at;
    }
  }
  summary.write(track);
  return track;
}

void move_into(AssembledTrack&& track, model::Workout& workout) {
  workout.distance_m = track.distance_m;
  workout.elevation_gain_m = track.elevation_gain_m;
  workout.average_heart_rate_bpm = track.average_heart_rate_bpm;
  workout.maximum_heart_rate_bpm = track.maximum_heart_rate_bpm;
  workout.pauses = std::move(track.pauses);
  workout.samples = std::move(track.samples);
  workout.route = std::move(track.route);
}

Duration paused_in(const std::vector<model::Pause>& pauses, Instant start, Instant end) {
  Duration sum{0};
  for (const model::Pause& pause : pauses) {
    sum += std::max(Duration{0}, Duration{std::min(pause.end, end) - std::max(pause.start, start)});
  }
  return sum;
}

std::vector<std::string> describe(const Findings& findings) {
  std::vector<std::string> lines;
  const auto add = [&](std::size_t count, std::string_view what) {
    if (count > 0) lines.push_back(fmt::format("{} {}", count, what));
  };
  add(findings.untimed, "points without a time: dropped");
  add(findings.unreadable_time, "points whose time cannot be read: dropped");
  add(findings.unsorted, "points earlier than the one before: sorted by time");
  add(findings.duplicate, "points at a time that another point has: merged");
  add(findings.off_globe, "points at 0/0 or off the globe: position dropped");
  add(findings.implausible, "values that are no number or out of range: dropped");
  add(findings.over_limit, "points past the maximum for one workout: dropped");
  return lines;
}

}  // namespace syncwell::providers::track
