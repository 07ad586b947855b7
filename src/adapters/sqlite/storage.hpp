// The embedded storage engine: the four ports on one SQLite file in one data folder (DESIGN section 3). This is what
// the program and the simulation create; the rest of this folder is behind it.
//
//   auto clock = sqlite::SystemClock();
//   auto storage = sqlite::Storage::open({.folder = "/var/lib/syncwell", .master_key = key,
//                                         .queues = {{"hot", {}}}, .rules = {{"RealtimeSyncRequested", "hot"}}},
//                                         clock);
//   storage->table(), storage->queue("hot"), storage->bus(), storage->vault()
//
// Ownership: the ports belong to the storage. Before it is destroyed every call into it has ended, or its coroutine
// will never run again. It is destroyed before the io_contexts (or the VirtualRuntime) that its callers run on.
// Destroying it performs what was handed over, folds the log into the data file and frees the folder.
// Threads: open and destroy on one thread; the ports from any.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "adapters/sqlite/clock.hpp"
#include "adapters/sqlite/database.hpp"
#include "adapters/sqlite/message_ids.hpp"
#include "adapters/sqlite/sqlite_event_bus.hpp"
#include "adapters/sqlite/sqlite_queue.hpp"
#include "adapters/sqlite/sqlite_table.hpp"
#include "adapters/sqlite/sqlite_vault.hpp"

namespace syncwell::sqlite {

inline constexpr std::size_t max_queues = 64;
inline constexpr std::size_t max_rules = 1000;
inline constexpr std::size_t max_queue_name_bytes = 80;
inline constexpr unsigned max_reader_threads = 16;

struct QueueDefinition {
  std::string name;
  queue::Settings settings;
};

struct StorageOptions {
  std::filesystem::path folder;
  std::array<unsigned char, master_key_bytes> master_key{};  // wiped by open()
  std::vector<QueueDefinition> queues{};                     // created where they are missing
  std::vector<Rule> rules{};
  unsigned reader_threads = 2;
  WriterLimits writer_limits{};
  std::uint64_t max_data_bytes = 0;  // see DatabaseOptions
  std::string file_system{};         // see DatabaseOptions
  // Called on the writer's thread when the data file cannot be trusted any more. It must end the process; the default
  // logs and aborts.
  std::function<void(std::string_view reason)> on_fatal{};
};

class Storage {
 public:
  // With threads of its own: one writes, some read. `clock` outlives the storage.
  // Errors: as Database::open; sealed_by_other_key; invalid_argument for queues and rules that cannot be.
  [[nodiscard]] static Result<std::unique_ptr<Storage>> open(StorageOptions options, const Clock& clock);
  // Everything on one executor that runs one task at a time, for a VirtualRuntime.
  [[nodiscard]] static Result<std::unique_ptr<Storage>> open(StorageOptions options, const Clock& clock,
                                                             Executor executor);
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  ~Storage();

  [[nodiscard]] store::Table& table() { return *table_; }
  [[nodiscard]] bus::EventBus& bus() { return *bus_; }
  [[nodiscard]] vault::Vault& vault() { return *vault_; }
  // Throws std::out_of_range for a name that is not among the options' queues.
  [[nodiscard]] queue::Queue& queue(std::string_view name) { return sqlite_queue(name); }
  [[nodiscard]] SqliteQueue& sqlite_queue(std::string_view name);

  // Refuses further calls with Error{cancelled} and ends waiting receives with it; what was handed over is still
  // performed. Idempotent, any thread.
  void stop();
  [[nodiscard]] Writer& writer() { return *writer_; }
  [[nodiscard]] WriterStatistics statistics() const { return writer_->statistics(); }

 private:
  class Threads;

  Storage(std::unique_ptr<Database> database, const Clock& clock);
  [[nodiscard]] static Result<std::unique_ptr<Storage>> open(StorageOptions options, const Clock& clock,
                                                             std::optional<Executor> executor, unsigned readers);
  [[nodiscard]] Result<void> open_ports(StorageOptions& options, std::optional<Executor> executor, unsigned readers);
  [[nodiscard]] Result<void> open_queues(const StorageOptions& options);

  std::unique_ptr<Database> database_;
  const Clock& clock_;
  ExpirySweep sweep_;
  std::optional<MessageIds> ids_;
  std::optional<QueueClock> queue_clock_;
  std::shared_ptr<Readers> readers_;
  std::shared_ptr<Writer> writer_;
  std::map<std::string, std::unique_ptr<SqliteQueue>, std::less<>> queues_;
  std::unique_ptr<SqliteTable> table_;
  std::unique_ptr<SqliteEventBus> bus_;
  std::unique_ptr<SqliteVault> vault_;
  std::unique_ptr<Threads> threads_;
};

}  // namespace syncwell::sqlite
