// The time forms of the Google Health API: RFC 3339 times with the offset beside them as a duration ("-18000s"), and
// civil (local) dates and times whose zero-valued members are left out. Source: data_coordinates.proto (2026-08-22),
// google.protobuf.Duration and google.type.Date in proto3 JSON.
#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "model/record.hpp"
#include "providers/json_access.hpp"

namespace syncwell::providers::google_health {

// "1800s", "-18000s", "1.5s"; at most 9 fraction digits (cut to milliseconds) and 12 whole ones.
[[nodiscard]] std::optional<Duration> parse_wire_duration(std::string_view text);
[[nodiscard]] std::string format_wire_duration(Duration duration);
[[nodiscard]] Field<Duration> duration_field(const boost::json::object& object, std::string_view name);

// The time in `time_name` and its offset from `offset_name`, else from the civil time in `civil_name`, else as written
// in the time itself where that is not UTC; otherwise unknown. `offset_unreadable` is set where the offset is there but
// no offset: an optional field, the caller warns.
struct WireMomentNames {
  std::string_view time;
  std::string_view offset;
  std::string_view civil;
};
[[nodiscard]] Field<Moment> moment_field(const boost::json::object& object, const WireMomentNames& names,
                                         bool& offset_unreadable);

// date{year,month,day}; nullopt for dates that do not exist or lie outside [min_instant, max_instant].
[[nodiscard]] std::optional<std::chrono::year_month_day> read_date(const boost::json::object& date);

// Where a person lives, from GET /v4/users/me/settings; both empty when the account does not tell.
struct UserZone {
  std::string iana_name;
  std::optional<UtcOffset> fixed_offset;
};
// From local midnight to the next one, each with its own offset (DST). Without a zone: the UTC day, offsets unknown.
[[nodiscard]] model::TimeFrame local_day(std::chrono::year_month_day date, const UserZone& zone);

}  // namespace syncwell::providers::google_health
