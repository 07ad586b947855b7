#include "adapters/sqlite/storage.hpp"

#include <fmt/format.h>
#include <sodium.h>
#include <spdlog/spdlog.h>
#include <boost/asio/thread_pool.hpp>

#include <cstdlib>
#include <stdexcept>

namespace syncwell::sqlite {

namespace {

void log_and_abort(std::string_view reason) {
  spdlog::critical("the data file cannot be trusted any more, ending at once: {}; it recovers at the next start",
                   reason);
  spdlog::default_logger()->flush();
  std::abort();
}

Result<void> check_options(const StorageOptions& options) {
  const auto refuse = [](std::string text) { return fail(ErrorCode::invalid_argument, std::move(text)); };
  if (options.queues.size() > max_queues) return refuse(fmt::format("at most {} queues", max_queues));
  if (options.rules.size() > max_rules) return refuse(fmt::format("at most {} rules", max_rules));
  if (options.reader_threads == 0 || options.reader_threads > max_reader_threads) {
    return refuse(fmt::format("there are 1 to {} reader threads", max_reader_threads));
  }
  std::map<std::string_view, int> seen;
  for (const auto& queue : options.queues) {
    if (queue.name.empty() || queue.name.size() > max_queue_name_bytes) {
      return refuse(fmt::format("a queue's name has 1 to {} bytes", max_queue_name_bytes));
    }
    if (++seen[queue.name] > 1) return refuse(fmt::format("the queue {} is named twice", queue.name));
    if (queue.settings.max_receive_count < 1) return refuse("a message is received at least once: max_receive_count");
    if (queue.settings.visibility_timeout <= Duration{0} || queue.settings.visibility_timeout > queue::max_visibility) {
      return refuse("the visibility timeout lies between 1 ms and 12 hours");
    }
  }
  for (const auto& rule : options.rules) {
    if (rule.event_type.empty()) return refuse("a rule needs an event type");
  }
  return {};
}

}  // namespace

// One thread for the writer, some for the readers.
class Storage::Threads {
 public:
  explicit Threads(unsigned readers) : writer(1), readers(readers) {}
  ~Threads() { join(); }
  void join() {
    writer.join();
    readers.join();
  }
  boost::asio::thread_pool writer;
  boost::asio::thread_pool readers;
};

Storage::Storage(std::unique_ptr<Database> database, const Clock& clock)
    : database_(std::move(database)), clock_(clock), sweep_(clock) {}

Result<std::unique_ptr<Storage>> Storage::open(StorageOptions options, const Clock& clock) {
  const unsigned readers = options.reader_threads;
  return open(std::move(options), clock, std::nullopt, readers);
}

Result<std::unique_ptr<Storage>> Storage::open(StorageOptions options, const Clock& clock, Executor executor) {
  return open(std::move(options), clock, std::optional(std::move(executor)), 1);
}

Result<std::unique_ptr<Storage>> Storage::open(StorageOptions options, const Clock& clock,
                                               std::optional<Executor> executor, unsigned readers) {
  if (auto checked = check_options(options); !checked) return fail(std::move(checked.error()));
  auto database = Database::open({options.folder, options.max_data_bytes, options.file_system});
  if (!database) return fail(std::move(database.error()));
  std::unique_ptr<Storage> storage(new Storage(std::move(*database), clock));
  auto opened = storage->open_ports(options, std::move(executor), readers);
  sodium_memzero(options.master_key.data(), options.master_key.size());
  if (!opened) return fail(std::move(opened.error()));
  return storage;
}

Result<void> Storage::open_ports(StorageOptions& options, std::optional<Executor> executor, unsigned readers) {
  Connection& connection = database_->writer();
  if (auto checked = check_master_key(connection, options.master_key); !checked) return checked;
  const auto last_id = largest_id(connection);
  if (!last_id) return fail(last_id.error());
  ids_.emplace(*last_id);
  queue_clock_.emplace(clock_, MessageIds::time_of(*last_id));

  std::vector<std::unique_ptr<Connection>> connections;
  for (unsigned i = 0; i < readers; ++i) {
    auto reader = database_->open_reader();
    if (!reader) return fail(std::move(reader.error()));
    connections.push_back(std::move(*reader));
  }
  std::error_code unknown;
  const auto disk = std::filesystem::space(options.folder, unknown);
  if (!unknown) options.writer_limits = limits_for_disk(options.writer_limits, disk.capacity);
  if (!executor) threads_ = std::make_unique<Threads>(readers);
  readers_ = std::make_shared<Readers>(std::move(connections),
                                       executor ? *executor : Executor(threads_->readers.get_executor()));
  writer_ =
      std::make_shared<Writer>(connection, *readers_, executor ? *executor : Executor(threads_->writer.get_executor()),
                               options.writer_limits, options.on_fatal ? std::move(options.on_fatal) : log_and_abort,
                               [this](WriteContext& context) { return sweep_.sweep(context.connection); });
  if (auto opened = open_queues(options); !opened) return opened;
  table_ = std::make_unique<SqliteTable>(*writer_, *readers_, clock_);
  vault_ = std::make_unique<SqliteVault>(options.master_key, *writer_, *readers_);
  return {};
}

Result<void> Storage::open_queues(const StorageOptions& options) {
  for (const auto& [name, settings] : options.queues) {
    auto id = ensure_queue(database_->writer(), name);
    if (!id) return fail(std::move(id.error()));
    queues_.emplace(name,
                    std::make_unique<SqliteQueue>(*id, settings, *writer_, *readers_, clock_, *queue_clock_, *ids_));
  }
  std::vector<Route> routes;
  for (const auto& rule : options.rules) {
    const auto queue = queues_.find(rule.queue);
    routes.push_back(
        Route{rule.event_type, queue == queues_.end() ? nullptr : queue->second.get(), rule.queue.empty()});
  }
  bus_ = std::make_unique<SqliteEventBus>(std::move(routes), *writer_, *readers_, *queue_clock_, *ids_);
  return {};
}

Storage::~Storage() {
  stop();
  // What was handed over is carried out: by the threads, or here where there are none. A storage that was refused
  // while it opened has neither.
  if (threads_) threads_->join();
  if (writer_) writer_->drain();
  if (readers_) readers_->drain();
}

void Storage::stop() {
  if (writer_) writer_->stop();
  if (readers_) readers_->stop();
  for (const auto& [name, queue] : queues_) queue->wake_all();
}

SqliteQueue& Storage::sqlite_queue(std::string_view name) {
  const auto queue = queues_.find(name);
  if (queue == queues_.end()) throw std::out_of_range("there is no queue with this name: " + std::string(name));
  return *queue->second;
}

}  // namespace syncwell::sqlite
