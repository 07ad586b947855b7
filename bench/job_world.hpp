// What a job needs around it: production storage with connections and sync configs of many people, two providers that
// answer at once and have nothing, and the engine of one thread.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "adapters/sqlite/storage.hpp"
#include "base/cancellation.hpp"
#include "base/io_runtime.hpp"
#include "engine/job_runner.hpp"
#include "engine/worker.hpp"
#include "measuring.hpp"

namespace syncwell::bench {

namespace asio = boost::asio;

inline constexpr const char* job_queue_name = "hot";
// Many more than jobs run at the same time, so that jobs do not wait for one another's leases.
inline constexpr std::size_t sync_config_count = 8'000;

// The storage, and what stands in it. Used on the main thread; the ports of storage() from any.
class JobWorld {
 public:
  [[nodiscard]] static Result<std::unique_ptr<JobWorld>> open(const std::filesystem::path& folder);
  // Writes the connections and sync configs.
  [[nodiscard]] Result<void> prepare();
  // Does for `jobs` jobs what the API does: job record, then event; from `callers` callers at the same time. Returns
  // when all are accepted.
  [[nodiscard]] Result<void> publish(std::uint64_t jobs, std::size_t callers);
  [[nodiscard]] sqlite::Storage& storage() { return *storage_; }

 private:
  struct Work;
  JobWorld() = default;
  [[nodiscard]] Async<Result<void>> prepare_config(std::size_t number);
  [[nodiscard]] Async<Result<void>> publish_job(std::size_t number);
  using Step = Async<Result<void>> (JobWorld::*)(std::size_t);
  // Takes the step for every number below `count`.
  [[nodiscard]] Result<void> run(Step step, std::size_t count, std::size_t callers);
  [[nodiscard]] Async<void> keep_working(Work& work);

  asio::io_context context_{1};
  IoRuntime runtime_{context_};
  sqlite::SystemClock clock_;
  std::unique_ptr<sqlite::Storage> storage_;
  std::vector<store::SyncConfig> configs_;
};

// What one thread needs to run jobs. References outlive it.
class JobEngine {
 public:
  JobEngine(JobWorld& world, Runtime& runtime);
  [[nodiscard]] engine::JobRunner& runner() { return *runner_; }

 private:
  std::unique_ptr<net::HttpClient> http_;
  providers::Registry providers_;
  sqlite::SystemClock clock_;
  engine::InProcessRateLimiter limiter_;
  engine::Breakers breakers_{engine::BreakerSettings{}};
  store::Leases leases_;
  std::unique_ptr<engine::JobRunner> runner_;
};

}  // namespace syncwell::bench
