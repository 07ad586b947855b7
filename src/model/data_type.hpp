// The kinds of health data that travel (names after Open mHealth / IEEE 1752.1), and the one unit in which each is
// held.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace syncwell::model {

enum class DataType {
  steps,               // interval, "steps"
  distance,            // interval, "m"
  floors,              // interval, "floors"
  active_energy,       // interval, "kcal"
  heart_rate,          // instant or interval, "beats/min"
  resting_heart_rate,  // interval (a local day), "beats/min"
  hrv_sdnn,            // instant or interval, "ms"; never mixed with RMSSD
  hrv_rmssd,           // instant or interval, "ms"
  oxygen_saturation,   // instant or interval, "%" (0–100)
  weight,              // instant, "kg"
  body_fat,            // instant, "%" (0–100)
  sleep,               // session with stages
  workout,             // session with sport, laps, samples, route
};

inline constexpr std::array all_data_types = {
    DataType::steps,         DataType::distance,   DataType::floors,
    DataType::active_energy, DataType::heart_rate, DataType::resting_heart_rate,
    DataType::hrv_sdnn,      DataType::hrv_rmssd,  DataType::oxygen_saturation,
    DataType::weight,        DataType::body_fat,   DataType::sleep,
    DataType::workout};

// "heart_rate": the name in the API, the CLI, the queue and metrics.
[[nodiscard]] std::string_view name_of(DataType type) noexcept;
// Takes '-' for '_', any case, and the Open mHealth names (step-count, body-weight, physical-activity …).
[[nodiscard]] std::optional<DataType> parse_data_type(std::string_view name);
// "steps, distance, …" for error messages.
[[nodiscard]] std::string data_type_list();
// The unit of a quantity, as Open mHealth writes it; empty for sleep and workout.
[[nodiscard]] std::string_view unit_of(DataType type) noexcept;
[[nodiscard]] constexpr bool is_session(DataType type) noexcept {
  return type == DataType::sleep || type == DataType::workout;
}

}  // namespace syncwell::model
