// The queues of a server and which event goes to which: one table for the program, the tests and the simulation.
#pragma once

#include <string_view>
#include <vector>

#include "adapters/sqlite/storage.hpp"

namespace syncwell::app {

inline constexpr std::string_view hot_queue_name = "hot";                     // jobs for the workers
inline constexpr std::string_view notification_queue_name = "notifications";  // what subscribers are to be told
inline constexpr std::string_view delivery_queue_name = "deliveries";         // which subscriber is to be told what
inline constexpr std::string_view trigger_queue_name = "triggers";            // what may start a job
inline constexpr std::string_view desk_queue_name = "desk";                   // events that the support desk hears
inline constexpr std::string_view notice_queue_name = "notices";              // what the desk tells the world outside
inline constexpr std::string_view erasure_queue_name = "erasures";            // what is to be forgotten

[[nodiscard]] std::vector<sqlite::QueueDefinition> queue_definitions(queue::Settings hot);
[[nodiscard]] std::vector<sqlite::Rule> event_rules();
// Whose messages hold the key of a person: an erasure looks through their dead letters.
[[nodiscard]] std::vector<queue::Queue*> queues_that_name_people(sqlite::Storage& storage);

}  // namespace syncwell::app
