// Named leases with fencing tokens (INT-3, DEC-2, DEC-10): at most one holder at a time, taken by conditional write.
// A holder that outlives its lease cannot write any more: every write that matters carries fence_check().
// Within one process a lease lives by the monotonic clock, between processes by the wall clock.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/runtime.hpp"
#include "store/table.hpp"

namespace syncwell::store {

struct Lease {
  std::string name;
  std::uint64_t fence = 0;  // version of the lease's item: moves when it is taken and when it is given back
  Instant until{};
};

class Leases {
 public:
  // `instance` names this process. With `exclusive_store` no other process can be alive on the same store (SQLite), so
  // a lease of another instance is that of a dead process and is taken over at once instead of when it runs out.
  Leases(Table& table, Runtime& runtime, std::string instance, bool exclusive_store);

  // `name`: the partition of what it protects, so that it is kept beside it.
  // version_conflict: somebody else holds it; retry_after says when it runs out at the latest. Storage errors.
  [[nodiscard]] Async<Result<Lease>> acquire(std::string name, Duration time_to_live);
  // The same within a transaction of the caller's: the items to read first, the write that takes the lease if nobody
  // has since (it fails as acquire() does), and what is then held. `found`: at least the items of keys_of() that
  // exist; `version`: what transact() returned for that write.
  [[nodiscard]] static std::vector<Key> keys_of(const std::string& name);
  [[nodiscard]] Result<Write> taking(const std::string& name, std::span<const Item> found, Duration time_to_live) const;
  [[nodiscard]] Lease taken(std::string name, std::uint64_t version, Duration time_to_live) const;
  // lease_lost: it was taken over.
  [[nodiscard]] Async<Result<Lease>> renew(Lease lease, Duration time_to_live);
  // Gives it back; a lease that was lost meanwhile is left alone.
  [[nodiscard]] Async<Result<void>> release(Lease lease);
  // Part of a transaction: holds only while nobody else has acquired the lease since.
  [[nodiscard]] static Write fence_check(const Lease& lease);
  // Part of a transaction: gives the lease back, and holds as fence_check() does.
  [[nodiscard]] Write giving_back(const Lease& lease) const;

  // This process, and whether another is known to be dead.
  [[nodiscard]] const std::string& instance() const { return instance_; }
  [[nodiscard]] bool is_dead(const std::string& instance) const { return exclusive_store_ && instance != instance_; }

 private:
  Table& table_;
  Runtime& runtime_;
  std::string instance_;
  bool exclusive_store_;
};

}  // namespace syncwell::store
