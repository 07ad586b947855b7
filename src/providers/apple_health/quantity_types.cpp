#include "providers/apple_health/quantity_types.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace syncwell::providers::apple_health {
namespace {

using model::DataType;

constexpr std::array table = {
    QuantityType{"HKQuantityTypeIdentifierStepCount", DataType::steps, Dimension::count},
    QuantityType{"HKQuantityTypeIdentifierDistanceWalkingRunning", DataType::distance, Dimension::length},
    QuantityType{"HKQuantityTypeIdentifierDistanceCycling", DataType::distance, Dimension::length},
    QuantityType{"HKQuantityTypeIdentifierDistanceSwimming", DataType::distance, Dimension::length},
    QuantityType{"HKQuantityTypeIdentifierDistanceWheelchair", DataType::distance, Dimension::length},
    QuantityType{"HKQuantityTypeIdentifierFlightsClimbed", DataType::floors, Dimension::count},
    QuantityType{"HKQuantityTypeIdentifierActiveEnergyBurned", DataType::active_energy, Dimension::energy},
    QuantityType{"HKQuantityTypeIdentifierHeartRate", DataType::heart_rate, Dimension::rate},
    QuantityType{"HKQuantityTypeIdentifierRestingHeartRate", DataType::resting_heart_rate, Dimension::rate},
    QuantityType{"HKQuantityTypeIdentifierHeartRateVariabilitySDNN", DataType::hrv_sdnn, Dimension::duration},
    QuantityType{"HKQuantityTypeIdentifierOxygenSaturation", DataType::oxygen_saturation, Dimension::percent},
    QuantityType{"HKQuantityTypeIdentifierBodyMass", DataType::weight, Dimension::mass},
    QuantityType{"HKQuantityTypeIdentifierBodyFatPercentage", DataType::body_fat, Dimension::percent},
};

struct Unit {
  Dimension dimension;
  std::string_view name;
  double factor;
};

constexpr std::array units = {
    Unit{Dimension::count, "count", 1},
    Unit{Dimension::count, "", 1},
    Unit{Dimension::length, "m", 1},
    Unit{Dimension::length, "km", 1000},
    Unit{Dimension::length, "mi", 1609.344},
    Unit{Dimension::length, "ft", 0.3048},
    Unit{Dimension::length, "yd", 0.9144},
    Unit{Dimension::length, "in", 0.0254},
    Unit{Dimension::length, "cm", 0.01},
    Unit{Dimension::length, "mm", 0.001},
    Unit{Dimension::energy, "kcal", 1},
    Unit{Dimension::energy, "Cal", 1},
    Unit{Dimension::energy, "cal", 0.001},
    Unit{Dimension::energy, "kJ", 1 / 4.184},
    Unit{Dimension::energy, "J", 0.001 / 4.184},
    Unit{Dimension::mass, "kg", 1},
    Unit{Dimension::mass, "g", 0.001},
    Unit{Dimension::mass, "lb", 0.45359237},
    Unit{Dimension::mass, "oz", 0.028349523125},
    Unit{Dimension::mass, "st", 6.35029318},
    Unit{Dimension::rate, "count/min", 1},
    Unit{Dimension::rate, "count/s", 60},
    Unit{Dimension::rate, "", 1},
    Unit{Dimension::duration, "ms", 1},
    Unit{Dimension::duration, "s", 1000},
    Unit{Dimension::duration, "min", 60'000},
    Unit{Dimension::duration, "hr", 3'600'000},
};

}  // namespace

std::span<const QuantityType> quantity_types() { return table; }

const QuantityType* find_quantity_type(std::string_view identifier) {
  const auto found = std::ranges::find(table, identifier, &QuantityType::identifier);
  return found == table.end() ? nullptr : &*found;
}

std::optional<double> to_canonical(Dimension dimension, double value, std::string_view unit) {
  if (dimension == Dimension::percent) {
    if (!unit.empty() && unit != "%") return std::nullopt;
    if (value > 1) return value;
    return std::round(value * 1e11) / 1e9;  // 0.29 is 29, not 28.999999999999996
  }
  for (const Unit& row : units) {
    if (row.dimension == dimension && row.name == unit) return value * row.factor;
  }
  return std::nullopt;
}

}  // namespace syncwell::providers::apple_health
