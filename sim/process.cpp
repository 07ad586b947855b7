#include "sim/process.hpp"

#include "app/queues.hpp"
#include "providers/google_health/google_health_provider.hpp"

namespace syncwell::sim {
namespace {

constexpr const char* token = "token of the simulation";
constexpr std::uint32_t requests_per_minute = 1'000'000;  // a story is told in no time
constexpr queue::Settings queue_settings{};
constexpr int checkpoint_pages = 100;  // so few that the log is folded again and again, also while things go wrong
// A job calls both of its accounts and refreshes their tokens, one after the other; the API signs people in.
constexpr std::size_t most_calls_beside_jobs = 2;

Async<std::string> no_metrics() { co_return std::string{}; }

sqlite::StorageOptions storage_options(const ProcessSettings& settings, bool& dead) {
  sqlite::StorageOptions options;
  options.folder = settings.data_folder;
  options.master_key.fill(7);
  options.queues = app::queue_definitions(queue_settings);
  options.rules = app::event_rules();
  options.file_system = settings.file_system;
  options.writer_limits.checkpoint_pages = checkpoint_pages;
  options.on_fatal = [&dead](std::string_view) { dead = true; };
  return options;
}

}  // namespace

Process::Process(ProcessSettings settings, Watched watched)
    : watched_(watched),
      runtime_(settings.seed, settings.start),
      clock_(runtime_),
      limiter_([this] { return runtime_.now(); }, [this] { return runtime_.steady_now(); }),
      breakers_(engine::BreakerSettings{}) {
  const std::string base = std::string(sandbox_origin) + "/google";
  providers_.add(std::make_unique<providers::google_health::GoogleHealthProvider>(
      providers::CloudSettings{base, base, base, "syncwell-google-client", "syncwell-google-secret"},
      providers::google_health::ReadMethod::reconcile));
  auto opened = sqlite::Storage::open(storage_options(settings, dead_), clock_, runtime_.executor());
  if (!opened) throw std::runtime_error(opened.error().message);
  storage_ = std::move(*opened);
  watched_.network.connect(&runtime_, settings.workers * settings.jobs_per_worker + most_calls_beside_jobs);
  watched_.table.attach(storage_->table(), runtime_);
  watched_.queue.attach(storage_->queue(app::hot_queue_name), queue_settings, [this] { die(); });
  leases_.emplace(watched_.table, runtime_, runtime_.random().uuid4(), true);
  runner_.emplace(watched_.table, storage_->vault(), storage_->bus(), providers_, watched_.network, limiter_, breakers_,
                  *leases_, runtime_, engine::RunnerSettings{});
  connector_.emplace(watched_.table, storage_->vault(), providers_, watched_.network, limiter_, breakers_, runtime_,
                     std::vector<std::filesystem::path>{});
  eraser_.emplace(engine::EraserServices{watched_.table,
                                         storage_->vault(),
                                         storage_->bus(),
                                         {&watched_.queue},
                                         providers_,
                                         watched_.network,
                                         limiter_,
                                         breakers_,
                                         *leases_,
                                         runtime_});
  support_.emplace(support::SupportDeskServices{watched_.table, watched_.queue, storage_->queue(app::notice_queue_name),
                                                storage_->bus(), storage_->vault(), runtime_});
  tokens_.emplace(std::map<std::string, std::string>{{token, user()}});
  api_.emplace(api::ApiServices{watched_.table, storage_->vault(), *leases_, storage_->bus(), watched_.queue,
                                storage_->queue(app::delivery_queue_name), providers_, *connector_, *runner_, *eraser_,
                                *support_, *tokens_, nullptr, runtime_, no_metrics},
               api::ApiSettings{token, requests_per_minute});
  engine::WorkerSettings worker_settings;
  worker_settings.concurrent_jobs = settings.jobs_per_worker;
  for (std::size_t i = 0; i < settings.workers; ++i)
    workers_.emplace_back(watched_.queue, *runner_, runtime_, worker_settings);
}

Process::~Process() {
  watched_.network.connect(nullptr, 0);
  watched_.table.stop_watching();
  watched_.queue.stop_watching();
  auto stopped = std::make_shared<std::optional<bool>>();
  start(stop_workers(), stopped);
  // Calls that were on their way, too: what waits within itself for something else is not freed with the runtime.
  const Steady until = runtime_.steady_now() + std::chrono::hours{1};
  while ((!*stopped || in_flight_ > 0) && runtime_.run_one(until)) {
  }
}

void Process::work() {
  for (auto& worker : workers_) worker.start();
}

Async<bool> Process::stop_workers() {
  for (auto& worker : workers_) co_await worker.stop(Duration{0});
  co_return true;
}

std::optional<net::Response> Process::call(net::Request request) {
  request.headers.set("Authorization", std::string("Bearer ") + token);
  return complete(api_->handle(std::move(request)));
}

std::uint64_t Process::running_jobs() const {
  std::uint64_t running = 0;
  for (const auto& worker : workers_) running += worker.counters().running;
  return running;
}

}  // namespace syncwell::sim
