// From record messages to samples and route, and from timer events to pauses. Pure, any thread.
#pragma once

#include <span>
#include <vector>

#include "model/record.hpp"
#include "providers/fit/fit_activity.hpp"

namespace syncwell::providers::fit {

// Distances of one device run on from session to session, of another they start anew: carried between sessions.
struct DistanceState {
  double previous_session_m = 0;
};

struct Track {
  std::vector<model::Sample> samples;
  std::vector<model::RoutePoint> route;
};

// `points` sorted by time. Points of one second become one sample (the first value of each kind stays). Distance is
// since the start of the session and never falls: a counter that starts anew (power cycle) goes on from where it was.
[[nodiscard]] Track make_track(std::span<const TrackPoint> points, DistanceState& distance);

// `events` sorted by time. A stop without a later start is the end, not a pause.
[[nodiscard]] std::vector<model::Pause> make_pauses(std::span<const TimerEvent> events);
// The parts of `pauses` inside [start, end].
[[nodiscard]] std::vector<model::Pause> clip(std::span<const model::Pause> pauses, Instant start, Instant end);

[[nodiscard]] std::optional<double> degrees(std::optional<std::int32_t> semicircles);

}  // namespace syncwell::providers::fit
