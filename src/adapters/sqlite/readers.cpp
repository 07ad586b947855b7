#include "adapters/sqlite/readers.hpp"

#include <algorithm>

namespace syncwell::sqlite {

namespace {

constexpr std::chrono::milliseconds retry_when_crowded{200};

}  // namespace

Readers::Readers(std::vector<std::unique_ptr<Connection>> connections, Executor executor)
    : connections_(std::move(connections)), executor_(std::move(executor)) {
  for (const auto& connection : connections_) idle_.push_back(connection.get());
}

std::optional<Error> Readers::why_refused() const {
  if (stopped_) return Error{ErrorCode::cancelled, "the storage is closing"};
  if (pending_.size() < max_pending_reads) return std::nullopt;
  return Error{ErrorCode::storage_failed, "too many reads are waiting", retry_when_crowded};
}

void Readers::submit(std::unique_ptr<ReadOperation> operation) {
  std::unique_ptr<ReadOperation> refused;
  Connection* free_connection = nullptr;
  {
    const MutexLock lock(mutex_);
    if (auto refusal = why_refused()) {
      operation->fail_with(std::move(*refusal));
      refused = std::move(operation);
    } else {
      pending_.push_back(std::move(operation));
      if (idle_.empty() || paused_) return;
      free_connection = idle_.back();
      idle_.pop_back();
    }
  }
  if (!refused) return schedule(free_connection);
  auto& done = *refused;
  done.finish(std::move(refused));
}

void Readers::schedule(Connection* connection) {
  boost::asio::post(executor_, [weak = weak_from_this(), connection] {
    if (const auto self = weak.lock()) self->run(connection);
  });
}

Readers::Batch Readers::take_batch() {
  Batch batch;
  batch.reserve(std::min(pending_.size(), max_batch_reads));
  while (!pending_.empty() && batch.size() < max_batch_reads) {
    batch.push_back(std::move(pending_.front()));
    pending_.pop_front();
  }
  return batch;
}

void Readers::run(Connection* connection) {
  Batch batch;
  {
    const MutexLock lock(mutex_);
    if (!paused_) batch = take_batch();
    if (batch.empty()) {
      idle_.push_back(connection);
      return;
    }
    ++active_;
  }
  process(*connection, std::move(batch));
  {
    const MutexLock lock(mutex_);
    --active_;
    if (active_ == 0) quiet_.notify_all();
    if (pending_.empty() || paused_) {
      idle_.push_back(connection);
      return;
    }
  }
  schedule(connection);
}

void Readers::process(Connection& connection, Batch batch) {
  const auto begun = connection.query("BEGIN").run();
  for (const auto& operation : batch) {
    if (begun) {
      (void)operation->perform(connection);
    } else {
      operation->fail_with(begun.error());
    }
  }
  // A read transaction has nothing to lose; ending it cannot fail in a way that matters to the results.
  if (connection.in_transaction()) (void)connection.query("COMMIT").run();
  for (auto& operation : batch) {
    auto& done = *operation;
    done.finish(std::move(operation));
  }
}

void Readers::pause() {
  const MutexLock lock(mutex_);
  paused_ = true;
  while (active_ != 0) quiet_.wait(mutex_);
}

void Readers::resume() {
  std::vector<Connection*> start;
  {
    const MutexLock lock(mutex_);
    paused_ = false;
    if (pending_.empty()) return;
    start = std::exchange(idle_, {});
  }
  for (Connection* connection : start) schedule(connection);
}

void Readers::stop() {
  const MutexLock lock(mutex_);
  stopped_ = true;
}

void Readers::drain() {
  for (;;) {
    Batch batch;
    {
      const MutexLock lock(mutex_);
      batch = take_batch();
    }
    if (batch.empty()) return;
    process(*connections_.front(), std::move(batch));
  }
}

}  // namespace syncwell::sqlite
