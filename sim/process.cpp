#include "sim/process.hpp"

#include "providers/google_health/google_health_provider.hpp"

namespace syncwell::sim {
namespace {

constexpr const char* hot_queue = "hot";

// The canary of the simulation: a queue whose messages are gone once they are received, as if the worker acknowledged
// first and worked then. A crash then loses a job, and the simulation has to notice.
class AcknowledgesFirst final : public queue::Queue {
 public:
  explicit AcknowledgesFirst(queue::Queue& queue) : queue_(queue) {}
  Async<Result<std::string>> send(std::string body, Duration delay) override {
    return queue_.send(std::move(body), delay);
  }
  Async<Result<std::vector<queue::Message>>> receive(std::size_t most, Duration wait) override {
    auto messages = co_await queue_.receive(most, wait);
    if (!messages) co_return messages;
    for (const auto& message : *messages) {
      auto removed = co_await queue_.remove(message.receipt);
      if (!removed) co_return fail(std::move(removed.error()));
    }
    co_return messages;
  }
  Async<Result<void>> extend(std::string, Duration) override { co_return Result<void>{}; }
  Async<Result<void>> remove(std::string) override { co_return Result<void>{}; }
  Async<Result<void>> dead_letter(std::string, std::string, std::string) override { co_return Result<void>{}; }
  Async<Result<queue::Depth>> depth() override { return queue_.depth(); }
  Async<Result<std::vector<queue::DeadLetter>>> dead_letters(std::size_t limit, std::string after) override {
    return queue_.dead_letters(limit, std::move(after));
  }
  Async<Result<void>> redrive(std::string id) override { return queue_.redrive(std::move(id)); }
  Async<Result<std::uint64_t>> redrive_all() override { return queue_.redrive_all(); }
  Async<Result<void>> purge(std::string id) override { return queue_.purge(std::move(id)); }

 private:
  queue::Queue& queue_;
};

sqlite::StorageOptions storage_options(const ProcessSettings& settings, bool& dead) {
  sqlite::StorageOptions options;
  options.folder = settings.data_folder;
  options.master_key.fill(7);
  options.queues = {{hot_queue, {}}, {"notifications", {}}};
  options.rules = {{std::string(bus::realtime_sync_requested), hot_queue},
                   {std::string(bus::reauthentication_needed), "notifications"}};
  options.file_system = settings.file_system;
  options.on_fatal = [&dead](std::string_view) { dead = true; };
  return options;
}

}  // namespace

Process::Process(ProcessSettings settings, SimulatedNetwork& network)
    : network_(network),
      runtime_(settings.seed, settings.start),
      clock_(runtime_),
      limiter_([this] { return runtime_.now(); }),
      breakers_(engine::BreakerSettings{}) {
  const std::string base = std::string(sandbox_origin) + "/google";
  providers_.add(std::make_unique<providers::google_health::GoogleHealthProvider>(
      providers::CloudSettings{base, base, base, "syncwell-google-client", "syncwell-google-secret"},
      providers::google_health::ReadMethod::reconcile));
  auto opened = sqlite::Storage::open(storage_options(settings, dead_), clock_, runtime_.executor());
  if (!opened) throw std::runtime_error(opened.error().message);
  storage_ = std::move(*opened);
  network.connect(&runtime_);
  leases_.emplace(storage_->table(), runtime_, runtime_.random().uuid4(), true);
  runner_.emplace(storage_->table(), storage_->vault(), storage_->bus(), providers_, network, limiter_, breakers_,
                  *leases_, runtime_, engine::RunnerSettings{});
  connector_.emplace(storage_->table(), storage_->vault(), providers_, network, limiter_, breakers_, runtime_,
                     std::vector<std::filesystem::path>{});
  if (settings.acknowledge_first) canary_ = std::make_unique<AcknowledgesFirst>(storage_->queue(hot_queue));
  engine::WorkerSettings worker_settings;
  worker_settings.concurrent_jobs = settings.jobs_per_worker;
  for (std::size_t i = 0; i < settings.workers; ++i) {
    workers_.emplace_back(canary_ ? *canary_ : storage_->queue(hot_queue), *runner_, runtime_, worker_settings).start();
  }
}

Process::~Process() {
  network_.connect(nullptr);
  auto stopped = std::make_shared<std::optional<bool>>();
  start(stop_workers(), stopped);
  const Steady until = runtime_.steady_now() + std::chrono::hours{1};
  while (!*stopped && runtime_.run_one(until)) {
  }
}

Async<bool> Process::stop_workers() {
  for (auto& worker : workers_) co_await worker.stop(Duration{0});
  co_return true;
}

std::uint64_t Process::running_jobs() const {
  std::uint64_t running = 0;
  for (const auto& worker : workers_) running += worker.counters().running;
  return running;
}

std::uint64_t Process::finished_jobs() const {
  std::uint64_t finished = 0;
  for (const auto& worker : workers_) finished += worker.counters().succeeded;
  return finished;
}

}  // namespace syncwell::sim
