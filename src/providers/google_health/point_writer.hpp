// One Record → the JSON body of a Google Health data point, for create and update. Derived and output-only members
// (civil times, summary, nap, updateTime, platform, application) are left out.
// Source: data_points.proto, data_model.proto (2026-08-22): which members are required, which output-only.
#pragma once

#include <string>

#include "model/record.hpp"
#include "providers/google_health/type_table.hpp"

namespace syncwell::providers::google_health {

// "users/me/dataTypes/weight/dataPoints/sw…".
[[nodiscard]] std::string point_name(const TypeRow& row, const std::string& id);

// `record` has the row's type; `id` is the client-set id. One JSON document, UTF-8.
[[nodiscard]] std::string write_point(const TypeRow& row, const model::Record& record, const std::string& id);

}  // namespace syncwell::providers::google_health
