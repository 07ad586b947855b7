// The options that can be changed while the sandbox runs, as JSON: {"google_health":{…},"strava":{…}} (README,
// Options).
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>

#include "sandbox/google_health.hpp"
#include "sandbox/strava.hpp"

namespace syncwell::sandbox {

[[nodiscard]] boost::json::object options_to_json(GoogleHealth& google_health, Strava& strava);
// All or nothing. The problem, with the option's name; nullopt when all is applied.
[[nodiscard]] std::optional<std::string> apply_options(const boost::json::object& wanted, GoogleHealth& google_health,
                                                       Strava& strava);

}  // namespace syncwell::sandbox
