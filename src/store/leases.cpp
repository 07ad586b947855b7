#include "store/leases.hpp"

#include <algorithm>

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

// Written when the lease is taken and when it is given back: its version is the fence.
Key lease_key(const std::string& name) { return {name, "lease"}; }
// A separate item, so that renewals do not disturb a fenced write that is on its way. It counts while it names the
// lease's fence.
Key renewal_key(const std::string& name) { return {name, "lease-renewal"}; }

// A time limit in both clocks. Our own process's leases live by the monotonic clock, so that a wall clock that jumps
// ends none of them and prolongs none; those of others can only be told by the wall clock.
void set_end(boost::json::object& attributes, Instant until, Steady steady_until) {
  set_instant(attributes, "until", until);
  attributes["steady"] = std::chrono::duration_cast<Duration>(steady_until.time_since_epoch()).count();
}

// How long the lease lasts if nobody renews it any more; nothing or less: it has run out.
Duration remaining(const Item& lease, const Item* renewal, bool ours, const Runtime& runtime) {
  const auto of = [&](const Item& item) {
    if (ours) {
      const Steady until{Duration{number_attribute(item.attributes, "steady")}};
      return std::chrono::duration_cast<Duration>(until - runtime.steady_now());
    }
    return instant_attribute(item.attributes, "until").value_or(Instant{}) - runtime.now();
  };
  const bool renewed =
      renewal != nullptr && static_cast<std::uint64_t>(number_attribute(renewal->attributes, "fence")) == lease.version;
  return renewed ? std::max(of(lease), of(*renewal)) : of(lease);
}

}  // namespace

Leases::Leases(Table& table, Runtime& runtime, std::string instance, bool exclusive_store)
    : table_(table), runtime_(runtime), instance_(std::move(instance)), exclusive_store_(exclusive_store) {}

std::vector<Key> Leases::keys_of(const std::string& name) { return {lease_key(name), renewal_key(name)}; }

Result<Write> Leases::taking(const std::string& name, std::span<const Item> found, Duration time_to_live) const {
  Condition condition = Condition::absent();
  if (const Item* lease = find_item(found, lease_key(name))) {
    const std::string holder = text_attribute(lease->attributes, "instance");
    const Duration left = remaining(*lease, find_item(found, renewal_key(name)), holder == instance_, runtime_);
    if (left > Duration{0} && !is_dead(holder)) {
      Error held{ErrorCode::version_conflict, "another job holds " + name};
      held.retry_after = left;
      return fail(std::move(held));
    }
    condition = Condition::version_is(lease->version);
  }
  Item item{lease_key(name), {{"instance", instance_}}};
  set_end(item.attributes, runtime_.now() + time_to_live, runtime_.steady_now() + time_to_live);
  return Write{Write::Kind::put, std::move(item), condition};
}

Lease Leases::taken(std::string name, std::uint64_t version, Duration time_to_live) const {
  return Lease{std::move(name), version, runtime_.now() + time_to_live};
}

Async<Result<Lease>> Leases::acquire(std::string name, Duration time_to_live) {
  auto existing = co_await table_.get_many(keys_of(name));
  if (!existing) co_return fail(std::move(existing.error()));
  auto write = taking(name, *existing, time_to_live);
  if (!write) co_return fail(std::move(write.error()));
  auto version = co_await table_.put(std::move(write->item), write->condition);
  if (!version) {
    // Somebody was faster: the same as finding it held.
    if (version.error().code == ErrorCode::version_conflict) version.error().retry_after = time_to_live;
    co_return fail(std::move(version.error()));
  }
  co_return taken(std::move(name), *version, time_to_live);
}

Async<Result<Lease>> Leases::renew(Lease lease, Duration time_to_live) {
  lease.until = runtime_.now() + time_to_live;
  Item renewal{renewal_key(lease.name), {{"fence", lease.fence}}};
  set_end(renewal.attributes, lease.until, runtime_.steady_now() + time_to_live);
  std::vector<Write> writes{fence_check(lease), {Write::Kind::put, std::move(renewal)}};
  auto versions = co_await table_.transact(std::move(writes));
  if (versions) co_return lease;
  if (versions.error().code == ErrorCode::version_conflict)
    co_return fail(ErrorCode::lease_lost, lease.name + " was taken over");
  co_return fail(std::move(versions.error()));
}

Async<Result<void>> Leases::release(Lease lease) {
  std::vector<Write> writes{giving_back(lease)};
  auto released = co_await table_.transact(std::move(writes));
  if (!released && released.error().code != ErrorCode::version_conflict) co_return fail(std::move(released.error()));
  co_return Result<void>{};
}

Write Leases::giving_back(const Lease& lease) const {
  Item item{lease_key(lease.name), {{"instance", instance_}}};
  set_end(item.attributes, Instant{}, Steady{});
  return {Write::Kind::put, std::move(item), Condition::version_is(lease.fence)};
}

Write Leases::fence_check(const Lease& lease) {
  return {Write::Kind::check, Item{lease_key(lease.name)}, Condition::version_is(lease.fence)};
}

}  // namespace syncwell::store
