// The messages and fields that matter to us, as data: numbers, scales and names. Pure values, any thread.
// Source: shared fact sheet "FIT, GPX and TCX files" (field numbers of python-fitparse's profile, 2026).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "providers/fit/fit_reader.hpp"

namespace syncwell::providers::fit {

enum MessageNumber : std::uint16_t {
  message_file_id = 0,
  message_sport = 12,
  message_session = 18,
  message_lap = 19,
  message_record = 20,
  message_event = 21,
  message_device_info = 23,
  message_weight_scale = 30,
  message_activity = 34,
  message_file_creator = 49,
  message_monitoring = 55,
  message_monitoring_info = 103,
  message_field_description = 206,
  message_developer_data_id = 207,
  message_sleep_level = 275,
};

inline constexpr std::uint8_t field_timestamp = 253, field_message_index = 254;

namespace file_id {
inline constexpr std::uint8_t type = 0, manufacturer = 1, product = 2, serial_number = 3, time_created = 4,
                              product_name = 8;
inline constexpr std::uint8_t type_activity = 4;
}  // namespace file_id

namespace device_info {
inline constexpr std::uint8_t device_index = 0, manufacturer = 2, serial_number = 3, product = 4, product_name = 27;
}  // namespace device_info

namespace sport_message {
inline constexpr std::uint8_t sport = 0, sub_sport = 1, name = 3;
}  // namespace sport_message

namespace activity {
inline constexpr FieldSpec total_timer_time{0, 1000};
inline constexpr std::uint8_t num_sessions = 1, type = 2, event = 3, event_type = 4, local_timestamp = 5;
}  // namespace activity

namespace session {
inline constexpr std::uint8_t event = 0, event_type = 1, start_time = 2, sport = 5, sub_sport = 6, first_lap_index = 25,
                              num_laps = 26;
inline constexpr FieldSpec elapsed{7, 1000}, timer{8, 1000}, distance{9, 100}, cycles{10}, calories{11},
    average_heart_rate{16}, maximum_heart_rate{17}, ascent{22}, moving{59, 1000};
}  // namespace session

namespace lap {
inline constexpr std::uint8_t event = 0, event_type = 1, start_time = 2, sport = 25, sub_sport = 39;
inline constexpr FieldSpec elapsed{7, 1000}, timer{8, 1000}, distance{9, 100}, calories{11}, average_heart_rate{15},
    maximum_heart_rate{16};
}  // namespace lap

namespace record {
inline constexpr std::uint8_t latitude = 0, longitude = 1, compressed_speed_distance = 8;
inline constexpr FieldSpec altitude{2, 5, 500}, heart_rate{3}, cadence{4}, distance{5, 100}, speed{6, 1000}, power{7},
    temperature{13}, fractional_cadence{53, 128}, enhanced_speed{73, 1000}, enhanced_altitude{78, 5, 500};
}  // namespace record

namespace event {
inline constexpr std::uint8_t event = 0, event_type = 1;
inline constexpr std::uint8_t timer = 0, session_event = 8, lap_event = 9, activity_event = 26;
inline constexpr std::uint8_t start = 0, stop = 1, stop_all = 4, stop_disable = 8, stop_disable_all = 9;
}  // namespace event

namespace monitoring {
inline constexpr FieldSpec distance{2, 100}, cycles{3}, active_calories{19}, heart_rate{27};
inline constexpr std::uint8_t activity_type = 5, packed_activity_type = 24, timestamp_16 = 26;
inline constexpr std::uint8_t running = 1, walking = 6;
}  // namespace monitoring

namespace monitoring_info {
inline constexpr std::uint8_t local_timestamp = 0;
}  // namespace monitoring_info

namespace weight_scale {
inline constexpr std::uint8_t weight = 0, user_profile_index = 12;
inline constexpr FieldSpec percent_fat{1, 100};
inline constexpr double weight_scale_factor = 100;
inline constexpr std::uint32_t weight_calculating = 0xFFFE;
}  // namespace weight_scale

namespace sleep_level {
inline constexpr std::uint8_t level = 0;
}  // namespace sleep_level

namespace field_description {
inline constexpr std::uint8_t developer_index = 0, number = 1, base_type = 2, name = 3, units = 8, native_message = 14,
                              native_field = 15;
inline constexpr FieldSpec scale{6}, offset{7};
}  // namespace field_description

inline constexpr std::uint32_t manufacturer_garmin = 1;
inline constexpr std::uint32_t manufacturer_development = 255;
inline constexpr std::uint32_t manufacturer_zwift = 260;

// What our own writer puts into file_id; a reader of such a file trusts its offset.
inline constexpr std::string_view own_product_name = "SyncWell";
inline constexpr std::uint32_t own_product = 1;

// "Garmin"; empty for a maker that is not in the table.
[[nodiscard]] std::string_view manufacturer_name(std::uint32_t manufacturer) noexcept;
// "fenix 5"; empty for a product that is not in the table.
[[nodiscard]] std::string_view garmin_product_name(std::uint32_t product) noexcept;

}  // namespace syncwell::providers::fit
