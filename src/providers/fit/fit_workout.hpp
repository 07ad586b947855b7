// Makes workouts out of collected activity parts: one per session that is no transition, with its laps, pauses,
// samples and route; from the records alone where the session message is missing. Pure but for the warnings.
#pragma once

#include <vector>

#include "model/record.hpp"
#include "providers/fit/fit_activity.hpp"

namespace syncwell::providers::fit {

// How far outside its session a record may lie: watches write a few after the stop.
inline constexpr std::chrono::seconds session_tolerance{300};

struct Workouts {
  std::vector<model::Record> records;
  bool partial = false;  // something was dropped or had to be rebuilt
};

[[nodiscard]] Workouts assemble_workouts(std::vector<ActivityPart> parts, FileWarnings& warnings);

}  // namespace syncwell::providers::fit
