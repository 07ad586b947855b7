// Points in time, durations, offsets and their text forms. All instants are UTC with millisecond resolution.
#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace syncwell {

using Duration = std::chrono::milliseconds;
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;                              // wall clock, UTC
using Steady = std::chrono::time_point<std::chrono::steady_clock, std::chrono::milliseconds>;  // for waiting only

// Seconds east of Greenwich, within ±18 h.
struct UtcOffset {
  std::chrono::seconds east{0};
  auto operator<=>(const UtcOffset&) const = default;
};
inline constexpr std::chrono::seconds max_utc_offset = std::chrono::hours{18};

// An instant with the offset of the place where it happened; no offset when the source does not tell (GPX, TCX).
struct Moment {
  Instant at{};
  std::optional<UtcOffset> offset{};
  auto operator<=>(const Moment&) const = default;
};

// Half-open: start <= t < end.
struct TimeRange {
  Instant start{};
  Instant end{};
  auto operator<=>(const TimeRange&) const = default;
};
inline constexpr Instant min_instant{std::chrono::sys_days{std::chrono::year{1900} / 1 / 1}};
inline constexpr Instant max_instant{std::chrono::sys_days{std::chrono::year{2200} / 1 / 1}};

// RFC 3339: "2026-03-28T11:15:00Z", "2026-03-28T12:15:00.250+01:00". Fractions of 1–9 digits are cut to milliseconds,
// a comma is taken for a point, "t"/"z" and a blank for "T" are tolerated. A text without a zone gives a Moment whose
// `at` reads the text as UTC and whose offset is empty. nullopt for anything else, dates that do not exist included.
[[nodiscard]] std::optional<Moment> parse_rfc3339(std::string_view text);

// Milliseconds only where they are not zero; "Z" for an unknown or zero offset.
[[nodiscard]] std::string format_rfc3339(Moment moment);
[[nodiscard]] std::string format_rfc3339(Instant instant);

// "2026-03-28" of the local day, where the offset is known; of the UTC day otherwise.
[[nodiscard]] std::string format_local_date(Moment moment);

// The offset that an IANA zone ("Europe/Berlin") has at an instant; nullopt for a zone that the system does not know.
[[nodiscard]] std::optional<UtcOffset> offset_in_zone(std::string_view iana_zone, Instant at);

}  // namespace syncwell
