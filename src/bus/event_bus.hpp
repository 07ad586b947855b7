// The EventBus port (ARCH-2), shaped after EventBridge: publishers say what happened, rules decide who gets it. Every
// adapter passes tests/conformance/event_bus_conformance.hpp. Threads, durability, cancellation: as in store/table.hpp.
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/time.hpp"

namespace syncwell::bus {

inline constexpr std::size_t max_event_bytes = 256 * 1024;
inline constexpr std::size_t max_undeliverable_page = 1000;

// CloudEvents names. `data` holds ids and settings, never health data.
struct Event {
  std::string id;      // a UUID; publishing the same id again is a new delivery
  std::string type;    // "RealtimeSyncRequested"
  std::string source;  // "api"
  Instant time{};
  boost::json::object data{};
};

// Names of the event types that the system itself publishes.
inline constexpr std::string_view realtime_sync_requested = "RealtimeSyncRequested";
// A provider told us that it has new data: {user, connection_id, data_types: [names], from, until (RFC 3339)}.
inline constexpr std::string_view source_data_changed = "SourceDataChanged";
inline constexpr std::string_view reauthentication_needed = "ReAuthenticationNeeded";
// Requests to forget (engine/eraser.hpp): {user}, {user, connection_id}, {user, config_id}.
inline constexpr std::string_view user_erasure_requested = "UserErasureRequested";
inline constexpr std::string_view connection_erasure_requested = "ConnectionErasureRequested";
inline constexpr std::string_view sync_config_erasure_requested = "SyncConfigErasureRequested";
// {user, config_id, job_id, cause, written, deleted, first: what there was before has been brought over, …}
inline constexpr std::string_view sync_succeeded = "SyncSucceeded";
inline constexpr std::string_view sync_failed = "SyncFailed";

class EventBus {
 public:
  virtual ~EventBus() = default;
  // Success: the event is durable at every target whose rule matches, or, where a target refused it or no rule
  // matches, in the bus's own dead-letter queue. too_large, invalid_argument (no id or
  // type, a time that RFC 3339 cannot say); storage_* errors: nothing was published.
  [[nodiscard]] virtual Async<Result<void>> publish(Event event) = 0;
  // Events that no rule wanted or whose target refused them, oldest first, at most `limit` (<= max_undeliverable_page).
  [[nodiscard]] virtual Async<Result<std::vector<Event>>> undeliverable(std::size_t limit) = 0;
};

// One JSON line, and back. The bodies of queue messages are events in this form.
[[nodiscard]] std::string to_json(const Event& event);
[[nodiscard]] Result<Event> event_from_json(std::string_view text);  // unreadable_input

}  // namespace syncwell::bus
