#include "job_world.hpp"

#include <fmt/format.h>

#include <exception>

#include "engine/account_secret.hpp"
#include "engine/job_message.hpp"

namespace syncwell::bench {
namespace {

constexpr model::DataType data_type = model::DataType::steps;
constexpr const char* source_key = "bench_source";
constexpr const char* destination_key = "bench_destination";
constexpr std::size_t preparing_callers = 512;

class NoHttp final : public net::HttpClient {
 public:
  [[nodiscard]] Async<Result<net::Response>> send(net::Request, Deadline) override {
    co_return fail(ErrorCode::internal, "this provider needs no network");
  }
};

class EmptyStream final : public providers::RecordStream {
 public:
  [[nodiscard]] Async<Result<providers::Page>> next() override {
    providers::Page page;
    page.last = true;
    page.cursor = "cursor";
    co_return page;
  }
};

// Answers at once and has nothing.
class EmptyProvider final : public providers::DataProvider {
 public:
  explicit EmptyProvider(std::string key) {
    capabilities_.key = capabilities_.display_name = std::move(key);
    capabilities_.types.push_back({data_type, true, true, providers::Overwrite::own_records, true, false});
  }
  [[nodiscard]] const providers::Capabilities& capabilities() const override { return capabilities_; }
  [[nodiscard]] Result<std::unique_ptr<providers::RecordStream>> fetch(providers::CallContext, providers::Account,
                                                                       providers::FetchRequest) override {
    return std::make_unique<EmptyStream>();
  }
  [[nodiscard]] Async<providers::PushResult> push(providers::CallContext, providers::Account, model::DataType,
                                                  std::span<const providers::WriteOp>) override {
    co_return providers::PushResult{};
  }

 private:
  providers::Capabilities capabilities_;
};

void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace

// Numbers that several callers share out among themselves, on one thread.
struct JobWorld::Work {
  Step step;
  std::size_t count;
  std::size_t next = 0;
  std::optional<Error> error{};
};

Result<std::unique_ptr<JobWorld>> JobWorld::open(const std::filesystem::path& folder) {
  std::unique_ptr<JobWorld> world(new JobWorld());
  sqlite::StorageOptions options;
  options.folder = folder;
  options.queues = {{job_queue_name, {}}};
  options.rules = {{std::string(bus::realtime_sync_requested), job_queue_name}, {std::string(bus::sync_succeeded), ""}};
  auto storage = sqlite::Storage::open(std::move(options), world->clock_);
  if (!storage) return fail(std::move(storage.error()));
  world->storage_ = std::move(*storage);
  return world;
}

Result<void> JobWorld::prepare() {
  configs_.resize(sync_config_count);
  return run(&JobWorld::prepare_config, sync_config_count, preparing_callers);
}

Result<void> JobWorld::publish(std::uint64_t jobs, std::size_t callers) {
  return run(&JobWorld::publish_job, jobs, callers);
}

Result<void> JobWorld::run(Step step, std::size_t count, std::size_t callers) {
  Work work{step, count};
  for (std::size_t i = 0; i < callers; ++i) {
    asio::co_spawn(context_, without_cancellation_exceptions(keep_working(work)), rethrow);
  }
  context_.restart();
  context_.run();
  if (work.error) return fail(std::move(*work.error));
  return {};
}

Async<void> JobWorld::keep_working(Work& work) {
  while (work.next < work.count && !work.error) {
    auto done = co_await (this->*work.step)(work.next++);
    if (!done) work.error = std::move(done.error());
  }
}

// One person with two connections and a sync between them, in the middle of its life.
Async<Result<void>> JobWorld::prepare_config(std::size_t number) {
  store::SyncConfig config;
  config.user = storage_->vault().digest("user", std::to_string(number));
  config.id = "sync_" + runtime_.random().uuid4();
  config.data_type = data_type;
  config.strategy = "source_wins";
  config.created = runtime_.now();
  for (const bool is_source : {true, false}) {
    auto pointer = co_await storage_->vault().put(engine::to_json(engine::AccountSecret{"", "account"}));
    if (!pointer) co_return fail(std::move(pointer.error()));
    store::Connection connection{
        "conn_" + runtime_.random().uuid4(), config.user, is_source ? source_key : destination_key,
        store::ConnectionStatus::active,     *pointer,    runtime_.now()};
    (is_source ? config.source_connection : config.destination_connection) = connection.id;
    auto added = co_await store::Connections(storage_->table()).add(std::move(connection));
    if (!added) co_return fail(std::move(added.error()));
  }
  configs_[number] = config;
  store::SyncProgress progress;
  progress.last_sync_time = runtime_.now();
  std::vector<store::Write> writes{store::SyncConfigs::adding(config),
                                   store::SyncConfigs::advance(config.id, progress)};
  auto added = co_await storage_->table().transact(std::move(writes));
  if (!added) co_return fail(std::move(added.error()));
  co_return Result<void>{};
}

Async<Result<void>> JobWorld::publish_job(std::size_t number) {
  const store::SyncConfig& config = configs_[number % configs_.size()];
  const std::string key = storage_->vault().digest("job-key", runtime_.random().uuid4());
  store::Job job;
  job.id = store::Jobs::id_of(key);
  job.user = config.user;
  job.config_id = config.id;
  job.data_type = model::name_of(data_type);
  job.correlation_id = runtime_.random().uuid4();
  job.created = job.updated = runtime_.now();
  const engine::JobMessage message{job.id, job.user, job.config_id, job.correlation_id};
  auto added = co_await store::Jobs(storage_->table()).add(std::move(job));
  if (!added) co_return fail(std::move(added.error()));
  co_return co_await storage_->bus().publish(engine::to_event(message, runtime_.random().uuid4(), runtime_.now()));
}

JobEngine::JobEngine(JobWorld& world, Runtime& runtime)
    : http_(std::make_unique<NoHttp>()),
      limiter_([this] { return clock_.now(); }, [this] { return clock_.steady_now(); }),
      leases_(world.storage().table(), runtime, "bench", true) {
  providers_.add(std::make_unique<EmptyProvider>(source_key));
  providers_.add(std::make_unique<EmptyProvider>(destination_key));
  runner_ = std::make_unique<engine::JobRunner>(world.storage().table(), world.storage().vault(), world.storage().bus(),
                                                providers_, *http_, limiter_, breakers_, leases_, runtime,
                                                engine::RunnerSettings{});
}

}  // namespace syncwell::bench
