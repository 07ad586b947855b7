// From an event to the messages that tell it: one for each subscriber who wants to hear it. An event is written to the
// log first, and messages name it there, so that what a person's erasure takes from the log is told to nobody any more.
#pragma once

#include <string>
#include <vector>

#include "bus/event_bus.hpp"
#include "queue/queue.hpp"
#include "store/event_log.hpp"
#include "store/subscriptions.hpp"

namespace syncwell::notify {

// The body of a message of the queue of deliveries.
struct Delivery {
  std::string subscription_id;
  store::Key event;
};
[[nodiscard]] std::string to_json(const Delivery& delivery);
[[nodiscard]] Result<Delivery> delivery_from_json(std::string_view text);  // unreadable_input

class Outbox {
 public:
  Outbox(store::Table& table, queue::Queue& deliveries) : subscriptions_(table), log_(table), deliveries_(deliveries) {}
  // At least once: may be repeated. Nothing happens for events that are not for subscribers (standard_webhook.hpp).
  [[nodiscard]] Async<Result<void>> add(bus::Event event);
  // Tells the subscriber again what happened since then; how many events. At most store::event_log_lifetime ago.
  [[nodiscard]] Async<Result<std::size_t>> replay(store::Subscription subscription, Instant since, Instant now);

 private:
  [[nodiscard]] Async<Result<void>> add(store::LoggedEvent event,
                                        const std::vector<store::Subscription>& subscriptions);
  store::Subscriptions subscriptions_;
  store::EventLog log_;
  queue::Queue& deliveries_;
};

}  // namespace syncwell::notify
