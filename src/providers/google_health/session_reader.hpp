// The payloads of the two session types: sleep stages, and the summary, laps and pauses of an exercise.
// Everything in them is optional: what is unreadable becomes a warning.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "model/record.hpp"
#include "providers/warning_list.hpp"

namespace syncwell::providers::google_health {

[[nodiscard]] model::Sleep read_sleep(const boost::json::object& sleep, const std::string& where,
                                      WarningList& warnings);
[[nodiscard]] model::Workout read_exercise(const boost::json::object& exercise, const model::TimeFrame& time,
                                           const std::string& where, WarningList& warnings);

}  // namespace syncwell::providers::google_health
