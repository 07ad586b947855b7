// Reads TCX, Garmin's TrainingCenterDatabase v2 (schema of 2007) with ActivityExtension v2 (speed, run cadence, watts,
// steps). Each <Activity> is one workout, also inside a MultiSportSession; courses and planned workouts are no
// activities: one warning, nothing synced. The lap totals are what the device counted and stand above what the points
// add up to. Several tracks in a lap are pauses; a lap that took longer than its clock ran was followed by one.
// Zero distance and zero calories mean "none": the schema demands the elements.
// Single-threaded; memory is bounded by max_laps_per_activity and track::max_points_per_workout.
#pragma once

#include <memory>
#include <string>

#include "providers/track/decoder.hpp"

namespace syncwell::providers::tcx {

inline constexpr std::size_t max_activities_per_file = 20'000;
inline constexpr std::size_t max_laps_per_activity = 10'000;

// A decoder for one file (track/decoder.hpp). `own_id`: source_id and external_id of its first workout, if not empty.
[[nodiscard]] std::unique_ptr<track::Decoder> make_decoder(std::string own_id);

}  // namespace syncwell::providers::tcx
