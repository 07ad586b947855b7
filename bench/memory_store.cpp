#include "memory_store.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace syncwell::bench {

using store::Condition;
using store::Item;
using store::Key;
using store::QueryPage;
using store::Write;

namespace {

constexpr Duration expiry_step = std::chrono::minutes{1};  // what expires within one is deleted together

std::string index_name(const std::string& index, const std::string& partition) {
  return index + std::string(1, '\0') + partition;
}

std::unexpected<Error> not_needed() { return fail(ErrorCode::unsupported, "no simulation needs it"); }

}  // namespace

MemoryTable::Stored* MemoryTable::find(const Key& key) {
  const auto partition = partitions_.find(key.partition);
  if (partition == partitions_.end()) return nullptr;
  const auto found = std::ranges::find(partition->second, key.sort, &Stored::sort);
  return found == partition->second.end() ? nullptr : &*found;
}

bool MemoryTable::is_there(const Stored* stored) const {
  return stored != nullptr && (!stored->expires_at || runtime_.now() < *stored->expires_at);
}

Item MemoryTable::item_of(const std::string& partition, const Stored& stored) {
  Item item{Key{partition, stored.sort}};
  item.attributes = boost::json::parse(stored.attributes).as_object();
  item.version = stored.version;
  item.expires_at = stored.expires_at;
  item.indexes = stored.indexes;
  return item;
}

bool MemoryTable::holds(const Write& write) {
  const Stored* stored = find(write.item.key);
  const bool there = is_there(stored);
  switch (write.condition.kind) {
    case Condition::Kind::none:
      return true;
    case Condition::Kind::absent:
      return !there;
    case Condition::Kind::present:
      return there;
    case Condition::Kind::version_is:
      return there && stored->version == write.condition.version;
  }
  return false;
}

void MemoryTable::enter(const Key& key, const Stored& stored) {
  bytes_ += key.partition.size() + stored.sort.size() + stored.attributes.size();
  for (const auto& entry : stored.indexes) {
    indexes_[index_name(entry.index, entry.partition)].emplace(std::pair{entry.sort, key}, 0);
    bytes_ += entry.index.size() + entry.partition.size() + entry.sort.size();
  }
}

void MemoryTable::leave(const Key& key, const Stored& stored) {
  bytes_ -= key.partition.size() + stored.sort.size() + stored.attributes.size();
  for (const auto& entry : stored.indexes) {
    const auto index = indexes_.find(index_name(entry.index, entry.partition));
    index->second.erase({entry.sort, key});
    if (index->second.empty()) indexes_.erase(index);
    bytes_ -= entry.index.size() + entry.partition.size() + entry.sort.size();
  }
}

std::uint64_t MemoryTable::put(Item item) {
  Stored* stored = find(item.key);
  if (stored == nullptr) {
    Partition& partition = partitions_[item.key.partition];
    stored = &*partition.emplace(std::ranges::lower_bound(partition, item.key.sort, {}, &Stored::sort));
    stored->sort = item.key.sort;
    ++items_;
  } else {
    leave(item.key, *stored);
  }
  stored->attributes = boost::json::serialize(item.attributes);
  ++stored->version;
  stored->expires_at = item.expires_at;
  stored->indexes = std::move(item.indexes);
  enter(item.key, *stored);
  if (item.expires_at) expiring_[std::chrono::ceil<std::chrono::minutes>(*item.expires_at)].push_back(item.key);
  return stored->version;
}

void MemoryTable::erase(const Key& key) {
  const auto partition = partitions_.find(key.partition);
  if (partition == partitions_.end()) return;
  const auto found = std::ranges::find(partition->second, key.sort, &Stored::sort);
  if (found == partition->second.end()) return;
  leave(key, *found);
  partition->second.erase(found);
  --items_;
  if (partition->second.empty()) partitions_.erase(partition);
}

void MemoryTable::sweep() {
  while (!expiring_.empty() && expiring_.begin()->first + expiry_step <= runtime_.now()) {
    for (const Key& key : expiring_.begin()->second) {
      const Stored* stored = find(key);
      if (stored != nullptr && !is_there(stored)) erase(key);
    }
    expiring_.erase(expiring_.begin());
  }
}

Async<Result<std::optional<Item>>> MemoryTable::get(Key key) {
  const Stored* stored = find(key);
  if (!is_there(stored)) co_return std::nullopt;
  co_return item_of(key.partition, *stored);
}

Async<Result<std::vector<Item>>> MemoryTable::get_many(std::vector<Key> keys) {
  std::vector<Item> items;
  for (const Key& key : keys) {
    const Stored* stored = find(key);
    if (is_there(stored)) items.push_back(item_of(key.partition, *stored));
  }
  co_return items;
}

