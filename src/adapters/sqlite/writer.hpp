// The one writer (DESIGN section 4): group commit. Operations of all callers queue up; the writer performs what has
// arrived in one transaction, commits it with one fsync, and resumes the callers after that. What arrives during the
// commit goes into the next transaction.
//
// One failing operation does not harm its neighbours: an operation checks before it writes, so that a refusal has
// changed nothing and the batch goes on. Where one fails after it wrote (the disk is full), the batch is rolled back
// and every operation is performed again in a transaction of its own.
//
// A lost fsync or an I/O error during COMMIT is fatal: nobody knows any more what is on the disk. `on_fatal` ends the
// process; recovery is at the next start.
//
// Threads: write() and submit() from any thread. Batches run on the executor given, which must run one task at a time
// (a thread of the storage's own, or a VirtualRuntime). Create it with std::make_shared: tasks that are still posted
// when it is gone do nothing.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/operation.hpp"
#include "base/mutex.hpp"

namespace syncwell::sqlite {

class Readers;

inline constexpr std::size_t max_batch_writes = 4096;
inline constexpr std::size_t max_batch_write_bytes = 16 * 1024 * 1024;
// When the log is this many times longer than it should be, because readers kept it from starting over, they are held
// for the moment that takes.
inline constexpr int forced_restart_factor = 4;

struct WriterLimits {
  // Writes that wait; past either limit a write is refused.
  std::size_t max_pending_writes = 128 * 1024;
  std::size_t max_pending_bytes = 256 * 1024 * 1024;
  // The log is folded into the data file when it has grown by this many pages (of 4 KiB).
  int checkpoint_pages = 4 * 1024;
};

// On a small disk the log is folded sooner: one that took the last room could not be, as the data file grows by that.
[[nodiscard]] WriterLimits limits_for_disk(WriterLimits limits, std::uintmax_t disk_bytes);

// Something that wants to know when what it wrote became durable, once per batch. Called on the writer's executor.
class CommitListener {
 public:
  virtual void committed() = 0;
  virtual void rolled_back() = 0;

 protected:
  ~CommitListener() = default;
};

// What a write operation works with.
class WriteContext {
 public:
  explicit WriteContext(Connection& to) : connection(to) {}
  // committed() or rolled_back() is called once for this batch. `listener` outlives the batch.
  void tell(CommitListener& listener);

  Connection& connection;

 private:
  friend class Writer;
  std::vector<CommitListener*> listeners_;
};

using WriteOperation = Operation<WriteContext>;

struct WriterStatistics {
  std::uint64_t operations = 0;
  std::uint64_t batches = 0;    // transactions that were committed
  std::uint64_t rollbacks = 0;  // batches performed again one by one
  std::uint64_t checkpoints = 0;
};

class Writer final : public std::enable_shared_from_this<Writer> {
 public:
  // `connection` and `readers` outlive the writer. `maintain` is called in every batch after its operations.
  Writer(Connection& connection, Readers& readers, Executor executor, WriterLimits limits,
         std::function<void(std::string_view)> on_fatal, std::function<Result<void>(WriteContext&)> maintain);
  ~Writer();

  // Performs `work` (see AwaitedOperation) and returns its result once that is durable. Further errors: storage_full,
  // storage_read_only, storage_failed (also when too many writes wait: try again after retry_after); cancelled: the
  // storage is closing.
  template <class T, class Work>
  [[nodiscard]] Async<Result<T>> write(Work work, std::size_t bytes = 0) {
    return perform_on<T, WriteContext>(*this, std::move(work), bytes);
  }

  void submit(std::unique_ptr<WriteOperation> operation);
  // Refuses what comes from now on. Any thread.
  void stop();
  // Performs what is left, on the calling thread: only when nothing runs on the executor any more.
  void drain();
  [[nodiscard]] WriterStatistics statistics() const;

 private:
  using Batch = std::vector<std::unique_ptr<WriteOperation>>;

  [[nodiscard]] std::optional<Error> why_refused(std::size_t bytes) const SYNCWELL_REQUIRES(mutex_);
  void schedule();
  void run_batch();
  [[nodiscard]] Batch take_batch();
  void process(Batch batch);
  [[nodiscard]] bool process_together(Batch& batch);
  void process_alone(WriteOperation& operation);
  [[nodiscard]] Result<void> commit(WriteContext& context);
  void roll_back(WriteContext& context);
  void end_process(std::string_view reason);
  void checkpoint();
  // Folds the log into the data file, as far as `mode` (an SQLITE_CHECKPOINT_…) says. SQLite's result code.
  int fold(int mode, int& pages);
  // The log may be what fills the disk: what is kept is much less.
  void empty_log();
  void note_fold(int code);

  Connection& connection_;
  Readers& readers_;
  const Executor executor_;
  const WriterLimits limits_;
  const std::function<void(std::string_view)> on_fatal_;
  const std::function<Result<void>(WriteContext&)> maintain_;
  // On the writer's executor only:
  bool fatal_ = false;
  bool met_full_disk_ = false;  // in the batch under way
  int log_pages_ = 0;           // in the log after the last commit
  int folded_pages_ = 0;        // of these, already in the data file

  Mutex mutex_;
  std::deque<std::unique_ptr<WriteOperation>> pending_ SYNCWELL_GUARDED_BY(mutex_);
  std::size_t pending_bytes_ SYNCWELL_GUARDED_BY(mutex_) = 0;
  bool scheduled_ SYNCWELL_GUARDED_BY(mutex_) = false;
  bool stopped_ SYNCWELL_GUARDED_BY(mutex_) = false;

  std::atomic<std::uint64_t> operations_{0};
  std::atomic<std::uint64_t> batches_{0};
  std::atomic<std::uint64_t> rollbacks_{0};
  std::atomic<std::uint64_t> checkpoints_{0};
};

}  // namespace syncwell::sqlite
