#include "adapters/sqlite/table_statements.hpp"

#include <algorithm>
#include <ranges>

#include "adapters/sqlite/item_codec.hpp"

namespace syncwell::sqlite {

namespace {

// Larger than every key: longer than max_key_bytes, and nothing but the largest byte.
const std::string& past_every_key() {
  static const std::string key(store::max_key_bytes + 1, '\xff');
  return key;
}

// The smallest text that is larger than every text with this prefix.
std::string end_of_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (prefix.empty()) return past_every_key();
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

// What a write finds: the row, which may have expired.
struct Present {
  bool row = false;
  bool alive = false;
  std::uint64_t version = 0;
  std::optional<Instant> expires_at{};
  std::string encoded_indexes{};
};

Result<Present> look_up(Connection& connection, const store::Key& key, Instant now) {
  Present present;
  Query query =
      connection.query("SELECT version, expires_at, indexes FROM item WHERE partition_key=?1 AND sort_key=?2");
  query.bind(key.partition, key.sort);
  if (query.next()) {
    present.expires_at = query.optional_instant(1);
    present.row = true;
    present.alive = !present.expires_at || *present.expires_at > now;
    present.version = static_cast<std::uint64_t>(query.integer(0));
    present.encoded_indexes = query.text(2);
  }
  if (query.error()) return fail(*query.error());
  return present;
}

bool holds(const store::Condition& condition, const Present& present) {
  switch (condition.kind) {
    case store::Condition::Kind::none:
      return true;
    case store::Condition::Kind::absent:
      return !present.alive;
    case store::Condition::Kind::present:
      return present.alive;
    case store::Condition::Kind::version_is:
      return present.alive && present.version == condition.version;
  }
  return false;
}

Result<void> delete_index_entries(Connection& connection, const store::Key& key, std::string_view encoded) {
  auto entries = decode_indexes(encoded);
  if (!entries) return fail(std::move(entries.error()));
  for (const auto& entry : *entries) {
    Query query = connection.query(
        "DELETE FROM item_index WHERE index_name=?1 AND index_partition=?2 AND index_sort=?3"
        " AND partition_key=?4 AND sort_key=?5");
    query.bind(entry.index, entry.partition, entry.sort, key.partition, key.sort);
    if (auto done = query.run(); !done) return done;
  }
  return {};
}

Result<void> insert_index_entries(Connection& connection, const PreparedWrite& write) {
  for (const auto& entry : write.indexes) {
    Query query = connection.query(
        "INSERT INTO item_index(index_name, index_partition, index_sort, partition_key, sort_key)"
        " VALUES(?1, ?2, ?3, ?4, ?5)");
    query.bind(entry.index, entry.partition, entry.sort, write.key.partition, write.key.sort);
    if (auto done = query.run(); !done) return done;
  }
  return {};
}

Result<void> delete_item(Connection& connection, const store::Key& key, std::string_view encoded_indexes) {
  if (auto done = delete_index_entries(connection, key, encoded_indexes); !done) return done;
  Query query = connection.query("DELETE FROM item WHERE partition_key=?1 AND sort_key=?2");
  query.bind(key.partition, key.sort);
  return query.run();
}

Result<void> put_item(Connection& connection, const PreparedWrite& write, const Present& present,
                      std::uint64_t version) {
  const bool same_indexes = present.encoded_indexes == write.encoded_indexes;
  if (present.row && same_indexes && present.expires_at == write.expires_at) {
    // Most writes: naming expires_at would write its index anew, even with the same value.
    Query query = connection.query("UPDATE item SET version=?3, attributes=?4 WHERE partition_key=?1 AND sort_key=?2");
    query.bind(write.key.partition, write.key.sort, version, write.attributes);
    return query.run();
  }
  Query query = present.row ? connection.query(
                                  "UPDATE item SET version=?3, expires_at=?4, indexes=?5, attributes=?6"
                                  " WHERE partition_key=?1 AND sort_key=?2")
                            : connection.query(
                                  "INSERT INTO item(partition_key, sort_key, version, expires_at, indexes, attributes)"
                                  " VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  query.bind(write.key.partition, write.key.sort, version, write.expires_at, write.encoded_indexes, write.attributes);
  if (auto done = query.run(); !done) return done;
  if (same_indexes) return {};
  if (auto done = delete_index_entries(connection, write.key, present.encoded_indexes); !done) return done;
  return insert_index_entries(connection, write);
}

// What a write leaves behind, for later writes to the same key in the same transaction.
Present after_write(const PreparedWrite& write, const Present& before, Instant now) {
  switch (write.kind) {
    case store::Write::Kind::put:
      return Present{.row = true,
                     .alive = !write.expires_at || *write.expires_at > now,
                     .version = before.version + 1,
                     .expires_at = write.expires_at,
                     .encoded_indexes = write.encoded_indexes};
    case store::Write::Kind::erase:
      return Present{};
    case store::Write::Kind::check:
      break;
  }
  return before;
}

StoredItem stored_item(const Query& query, store::Key key, int first_column) {
  StoredItem item;
  item.key = std::move(key);
  item.version = static_cast<std::uint64_t>(query.integer(first_column));
  item.expires_at = query.optional_instant(first_column + 1);
  item.indexes = query.text(first_column + 2);
  item.attributes = query.text(first_column + 3);
  return item;
}

// Takes rows until the page is full. One row more than asked for tells that there is more.
template <class ReadRow>
Result<StoredPage> take_page(Query& query, std::size_t limit, ReadRow read_row) {
  StoredPage page;
  std::size_t bytes = 0;
  while (query.next()) {
    if (page.items.size() == limit || bytes >= store::max_query_page_bytes) {
      page.more = true;
      return page;
    }
    page.items.push_back(read_row(query));
    bytes += page.items.back().attributes.size();
  }
  if (query.error()) return fail(*query.error());
  return page;
}

Result<std::string> position_in_index(Connection& connection, const IndexRange& range) {
  if (range.after_sort) return *range.after_sort;
  Query query = connection.query("SELECT indexes FROM item WHERE partition_key=?1 AND sort_key=?2");
  query.bind(range.after_key->partition, range.after_key->sort);
  if (query.next()) {
    auto entries = decode_indexes(query.bytes(0));
    if (!entries) return fail(std::move(entries.error()));
    for (auto& entry : *entries) {
      if (entry.index == range.index && entry.partition == range.partition) return std::move(entry.sort);
    }
  }
  if (query.error()) return fail(*query.error());
  return fail(ErrorCode::invalid_argument,
              "the item to go on after is not in this index any more; pass on the last page's `next`");
}

}  // namespace

Result<std::optional<StoredItem>> read_item(Connection& connection, const store::Key& key, Instant now) {
  Query query = connection.query(
      "SELECT version, expires_at, indexes, attributes FROM item"
      " WHERE partition_key=?1 AND sort_key=?2 AND (expires_at IS NULL OR expires_at>?3)");
  query.bind(key.partition, key.sort, now);
  std::optional<StoredItem> item;
  if (query.next()) item = stored_item(query, key, 0);
  if (query.error()) return fail(*query.error());
  return item;
}

Result<std::vector<std::uint64_t>> apply_writes(Connection& connection, const std::vector<PreparedWrite>& writes,
                                                Instant now) {
  // First every condition, so that a refusal has changed nothing.
  std::vector<Present> before;
  std::vector<std::uint64_t> versions;
  before.reserve(writes.size());
  versions.reserve(writes.size());
  for (const auto& write : writes) {
    const auto same_key = [&](std::size_t other) { return writes[other].key == write.key; };
    const auto earlier = std::views::iota(std::size_t{0}, before.size()) | std::views::reverse;
    if (const auto last = std::ranges::find_if(earlier, same_key); last != earlier.end()) {
      before.push_back(after_write(writes[*last], before[*last], now));
    } else {
      auto present = look_up(connection, write.key, now);
      if (!present) return fail(std::move(present.error()));
      before.push_back(std::move(*present));
    }
    if (!holds(write.condition, before.back())) {
      return fail(ErrorCode::version_conflict, "a conditional write met another version; read again and retry");
    }
    const Present after = after_write(write, before.back(), now);
    versions.push_back(after.alive || write.kind == store::Write::Kind::put ? after.version : 0);
  }
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const auto& write = writes[i];
    Result<void> done;
    if (write.kind == store::Write::Kind::put) {
      done = put_item(connection, write, before[i], versions[i]);
    } else if (write.kind == store::Write::Kind::erase && before[i].row) {
      done = delete_item(connection, write.key, before[i].encoded_indexes);
    }
    if (!done) return fail(std::move(done.error()));
  }
  return versions;
}

Result<StoredPage> read_range(Connection& connection, const ItemRange& range, Instant now) {
  // The text directly after `after` in byte order is `after` with a zero byte.
  const std::string from = range.after.empty() ? range.prefix : std::max(range.prefix, range.after + '\0');
  const std::string to = end_of_prefix(range.prefix);
  Query query = connection.query(
      "SELECT sort_key, version, expires_at, indexes, attributes FROM item"
      " WHERE partition_key=?1 AND sort_key>=?2 AND sort_key<?3 AND (expires_at IS NULL OR expires_at>?4)"
      " ORDER BY sort_key LIMIT ?5");
  query.bind(range.partition, from, to, now, range.limit + 1);
  return take_page(query, range.limit, [&range](const Query& row) {
    return stored_item(row, store::Key{range.partition, row.text(0)}, 1);
  });
}

Result<StoredPage> read_index_range(Connection& connection, const IndexRange& range, Instant now) {
  // Item keys are never empty, so (prefix, "", "") comes before the first entry.
  std::string from_sort = range.prefix;
  store::Key from_key;
  if (range.after_key) {
    auto position = position_in_index(connection, range);
    if (!position) return fail(std::move(position.error()));
    if (*position >= from_sort) {
      from_sort = std::move(*position);
      from_key = *range.after_key;
    }
  }
  const std::string to = end_of_prefix(range.prefix);
  Query query = connection.query(
      "SELECT e.index_sort, e.partition_key, e.sort_key, i.version, i.expires_at, i.indexes, i.attributes"
      " FROM item_index e CROSS JOIN item i ON i.partition_key=e.partition_key AND i.sort_key=e.sort_key"
      " WHERE e.index_name=?1 AND e.index_partition=?2"
      " AND (e.index_sort, e.partition_key, e.sort_key)>(?3, ?4, ?5) AND e.index_sort<?6"
      " AND (i.expires_at IS NULL OR i.expires_at>?7)"
      " ORDER BY e.index_sort, e.partition_key, e.sort_key LIMIT ?8");
  query.bind(range.index, range.partition, from_sort, from_key.partition, from_key.sort, to, now, range.limit + 1);
  return take_page(query, range.limit, [](const Query& row) {
    StoredItem item = stored_item(row, store::Key{row.text(1), row.text(2)}, 3);
    item.index_sort = row.text(0);
    return item;
  });
}

Result<std::size_t> count_index(Connection& connection, const std::string& index, const std::string& partition,
                                std::size_t limit) {
  Query query = connection.query(
      "SELECT count(*) FROM (SELECT 1 FROM item_index WHERE index_name=?1 AND index_partition=?2 LIMIT ?3)");
  query.bind(index, partition, limit);
  const std::size_t count = query.next() ? static_cast<std::size_t>(query.integer(0)) : 0;
  if (query.error()) return fail(*query.error());
  return count;
}

Result<std::size_t> delete_expired(Connection& connection, Instant before, std::size_t most) {
  struct Expired {
    store::Key key;
    std::string encoded_indexes;
  };
  std::vector<Expired> expired;
  {
    Query query = connection.query(
        "SELECT partition_key, sort_key, indexes FROM item WHERE expires_at IS NOT NULL AND expires_at<=?1"
        " ORDER BY expires_at LIMIT ?2");
    query.bind(before, most);
    while (query.next()) expired.push_back(Expired{store::Key{query.text(0), query.text(1)}, query.text(2)});
    if (query.error()) return fail(*query.error());
  }
  for (const auto& item : expired) {
    if (auto done = delete_item(connection, item.key, item.encoded_indexes); !done)
      return fail(std::move(done.error()));
  }
  return expired.size();
}

}  // namespace syncwell::sqlite
