#include "providers/fit/fit_track.hpp"

#include <algorithm>
#include <cmath>

#include "providers/fit/fit_clock.hpp"
#include "providers/fit/fit_sensors.hpp"

namespace syncwell::providers::fit {
namespace {

constexpr double semicircles_per_degree = 2147483648.0 / 180.0;
// A counter that loses less than this was corrected, not restarted.
constexpr double min_restart_drop_m = 20;

class DistanceCounter {
 public:
  explicit DistanceCounter(DistanceState& state) : state_(state), carried_(state.previous_session_m) {}

  double next(double raw) {
    if (!last_raw_) {
      base_ = raw >= carried_ ? -carried_ : 0;
    } else if (raw < *last_raw_ - min_restart_drop_m && raw < *last_raw_ / 2) {
      base_ += *last_raw_;
    }
    last_raw_ = raw;
    state_.previous_session_m = raw;
    total_ = std::max(total_, raw + base_);
    return total_;
  }

 private:
  DistanceState& state_;
  double carried_;
  double base_ = 0;
  double total_ = 0;
  std::optional<double> last_raw_;
};

void add_sample(const TrackPoint& point, DistanceCounter& counter, std::vector<model::Sample>& samples) {
  const Instant at = instant_of(point.time);
  model::Sample sample;
  sample.at = at;
  sample.heart_rate_bpm = point.heart_rate_bpm;
  sample.cadence_rpm = point.cadence_rpm;
  sample.power_w = point.power_w;
  sample.speed_m_s = point.speed_m_s;
  sample.temperature_c = point.temperature_c;
  if (point.distance_m) sample.distance_m = counter.next(*point.distance_m);
  if (!samples.empty() && samples.back().at == at) {
    fill_sensors(samples.back(), sample);
    return;
  }
  model::Sample empty;
  empty.at = at;
  if (sample != empty) samples.push_back(sample);
}

// Some devices write position and altitude of one second in two records.
class RouteBuilder {
 public:
  explicit RouteBuilder(std::vector<model::RoutePoint>& route) : route_(route) {}

  void add(const TrackPoint& point) {
    const Instant at = instant_of(point.time);
    if (point.altitude_m && altitude_at_ != at) {
      altitude_at_ = at;
      altitude_m_ = point.altitude_m;
    }
    add_position(point, at);
    if (!route_.empty() && route_.back().at == at && altitude_at_ == at) fill(route_.back().altitude_m, altitude_m_);
  }

 private:
  void add_position(const TrackPoint& point, Instant at) {
    const auto latitude = degrees(point.latitude_semicircles);
    const auto longitude = degrees(point.longitude_semicircles);
    if (!latitude || !longitude || std::abs(*latitude) > 90) return;
    if (*latitude == 0 && *longitude == 0) return;  // no fix yet
    if (!route_.empty() && route_.back().at == at) return;
    route_.push_back({at, *latitude, *longitude, std::nullopt});
  }

  std::vector<model::RoutePoint>& route_;
  std::optional<Instant> altitude_at_;
  std::optional<float> altitude_m_;
};

}  // namespace

std::optional<double> degrees(std::optional<std::int32_t> semicircles) {
  if (!semicircles) return std::nullopt;
  return *semicircles / semicircles_per_degree;
}

Track make_track(std::span<const TrackPoint> points, DistanceState& distance) {
  Track track;
  DistanceCounter counter(distance);
  RouteBuilder route(track.route);
  for (const TrackPoint& point : points) {
    add_sample(point, counter, track.samples);
    route.add(point);
  }
  return track;
}

std::vector<model::Pause> make_pauses(std::span<const TimerEvent> events) {
  std::vector<model::Pause> pauses;
  std::optional<FitTime> stopped;
  for (const TimerEvent& event : events) {
    if (!event.start) {
      if (!stopped) stopped = event.time;
    } else if (stopped) {
      if (event.time > *stopped) pauses.push_back({instant_of(*stopped), instant_of(event.time)});
      stopped.reset();
    }
  }
  return pauses;
}

std::vector<model::Pause> clip(std::span<const model::Pause> pauses, Instant start, Instant end) {
  std::vector<model::Pause> inside;
  for (const model::Pause& pause : pauses) {
    const model::Pause part{std::max(pause.start, start), std::min(pause.end, end)};
    if (part.start < part.end) inside.push_back(part);
  }
  return inside;
}

}  // namespace syncwell::providers::fit
