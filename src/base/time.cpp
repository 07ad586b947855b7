#include "base/time.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <cctype>
#include <stdexcept>

namespace syncwell {
namespace {

using namespace std::chrono_literals;

// Reads exactly `digits` digits and moves on; nullopt otherwise.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::chrono::milliseconds take_fraction(std::string_view& text) {
  int milliseconds = 0;
  int scale = 100;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    milliseconds += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
  }
  return std::chrono::milliseconds{milliseconds};
}

// "Z", "+01:00", "+0100", "-08", or nothing at all.
std::optional<std::optional<UtcOffset>> take_offset(std::string_view text) {
  if (text.empty()) return std::optional<UtcOffset>{};
  if (text == "Z" || text == "z" || text == "ZZ") return UtcOffset{0s};
  const int sign = text.front() == '+' ? 1 : -1;
  if (!take(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours) return std::nullopt;
  int minutes = 0;
  if (!text.empty()) {
    take(text, ":");
    const auto read = take_number(text, 2);
    if (!read || !text.empty() || *read > 59) return std::nullopt;
    minutes = *read;
  }
  const std::chrono::seconds east = sign * (std::chrono::hours{*hours} + std::chrono::minutes{minutes});
  if (std::chrono::abs(east) > max_utc_offset) return std::nullopt;
  return UtcOffset{east};
}

}  // namespace

std::optional<Moment> parse_rfc3339(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !take(text, "Tt ")) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute) return std::nullopt;
  int second = 0;
  std::chrono::milliseconds fraction{0};
  if (take(text, ":")) {
    const auto read = take_number(text, 2);
    if (!read) return std::nullopt;
    second = *read;
    if (take(text, ".,")) fraction = take_fraction(text);
  }
  const auto offset = take_offset(text);
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!offset || !date.ok() || *hour > 23 || *minute > 59 || second > 60) return std::nullopt;
  const Instant local = std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
                        std::chrono::seconds{second} + fraction;
  return Moment{local - offset->value_or(UtcOffset{}).east, *offset};
}

std::string format_rfc3339(Moment moment) {
  const auto offset = moment.offset.value_or(UtcOffset{}).east;
  const Instant local = moment.at + offset;
  const auto days = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss clock{local - days};
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) text += fmt::format(".{:03}", clock.subseconds().count());
  if (offset == 0s) return text + "Z";
  const auto minutes = std::chrono::abs(std::chrono::duration_cast<std::chrono::minutes>(offset)).count();
  return text + fmt::format("{}{:02}:{:02}", offset < 0s ? '-' : '+', minutes / 60, minutes % 60);
}

std::string format_rfc3339(Instant instant) { return format_rfc3339(Moment{instant, std::nullopt}); }

std::string format_local_date(Moment moment) {
  return format_rfc3339(Moment{moment.at + moment.offset.value_or(UtcOffset{}).east, std::nullopt}).substr(0, 10);
}

std::optional<UtcOffset> offset_in_zone(std::string_view iana_zone, Instant at) {
  try {
    return UtcOffset{date::locate_zone(iana_zone)->get_info(at).offset};
  } catch (const std::runtime_error&) {  // the only way in which the library says "no such zone"
    return std::nullopt;
  }
}

}  // namespace syncwell
