#include "engine/eraser.hpp"

#include <algorithm>

#include "engine/account_secret.hpp"
#include "engine/job_message.hpp"
#include "store/attributes.hpp"

namespace syncwell::engine {
namespace {

constexpr Duration lease_time = std::chrono::seconds{90};
constexpr Duration revocation_timeout = std::chrono::seconds{30};
constexpr std::size_t dead_letters_per_page = 500;
constexpr Duration first_pause = std::chrono::seconds{5};
constexpr Duration max_pause = std::chrono::hours{1};

}  // namespace

Duration pause_after_erasure(int attempt) {
  Duration pause = first_pause;
  for (int i = 1; i < attempt && pause < max_pause; ++i) pause *= 2;
  return std::min(pause, max_pause);
}

Eraser::Eraser(EraserServices services)
    : services_(services), users_(services.table), connections_(services.table), configs_(services.table) {}

Async<Result<void>> Eraser::publish(std::string_view type, boost::json::object data) {
  bus::Event event{services_.runtime.random().uuid4(), std::string(type), "api", services_.runtime.now(),
                   std::move(data)};
  return services_.bus.publish(std::move(event));
}

Async<Result<void>> Eraser::request_user(std::string user) {
  auto stored = co_await users_.get(user);
  if (!stored) co_return fail(std::move(stored.error()));
  if (stored->status != store::UserStatus::erasing) {
    stored->status = store::UserStatus::erasing;
    auto put = co_await users_.put(std::move(*stored));
    if (!put) co_return fail(std::move(put.error()));
  }
  // Again for who asks again: the event of the first call may not have been published.
  co_return co_await publish(bus::user_erasure_requested, {{"user", user}});
}

Async<Result<void>> Eraser::request_connection(store::Connection connection) {
  if (connection.status != store::ConnectionStatus::erasing) {
    connection.status = store::ConnectionStatus::erasing;
    auto updated = co_await connections_.update(connection);
    if (!updated) co_return updated;
  }
  co_return co_await publish(bus::connection_erasure_requested,
                             {{"user", connection.user}, {"connection_id", connection.id}});
}

Async<Result<void>> Eraser::request_config(store::SyncConfig config) {
  // First the event: whatever becomes of this call, the sync goes with all that belongs to it.
  auto published =
      co_await publish(bus::sync_config_erasure_requested, {{"user", config.user}, {"config_id", config.id}});
  if (!published) co_return published;
  auto erased = co_await configs_.erase(std::move(config));
  // Carried out already, or edited meanwhile: the event has it either way.
  if (!erased && erased.error().code == ErrorCode::version_conflict) co_return Result<void>{};
  co_return erased;
}

Async<Result<void>> Eraser::carry_out(bus::Event event, int attempt) {
  const std::string user = store::text_attribute(event.data, "user");
  const std::string connection_id = store::text_attribute(event.data, "connection_id");
  const std::string config_id = store::text_attribute(event.data, "config_id");
  if (user.empty()) co_return fail(ErrorCode::unreadable_input, "an erasure event names no user");
  if (event.type == bus::user_erasure_requested) co_return co_await erase_user(user, attempt);
  if (event.type == bus::sync_config_erasure_requested && !config_id.empty())
    co_return co_await erase_config(user, config_id);
  if (event.type == bus::connection_erasure_requested && !connection_id.empty()) {
    auto connection = co_await connections_.get(user, connection_id);
    if (!connection) co_return fail(std::move(connection.error()));
    if (!*connection) co_return Result<void>{};  // an earlier attempt did it
    co_return co_await erase_connection(std::move(**connection), attempt);
  }
  co_return fail(ErrorCode::unreadable_input, "this is no erasure event");
}

Async<Result<void>> Eraser::erase_user(std::string user, int attempt) {
  auto connections = co_await connections_.list(user);
  if (!connections) co_return fail(std::move(connections.error()));
  for (auto& connection : *connections) {
    auto erased = co_await erase_connection(std::move(connection), attempt);
    if (!erased) co_return erased;
  }
  auto configs = co_await configs_.list(user);
  if (!configs) co_return fail(std::move(configs.error()));
  for (const auto& config : *configs) {
    auto erased = co_await erase_config(user, config.id);
    if (!erased) co_return erased;
  }
  for (const auto index : {store::jobs_by_user_index, store::items_by_user_index}) {
    auto erased = co_await erase_index(std::string(index), user);
    if (!erased) co_return erased;
  }
  for (auto* queue : services_.queues) {
    auto purged = co_await purge_dead_letters(*queue, user);
    if (!purged) co_return purged;
  }
  auto profile = co_await users_.get(user);
  if (!profile) co_return fail(std::move(profile.error()));
  if (!profile->contact_pointer.empty()) {
    auto forgotten = co_await services_.vault.erase(profile->contact_pointer);
    if (!forgotten) co_return forgotten;
  }
  // The profile goes last: while it says "erasing", nobody comes in.
  co_return co_await erase_partition("user#" + user);
}

Async<Result<void>> Eraser::erase_connection(store::Connection connection, int attempt) {
  auto configs = co_await configs_.list(connection.user);
  if (!configs) co_return fail(std::move(configs.error()));
  for (const auto& config : *configs) {
    if (config.source_connection != connection.id && config.destination_connection != connection.id) continue;
    auto erased = co_await erase_config(config.user, config.id);
    if (!erased) co_return erased;
  }
  auto revoked = co_await revoke(connection, attempt);
  if (!revoked) co_return revoked;
  auto forgotten = co_await services_.vault.erase(connection.secret_pointer);
  if (!forgotten) co_return forgotten;
  co_return co_await connections_.erase(std::move(connection));
}

Async<Result<void>> Eraser::revoke(const store::Connection& connection, int attempt) {
  auto* provider = services_.providers.find(connection.provider);
  auto* oauth = provider == nullptr ? nullptr : provider->oauth();
  if (oauth == nullptr) co_return Result<void>{};
  auto stored = co_await services_.vault.get(connection.secret_pointer);
  if (!stored && stored.error().code == ErrorCode::not_found) co_return Result<void>{};  // an earlier attempt got here
  if (!stored) co_return fail(std::move(stored.error()));
  auto secret = account_secret_from_json(stored->value);
  if (!secret || !secret->tokens) co_return Result<void>{};
  OutwardClient client(services_.http, services_.limiter, services_.breakers, services_.runtime, *provider,
                       connection.id, Priority::high);
  auto revoked = co_await oauth->revoke(
      {client, services_.runtime, Deadline::after(services_.runtime, revocation_timeout)}, std::move(*secret->tokens));
  if (revoked) co_return revoked;
  // A grant that the provider refuses to revoke is none any more.
  const RetryClass kind = retry_class_of(revoked.error().code);
  const bool may_pass = kind == RetryClass::transient || kind == RetryClass::delayed || kind == RetryClass::cancelled;
  if (may_pass && attempt < max_revocation_attempts) co_return revoked;
  co_return Result<void>{};
}

Async<Result<void>> Eraser::erase_config(std::string user, std::string config_id) {
  auto gone = co_await services_.table.erase(store::SyncConfigs::key_of(user, config_id));
  if (!gone) co_return gone;
  const std::string partition = store::SyncConfigs::progress_keys(config_id).front().partition;
  auto lease = co_await services_.leases.acquire(partition, lease_time);
  if (!lease) {
    if (lease.error().code == ErrorCode::version_conflict) lease.error().code = ErrorCode::busy;
    co_return fail(std::move(lease.error()));
  }
  auto erased = co_await erase_partition(store::Ledger::partition_of(config_id));
  if (!erased) co_return erased;
  co_return co_await erase_partition(partition);  // progress, lease and all
}

Async<Result<void>> Eraser::erase_partition(std::string partition) {
  while (true) {
    auto page = co_await services_.table.query(partition, "", store::max_transaction_items, std::nullopt);
    if (!page) co_return fail(std::move(page.error()));
    if (page->items.empty()) co_return Result<void>{};
    auto erased = co_await erase_items(std::move(page->items));
    if (!erased) co_return erased;
  }
}

Async<Result<void>> Eraser::erase_index(std::string index, std::string partition) {
  while (true) {
    auto page = co_await services_.table.query_index(index, partition, "", store::max_transaction_items, std::nullopt);
    if (!page) co_return fail(std::move(page.error()));
    if (page->items.empty()) co_return Result<void>{};
    for (const auto& item : page->items) {
      auto erased = co_await erase_partition(item.key.partition);
      if (!erased) co_return erased;
    }
  }
}

Async<Result<void>> Eraser::erase_items(std::vector<store::Item> items) {
  std::vector<store::Write> writes;
  writes.reserve(items.size());
  for (auto& item : items) writes.push_back({store::Write::Kind::erase, store::Item{std::move(item.key)}});
  auto erased = co_await services_.table.transact(std::move(writes));
  if (!erased) co_return fail(std::move(erased.error()));
  co_return Result<void>{};
}

Async<Result<void>> Eraser::purge_dead_letters(queue::Queue& queue, std::string user) {
  std::string after;
  while (true) {
    auto letters = co_await queue.dead_letters(dead_letters_per_page, after);
    if (!letters) co_return fail(std::move(letters.error()));
    for (const auto& letter : *letters) {
      const auto event = bus::event_from_json(letter.body);
      if (!event || store::text_attribute(event->data, "user") != user) continue;
      auto purged = co_await queue.purge(letter.id);
      // Redriven meanwhile: whoever takes it finds nothing and drops it.
      if (!purged && purged.error().code != ErrorCode::not_found) co_return purged;
    }
    if (letters->size() < dead_letters_per_page) co_return Result<void>{};
    after = letters->back().id;
  }
}

}  // namespace syncwell::engine
