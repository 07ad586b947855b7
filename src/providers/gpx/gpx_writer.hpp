// Writes a workout as a GPX 1.1 document (Topografix schema gpx.xsd of 2004) with Garmin's TrackPointExtension v1
// (heart rate, cadence, temperature) and PowerExtension v1. Times are written in UTC, as GPX demands. What GPX cannot
// hold is left out: laps, energy, totals, speed, distance per point, offsets, sensor values far from any position, the
// length of a pause shorter than the points around it.
#pragma once

#include <string>

#include "base/error.hpp"
#include "model/record.hpp"

namespace syncwell::providers::gpx {

// How far in time a sensor value may lie from the position that it is written at, where the two were not recorded at
// the same times.
inline constexpr Duration max_sample_shift = std::chrono::seconds{5};

// unsupported: no workout, or a workout with less than two positions (a GPX point has to be somewhere).
[[nodiscard]] Result<std::string> encode_workout(const model::Record& record);

}  // namespace syncwell::providers::gpx
