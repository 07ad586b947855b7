#include "providers/google_health/wire_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace syncwell::providers::google_health {
namespace {

constexpr std::size_t max_whole_digits = 12;
constexpr std::size_t max_fraction_digits = 9;

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<UtcOffset> offset_of(Duration duration) {
  const auto east = std::chrono::round<std::chrono::seconds>(duration);
  if (std::chrono::abs(east) > max_utc_offset) return std::nullopt;
  return UtcOffset{east};
}

// A member of a civil value: 0 where it is left out, nullopt where it is out of bounds.
std::optional<int> civil_part(const boost::json::object& object, std::string_view name, int max) {
  const auto field = integer_field(object, name);
  if (field.presence == Presence::absent) return 0;
  if (field.unreadable() || field.value < 0 || field.value > max) return std::nullopt;
  return static_cast<int>(field.value);
}

// {date{…}, time{hours,minutes,seconds,nanos}} read as if it were UTC.
std::optional<Instant> read_civil(const boost::json::object& civil) {
  const auto date = object_field(civil, "date");
  if (!date.present()) return std::nullopt;
  const auto day = read_date(*date.value);
  if (!day) return std::nullopt;
  const auto time = object_field(civil, "time");
  if (time.unreadable()) return std::nullopt;
  Instant at{std::chrono::sys_days{*day}};
  if (!time.present()) return at;
  const auto hours = civil_part(*time.value, "hours", 24);
  const auto minutes = civil_part(*time.value, "minutes", 59);
  const auto seconds = civil_part(*time.value, "seconds", 60);
  if (!hours || !minutes || !seconds) return std::nullopt;
  return at + std::chrono::hours{*hours} + std::chrono::minutes{*minutes} + std::chrono::seconds{*seconds};
}

Moment local_midnight(std::chrono::sys_days day, const UserZone& zone) {
  const Instant as_utc{day};
  std::optional<UtcOffset> offset = zone.fixed_offset;
  if (!zone.iana_name.empty()) {
    // The offset at local midnight needs the instant, which needs the offset: the second look settles it.
    if (const auto guess = offset_in_zone(zone.iana_name, as_utc)) {
      offset = offset_in_zone(zone.iana_name, as_utc - guess->east);
    }
  }
  return {as_utc - offset.value_or(UtcOffset{}).east, offset};
}

}  // namespace

std::optional<Duration> parse_wire_duration(std::string_view text) {
  if (!text.ends_with('s')) return std::nullopt;
  text.remove_suffix(1);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string fraction(point == std::string_view::npos ? std::string_view{"0"} : text.substr(point + 1));
  if (whole.empty() || whole.size() > max_whole_digits || !all_digits(whole)) return std::nullopt;
  if (fraction.empty() || fraction.size() > max_fraction_digits || !all_digits(fraction)) return std::nullopt;
  fraction.resize(3, '0');
  std::int64_t seconds = 0;
  std::int64_t milliseconds = 0;
  std::from_chars(whole.data(), whole.data() + whole.size(), seconds);
  std::from_chars(fraction.data(), fraction.data() + fraction.size(), milliseconds);
  const Duration duration = std::chrono::seconds{seconds} + std::chrono::milliseconds{milliseconds};
  return negative ? -duration : duration;
}

std::string format_wire_duration(Duration duration) {
  const auto milliseconds = duration.count();
  const auto magnitude = milliseconds < 0 ? -milliseconds : milliseconds;
  std::string text = fmt::format("{}{}", milliseconds < 0 ? "-" : "", magnitude / 1000);
  if (magnitude % 1000 != 0) text += fmt::format(".{:03}", magnitude % 1000);
  return text + "s";
}

Field<Duration> duration_field(const boost::json::object& object, std::string_view name) {
  const auto text = text_field(object, name);
  if (!text.present()) return {text.presence, {}};
  const auto duration = parse_wire_duration(text.value);
  return duration ? Field<Duration>{Presence::present, *duration} : Field<Duration>{Presence::unreadable, {}};
}

Field<Moment> moment_field(const boost::json::object& object, const WireMomentNames& names, bool& offset_unreadable) {
  auto moment = time_field(object, names.time);
  if (!moment.present()) return moment;
  if (moment.value.offset == UtcOffset{}) moment.value.offset.reset();  // "Z" says UTC, not where it was
  const auto offset = duration_field(object, names.offset);
  if (offset.present()) {
    const auto read = offset_of(offset.value);
    offset_unreadable = offset_unreadable || !read;
    if (read) moment.value.offset = read;
    return moment;
  }
  offset_unreadable = offset_unreadable || offset.unreadable();
  if (names.civil.empty()) return moment;
  if (const auto civil = object_field(object, names.civil); civil.present()) {
    if (const auto local = read_civil(*civil.value)) {
      const Duration difference = *local - std::chrono::floor<std::chrono::seconds>(moment.value.at);
      if (const auto read = offset_of(difference)) moment.value.offset = read;
    }
  }
  return moment;
}

std::optional<std::chrono::year_month_day> read_date(const boost::json::object& date) {
  const auto year = civil_part(date, "year", 9999);
  const auto month = civil_part(date, "month", 12);
  const auto day = civil_part(date, "day", 31);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day read{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!read.ok()) return std::nullopt;
  const Instant start{std::chrono::sys_days{read}};
  constexpr Duration margin = std::chrono::hours{48};  // the local day and its offset stay within the calendar
  if (start < min_instant + margin || start > max_instant - margin) return std::nullopt;
  return read;
}

model::TimeFrame local_day(std::chrono::year_month_day date, const UserZone& zone) {
  const std::chrono::sys_days day{date};
  return {local_midnight(day, zone), local_midnight(day + std::chrono::days{1}, zone)};
}

}  // namespace syncwell::providers::google_health
