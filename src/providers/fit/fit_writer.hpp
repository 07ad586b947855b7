// Writes a workout as a FIT activity file that strict importers take (Strava, Garmin): ascending times, timer events,
// at least one lap, session, activity with the local time where the offset is known, both checksums. The same record
// gives the same bytes. Pure, any thread. Source: shared fact sheet, section "FIT — writing".
//
// What FIT cannot hold is rounded or left out: times to seconds (lengths keep milliseconds), one record a second (the
// first value of each kind stays), heart rate and temperature to 1, power to 1 W, distance to 1 cm, speed to 1 mm/s,
// altitude to 20 cm, energy to 1 kcal, steps to two and only on foot, values outside a field's range. A transition and
// handball become generic.
#pragma once

#include <optional>
#include <string>

#include "model/record.hpp"

namespace syncwell::providers::fit {

// The reason why encode_workout() would give nothing: another type, or times before July 1998 or after 2126, which FIT
// cannot tell from others.
[[nodiscard]] std::optional<std::string> why_not_encodable(const model::Record& record);

// The bytes of the file; empty exactly when why_not_encodable() gives a reason.
[[nodiscard]] std::string encode_workout(const model::Record& record);

}  // namespace syncwell::providers::fit
