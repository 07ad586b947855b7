#include "model/data_type.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace syncwell::model {
namespace {

struct Row {
  DataType type;
  std::string_view name;
  std::string_view unit;
  std::string_view open_mhealth;  // also accepted on input
};

constexpr std::array rows = {
    Row{DataType::steps, "steps", "steps", "step_count"},
    Row{DataType::distance, "distance", "m", "distance"},
    Row{DataType::floors, "floors", "floors", "floors_climbed"},
    Row{DataType::active_energy, "active_energy", "kcal", "calories_burned"},
    Row{DataType::heart_rate, "heart_rate", "beats/min", "heartrate"},
    Row{DataType::resting_heart_rate, "resting_heart_rate", "beats/min", "daily_resting_heart_rate"},
    Row{DataType::hrv_sdnn, "hrv_sdnn", "ms", "heart_rate_variability_sdnn"},
    Row{DataType::hrv_rmssd, "hrv_rmssd", "ms", "heart_rate_variability_rmssd"},
    Row{DataType::oxygen_saturation, "oxygen_saturation", "%", "spo2"},
    Row{DataType::weight, "weight", "kg", "body_weight"},
    Row{DataType::body_fat, "body_fat", "%", "body_fat_percentage"},
    Row{DataType::sleep, "sleep", "", "sleep_episode"},
    Row{DataType::workout, "workout", "", "physical_activity"},
};
static_assert(rows.size() == all_data_types.size());

const Row& row_of(DataType type) noexcept { return rows[static_cast<std::size_t>(type)]; }

}  // namespace

std::string_view name_of(DataType type) noexcept { return row_of(type).name; }
std::string_view unit_of(DataType type) noexcept { return row_of(type).unit; }

std::optional<DataType> parse_data_type(std::string_view name) {
  std::string key(name);
  std::ranges::transform(key, key.begin(),
                         [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::tolower(c)); });
  for (const Row& row : rows) {
    if (key == row.name || key == row.open_mhealth) return row.type;
  }
  if (key == "workouts" || key == "exercise" || key == "activity") return DataType::workout;
  return std::nullopt;
}

std::string data_type_list() {
  std::string list;
  for (const Row& row : rows) list += (list.empty() ? "" : ", ") + std::string(row.name);
  return list;
}

}  // namespace syncwell::model
