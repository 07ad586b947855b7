// The Queue port on SQLite: one row per message, found by the time from which it is visible. See queue/queue.hpp for
// the contract and queue_statements.hpp for what happens in the file.
// A message that is past its last receive dies when a receive meets it; since waiting receivers sleep until the next
// message becomes visible, that is when its lease runs out.
#pragma once

#include "adapters/sqlite/arrival_signal.hpp"
#include "adapters/sqlite/message_ids.hpp"
#include "adapters/sqlite/readers.hpp"
#include "adapters/sqlite/removed_receipts.hpp"
#include "adapters/sqlite/writer.hpp"
#include "queue/queue.hpp"

namespace syncwell::sqlite {

class SqliteQueue final : public queue::Queue, private CommitListener {
 public:
  // All references outlive the queue. `id`: the row in table queue.
  SqliteQueue(std::int64_t id, queue::Settings settings, Writer& writer, Readers& readers, const Clock& clock,
              const QueueClock& queue_clock, MessageIds& ids);

  [[nodiscard]] Async<Result<std::string>> send(std::string body, Duration delay) override;
  [[nodiscard]] Async<Result<std::vector<queue::Message>>> receive(std::size_t most, Duration wait) override;
  [[nodiscard]] Async<Result<void>> extend(std::string receipt, Duration visibility) override;
  [[nodiscard]] Async<Result<void>> remove(std::string receipt) override;
  [[nodiscard]] Async<Result<void>> dead_letter(std::string receipt, std::string reason, std::string message) override;
  [[nodiscard]] Async<Result<queue::Depth>> depth() override;
  [[nodiscard]] Async<Result<std::vector<queue::DeadLetter>>> dead_letters(std::size_t limit,
                                                                           std::string after) override;
  [[nodiscard]] Async<Result<void>> redrive(std::string id) override;
  [[nodiscard]] Async<Result<std::uint64_t>> redrive_all() override;
  [[nodiscard]] Async<Result<void>> purge(std::string id) override;

  // Inserts a message within a transaction of the writer's; for the event bus.
  [[nodiscard]] Result<std::int64_t> insert(WriteContext& context, std::string_view body, Duration delay);
  // Wakes every waiting receiver to look again: the storage is closing.
  void wake_all() { arrivals_.wake_all(); }
  // How many receivers wait. For tests and metrics.
  [[nodiscard]] std::size_t waiting() const { return arrivals_.waiting(); }

 private:
  [[nodiscard]] Async<Result<Claim>> claim(std::size_t most);
  [[nodiscard]] Result<void> remove_in(WriteContext& context, const Receipt& receipt);
  // A message will be visible at `visible_at`: wake receivers when that is durable.
  void note(WriteContext& context, Instant visible_at, Instant now);
  void committed() override;
  void rolled_back() override;

  const std::int64_t id_;
  const queue::Settings settings_;
  Writer& writer_;
  Readers& readers_;
  const Clock& clock_;
  const QueueClock& queue_clock_;
  MessageIds& ids_;
  ArrivalSignal arrivals_;
  // On the writer's executor only:
  RemovedReceipts removed_;
  std::size_t visible_in_batch_ = 0;
  std::optional<Duration> next_in_batch_{};  // until the earliest other one is visible
};

}  // namespace syncwell::sqlite
