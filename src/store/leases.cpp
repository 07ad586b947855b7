#include "store/leases.hpp"

#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

Key lease_key(const std::string& name) { return {"lease#" + name, "lease"}; }
// A separate item, so that renewals do not disturb a fenced write that is on its way.
Key fence_key(const std::string& name) { return {"lease#" + name, "fence"}; }

boost::json::object attributes_of(const std::string& instance, Instant until) {
  boost::json::object attributes{{"instance", instance}};
  set_instant(attributes, "until", until);
  return attributes;
}

}  // namespace

Leases::Leases(Table& table, Runtime& runtime, std::string instance, bool exclusive_store)
    : table_(table), runtime_(runtime), instance_(std::move(instance)), exclusive_store_(exclusive_store) {}

Key Leases::key_of(const std::string& name) { return lease_key(name); }

Result<std::vector<Write>> Leases::taking(const std::string& name, const Item* found, Duration time_to_live) const {
  const Instant now = runtime_.now();
  Condition condition = Condition::absent();
  if (found != nullptr) {
    const auto until = instant_attribute(found->attributes, "until").value_or(Instant{});
    const bool holder_is_dead = exclusive_store_ && text_attribute(found->attributes, "instance") != instance_;
    if (until > now && !holder_is_dead) {
      Error held{ErrorCode::version_conflict, "another job holds " + name};
      held.retry_after = until - now;
      return fail(std::move(held));
    }
    condition = Condition::version_is(found->version);
  }
  std::vector<Write> writes;
  writes.push_back({Write::Kind::put, Item{lease_key(name), attributes_of(instance_, now + time_to_live)}, condition});
  writes.push_back({Write::Kind::put, Item{fence_key(name)}, Condition::none()});
  return writes;
}

Lease Leases::taken(std::string name, std::span<const std::uint64_t> versions, Duration time_to_live) const {
  return Lease{std::move(name), versions[1], versions[0], runtime_.now() + time_to_live};
}

Async<Result<Lease>> Leases::acquire(std::string name, Duration time_to_live) {
  auto existing = co_await table_.get(lease_key(name));
  if (!existing) co_return fail(std::move(existing.error()));
  auto writes = taking(name, *existing ? &**existing : nullptr, time_to_live);
  if (!writes) co_return fail(std::move(writes.error()));
  auto versions = co_await table_.transact(std::move(*writes));
  if (!versions) {
    // Somebody was faster: the same as finding it held.
    if (versions.error().code == ErrorCode::version_conflict) versions.error().retry_after = time_to_live;
    co_return fail(std::move(versions.error()));
  }
  co_return taken(std::move(name), *versions, time_to_live);
}

Async<Result<Lease>> Leases::renew(Lease lease, Duration time_to_live) {
  lease.until = runtime_.now() + time_to_live;
  auto version = co_await table_.put(Item{lease_key(lease.name), attributes_of(instance_, lease.until)},
                                     Condition::version_is(lease.version));
  if (!version) {
    if (version.error().code == ErrorCode::version_conflict)
      co_return fail(ErrorCode::lease_lost, lease.name + " was taken over");
    co_return fail(std::move(version.error()));
  }
  lease.version = *version;
  co_return lease;
}

// Not by the lease's version: a renewal may be on its way.
Async<Result<void>> Leases::release(Lease lease) {
  std::vector<Write> writes{fence_check(lease), giving_back(lease)};
  auto released = co_await table_.transact(std::move(writes));
  if (!released && released.error().code != ErrorCode::version_conflict) co_return fail(std::move(released.error()));
  co_return Result<void>{};
}

Write Leases::giving_back(const Lease& lease) const {
  return {Write::Kind::put, Item{lease_key(lease.name), attributes_of(instance_, Instant{})}, Condition::none()};
}

Write Leases::fence_check(const Lease& lease) {
  return {Write::Kind::check, Item{fence_key(lease.name)}, Condition::version_is(lease.fence)};
}

}  // namespace syncwell::store
