// Sync configs: what one person wants to travel from where to where, one data type each, so that cursor, lease and
// ledger are per (config, data type) by construction (DESIGN 5). What the person sets (versioned, INT-4) and how far
// the sync has come (ALG-8, DEC-12) are two items, so that neither write disturbs the other.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/data_type.hpp"
#include "store/table.hpp"
#include "store/velocity.hpp"

namespace syncwell::store {

struct SyncConfig {
  std::string id;  // "sync_" and a UUID
  std::string user;
  std::string source_connection;
  std::string destination_connection;
  model::DataType data_type{};
  std::string strategy;            // engine::Strategy's name
  std::optional<Instant> since{};  // nothing that ended before travels
  std::optional<Instant> until{};  // nothing that starts at or after it travels
  bool reading_opt_in = false;     // the person accepts a source whose terms make reading doubtful (PROV-9)
  Instant created{};
  std::uint64_t version = 0;
  bool paused = false;                      // not scheduled, and deaf to webhooks; a manual sync still runs
  std::optional<Duration> poll_interval{};  // the person's own frequency; empty: adapted to what is new (TRIG-4)
};

// How far the sync has come. Moves only after full success (ALG-8).
struct SyncProgress {
  std::optional<Instant> last_sync_time{};  // high-water mark: the moment before the last successful fetch began
  std::string cursor;                       // opaque, per provider
  std::optional<Instant> rewound_to{};      // the next fetch begins no later than here (rewind())
  std::uint64_t rewind = 0;                 // the last rewind() that is known here; advance() settles it
  Velocity velocity{};                      // new items by day, those of the first sync not counted
  std::uint64_t version = 0;                // 0: never synced
  std::string source_state{};               // at the last successful fetch, of providers that can tell (TRIG-5)
};

class SyncConfigs {
 public:
  explicit SyncConfigs(Table& table) : table_(table) {}
  [[nodiscard]] Async<Result<std::optional<SyncConfig>>> get(std::string user, std::string id);
  // For who reads it together with other items.
  [[nodiscard]] static Key key_of(const std::string& user, const std::string& id);
  // storage_failed: damaged, or of a newer version; guessing its type would let the wrong data travel.
  [[nodiscard]] static Result<SyncConfig> from(const std::string& user, const Item& item);
  [[nodiscard]] Async<Result<std::vector<SyncConfig>>> list(std::string user);
  [[nodiscard]] Async<Result<void>> add(SyncConfig config);  // already_exists
  // version_conflict. Returns the new version.
  [[nodiscard]] Async<Result<std::uint64_t>> update(SyncConfig config);
  [[nodiscard]] Async<Result<void>> erase(SyncConfig config);  // version_conflict
  // The same as parts of a transaction.
  [[nodiscard]] static Write adding(const SyncConfig& config);
  [[nodiscard]] static Write updating(const SyncConfig& config);

  [[nodiscard]] Async<Result<SyncProgress>> progress(std::string config_id);
  // For who reads it together with other items. `found`: at least the items of progress_keys() that exist.
  [[nodiscard]] static std::vector<Key> progress_keys(const std::string& config_id);
  [[nodiscard]] static SyncProgress progress_from(const std::string& config_id, std::span<const Item> found);
  // Part of a transaction; holds only if nobody moved it since `progress` was read.
  [[nodiscard]] static Write advance(const std::string& config_id, const SyncProgress& progress);
  // Another sync has changed the source of this one at `from` or later, further back perhaps than this one would look
  // again (DEC-5): it will. Call it after the change. busy: others do the same all the time.
  [[nodiscard]] Async<Result<void>> rewind(std::string config_id, Instant from);

 private:
  Table& table_;
};

}  // namespace syncwell::store
