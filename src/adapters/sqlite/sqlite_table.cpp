#include "adapters/sqlite/sqlite_table.hpp"

#include <fmt/format.h>

#include "adapters/sqlite/item_codec.hpp"
#include "adapters/sqlite/table_statements.hpp"

namespace syncwell::sqlite {

using store::Item;
using store::Key;
using store::QueryPage;

namespace {

Result<Item> item_of(StoredItem stored) {
  Item item;
  auto attributes = decode_attributes(stored.attributes);
  if (!attributes) return fail(std::move(attributes.error()));
  auto indexes = decode_indexes(stored.indexes);
  if (!indexes) return fail(std::move(indexes.error()));
  item.key = std::move(stored.key);
  item.attributes = std::move(*attributes);
  item.version = stored.version;
  item.expires_at = stored.expires_at;
  item.indexes = std::move(*indexes);
  return item;
}

Result<std::vector<Item>> items_of(std::vector<StoredItem> stored) {
  std::vector<Item> items;
  items.reserve(stored.size());
  for (auto& one : stored) {
    auto item = item_of(std::move(one));
    if (!item) return fail(std::move(item.error()));
    items.push_back(std::move(*item));
  }
  return items;
}

Result<PreparedWrite> prepare(store::Write write) {
  if (auto checked = check_key(write.item.key); !checked) return fail(std::move(checked.error()));
  PreparedWrite prepared;
  prepared.kind = write.kind;
  prepared.condition = write.condition;
  if (write.kind == store::Write::Kind::put) {
    if (auto checked = check_indexes(write.item.indexes); !checked) return fail(std::move(checked.error()));
    auto attributes = encode_attributes(write.item.attributes);
    if (!attributes) return fail(std::move(attributes.error()));
    const auto bytes = write.item.key.partition.size() + write.item.key.sort.size() + attributes->size();
    if (bytes > store::max_item_bytes) {
      return fail(ErrorCode::too_large,
                  fmt::format("an item of {} bytes is larger than {} bytes", bytes, store::max_item_bytes));
    }
    prepared.attributes = std::move(*attributes);
    prepared.expires_at = write.item.expires_at;
    prepared.encoded_indexes = encode_indexes(write.item.indexes);
    prepared.indexes = std::move(write.item.indexes);
  }
  prepared.key = std::move(write.item.key);
  return prepared;
}

Result<void> check_limit(std::size_t limit) {
  if (limit >= 1 && limit <= store::max_query_page) return {};
  return fail(ErrorCode::invalid_argument, fmt::format("a page holds 1 to {} items", store::max_query_page));
}

}  // namespace

SqliteTable::SqliteTable(Writer& writer, Readers& readers, const Clock& clock)
    : writer_(writer), readers_(readers), clock_(clock) {}

Async<Result<std::optional<Item>>> SqliteTable::get(Key key) {
  auto stored = co_await readers_.read<std::optional<StoredItem>>(
      [this, key = std::move(key)](Connection& connection) { return read_item(connection, key, clock_.now()); });
  if (!stored) co_return fail(std::move(stored.error()));
  if (!*stored) co_return std::optional<Item>();
  auto item = item_of(std::move(**stored));
  if (!item) co_return fail(std::move(item.error()));
  co_return std::optional<Item>(std::move(*item));
}

Async<Result<std::vector<Item>>> SqliteTable::get_many(std::vector<Key> keys) {
  if (keys.size() > store::max_get_items) {
    co_return fail(ErrorCode::invalid_argument, fmt::format("at most {} items are read at once", store::max_get_items));
  }
  auto stored = co_await readers_.read<std::vector<StoredItem>>(
      [this, keys = std::move(keys)](Connection& connection) -> Result<std::vector<StoredItem>> {
        std::vector<StoredItem> found;
        for (const Key& key : keys) {
          auto item = read_item(connection, key, clock_.now());
          if (!item) return fail(std::move(item.error()));
          if (*item) found.push_back(std::move(**item));
        }
        return found;
      });
  if (!stored) co_return fail(std::move(stored.error()));
  co_return items_of(std::move(*stored));
}

Async<Result<std::vector<std::uint64_t>>> SqliteTable::transact(std::vector<store::Write> writes) {
  if (writes.size() > store::max_transaction_items) {
    co_return fail(ErrorCode::invalid_argument,
                   fmt::format("a transaction holds at most {} writes", store::max_transaction_items));
  }
  std::vector<PreparedWrite> prepared;
  prepared.reserve(writes.size());
  std::size_t bytes = 0;
  for (auto& write : writes) {
    auto one = prepare(std::move(write));
    if (!one) co_return fail(std::move(one.error()));
    bytes += one->attributes.size() + one->encoded_indexes.size();
    prepared.push_back(std::move(*one));
  }
  co_return co_await writer_.write<std::vector<std::uint64_t>>(
      [this, prepared = std::move(prepared)](WriteContext& context) {
        return apply_writes(context.connection, prepared, clock_.now());
      },
      bytes);
}

Async<Result<QueryPage>> SqliteTable::query(std::string partition, std::string prefix, std::size_t limit,
                                            std::optional<Key> after) {
  if (auto checked = check_limit(limit); !checked) co_return fail(std::move(checked.error()));
  if (after && after->partition != partition) {
    co_return fail(ErrorCode::invalid_argument, "the key to go on after is of another partition");
  }
  ItemRange range{std::move(partition), std::move(prefix), after ? std::move(after->sort) : std::string(), limit};
  auto stored = co_await readers_.read<StoredPage>(
      [this, range = std::move(range)](Connection& connection) { return read_range(connection, range, clock_.now()); });
  if (!stored) co_return fail(std::move(stored.error()));
  QueryPage page;
  if (stored->more) page.next = stored->items.back().key;
  auto items = items_of(std::move(stored->items));
  if (!items) co_return fail(std::move(items.error()));
  page.items = std::move(*items);
  co_return page;
}

Async<Result<QueryPage>> SqliteTable::query_index(std::string index, std::string partition, std::string prefix,
                                                  std::size_t limit, std::optional<Key> after) {
  if (auto checked = check_limit(limit); !checked) co_return fail(std::move(checked.error()));
  IndexRange range;
  range.index = std::move(index);
  range.partition = std::move(partition);
  range.prefix = std::move(prefix);
  range.limit = limit;
  if (after) {
    if (auto position = decode_index_position(*after)) {
      range.after_key = std::move(position->key);
      range.after_sort = std::move(position->index_sort);
    } else {
      range.after_key = std::move(after);
    }
  }
  auto stored = co_await readers_.read<StoredPage>([this, range = std::move(range)](Connection& connection) {
    return read_index_range(connection, range, clock_.now());
  });
  if (!stored) co_return fail(std::move(stored.error()));
  QueryPage page;
  if (stored->more) page.next = encode_index_position(stored->items.back().index_sort, stored->items.back().key);
  auto items = items_of(std::move(stored->items));
  if (!items) co_return fail(std::move(items.error()));
  page.items = std::move(*items);
  co_return page;
}

Async<Result<std::size_t>> SqliteTable::count_index(std::string index, std::string partition, std::size_t limit) {
  co_return co_await readers_.read<std::size_t>(
      [index = std::move(index), partition = std::move(partition), limit](Connection& connection) {
        return sqlite::count_index(connection, index, partition, limit);
      });
}

Result<void> ExpirySweep::sweep(Connection& connection) {
  const Steady now = clock_.steady_now();
  if (now < next_) return {};
  next_ = now + sweep_interval;
  auto deleted = delete_expired(connection, clock_.now() - expired_item_kept, max_items_per_sweep);
  if (!deleted) return fail(std::move(deleted.error()));
  if (*deleted == max_items_per_sweep) next_ = now;
  return {};
}

}  // namespace syncwell::sqlite
