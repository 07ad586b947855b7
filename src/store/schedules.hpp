// When each sync is to be looked at next (TRIG-3): one item per sync config, in a sparse index by tier and shard, so
// that what is due is found without scanning. A paused sync has its item and no entry in the index.
// Lies in the config's partition, so that erasing the sync erases it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/table.hpp"
#include "store/users.hpp"

namespace syncwell::store {

inline constexpr std::string_view due_index = "due";

struct ScheduleEntry {
  std::string config_id;
  std::string user;
  Tier tier = Tier::free;
  std::uint32_t shard = 0;
  Instant next_at{};                   // clamped to the years 1970 to 2199 when it is written
  std::optional<Instant> last_poll{};  // when the schedule last looked; empty: never
  bool paused = false;                 // by the config
  std::uint64_t version = 0;           // 0: nothing is stored
};

class Schedules {
 public:
  explicit Schedules(Table& table) : table_(table) {}
  [[nodiscard]] static Key key_of(const std::string& config_id);
  [[nodiscard]] static ScheduleEntry from(const Item& item);
  // Part of a transaction; holds only if nobody moved it since `entry` was read.
  [[nodiscard]] static Write write(const ScheduleEntry& entry);
  [[nodiscard]] static Write erase(const ScheduleEntry& entry);

  [[nodiscard]] Async<Result<std::optional<ScheduleEntry>>> get(std::string config_id);
  // version_conflict.
  [[nodiscard]] Async<Result<void>> put(ScheduleEntry entry);

  struct Due {
    std::vector<ScheduleEntry> entries;  // the longest due first
    std::optional<Instant> next{};       // when the first one that is not due will be, where that was seen
    bool more = false;                   // others are due as well
  };
  // At most `limit` (< max_query_page) of those due at `now`.
  [[nodiscard]] Async<Result<Due>> due(Tier tier, std::uint32_t shard, Instant now, std::size_t limit);
  // At most `limit` of those not due before `after`, in no order: a clock that was ahead has put them there.
  [[nodiscard]] Async<Result<std::vector<ScheduleEntry>>> due_after(Tier tier, std::uint32_t shard, Instant after,
                                                                    std::size_t limit);

 private:
  Table& table_;
};

// Prefixes of 13-digit millisecond times that hold every time of which the first seven digits (17 minutes) are larger
// than those of `after`, and no other.
[[nodiscard]] std::vector<std::string> prefixes_after(Instant after);

}  // namespace syncwell::store
