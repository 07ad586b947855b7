// Strava's sport_type ↔ our Sport. Source: SportType in the Strava API v3 reference (2025-10); it grows, so an unknown
// word is Sport::other, never an error. Strava tells indoors from outdoors by the trainer flag.
#pragma once

#include <string_view>

#include "model/record.hpp"

namespace syncwell::providers::strava {

[[nodiscard]] model::Sport sport_of(std::string_view sport_type, bool trainer);

struct StravaSport {
  std::string_view sport_type;  // "Workout" where Strava has no word
  bool trainer = false;
};
[[nodiscard]] StravaSport strava_sport_of(model::Sport sport);

}  // namespace syncwell::providers::strava
