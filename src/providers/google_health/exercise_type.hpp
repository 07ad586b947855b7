// Google's exerciseType ↔ our Sport. Source: enum ExerciseType in data_model.proto (2026-08-22); it may grow, so an
// unknown word is Sport::other, never an error.
#pragma once

#include <string_view>

#include "model/record.hpp"

namespace syncwell::providers::google_health {

[[nodiscard]] model::Sport sport_of(std::string_view exercise_type);
// The nearest word; OTHER where Google has none. sport_of(exercise_type_of(s)) == s for every sport that Google names.
[[nodiscard]] std::string_view exercise_type_of(model::Sport sport);

}  // namespace syncwell::providers::google_health
