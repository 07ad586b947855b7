// One <Activity> as it stands in the document, and the workout that it means. Pure. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/record.hpp"
#include "providers/track/track_builder.hpp"

namespace syncwell::providers::tcx {

struct RawLap {
  std::optional<Moment> start;
  std::optional<double> timer_s;
  std::optional<double> distance_m;
  std::optional<double> energy_kcal;
  std::optional<double> average_heart_rate_bpm;
  std::optional<double> maximum_heart_rate_bpm;
  std::optional<double> steps;
  std::vector<track::Segment> tracks;
};

struct RawActivity {
  std::string sport;
  std::string id;  // <Id>: the start time, which is the identity
  std::string notes;
  std::string device;  // <Creator><Name>
  std::vector<RawLap> laps;
  std::size_t points = 0;
  std::optional<UtcOffset> end_offset;  // of the last point
};

// What make_record() found besides the points' findings.
struct ActivityFindings {
  track::Findings points;
  std::size_t decreasing_distances = 0;  // dropped
};

// nullopt: neither a time nor a point in it. `own_id` as in make_decoder().
[[nodiscard]] std::optional<model::Record> make_record(RawActivity&& activity, const std::string& own_id,
                                                       ActivityFindings& findings);

}  // namespace syncwell::providers::tcx
