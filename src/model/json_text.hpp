// The scalar values of the canonical JSON form: text, numbers and times, to and from their exact notation.
// Internal to the model's JSON reader and writer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace syncwell::model {

// Appends a JSON string with its quotes. Control characters are escaped; bytes that are no UTF-8 (RFC 3629: overlong
// forms, surrogates and values over U+10FFFF included) become U+FFFD, one for each maximal part that was understood.
void append_json_string(std::string& json, std::string_view text);

// The shortest decimal number that reads back as the same value; -0 is written as 0, so that equal values give equal
// text. `value` is finite.
void append_json_number(std::string& json, double value);
void append_json_number(std::string& json, float value);

// A JSON string with the date-time of RFC 3339. Unlike base/time, it tells an unknown offset from UTC: section 4.3
// writes the unknown one as "-00:00", and UTC is "Z". An offset with seconds (local mean time of the 19th century)
// is cut to whole minutes; the instant stays the same.
void append_json_date_time(std::string& json, Moment moment);
void append_json_date_time(std::string& json, Instant instant);  // in UTC, "Z"

// The other direction; nullopt for a text without any offset, which would be a guess, and for what is no date-time.
[[nodiscard]] std::optional<Moment> parse_json_date_time(std::string_view text);

}  // namespace syncwell::model
