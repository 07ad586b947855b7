#include "adapters/sqlite/sqlite_event_bus.hpp"

#include <fmt/format.h>

namespace syncwell::sqlite {

static_assert(bus::max_event_bytes <= queue::max_body_bytes, "no queue refuses an event for its size");

SqliteEventBus::SqliteEventBus(std::vector<Route> routes, Writer& writer, Readers& readers,
                               const QueueClock& queue_clock, MessageIds& ids)
    : routes_(std::move(routes)), writer_(writer), readers_(readers), queue_clock_(queue_clock), ids_(ids) {}

Result<void> SqliteEventBus::deliver(WriteContext& context, const std::string& type, const std::string& body) {
  bool wanted = false;
  bool refused = false;
  for (const Route& route : routes_) {
    if (route.event_type != type) continue;
    wanted = true;
    if (route.queue != nullptr) {
      if (auto inserted = route.queue->insert(context, body, Duration{0}); !inserted) {
        return fail(std::move(inserted.error()));
      }
    } else if (!route.drop) {
      refused = true;
    }
  }
  if (wanted && !refused) return {};
  Query query = context.connection.query("INSERT INTO undeliverable_event(id, event) VALUES(?1, ?2)");
  query.bind(ids_.next(queue_clock_.now()), body);
  return query.run();
}

Async<Result<void>> SqliteEventBus::publish(bus::Event event) {
  if (event.id.empty() || event.type.empty()) {
    co_return fail(ErrorCode::invalid_argument, "an event needs an id and a type");
  }
  if (event.time < min_instant || event.time >= max_instant) {
    co_return fail(ErrorCode::invalid_argument, "an event's time must lie between 1900 and 2200");
  }
  std::string body = bus::to_json(event);
  if (body.size() > bus::max_event_bytes) {
    co_return fail(ErrorCode::too_large, fmt::format("an event holds at most {} bytes", bus::max_event_bytes));
  }
  const std::size_t bytes = body.size();
  co_return co_await writer_.write<void>([this, type = std::move(event.type), body = std::move(body)](
                                             WriteContext& context) { return deliver(context, type, body); },
                                         bytes);
}

Async<Result<std::vector<bus::Event>>> SqliteEventBus::undeliverable(std::size_t limit) {
  if (limit > bus::max_undeliverable_page) {
    co_return fail(ErrorCode::invalid_argument,
                   fmt::format("at most {} events are listed at once", bus::max_undeliverable_page));
  }
  auto bodies = co_await readers_.read<std::vector<std::string>>(
      [limit](Connection& connection) -> Result<std::vector<std::string>> {
        std::vector<std::string> found;
        Query query = connection.query("SELECT event FROM undeliverable_event ORDER BY id LIMIT ?1");
        query.bind(limit);
        while (query.next()) found.push_back(query.text(0));
        if (query.error()) return fail(*query.error());
        return found;
      });
  if (!bodies) co_return fail(std::move(bodies.error()));
  std::vector<bus::Event> events;
  events.reserve(bodies->size());
  for (const auto& body : *bodies) {
    auto event = bus::event_from_json(body);
    if (!event) co_return fail(ErrorCode::storage_failed, "an event in the data file is damaged; restore a backup");
    events.push_back(std::move(*event));
  }
  co_return events;
}

}  // namespace syncwell::sqlite
