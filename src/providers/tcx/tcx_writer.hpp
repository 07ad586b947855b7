// Writes a workout as a TCX document (TrainingCenterDatabase v2, schema of 2007, with ActivityExtension v2). Works
// without a route. Times are written in UTC. The schema demands what may be unknown: distance, calories (whole
// numbers) and at least one lap; unknown is written as zero, and a workout without laps as one lap.
// A total that the laps do not add up to is spread over the laps that lack the value, by their time.
// What TCX cannot hold is left out: sports beyond running, cycling and other, temperature, elevation gain, moving time,
// offsets.
#pragma once

#include <string>

#include "base/error.hpp"
#include "model/record.hpp"

namespace syncwell::providers::tcx {

// unsupported: no workout.
[[nodiscard]] Result<std::string> encode_workout(const model::Record& record);

}  // namespace syncwell::providers::tcx
