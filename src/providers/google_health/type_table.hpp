// Which Google data type collection holds each of our data types, and how it is asked for: one row per DataType, no
// conditions anywhere else. Source: Google Health API v4, data_points.proto and data_model.proto (2026-08-22), and
// "API specifications" on developers.google.com/health.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "model/record.hpp"

namespace syncwell::providers::google_health {

// What a point of the collection is, which also decides by which member the API lets it be filtered:
// interval: interval.start_time; sample: sample_time.physical_time; daily: date; sleep: interval.end_time only;
// exercise: interval.civil_start_time only. Another member is answered with 400.
enum class PointKind { interval, sample, daily, sleep, exercise };

struct TypeRow {
  model::DataType type{};
  PointKind kind{};
  std::string_view collection;    // in addresses: "heart-rate"
  std::string_view member;        // in bodies: "heartRate"
  std::string_view filter_field;  // in filters: "heart_rate.sample_time.physical_time"
  std::string_view value;         // the number's member; empty for sessions
  double per_unit = 1;            // how many of Google's unit make one of ours
  // The filter looks at one end of a record only; to find what overlaps a range, the other end is looked for this far
  // out. A longer record that starts before the range is not found.
  Duration longest{};
  std::uint32_t page_size = 0;
  bool writable = false;
  // The value is one of several optional ones: a point without it is no record of this type instead of an error.
  bool value_is_optional = false;
};

[[nodiscard]] std::span<const TypeRow> all_rows();
[[nodiscard]] const TypeRow& row_of(model::DataType type);

// "steps.interval.start_time >= \"…\" AND steps.interval.start_time < \"…\"" for everything that may overlap `range`
// (AIP-160; the operators >= and < are the only ones). Local members are asked for ±18 h wider, because the range does
// not tell which offset each record has: overlaps() (providers/outcome.hpp) then decides exactly.
[[nodiscard]] std::string filter_for(const TypeRow& row, TimeRange range);

}  // namespace syncwell::providers::google_health
