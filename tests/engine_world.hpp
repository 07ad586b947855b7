// The real engine, queue, store and vault in simulated time on one thread, for tests that cross folders. Providers and
// the HTTP client are the test's choice.
#pragma once

#include <boost/asio/co_spawn.hpp>

#include <filesystem>
#include <memory>

#include "adapters/sqlite/storage.hpp"
#include "app/queues.hpp"
#include "base/virtual_runtime.hpp"
#include "bus/event_consumer.hpp"
#include "engine/connector.hpp"
#include "engine/eraser.hpp"
#include "engine/job_runner.hpp"
#include "engine/worker.hpp"
#include "notify/outbox.hpp"
#include "providers/registry.hpp"
#include "schedule/dispatcher.hpp"
#include "support/support_desk.hpp"

namespace syncwell::tests {

// A folder that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "syncwell-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// For tests whose providers make no calls.
class NoHttp final : public net::HttpClient {
 public:
  [[nodiscard]] Async<Result<net::Response>> send(net::Request, Deadline) override {
    co_return fail(ErrorCode::connection_failed, "this test makes no calls");
  }
};

class EngineWorld {
 public:
  // `http` outlives the world.
  explicit EngineWorld(net::HttpClient& http, std::uint64_t seed = 1) : runtime(seed), clock(runtime), http_(http) {
    start();
  }
  ~EngineWorld() { stop(); }

  // Everything between the providers and the disk, as after a start of the process.
  void start() {
    sqlite::StorageOptions options;
    options.folder = folder.path() / "data";
    options.master_key.fill(7);
    options.queues = app::queue_definitions(queue_settings);
    options.rules = app::event_rules();
    auto opened = sqlite::Storage::open(std::move(options), clock, runtime.executor());
    if (!opened) throw std::runtime_error(opened.error().message);
    storage = std::move(*opened);
    leases = std::make_unique<store::Leases>(storage->table(), runtime, runtime.random().uuid4(), true);
    limiter = std::make_unique<engine::InProcessRateLimiter>([this] { return runtime.now(); },
                                                             [this] { return runtime.steady_now(); });
    breakers = std::make_unique<engine::Breakers>(breaker_settings);
    runner_settings.progress = &progress;
    runner = std::make_unique<engine::JobRunner>(storage->table(), storage->vault(), storage->bus(), providers, http_,
                                                 *limiter, *breakers, *leases, runtime, runner_settings);
    eraser = std::make_unique<engine::Eraser>(engine::EraserServices{storage->table(), storage->vault(), storage->bus(),
                                                                     app::queues_that_name_people(*storage), providers,
                                                                     http_, *limiter, *breakers, *leases, runtime});
    outbox.emplace(storage->table(), storage->queue(app::delivery_queue_name));
    announcer.emplace(storage->queue(app::notification_queue_name), runtime,
                      [this](bus::Event event, int) { return outbox->add(std::move(event)); });
    trigger_jobs.emplace(storage->table(), storage->queue(app::hot_queue_name), runtime, schedule_counters);
    dispatcher.emplace(storage->queue(app::trigger_queue_name), storage->table(), *trigger_jobs, runtime);
    erasure_worker = std::make_unique<bus::EventConsumer>(
        storage->queue("erasures"), runtime,
        [this](bus::Event event, int attempt) { return eraser->carry_out(std::move(event), attempt); },
        engine::pause_after_erasure);
    support.emplace(
        support::SupportDeskServices{storage->table(), storage->queue(app::hot_queue_name),
                                     storage->queue(app::notice_queue_name), storage->bus(), storage->vault(), runtime},
        desk_settings, people_settings);
    desk_events.emplace(storage->queue(app::desk_queue_name), runtime,
                        [this](bus::Event event, int) { return support->desk.hear(std::move(event)); });
    worker = std::make_unique<engine::Worker>(storage->queue("hot"), *runner, runtime, worker_settings);
    user = storage->vault().digest("user", "somebody");
  }

  // Runs until this coroutine has ended, whatever else goes on (a worker's long poll never ends by itself).
  template <class T>
  T complete(Async<T> task) {
    std::optional<T> value;
    boost::asio::co_spawn(runtime.executor(), without_cancellation_exceptions(std::move(task)),
                          [&](std::exception_ptr error, T result) {
                            if (error) std::rethrow_exception(error);
                            value.emplace(std::move(result));
                          });
    while (!value) runtime.run_for(Duration{1});
    return std::move(*value);
  }

  // As a clean shutdown does it.
  void stop() {
    if (!storage) return;
    (void)complete(stop_worker());
    worker.reset();
    desk_events.reset();
    support.reset();
    erasure_worker.reset();
    dispatcher.reset();
    trigger_jobs.reset();
    announcer.reset();
    outbox.reset();
    eraser.reset();
    runner.reset();
    leases.reset();
    storage.reset();
    claiming_ = false;
  }

