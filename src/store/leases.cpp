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

// When the lease runs out if nobody renews it any more.
Instant end_of(const Item& lease, const Item* renewal) {
  const Instant taken_until = instant_attribute(lease.attributes, "until").value_or(Instant{});
  const bool renewed =
      renewal != nullptr && static_cast<std::uint64_t>(number_attribute(renewal->attributes, "fence")) == lease.version;
  return renewed ? std::max(taken_until, instant_attribute(renewal->attributes, "until").value_or(Instant{}))
                 : taken_until;
}

Item lease_item(const std::string& name, const std::string& instance, Instant until) {
  Item item{lease_key(name), {{"instance", instance}}};
  set_instant(item.attributes, "until", until);
  return item;
}

}  // namespace

Leases::Leases(Table& table, Runtime& runtime, std::string instance, bool exclusive_store)
    : table_(table), runtime_(runtime), instance_(std::move(instance)), exclusive_store_(exclusive_store) {}

std::vector<Key> Leases::keys_of(const std::string& name) { return {lease_key(name), renewal_key(name)}; }

Result<Write> Leases::taking(const std::string& name, std::span<const Item> found, Duration time_to_live) const {
  const Instant now = runtime_.now();
  Condition condition = Condition::absent();
  if (const Item* lease = find_item(found, lease_key(name))) {
    const Instant until = end_of(*lease, find_item(found, renewal_key(name)));
    if (until > now && !is_dead(text_attribute(lease->attributes, "instance"))) {
      Error held{ErrorCode::version_conflict, "another job holds " + name};
      held.retry_after = until - now;
      return fail(std::move(held));
    }
    condition = Condition::version_is(lease->version);
  }
  return Write{Write::Kind::put, lease_item(name, instance_, now + time_to_live), condition};
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
  set_instant(renewal.attributes, "until", lease.until);
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
  return {Write::Kind::put, lease_item(lease.name, instance_, Instant{}), Condition::version_is(lease.fence)};
}

Write Leases::fence_check(const Lease& lease) {
  return {Write::Kind::check, Item{lease_key(lease.name)}, Condition::version_is(lease.fence)};
}

}  // namespace syncwell::store
