// Sports as free text: GPX <type> and the activity names that apps put into extensions, TCX Sport. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "model/record.hpp"

namespace syncwell::providers::track {

// Case, blanks and punctuation do not matter ("Trail Run", "trail_running"). Also takes the numbers that Strava's GPX
// export writes ("9" run, "1" ride; the other numbers as seen in exports, not documented) and the names of
// model::name_of. nullopt for a text that is no known sport.
[[nodiscard]] std::optional<model::Sport> sport_from_text(std::string_view text);

// The three families that TCX and others can tell apart.
enum class SportFamily { running, cycling, other };
[[nodiscard]] SportFamily family_of(model::Sport sport);

}  // namespace syncwell::providers::track