Async<Result<std::vector<std::uint64_t>>> MemoryTable::transact(std::vector<Write> writes) {
  sweep();
  // No transaction of ours writes an item that another of its conditions names.
  if (!std::ranges::all_of(writes, [this](const Write& write) { return holds(write); }))
    co_return fail(ErrorCode::version_conflict, "a condition does not hold");
  std::vector<std::uint64_t> versions;
  for (Write& write : writes) {
    if (write.kind == Write::Kind::put) {
      versions.push_back(put(std::move(write.item)));
    } else if (write.kind == Write::Kind::erase) {
      erase(write.item.key);
      versions.push_back(0);
    } else {
      const Stored* stored = find(write.item.key);
      versions.push_back(is_there(stored) ? stored->version : 0);
    }
  }
  co_return versions;
}

Async<Result<QueryPage>> MemoryTable::query(std::string partition, std::string prefix, std::size_t limit,
                                            std::optional<Key> after) {
  QueryPage page;
  const auto found = partitions_.find(partition);
  if (found == partitions_.end()) co_return page;
  for (const Stored& stored : found->second) {
    const bool is_wanted = stored.sort.starts_with(prefix) && (!after || stored.sort > after->sort);
    if (!is_wanted || !is_there(&stored)) continue;
    if (page.items.size() == limit) {
      page.next = page.items.back().key;
      break;
    }
    page.items.push_back(item_of(partition, stored));
  }
  co_return page;
}

Async<Result<QueryPage>> MemoryTable::query_index(std::string index, std::string partition, std::string prefix,
                                                  std::size_t limit, std::optional<Key> after) {
  QueryPage page;
  const auto found = indexes_.find(index_name(index, partition));
  if (found == indexes_.end()) co_return page;
  auto entry = found->second.lower_bound({prefix, Key{}});
  if (after) {
    const Stored* last = find(*after);
    if (last == nullptr) co_return fail(ErrorCode::invalid_argument, "the last page's end has left the index");
    const auto place = std::ranges::find_if(
        last->indexes, [&](const store::IndexEntry& one) { return one.index == index && one.partition == partition; });
    if (place == last->indexes.end())
      co_return fail(ErrorCode::invalid_argument, "the last page's end has left the index");
    entry = found->second.upper_bound({place->sort, *after});
  }
  for (; entry != found->second.end() && entry->first.first.starts_with(prefix); ++entry) {
    const Key& key = entry->first.second;
    const Stored* stored = find(key);
    if (!is_there(stored)) continue;
    if (page.items.size() == limit) {
      page.next = page.items.back().key;
      break;
    }
    page.items.push_back(item_of(key.partition, *stored));
  }
  co_return page;
}

Async<Result<std::size_t>> MemoryTable::count_index(std::string index, std::string partition, std::size_t limit) {
  const auto found = indexes_.find(index_name(index, partition));
  if (found == indexes_.end()) co_return 0;
  std::size_t count = 0;
  for (auto entry = found->second.begin(); entry != found->second.end() && count < limit; ++entry) {
    if (is_there(find(entry->first.second))) ++count;
  }
  co_return count;
}

Async<Result<std::string>> MemoryQueue::send(std::string body, Duration) {
  queue::Message message;
  message.id = message.receipt = std::to_string(++sent_);
  message.body = std::move(body);
  message.sent = runtime_.now();
  messages_.push_back(message);
  co_return std::move(message.id);
}

Async<Result<std::vector<queue::Message>>> MemoryQueue::receive(std::size_t most, Duration) {
  std::vector<queue::Message> taken;
  while (taken.size() < most && !messages_.empty()) {
    taken.push_back(std::move(messages_.front()));
    messages_.pop_front();
  }
  co_return taken;
}

Async<Result<void>> MemoryQueue::remove(std::string) { co_return Result<void>{}; }
Async<Result<void>> MemoryQueue::extend(std::string, Duration) { co_return not_needed(); }
Async<Result<void>> MemoryQueue::dead_letter(std::string, std::string, std::string) { co_return not_needed(); }
Async<Result<queue::Depth>> MemoryQueue::depth() { co_return not_needed(); }
Async<Result<std::vector<queue::DeadLetter>>> MemoryQueue::dead_letters(std::size_t, std::string) {
  co_return not_needed();
}
Async<Result<void>> MemoryQueue::redrive(std::string) { co_return not_needed(); }
Async<Result<std::uint64_t>> MemoryQueue::redrive_all() { co_return not_needed(); }
Async<Result<void>> MemoryQueue::purge(std::string) { co_return not_needed(); }

}  // namespace syncwell::bench
