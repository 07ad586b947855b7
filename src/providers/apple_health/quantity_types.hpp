// Which HealthKit type an export's Record belongs to, and the conversion from the display unit that the phone printed
// to the unit of our DataType. Names: Apple's HealthKit documentation, HKQuantityTypeIdentifier and HKUnit (2026).
// Pure functions.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "model/data_type.hpp"

namespace syncwell::providers::apple_health {

enum class Dimension { count, length, energy, mass, rate, percent, duration };

struct QuantityType {
  std::string_view identifier;  // "HKQuantityTypeIdentifierStepCount"
  model::DataType type;
  Dimension dimension;
};

inline constexpr std::string_view sleep_identifier = "HKCategoryTypeIdentifierSleepAnalysis";

[[nodiscard]] std::span<const QuantityType> quantity_types();
// Null for an identifier that no DataType covers.
[[nodiscard]] const QuantityType* find_quantity_type(std::string_view identifier);

// nullopt: a unit that is not of this dimension. Count, rate and percent have one unit only, so it may be missing.
// Percent: Apple prints 0–1; values above 1 come from foreign apps and are percent already.
[[nodiscard]] std::optional<double> to_canonical(Dimension dimension, double value, std::string_view unit);

}  // namespace syncwell::providers::apple_health
