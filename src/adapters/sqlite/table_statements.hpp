// What the table does to the data file: plain functions over a connection, without coroutines (see
// queue_statements.hpp).
#pragma once

#include "adapters/sqlite/connection.hpp"
#include "store/table.hpp"

namespace syncwell::sqlite {

// An item as it lies in the file: decoded on the caller's thread, not on the one that owns the connection.
struct StoredItem {
  store::Key key;
  std::string attributes;
  std::uint64_t version = 0;
  std::optional<Instant> expires_at;
  std::string indexes;
  std::string index_sort;  // where a query over an index found it
};

struct StoredPage {
  std::vector<StoredItem> items;
  bool more = false;
};

[[nodiscard]] Result<std::optional<StoredItem>> read_item(Connection& connection, const store::Key& key, Instant now);

// A write, checked and encoded.
struct PreparedWrite {
  store::Write::Kind kind = store::Write::Kind::put;
  store::Key key;
  store::Condition condition;
  std::optional<Instant> expires_at;
  std::string attributes;
  std::string encoded_indexes;
  std::vector<store::IndexEntry> indexes;
};

// All or nothing: checks every condition before it writes anything. version_conflict.
[[nodiscard]] Result<std::vector<std::uint64_t>> apply_writes(Connection& connection,
                                                              const std::vector<PreparedWrite>& writes, Instant now);

struct ItemRange {
  std::string partition;
  std::string prefix;
  std::string after;  // sort key; empty: from the start
  std::size_t limit = 0;
};
[[nodiscard]] Result<StoredPage> read_range(Connection& connection, const ItemRange& range, Instant now);

struct IndexRange {
  std::string index;
  std::string partition;
  std::string prefix;
  std::size_t limit = 0;
  // Where to go on: the last item seen, and its sort key in the index where that is known.
  std::optional<store::Key> after_key;
  std::optional<std::string> after_sort;
};
// invalid_argument when after_sort is not known and the item is not in the index.
[[nodiscard]] Result<StoredPage> read_index_range(Connection& connection, const IndexRange& range, Instant now);

[[nodiscard]] Result<std::size_t> count_index(Connection& connection, const std::string& index,
                                              const std::string& partition, std::size_t limit);

// Deletes up to `most` items that expired at `before` or earlier; returns how many.
[[nodiscard]] Result<std::size_t> delete_expired(Connection& connection, Instant before, std::size_t most);

}  // namespace syncwell::sqlite
