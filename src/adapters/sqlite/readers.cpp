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

void Readers::submit(std::unique_ptr<ReadOperation> operation) {
  Connection* free_connection = nullptr;
  {
    std::unique_lock lock(mutex_);
    if (stopped_ || pending_.size() >= max_pending_reads) {
      operation->fail_with(stopped_
                               ? Error{ErrorCode::cancelled, "the storage is closing"}
                               : Error{ErrorCode::storage_failed, "too many reads are waiting", retry_when_crowded});
      lock.unlock();
      auto& refused = *operation;
      refused.finish(std::move(operation));
      return;
    }
    pending_.push_back(std::move(operation));
    if (idle_.empty() || paused_) return;
    free_connection = idle_.back();
    idle_.pop_back();
  }
  schedule(free_connection);
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
    const std::scoped_lock lock(mutex_);
    if (!paused_) batch = take_batch();
    if (batch.empty()) {
      idle_.push_back(connection);
      return;
    }
    ++active_;
  }
  process(*connection, std::move(batch));
  {
    const std::scoped_lock lock(mutex_);
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
  std::unique_lock lock(mutex_);
  paused_ = true;
  quiet_.wait(lock, [this] { return active_ == 0; });
}

void Readers::resume() {
  std::vector<Connection*> start;
  {
    const std::scoped_lock lock(mutex_);
    paused_ = false;
    if (pending_.empty()) return;
    start = std::exchange(idle_, {});
  }
  for (Connection* connection : start) schedule(connection);
}

void Readers::stop() {
  const std::scoped_lock lock(mutex_);
  stopped_ = true;
}

void Readers::drain() {
  for (;;) {
    Batch batch;
    {
      const std::scoped_lock lock(mutex_);
      batch = take_batch();
    }
    if (batch.empty()) return;
    process(*connections_.front(), std::move(batch));
  }
}

}  // namespace syncwell::sqlite
