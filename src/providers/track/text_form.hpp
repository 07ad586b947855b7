// How numbers, times and texts stand in GPX and TCX documents (XML Schema decimal and dateTime), read leniently and
// written strictly. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace syncwell::providers::track {

// Titles longer than this are cut, at a character boundary.
inline constexpr std::size_t max_title_bytes = 1000;

// A finite number; exponents and a leading '+' are taken, blanks around it too. nullopt for anything else.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

// A time within [min_instant, max_instant]. A zero offset is no offset: "Z" is how everybody writes UTC, wherever they
// are. Without a zone it is read as UTC.
[[nodiscard]] std::optional<Moment> parse_time(std::string_view text);

// Without exponent, at most `digits` decimals, no trailing zeros: "12.5", "-3", "0". The value is finite.
[[nodiscard]] std::string format_number(double value, int digits);

// Character data or an attribute value: the five special characters are escaped, a carriage return is kept as a
// reference, what XML forbids becomes U+FFFD, broken UTF-8 too.
[[nodiscard]] std::string escape_text(std::string_view text);

// At most max_title_bytes, not cut inside a character.
[[nodiscard]] std::string cut_title(std::string_view text);

}  // namespace syncwell::providers::track
