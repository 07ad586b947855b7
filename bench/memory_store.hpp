// A table and a queue that keep everything in memory, for simulations of more writes than a disk takes in a reasonable
// time. They keep the semantics of store/table.hpp (versions, conditions, sparse indexes, expiry, all or nothing) and
// leave out what the simulation does not need: limits are not checked, nothing is durable, a page over an index goes on
// only after an item that still is in it. Attributes are kept as JSON text, as SQLite keeps them: reading costs a
// parse. One thread, and calls never wait.
#pragma once

#include <deque>
#include <map>
#include <unordered_map>

#include "base/runtime.hpp"
#include "queue/queue.hpp"
#include "store/table.hpp"

namespace syncwell::bench {

class MemoryTable final : public store::Table {
 public:
  explicit MemoryTable(Runtime& runtime) : runtime_(runtime) {}

  Async<Result<std::optional<store::Item>>> get(store::Key key) override;
  Async<Result<std::vector<store::Item>>> get_many(std::vector<store::Key> keys) override;
  Async<Result<std::vector<std::uint64_t>>> transact(std::vector<store::Write> writes) override;
  Async<Result<store::QueryPage>> query(std::string partition, std::string prefix, std::size_t limit,
                                        std::optional<store::Key> after) override;
  Async<Result<store::QueryPage>> query_index(std::string index, std::string partition, std::string prefix,
                                              std::size_t limit, std::optional<store::Key> after) override;
  Async<Result<std::size_t>> count_index(std::string index, std::string partition, std::size_t limit) override;

  [[nodiscard]] std::uint64_t items() const { return items_; }
  // Keys, attributes and index entries, without what maps and allocations add.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  struct Stored {
    std::string sort;
    std::string attributes;
    std::uint64_t version = 0;
    std::optional<Instant> expires_at;
    std::vector<store::IndexEntry> indexes;
  };
  using Partition = std::vector<Stored>;                             // by sort key; small
  using Index = std::map<std::pair<std::string, store::Key>, char>;  // by sort key in the index

  [[nodiscard]] Stored* find(const store::Key& key);
  [[nodiscard]] bool is_there(const Stored* stored) const;
  [[nodiscard]] static store::Item item_of(const std::string& partition, const Stored& stored);
  [[nodiscard]] bool holds(const store::Write& write);
  std::uint64_t put(store::Item item);
  void erase(const store::Key& key);
  void enter(const store::Key& key, const Stored& stored);
  void leave(const store::Key& key, const Stored& stored);
  void sweep();

  Runtime& runtime_;
  std::unordered_map<std::string, Partition> partitions_;
  std::unordered_map<std::string, Index> indexes_;  // by name and partition
  std::map<Instant, std::vector<store::Key>> expiring_;
  std::uint64_t items_ = 0;
  std::uint64_t bytes_ = 0;
};

// First in, first out; what was received is gone. What is not needed answers unsupported.
class MemoryQueue final : public queue::Queue {
 public:
  explicit MemoryQueue(Runtime& runtime) : runtime_(runtime) {}
  Async<Result<std::string>> send(std::string body, Duration delay) override;
  Async<Result<std::vector<queue::Message>>> receive(std::size_t most, Duration wait) override;
  Async<Result<void>> extend(std::string receipt, Duration visibility) override;
  Async<Result<void>> remove(std::string receipt) override;
  Async<Result<void>> dead_letter(std::string receipt, std::string reason, std::string message) override;
  Async<Result<queue::Depth>> depth() override;
  Async<Result<std::vector<queue::DeadLetter>>> dead_letters(std::size_t limit, std::string after) override;
  Async<Result<void>> redrive(std::string id) override;
  Async<Result<std::uint64_t>> redrive_all() override;
  Async<Result<void>> purge(std::string id) override;

 private:
  Runtime& runtime_;
  std::deque<queue::Message> messages_;
  std::uint64_t sent_ = 0;
};

}  // namespace syncwell::bench
