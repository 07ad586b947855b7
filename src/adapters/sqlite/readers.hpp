// Read-only connections with short transactions. Reads queue up; whoever has a connection takes a few of them and
// performs them in one read transaction that begins after they came, so that each sees every write that had returned.
//
// Threads: read() and submit() from any thread. Reads run on the executor given, as many at once as there are
// connections. Create it with std::make_shared (see writer.hpp).
#pragma once

#include <condition_variable>
#include <deque>
#include <vector>

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/operation.hpp"
#include "base/mutex.hpp"

namespace syncwell::sqlite {

inline constexpr std::size_t max_pending_reads = 128 * 1024;
inline constexpr std::size_t max_batch_reads = 64;

using ReadOperation = Operation<Connection>;

class Readers final : public std::enable_shared_from_this<Readers> {
 public:
  Readers(std::vector<std::unique_ptr<Connection>> connections, Executor executor);

  // Performs `work`, a callable Result<T>(Connection&). Further errors: storage_failed (also when too many reads
  // wait); cancelled: the storage is closing.
  template <class T, class Work>
  [[nodiscard]] Async<Result<T>> read(Work work) {
    return perform_on<T, Connection>(*this, std::move(work), 0);
  }

  void submit(std::unique_ptr<ReadOperation> operation);
  // Waits until no read transaction is open and lets none begin before resume(). Not from a reading thread.
  void pause();
  void resume();
  // Refuses what comes from now on. Any thread.
  void stop();
  // Performs what is left, on the calling thread: only when nothing runs on the executor any more.
  void drain();

 private:
  using Batch = std::vector<std::unique_ptr<ReadOperation>>;

  void schedule(Connection* connection);
  void run(Connection* connection);
  [[nodiscard]] Batch take_batch() SYNCWELL_REQUIRES(mutex_);
  [[nodiscard]] std::optional<Error> why_refused() const SYNCWELL_REQUIRES(mutex_);
  static void process(Connection& connection, Batch batch);

  const std::vector<std::unique_ptr<Connection>> connections_;
  const Executor executor_;

  Mutex mutex_;
  std::condition_variable_any quiet_;
  std::deque<std::unique_ptr<ReadOperation>> pending_ SYNCWELL_GUARDED_BY(mutex_);
  std::vector<Connection*> idle_ SYNCWELL_GUARDED_BY(mutex_);
  std::size_t active_ SYNCWELL_GUARDED_BY(mutex_) = 0;  // connections with a transaction open
  bool paused_ SYNCWELL_GUARDED_BY(mutex_) = false;
  bool stopped_ SYNCWELL_GUARDED_BY(mutex_) = false;
};

}  // namespace syncwell::sqlite
