// The names of the canonical JSON form that its reader and its writer share. Where Open mHealth or IEEE 1752.1 has a
// name it is used; the rest follows their manner. schema/README.md has the table with sources.
#pragma once

#include <array>
#include <string_view>

#include "model/data_type.hpp"

namespace syncwell::model::names {

inline constexpr std::string_view schema_namespace = "syncwell";
inline constexpr std::string_view schema_name = "record";
inline constexpr std::string_view schema_version = "1.0";
inline constexpr std::string_view schema_major = "1.";  // what a reader takes: 1.0, 1.1, …

// The member of the body that holds the payload, in the order of DataType.
inline constexpr std::array body_members = {
    std::string_view("step_count"),                    // omh step-count
    std::string_view("distance"),                      // omh physical-activity: distance
    std::string_view("floors_climbed"),                // own
    std::string_view("kcal_burned"),                   // omh calories-burned
    std::string_view("heart_rate"),                    // omh heart-rate
    std::string_view("resting_heart_rate"),            // own
    std::string_view("heart_rate_variability_sdnn"),   // own
    std::string_view("heart_rate_variability_rmssd"),  // own
    std::string_view("oxygen_saturation"),             // omh oxygen-saturation
    std::string_view("body_weight"),                   // omh body-weight
    std::string_view("body_fat_percentage"),           // omh body-fat-percentage
    std::string_view("sleep"),                         // own; IEEE sleep-episode has no stages
    std::string_view("workout"),                       // own; omh physical-activity has no laps, samples or route
};
static_assert(body_members.size() == all_data_types.size());

[[nodiscard]] constexpr std::string_view body_member(DataType type) {
  return body_members[static_cast<std::size_t>(type)];
}

inline constexpr std::string_view meters = "m";
inline constexpr std::string_view kilocalories = "kcal";
inline constexpr std::string_view beats_per_minute = "beats/min";
inline constexpr std::string_view steps = "steps";
inline constexpr std::string_view milliseconds = "ms";

}  // namespace syncwell::model::names
