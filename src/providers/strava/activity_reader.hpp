// Strava activities, laps and streams → a workout Record. Unknown members and sport types are tolerated; an optional
// member that is there but unreadable becomes a warning and is left out; without a readable id, start or elapsed time
// the whole fetch fails with `mapping` (PROV-3). Source: Strava API v3 reference, recorded answers in tests/data.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

#include "model/record.hpp"
#include "providers/warning_list.hpp"

namespace syncwell::providers::strava {

// A summary or detailed activity. The times come from start_date and utc_offset: start_date_local is local wall-clock
// time with a false "Z", and the "(GMT-05:00)" in `timezone` is the standard offset, not the one of that date. An
// athlete who hides start times makes start_date midnight plus one second of the local day; that is taken as it is.
[[nodiscard]] Result<model::Record> read_activity(const boost::json::value& activity, const std::string& position,
                                                  WarningList& warnings);

// The answer of /streams with key_by_type=true, into samples and route. Streams may be missing, of different length or
// hold nulls; 0/0 coordinates mean "no fix".
void read_streams(const boost::json::object& streams, model::Record& record, WarningList& warnings);

// What Strava gives back as external_id is what the upload said, as a file name: without directory and ".fit" it may be
// one of our ids. Any other text is returned as it is.
[[nodiscard]] std::string external_id_of(std::string_view text);

}  // namespace syncwell::providers::strava
