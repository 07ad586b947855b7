// The ledger (DEC-6 … DEC-8): which source record was written to which destination record. Per sync config one entry
// per record that travelled. It holds no health data: ids, the time of the sync and keyed digests only, which callers
// make with Vault::digest.
// Three ways in: by source record (has this been synced, has it changed), by bucket = digest of the UTC day
// of the record's start (what did we know about this window, for deletions), and by the ids of the written record (is
// what we read here something that we wrote, DEC-6).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/table.hpp"

namespace syncwell::store {

enum class LedgerState {
  intended,  // the push was about to happen; nobody knows whether it did
  written,   // the destination confirmed it
  echo,      // read from the source, but it came from the destination in the first place: never written
  deleted,   // the source deleted it, and so did we: for tombstone_lifetime a copy that comes round a ring is known
};

inline constexpr Duration tombstone_lifetime = std::chrono::hours{24 * 30};

struct LedgerEntry {
  std::string source;   // keyed digest of the source record's id
  std::string content;  // keyed digest of the content that was intended or written
  std::string bucket;
  std::string external_id;
  std::string destination_id;  // empty until the destination has told it
  std::string source_connection;
  std::string destination_connection;
  LedgerState state = LedgerState::intended;
  Instant synced{};
};

class Ledger {
 public:
  explicit Ledger(Table& table) : table_(table) {}

  // By LedgerEntry::source; entries that do not exist are left out.
  [[nodiscard]] Async<Result<std::map<std::string, LedgerEntry>>> find(std::string config,
                                                                       std::vector<std::string> sources);
  // The records of this day, without the deleted ones.
  [[nodiscard]] Async<Result<std::vector<LedgerEntry>>> in_bucket(std::string config, std::string bucket);
  [[nodiscard]] Async<Result<std::vector<LedgerEntry>>> all(std::string config);
  // Over all configs of the instance: entries of the record with this external id or, at this connection, this id.
  [[nodiscard]] Async<Result<std::vector<LedgerEntry>>> with_external_id(std::string external_id);
  [[nodiscard]] Async<Result<std::vector<LedgerEntry>>> with_destination(std::string connection,
                                                                         std::string destination_id);

  // Where all of it stands, for who erases it.
  [[nodiscard]] static std::string partition_of(const std::string& config);

  // Parts of a transaction.
  [[nodiscard]] static Write put(const std::string& config, const LedgerEntry& entry);
  [[nodiscard]] static Write erase(const std::string& config, const std::string& source);

 private:
  [[nodiscard]] Async<Result<std::vector<LedgerEntry>>> query(std::string index, std::string partition);
  Table& table_;
};

}  // namespace syncwell::store
