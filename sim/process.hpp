// One life of a server process in simulated time: the real storage, queue, engine, API, provider and workers on a
// runtime of its own, with the disk under a file system that can fail, and with everything it does to its table, queue
// and network under watch. A crash is the destruction of this object; what the next life finds is the copy of the data
// folder that was taken before.
#pragma once

#include <filesystem>
#include <list>
#include <memory>
#include <optional>

#include "adapters/sqlite/fault_file_system.hpp"
#include "adapters/sqlite/storage.hpp"
#include "api/api.hpp"
#include "base/cancellation.hpp"
#include "base/virtual_runtime.hpp"
#include "engine/connector.hpp"
#include "engine/worker.hpp"
#include "identity/fixed_tokens.hpp"
#include "providers/registry.hpp"
#include "sim/simulated_network.hpp"
#include "sim/watched_queue.hpp"
#include "sim/watched_table.hpp"
#include "support/support_desk.hpp"

namespace syncwell::sim {

struct ProcessSettings {
  std::uint64_t seed = 1;
  Instant start{};
  std::filesystem::path data_folder;
  std::string file_system;
  std::size_t workers = 1;
  std::size_t jobs_per_worker = 4;
};

// What goes on under watch outlives the process.
struct Watched {
  SimulatedNetwork& network;
  WatchedTable& table;
  WatchedQueue& queue;
};

class Process {
 public:
  // Throws where the storage does not open. The end is that of a crash as far as anybody outside can tell: the network
  // is cut before what still runs is unwound, and the data folder was copied before.
  Process(ProcessSettings settings, Watched watched);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] VirtualRuntime& runtime() { return runtime_; }
  [[nodiscard]] sqlite::Storage& storage() { return *storage_; }
  [[nodiscard]] support::Desk& desk() { return support_->desk; }
  [[nodiscard]] engine::Connector& connector() { return *connector_; }
  // Starts claiming jobs.
  void work();
  // The storage found its file untrustworthy, or a message was deadly: a real process has ended.
  [[nodiscard]] bool is_dead() const { return dead_; }
  void die() { dead_ = true; }
  [[nodiscard]] std::uint64_t running_jobs() const;
  // The user that calls the API.
  [[nodiscard]] std::string user() const { return storage_->vault().digest("user", "local"); }

  // A request to the API, and its answer. nullopt: none came, the process died or took an hour.
  [[nodiscard]] std::optional<net::Response> call(net::Request request);
  // Runs handlers until this coroutine has ended, time passing as it must. nullopt: it did not within `patience`.
  template <class T>
  std::optional<T> complete(Async<T> task, Duration patience = std::chrono::hours{1}) {
    auto value = std::make_shared<std::optional<T>>();
    start(std::move(task), value);
    const Steady until = runtime_.steady_now() + patience;
    while (!*value && !dead_ && runtime_.run_one(until)) {
    }
    return std::move(*value);
  }

 private:
  template <class T>
  void start(Async<T> task, std::shared_ptr<std::optional<T>> value) {
    ++in_flight_;
    boost::asio::co_spawn(runtime_.executor(), without_cancellation_exceptions(std::move(task)),
                          [this, value](std::exception_ptr error, T result) {
                            --in_flight_;
                            if (error) std::rethrow_exception(error);
                            value->emplace(std::move(result));
                          });
  }
  [[nodiscard]] Async<bool> stop_workers();

  Watched watched_;
  std::size_t in_flight_ = 0;  // what was started and has not ended
  VirtualRuntime runtime_;
  sqlite::RuntimeClock clock_;
  providers::Registry providers_;
  engine::InProcessRateLimiter limiter_;
  engine::Breakers breakers_;
  bool dead_ = false;
  std::unique_ptr<sqlite::Storage> storage_;
  std::optional<store::Leases> leases_;
  std::optional<engine::JobRunner> runner_;
  std::optional<engine::Connector> connector_;
  std::optional<engine::Eraser> eraser_;
  std::optional<support::SupportDesk> support_;
  std::optional<identity::FixedTokens> tokens_;
  std::optional<api::Api> api_;
  std::list<engine::Worker> workers_;
};

}  // namespace syncwell::sim
