// The EventBus port on SQLite: rules in memory, targets are queues of the same file, so that an event and all its
// messages are one transaction. See bus/event_bus.hpp for the contract.
#pragma once

#include <string>
#include <vector>

#include "adapters/sqlite/sqlite_queue.hpp"
#include "bus/event_bus.hpp"

namespace syncwell::sqlite {

// An event of this type goes to that queue. An empty queue name means that nobody wants it, on purpose: it is dropped
// instead of ending in the bus's dead-letter queue. Several rules may name one type.
struct Rule {
  std::string event_type;
  std::string queue;
};

// A rule with its queue; null: drop, or refuse when the rule names a queue that does not exist.
struct Route {
  std::string event_type;
  SqliteQueue* queue = nullptr;
  bool drop = false;
};

class SqliteEventBus final : public bus::EventBus {
 public:
  // All references, and the queues of the routes, outlive the bus.
  SqliteEventBus(std::vector<Route> routes, Writer& writer, Readers& readers, const QueueClock& queue_clock,
                 MessageIds& ids);

  [[nodiscard]] Async<Result<void>> publish(bus::Event event) override;
  [[nodiscard]] Async<Result<std::vector<bus::Event>>> undeliverable(std::size_t limit) override;

 private:
  [[nodiscard]] Result<void> deliver(WriteContext& context, const std::string& type, const std::string& body);

  const std::vector<Route> routes_;
  Writer& writer_;
  Readers& readers_;
  const QueueClock& queue_clock_;
  MessageIds& ids_;
};

}  // namespace syncwell::sqlite
