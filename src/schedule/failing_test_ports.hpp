// A table and a queue that fail when the test says so: before they do what they are asked, as a full disk, or after it,
// as a process that ends before it hears of the success.
#pragma once

#include "queue/queue.hpp"
#include "store/table.hpp"

namespace syncwell::schedule {

// Counts the steps that both ports take together.
struct FailurePlan {
  int steps = 0;
  int fail_at = -1;  // the step, from 0; -1: none
  bool after = false;
  [[nodiscard]] bool fails_now(bool is_after) { return steps == fail_at && after == is_after; }
};

inline std::unexpected<Error> planned_failure() { return fail(ErrorCode::storage_failed, "as the test wants it"); }

class FailingTable final : public store::Table {
 public:
  FailingTable(store::Table& table, FailurePlan& plan) : table_(table), plan_(plan) {}
  Async<Result<std::optional<store::Item>>> get(store::Key key) override { return table_.get(std::move(key)); }
  Async<Result<std::vector<store::Item>>> get_many(std::vector<store::Key> keys) override {
    return table_.get_many(std::move(keys));
  }
  Async<Result<std::vector<std::uint64_t>>> transact(std::vector<store::Write> writes) override {
    if (plan_.fails_now(false)) {
      ++plan_.steps;
      co_return planned_failure();
    }
    auto done = co_await table_.transact(std::move(writes));
    const bool fails = plan_.fails_now(true);
    ++plan_.steps;
    if (fails) co_return planned_failure();
    co_return done;
  }
  Async<Result<store::QueryPage>> query(std::string partition, std::string prefix, std::size_t limit,
                                        std::optional<store::Key> after) override {
    return table_.query(std::move(partition), std::move(prefix), limit, std::move(after));
  }
  Async<Result<store::QueryPage>> query_index(std::string index, std::string partition, std::string prefix,
                                              std::size_t limit, std::optional<store::Key> after) override {
    return table_.query_index(std::move(index), std::move(partition), std::move(prefix), limit, std::move(after));
  }
  Async<Result<std::size_t>> count_index(std::string index, std::string partition, std::size_t limit) override {
    return table_.count_index(std::move(index), std::move(partition), limit);
  }

 private:
  store::Table& table_;
  FailurePlan& plan_;
};

class FailingQueue final : public queue::Queue {
 public:
  FailingQueue(queue::Queue& queue, FailurePlan& plan) : queue_(queue), plan_(plan) {}
  Async<Result<std::string>> send(std::string body, Duration delay) override {
    if (plan_.fails_now(false)) {
      ++plan_.steps;
      co_return planned_failure();
    }
    auto done = co_await queue_.send(std::move(body), delay);
    const bool fails = plan_.fails_now(true);
    ++plan_.steps;
    if (fails) co_return planned_failure();
    co_return done;
  }
  Async<Result<std::vector<queue::Message>>> receive(std::size_t most, Duration wait) override {
    return queue_.receive(most, wait);
  }
  Async<Result<void>> extend(std::string receipt, Duration visibility) override {
    return queue_.extend(std::move(receipt), visibility);
  }
  Async<Result<void>> remove(std::string receipt) override { return queue_.remove(std::move(receipt)); }
  Async<Result<void>> dead_letter(std::string receipt, std::string reason, std::string message) override {
    return queue_.dead_letter(std::move(receipt), std::move(reason), std::move(message));
  }
  Async<Result<queue::Depth>> depth() override { return queue_.depth(); }
  Async<Result<std::vector<queue::DeadLetter>>> dead_letters(std::size_t limit, std::string after) override {
    return queue_.dead_letters(limit, std::move(after));
  }
  Async<Result<void>> redrive(std::string id) override { return queue_.redrive(std::move(id)); }
  Async<Result<std::uint64_t>> redrive_all() override { return queue_.redrive_all(); }
  Async<Result<void>> purge(std::string id) override { return queue_.purge(std::move(id)); }

 private:
  queue::Queue& queue_;
  FailurePlan& plan_;
};

}  // namespace syncwell::schedule
