#include "app/queues.hpp"

#include "engine/eraser.hpp"
#include "notify/deliverer.hpp"
#include "support/desk.hpp"

namespace syncwell::app {

std::vector<sqlite::QueueDefinition> queue_definitions(queue::Settings hot) {
  const queue::Settings erasures{std::chrono::minutes{5}, engine::max_erasure_attempts};
  const queue::Settings deliveries{std::chrono::minutes{1}, notify::max_delivery_attempts + 1};
  const queue::Settings notices{std::chrono::minutes{2}, support::max_notice_attempts * 2};
  return {{std::string(hot_queue_name), hot},
          {std::string(desk_queue_name), {}},
          {std::string(notice_queue_name), notices},
          {std::string(notification_queue_name), {}},
          {std::string(delivery_queue_name), deliveries},
          {std::string(trigger_queue_name), {}},
          {std::string(erasure_queue_name), erasures}};
}

std::vector<sqlite::Rule> event_rules() {
  const auto to = [](std::string_view type, std::string_view queue) {
    return sqlite::Rule{std::string(type), std::string(queue)};
  };
  return {to(bus::realtime_sync_requested, hot_queue_name),
          to(bus::source_data_changed, trigger_queue_name),
          to(bus::sync_succeeded, trigger_queue_name),
          to(bus::sync_succeeded, notification_queue_name),
          to(bus::sync_failed, notification_queue_name),
          to(bus::reauthentication_needed, notification_queue_name),
          to(bus::reauthentication_needed, desk_queue_name),
          to(bus::user_erasure_requested, erasure_queue_name),
          to(bus::connection_erasure_requested, erasure_queue_name),
          to(bus::sync_config_erasure_requested, erasure_queue_name)};
}

std::vector<queue::Queue*> queues_that_name_people(sqlite::Storage& storage) {
  return {&storage.queue(hot_queue_name), &storage.queue(notification_queue_name), &storage.queue(trigger_queue_name),
          &storage.queue(desk_queue_name)};
}

}  // namespace syncwell::app
