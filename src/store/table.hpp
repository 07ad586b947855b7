// The Table port: the state store (ARCH-8), shaped after a DynamoDB single table. Every adapter passes
// tests/conformance/table_conformance.hpp.
//
// An item is found by partition key and sort key. Attributes are one JSON object. `version` starts at 1 and rises by
// one with every write; conditions name the version they expect. Sparse indexes: an item appears in an index only
// while it carries a key for it.
//
// Durability: a write that returned success survives a crash or power cut (SQLite: synchronous=FULL; the caller
// resumes after the commit is durable). Consistency: get and query see every write that returned before they began;
// query_index may lag behind on engines that say so (DynamoDB), never on SQLite.
// Expiry: an item is never returned from expires_at on; it is deleted some time later. A put over an item that has
// expired but is not deleted yet goes on counting its version, so that a stale holder's version never fits again.
// Threads: may be called from any thread; the coroutine resumes on the executor it runs on.
// Cancellation: a write that was handed over is carried out; the caller may get Error{cancelled} nevertheless.
// Errors of every method: storage_full, storage_read_only, storage_failed, cancelled. The others are named below.
#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/time.hpp"

namespace syncwell::store {

inline constexpr std::size_t max_item_bytes = 400 * 1024;  // keys and serialised attributes
inline constexpr std::size_t max_key_bytes = 1024;
inline constexpr std::size_t max_transaction_items = 100;
inline constexpr std::size_t max_get_items = 100;
inline constexpr std::size_t max_query_page = 1000;
inline constexpr std::size_t max_query_page_bytes = 8 * 1024 * 1024;  // a page may end early, then `next` is set
inline constexpr std::size_t max_item_indexes = 20;
inline constexpr std::size_t max_attribute_depth = 64;  // nesting of the attributes

// The index of items that go with a person and are found no other way: entries have the person's key as partition.
inline constexpr std::string_view items_by_user_index = "by_user";

struct Key {
  std::string partition;
  std::string sort;
  auto operator<=>(const Key&) const = default;
};

struct IndexEntry {
  std::string index;  // "by_destination"
  std::string partition;
  std::string sort;
  bool operator==(const IndexEntry&) const = default;
};

struct Item {
  Key key;
  boost::json::object attributes{};
  std::uint64_t version = 0;  // set by the table
  std::optional<Instant> expires_at{};
  std::vector<IndexEntry> indexes{};
};

// The one with this key among items that were read together; nullptr: it does not exist.
[[nodiscard]] const Item* find_item(std::span<const Item> items, const Key& key);

// What must hold for a write to happen.
struct Condition {
  enum class Kind { none, absent, present, version_is } kind = Kind::none;
  std::uint64_t version = 0;
  static Condition none() { return {}; }
  static Condition absent() { return {Kind::absent, 0}; }  // an expired item counts as absent
  static Condition present() { return {Kind::present, 0}; }
  static Condition version_is(std::uint64_t version) { return {Kind::version_is, version}; }
};

struct Write {
  enum class Kind { put, erase, check } kind = Kind::put;
  Item item{};  // erase and check use the key only
  Condition condition{};
};

struct QueryPage {
  std::vector<Item> items;    // in sort key order (bytes)
  std::optional<Key> next{};  // pass it on as `after` to go on; empty at the end
};

class Table {
 public:
  virtual ~Table() = default;

  // nullopt: no such item.
  [[nodiscard]] virtual Async<Result<std::optional<Item>>> get(Key key) = 0;
  // The items that exist, as of one moment, in no order. invalid_argument past max_get_items.
  [[nodiscard]] virtual Async<Result<std::vector<Item>>> get_many(std::vector<Key> keys) = 0;
  // All or nothing, in order. version_conflict when a condition does not hold (nothing is written), too_large (item,
  // key, number of indexes), invalid_argument past max_transaction_items, for an empty key, an index named twice, or
  // attributes that JSON cannot carry (not finite, nested too deep). Returns the new version of each item: 0 after
  // erase, the present version (0: absent) after check.
  [[nodiscard]] virtual Async<Result<std::vector<std::uint64_t>>> transact(std::vector<Write> writes) = 0;
  // Items of a partition whose sort key begins with `prefix`, after `after`, at most `limit` (<= max_query_page).
  // invalid_argument for a limit of 0 or past it, and for an `after` of another partition.
  [[nodiscard]] virtual Async<Result<QueryPage>> query(std::string partition, std::string prefix, std::size_t limit,
                                                       std::optional<Key> after) = 0;
  // The same over an index; items come in the index's sort order. `after` is the last page's
  // `next` (which tells where it was even when that item has changed since), or the key of an item that still is in
  // the index. invalid_argument as above.
  [[nodiscard]] virtual Async<Result<QueryPage>> query_index(std::string index, std::string partition,
                                                             std::string prefix, std::size_t limit,
                                                             std::optional<Key> after) = 0;
  // How many items are in a partition of an index, up to `limit`, without reading them: expired ones may still count.
  [[nodiscard]] virtual Async<Result<std::size_t>> count_index(std::string index, std::string partition,
                                                               std::size_t limit) = 0;

  // One write.
  [[nodiscard]] Async<Result<std::uint64_t>> put(Item item, Condition condition = {});
  [[nodiscard]] Async<Result<void>> erase(Key key, Condition condition = {});
};

}  // namespace syncwell::store
