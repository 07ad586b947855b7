// The whole life of a job but for the provider's answers: job record, bus, queue, claim, lease, state, an empty fetch,
// finish, release, acknowledge. Requests come in on one thread and jobs run on another, as in the server.
#include <fmt/format.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_future.hpp>
#include <thread>

#include "benchmarks.hpp"
#include "job_world.hpp"
#include "raw_limits.hpp"

namespace syncwell::bench {
namespace {

constexpr double target_per_s = 5'000;
constexpr std::uint64_t default_jobs = 40'000;
constexpr std::size_t publishers = 128;
constexpr std::size_t concurrent_jobs = 1024;
constexpr std::chrono::milliseconds look_every{1};
constexpr std::chrono::seconds patience{60};  // without any job finishing

// Waits until `jobs` have been acknowledged.
Result<void> wait_for(const engine::WorkerCounters& counters, std::uint64_t jobs) {
  std::uint64_t last = 0;
  auto last_seen = std::chrono::steady_clock::now();
  while (counters.succeeded < jobs || counters.running > 0) {
    std::this_thread::sleep_for(look_every);
    const auto now = std::chrono::steady_clock::now();
    const std::uint64_t finished = counters.succeeded;
    if (finished != last) {
      last = finished;
      last_seen = now;
    } else if (now - last_seen > patience) {
      return fail(
          ErrorCode::timeout,
          fmt::format("{} of {} jobs succeeded, then nothing more; {} retried, {} delayed, {} dead-lettered", finished,
                      jobs, counters.retried.load(), counters.delayed.load(), counters.dead_lettered.load()));
    }
  }
  return {};
}

// The worker with its thread.
class WorkerThread {
 public:
  explicit WorkerThread(JobWorld& world)
      : runtime_(context_),
        engine_(world, runtime_),
        worker_(world.storage().queue(job_queue_name), engine_.runner(), runtime_, settings()),
        keep_running_(asio::make_work_guard(context_)) {
    worker_.start();
    thread_ = std::thread([this] { context_.run(); });
  }
  ~WorkerThread() {
    asio::co_spawn(context_, without_cancellation_exceptions(worker_.stop(Duration{0})), asio::use_future).get();
    keep_running_.reset();
    thread_.join();
  }
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;
  [[nodiscard]] const engine::WorkerCounters& counters() const { return worker_.counters(); }

 private:
  static engine::WorkerSettings settings() {
    engine::WorkerSettings settings;
    settings.concurrent_jobs = concurrent_jobs;
    return settings;
  }

  asio::io_context context_{1};
  IoRuntime runtime_;
  JobEngine engine_;
  engine::Worker worker_;
  asio::executor_work_guard<asio::io_context::executor_type> keep_running_;
  std::thread thread_;
};

}  // namespace

Result<void> measure_job_life_cycle(Report& report) {
  const std::uint64_t jobs = number_from_environment("SYNCWELL_BENCH_JOBS", default_jobs);
  const ScratchFolder folder;
  auto limit = append_limit(folder.path());
  if (!limit) return fail(std::move(limit.error()));
  auto world = JobWorld::open(folder.path() / "data");
  if (!world) return fail(std::move(world.error()));
  if (auto prepared = (*world)->prepare(); !prepared) return prepared;
  report.begin("job_life_cycle",
               fmt::format("{} jobs of {} syncs, {} at the same time", jobs, sync_config_count, concurrent_jobs));

  const auto before = (*world)->storage().statistics();
  const double processor_before_s = processor_seconds();
  const Stopwatch watch;
  double published_s = 0;
  double took_s = 0;
  Result<void> finished;
  {
    WorkerThread worker(**world);
    auto published = (*world)->publish(jobs, publishers);
    if (!published) return published;
    published_s = watch.seconds();
    finished = wait_for(worker.counters(), jobs);
    took_s = watch.seconds();
  }
  if (!finished) return finished;
  const auto after = (*world)->storage().statistics();
  const auto count = static_cast<double>(jobs);
  const auto writes = static_cast<double>(after.operations - before.operations);
  report.add({"jobs, request to acknowledgement", count / took_s, "/s", Better::higher, target_per_s, {*limit}});
  report.add({"requests, while jobs run", count / published_s, "/s", Better::higher});
  report.add({"commits",
              static_cast<double>(after.batches - before.batches) / took_s,
              "/s",
              Better::higher,
              std::nullopt,
              {*limit}});
  report.add({"writes per job", writes / count, "", Better::lower});
  report.add({"processor time per job", 1e6 * (processor_seconds() - processor_before_s) / count, "µs", Better::lower});
  return {};
}

}  // namespace syncwell::bench
