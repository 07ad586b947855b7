// From FIT times to ours: the shift of files that count seconds since power-on, and the offset of the local zone with
// its plausibility rule. Pure, any thread. Source: shared fact sheet, rows on date_time and activity.local_timestamp.
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "providers/fit/fit_activity.hpp"

namespace syncwell::providers::fit {

[[nodiscard]] inline Instant instant_of(FitTime time) {
  return Instant{std::chrono::seconds{static_cast<std::int64_t>(time) + fit_epoch_unix_s}};
}

// local - utc as an offset, where both are dates and the difference is one that zones have (whole quarters of an hour,
// a few seconds of slack, within ±15 h).
[[nodiscard]] std::optional<UtcOffset> local_offset(std::optional<FitTime> utc, std::optional<FitTime> local);

// The offset that a longitude suggests differs from `offset` by more than political zones explain.
[[nodiscard]] bool is_implausible(UtcOffset offset, double longitude_deg);
// Whole hours by longitude / 15: off by up to an hour or two, but on the right side of the world.
[[nodiscard]] UtcOffset offset_by_longitude(double longitude_deg);

// Brings all times of a part to dates. Files that count since power-on are shifted to the local wall clock that the
// activity message gives (the zone stays unknown: returns true). Times that stay no dates are dropped with their
// messages, and counted in one warning.
[[nodiscard]] bool shift_to_dates(ActivityPart& part, FileWarnings& warnings);

}  // namespace syncwell::providers::fit