  Async<bool> stop_worker() {
    co_await worker->stop(Duration{0});
    co_await erasure_worker->stop();
    co_await dispatcher->stop();
    co_await announcer->stop();
    co_await desk_events->stop();
    co_await support->desk.stop();
    co_return true;
  }

  std::string connect(const std::string& provider, engine::AccountSecret secret = {}) {
    const std::string pointer = *complete(storage->vault().put(engine::to_json(secret)));
    const std::string id = "conn_" + provider;
    (void)runtime
        .run(store::Connections(storage->table())
                 .add({id, user, provider, store::ConnectionStatus::active, pointer, runtime.now()}))
        .value();
    return id;
  }

  std::string configure(const std::string& from, const std::string& to, model::DataType type,
                        std::string strategy = "source_wins") {
    store::SyncConfig config;
    config.id = "sync_" + from + "_" + to + "_" + std::string(model::name_of(type));
    config.user = user;
    config.source_connection = from;
    config.destination_connection = to;
    config.data_type = type;
    config.strategy = std::move(strategy);
    config.since = Instant{std::chrono::sys_days{std::chrono::year{2000} / 1 / 1}};
    (void)complete(store::SyncConfigs(storage->table()).add(config)).value();
    return config.id;
  }

  // What the API does: job record, then event; the same key names the same job. Returns the job id.
  std::string request(const std::string& config_id, std::string key = "", std::string cause = "") {
    if (key.empty()) key = runtime.random().uuid4();
    store::Job job;
    job.id = store::Jobs::id_of(storage->vault().digest("job-key", key));
    job.user = user;
    job.config_id = config_id;
    job.cause = std::move(cause);
    job.created = job.updated = runtime.now();
    const auto added = complete(store::Jobs(storage->table()).add(job));
    if (!added && added.error().code != ErrorCode::already_exists) throw std::runtime_error(added.error().message);
    const engine::JobMessage message{job.id, user, config_id, "correlation"};
    (void)complete(storage->bus().publish(engine::to_event(message, runtime.random().uuid4(), runtime.now()))).value();
    return job.id;
  }

  [[nodiscard]] store::Job job(const std::string& id) {
    return complete(store::Jobs(storage->table()).get(id)).value().value();
  }
  [[nodiscard]] queue::Depth depth() { return complete(storage->queue("hot").depth()).value(); }
  [[nodiscard]] std::vector<queue::DeadLetter> dead_letters() {
    return complete(storage->queue("hot").dead_letters(100, "")).value();
  }

  // Lets the worker work for a while; time passes at once.
  void work_for(Duration duration) {
    if (!claiming_) {
      worker->start();
      erasure_worker->start();
      dispatcher->start();
      announcer->start();
      desk_events->start();
      if (desk_works) support->desk.start();
    }
    claiming_ = true;
    runtime.run_for(duration);
  }

  // One job from request to rest.
  store::Job sync(const std::string& config_id, std::string cause = "") {
    const std::string id = request(config_id, "", std::move(cause));
    work_for(std::chrono::seconds{30});
    return job(id);
  }

  TemporaryFolder folder;
  VirtualRuntime runtime;
  sqlite::RuntimeClock clock;
  queue::Settings queue_settings{};
  engine::ProgressBoard progress;
  engine::RunnerSettings runner_settings{};
  engine::WorkerSettings worker_settings{};
  engine::BreakerSettings breaker_settings{};
  providers::Registry providers;
  std::unique_ptr<sqlite::Storage> storage;
  std::unique_ptr<store::Leases> leases;
  std::unique_ptr<engine::InProcessRateLimiter> limiter;
  std::unique_ptr<engine::Breakers> breakers;
  std::unique_ptr<engine::JobRunner> runner;
  std::unique_ptr<engine::Eraser> eraser;
  std::unique_ptr<bus::EventConsumer> erasure_worker;
  bool desk_works = false;  // by itself, from the next work_for() after a start
  support::DeskSettings desk_settings{};
  support::PeopleSettings people_settings{};
  std::optional<support::SupportDesk> support;
  std::optional<bus::EventConsumer> desk_events;
  std::optional<notify::Outbox> outbox;
  std::optional<bus::EventConsumer> announcer;
  schedule::Counters schedule_counters;
  std::optional<schedule::TriggerJobs> trigger_jobs;
  std::optional<schedule::Dispatcher> dispatcher;
  std::unique_ptr<engine::Worker> worker;
  std::string user;

 private:
  net::HttpClient& http_;
  bool claiming_ = false;
};

}  // namespace syncwell::tests
