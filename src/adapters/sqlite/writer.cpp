#include "adapters/sqlite/writer.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "adapters/sqlite/readers.hpp"

namespace syncwell::sqlite {

namespace {

constexpr std::chrono::milliseconds retry_when_crowded{200};
constexpr std::uintmax_t page_bytes = 4096;
// Readers let it grow to forced_restart_factor times this share of the disk.
constexpr std::uintmax_t disk_per_log = 16;
constexpr int fewest_checkpoint_pages = 16;

}  // namespace

WriterLimits limits_for_disk(WriterLimits limits, std::uintmax_t disk_bytes) {
  const std::uintmax_t pages =
      std::max<std::uintmax_t>(fewest_checkpoint_pages, disk_bytes / disk_per_log / page_bytes);
  if (pages < static_cast<std::uintmax_t>(limits.checkpoint_pages)) limits.checkpoint_pages = static_cast<int>(pages);
  return limits;
}

void WriteContext::tell(CommitListener& listener) {
  if (std::ranges::find(listeners_, &listener) == listeners_.end()) listeners_.push_back(&listener);
}

Writer::Writer(Connection& connection, Readers& readers, Executor executor, WriterLimits limits,
               std::function<void(std::string_view)> on_fatal, std::function<Result<void>(WriteContext&)> maintain)
    : connection_(connection),
      readers_(readers),
      executor_(std::move(executor)),
      limits_(limits),
      on_fatal_(std::move(on_fatal)),
      maintain_(std::move(maintain)) {
  const auto note_log_pages = [](void* pages, sqlite3*, const char*, int now) {
    *static_cast<int*>(pages) = now;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(connection_.handle(), note_log_pages, &log_pages_);
}

Writer::~Writer() { sqlite3_wal_hook(connection_.handle(), nullptr, nullptr); }

void Writer::submit(std::unique_ptr<WriteOperation> operation) {
  std::unique_ptr<WriteOperation> refused;
  {
    const MutexLock lock(mutex_);
    if (auto refusal = why_refused(operation->bytes())) {
      operation->fail_with(std::move(*refusal));
      refused = std::move(operation);
    } else {
      pending_bytes_ += operation->bytes();
      pending_.push_back(std::move(operation));
      if (std::exchange(scheduled_, true)) return;
    }
  }
  if (!refused) return schedule();
  auto& done = *refused;
  done.finish(std::move(refused));
}

std::optional<Error> Writer::why_refused(std::size_t bytes) const {
  if (stopped_) return Error{ErrorCode::cancelled, "the storage is closing"};
  const bool crowded =
      pending_.size() >= limits_.max_pending_writes || pending_bytes_ + bytes > limits_.max_pending_bytes;
  if (crowded) return Error{ErrorCode::storage_failed, "too many writes are waiting for the disk", retry_when_crowded};
  return std::nullopt;
}

void Writer::schedule() {
  boost::asio::post(executor_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->run_batch();
  });
}

void Writer::stop() {
  const MutexLock lock(mutex_);
  stopped_ = true;
}

void Writer::drain() {
  for (auto batch = take_batch(); !batch.empty(); batch = take_batch()) process(std::move(batch));
}

WriterStatistics Writer::statistics() const {
  return WriterStatistics{operations_.load(), batches_.load(), rollbacks_.load(), checkpoints_.load()};
}

Writer::Batch Writer::take_batch() {
  Batch batch;
  std::size_t bytes = 0;
  const MutexLock lock(mutex_);
  batch.reserve(std::min(pending_.size(), max_batch_writes));
  while (!pending_.empty() && batch.size() < max_batch_writes && bytes < max_batch_write_bytes) {
    bytes += pending_.front()->bytes();
    batch.push_back(std::move(pending_.front()));
    pending_.pop_front();
  }
  pending_bytes_ -= bytes;
  return batch;
}

void Writer::run_batch() {
  process(take_batch());
  {
    const MutexLock lock(mutex_);
    if (pending_.empty()) {
      scheduled_ = false;
      return;
    }
  }
  schedule();
}

void Writer::process(Batch batch) {
  if (batch.empty()) return;
  operations_ += batch.size();
  if (fatal_) {
    for (const auto& operation : batch) {
      operation->fail_with(Error{ErrorCode::storage_failed, "the data file failed earlier; restart the server"});
    }
  } else if (!process_together(batch)) {
    ++rollbacks_;
    if (std::exchange(met_full_disk_, false)) empty_log();
    for (const auto& operation : batch) process_alone(*operation);
  }
  for (auto& operation : batch) {
    auto& done = *operation;
    done.finish(std::move(operation));
  }
  checkpoint();
}

// True: every operation has its result. False: nothing was written; perform the operations again one by one.
bool Writer::process_together(Batch& batch) {
  WriteContext context(connection_);
  if (auto begun = connection_.query("BEGIN IMMEDIATE").run(); !begun) {
    for (const auto& operation : batch) operation->fail_with(begun.error());
    return true;
  }
  for (const auto& operation : batch) {
    const auto changes_before = connection_.total_changes();
    if (operation->perform(context)) continue;
    const bool wrote = connection_.total_changes() != changes_before || !connection_.in_transaction();
    if (wrote || connection_.lost_sync()) {
      roll_back(context);
      return false;
    }
  }
  if (maintain_ && !maintain_(context)) {
    roll_back(context);
    return false;
  }
  return commit(context).has_value();
}

void Writer::process_alone(WriteOperation& operation) {
  WriteContext context(connection_);
  if (fatal_) {
    operation.fail_with(Error{ErrorCode::storage_failed, "the data file failed; restart the server"});
    return;
  }
  if (auto begun = connection_.query("BEGIN IMMEDIATE").run(); !begun) {
    operation.fail_with(std::move(begun.error()));
    return;
  }
  if (!operation.perform(context)) {
    roll_back(context);
    return;
  }
  if (auto committed = commit(context); !committed) operation.fail_with(std::move(committed.error()));
}

Result<void> Writer::commit(WriteContext& context) {
  Query query = connection_.query("COMMIT");
  (void)query.next();
  if (!query.error()) {
    ++batches_;
    for (CommitListener* listener : context.listeners_) listener->committed();
    return {};
  }
  if (connection_.was_broken()) end_process(query.error()->message);
  Error error = *query.error();
  roll_back(context);
  return fail(std::move(error));
}

void Writer::roll_back(WriteContext& context) {
  met_full_disk_ = connection_.was_full();
  if (connection_.lost_sync()) end_process("an fsync of the data file failed");
  // A failing rollback leaves the transaction open and the next BEGIN fails with a clear error.
  if (connection_.in_transaction()) (void)connection_.query("ROLLBACK").run();
  for (CommitListener* listener : context.listeners_) listener->rolled_back();
}

void Writer::end_process(std::string_view reason) {
  if (std::exchange(fatal_, true)) return;
  on_fatal_(reason);
}

void Writer::checkpoint() {
  if (log_pages_ < folded_pages_) folded_pages_ = 0;  // the log has started over
  if (fatal_ || log_pages_ - folded_pages_ < limits_.checkpoint_pages) return;
  int pages = 0;
  int code = fold(SQLITE_CHECKPOINT_PASSIVE, pages);
  if (code == SQLITE_OK && pages >= limits_.checkpoint_pages * forced_restart_factor)
    code = fold(SQLITE_CHECKPOINT_RESTART, pages);
  note_fold(code);
}

int Writer::fold(int mode, int& pages) {
  // All but a passive one wait for the readers.
  if (mode != SQLITE_CHECKPOINT_PASSIVE) readers_.pause();
  const int code = sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, mode, &pages, &folded_pages_);
  if (mode != SQLITE_CHECKPOINT_PASSIVE) readers_.resume();
  return code;
}

void Writer::empty_log() {
  if (fatal_) return;
  note_fold(fold(SQLITE_CHECKPOINT_TRUNCATE, log_pages_));
}

void Writer::note_fold(int code) {
  ++checkpoints_;
  if (code == SQLITE_OK) return;
  // A full device leaves the log as it is; the next checkpoint goes on.
  const Error error = connection_.fail_with(code, "fold the log into the data file");
  if (connection_.was_broken()) end_process(error.message);
}

}  // namespace syncwell::sqlite
