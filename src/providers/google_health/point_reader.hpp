// One Google Health data point (list or reconcile form) → one Record. Unknown members and enum values are tolerated.
// An optional member that is there but unreadable becomes a warning that names the record id and the member, and the
// record is kept without it; an essential one (the time, the value) is a mapping error that names the same (PROV-3).
// Source: data_points.proto, data_model.proto, data_source.proto (2026-08-22).
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>

#include "model/record.hpp"
#include "providers/google_health/type_table.hpp"
#include "providers/google_health/wire_time.hpp"
#include "providers/warning_list.hpp"

namespace syncwell::providers::google_health {

// nullopt: a sound point that holds no value of this type (hrv: only the other of the two measures).
// `where` stands for the id in messages where the point has none ("point 3 of the page").
[[nodiscard]] Result<std::optional<model::Record>> read_point(const TypeRow& row, const boost::json::value& point,
                                                              const UserZone& zone, const std::string& where,
                                                              WarningList& warnings);

// The last segment of "users/me/dataTypes/sleep/dataPoints/sl1"; empty for an empty name.
[[nodiscard]] std::string id_in_name(std::string_view name);

}  // namespace syncwell::providers::google_health
