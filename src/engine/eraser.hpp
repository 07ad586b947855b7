// Forgetting: a sync with its ledger, a connection with its grant and its syncs, a person with everything (API:
// DELETE /sync-configs/{id}, /connections/{id}, /users/me). A request is an event; carrying it out is repeatable, so
// that a crash, a provider that is down or a job that still runs costs time and nothing else.
//
// Order: what starts jobs goes first (the sync's config), then the sync's lease is taken, so that no job of it runs any
// more, then its ledger and progress go; the provider is told before the tokens go.
// What is left at last: nothing that names the person. One thread.
#pragma once

#include <string>

#include "bus/event_bus.hpp"
#include "engine/outward_client.hpp"
#include "providers/registry.hpp"
#include "queue/queue.hpp"
#include "store/connections.hpp"
#include "store/jobs.hpp"
#include "store/leases.hpp"
#include "store/ledger.hpp"
#include "store/sync_configs.hpp"
#include "store/users.hpp"
#include "vault/vault.hpp"

namespace syncwell::engine {

// A provider that cannot be told after so many attempts (hours) is left with a grant that nobody holds the tokens of.
inline constexpr int max_revocation_attempts = 10;

// Days of trying, then the event waits in the queue's dead-letter queue for the operator.
inline constexpr int max_erasure_attempts = 100;
// Before the next attempt: longer and longer, up to an hour.
[[nodiscard]] Duration pause_after_erasure(int attempt);

struct EraserServices {  // references outlive the eraser
  store::Table& table;
  vault::Vault& vault;
  bus::EventBus& bus;
  std::vector<queue::Queue*> queues;  // whose dead letters may name the person
  const providers::Registry& providers;
  net::HttpClient& http;
  RateLimiter& limiter;
  Breakers& breakers;
  store::Leases& leases;
  Runtime& runtime;
};

class Eraser {
 public:
  explicit Eraser(EraserServices services);

  // The event is durable, and from then on the person, the connection or the sync is not found any more.
  [[nodiscard]] Async<Result<void>> request_user(std::string user);
  [[nodiscard]] Async<Result<void>> request_connection(store::Connection connection);  // version_conflict
  [[nodiscard]] Async<Result<void>> request_config(store::SyncConfig config);          // whatever its version is

  // Carries out one of these events. `attempt` counts from 1. busy: a job of the sync still runs; errors of the
  // provider that may pass; storage errors: repeat. unreadable_input: no such event.
  [[nodiscard]] Async<Result<void>> carry_out(bus::Event event, int attempt);

 private:
  [[nodiscard]] static Async<Result<void>> purge_dead_letters(queue::Queue& queue, std::string user);
  [[nodiscard]] Async<Result<void>> publish(std::string_view type, boost::json::object data);
  [[nodiscard]] Async<Result<void>> erase_user(std::string user, int attempt);
  [[nodiscard]] Async<Result<void>> erase_connection(store::Connection connection, int attempt);
  [[nodiscard]] Async<Result<void>> erase_config(std::string user, std::string config_id);
  [[nodiscard]] Async<Result<void>> revoke(const store::Connection& connection, int attempt);
  [[nodiscard]] Async<Result<void>> erase_partition(std::string partition);
  // Whole partitions of the items that an index names: what else lies beside them goes too.
  [[nodiscard]] Async<Result<void>> erase_index(std::string index, std::string partition);
  [[nodiscard]] Async<Result<void>> erase_items(std::vector<store::Item> items);

  EraserServices services_;
  store::Users users_;
  store::Connections connections_;
  store::SyncConfigs configs_;
};

}  // namespace syncwell::engine
