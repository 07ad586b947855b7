// The filter parameter of Google Health list and reconcile calls: a subset of AIP-160.
//   filter     = comparison { "AND" comparison }
//   comparison = member ( ">=" | "<" ) '"' literal '"'
// Which members a type has is the table in google_health.md (Reading, filter grammar): intervals start_time and
// civil_start_time; samples physical_time and civil_time; daily types date; sleep end_time and civil_end_time only;
// ECG start_time with >= only; every other session civil_start_time only.
// Pure functions, any thread.
#pragma once

#include <expected>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sandbox/google_health_types.hpp"

namespace syncwell::sandbox {

inline constexpr std::size_t max_filter_bytes = 4096;
inline constexpr std::size_t max_filter_comparisons = 16;

// When a point happened. Civil values are local wall clocks read as if they were UTC; for a sample start equals end;
// a daily point has civil midnight in both.
struct PointTimes {
  Instant start{};
  Instant end{};
  Instant civil_start{};
  Instant civil_end{};
};

enum class FilterField { start_time, end_time, civil_start_time, civil_end_time };

struct FilterComparison {
  FilterField field = FilterField::start_time;
  bool at_least = true;  // >=, otherwise <
  Instant value{};
};

struct PointFilter {
  std::vector<FilterComparison> comparisons;  // empty: everything

  [[nodiscard]] bool accepts(const PointTimes& times) const;
  // Points with another start cannot match; for skipping, not for deciding.
  [[nodiscard]] TimeRange start_bounds() const;
};

enum class FilterFault {
  syntax,            // not the grammar above, or past a maximum
  member,            // the type cannot be filtered by that member or with that operator
  timestamp_format,  // an RFC 3339 time with a zone is needed
  civil_format,      // a date, or a date and time without a zone, is needed
};

// The reason in the ErrorInfo detail of the 400 answer.
[[nodiscard]] std::string_view reason_of(FilterFault fault);
// An empty text accepts everything.
[[nodiscard]] std::expected<PointFilter, FilterFault> parse_filter(const GoogleHealthType& type, std::string_view text);

}  // namespace syncwell::sandbox
