#include "schedule_world.hpp"

#include <time.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <stdexcept>

#include "base/cancellation.hpp"
#include "store/connections.hpp"

namespace syncwell::bench {
namespace {

constexpr const char* queue_name = "hot";
constexpr const char* provider_key = "bench_cloud";
constexpr std::size_t settling_at_a_time = 256;
constexpr Duration known_for = std::chrono::hours{24 * 30};

double thread_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Has accounts, and is never called.
class StillProvider final : public providers::DataProvider, private providers::OAuth {
 public:
  StillProvider() { capabilities_.key = capabilities_.display_name = provider_key; }
  [[nodiscard]] const providers::Capabilities& capabilities() const override { return capabilities_; }
  [[nodiscard]] Result<std::unique_ptr<providers::RecordStream>> fetch(providers::CallContext, providers::Account,
                                                                       providers::FetchRequest) override {
    return fail(ErrorCode::unsupported, "never called");
  }
  [[nodiscard]] Async<providers::PushResult> push(providers::CallContext, providers::Account, model::DataType,
                                                  std::span<const providers::WriteOp>) override {
    co_return providers::PushResult{};
  }
  [[nodiscard]] providers::OAuth* oauth() override { return this; }

 private:
  [[nodiscard]] std::string authorization_url(const std::string&, const std::string&,
                                              const std::string&) const override {
    return {};
  }
  [[nodiscard]] Async<Result<providers::Tokens>> exchange(providers::CallContext, std::string, std::string,
                                                          std::string) override {
    co_return fail(ErrorCode::unsupported, "never called");
  }
  [[nodiscard]] Async<Result<providers::Tokens>> refresh(providers::CallContext, providers::Tokens) override {
    co_return fail(ErrorCode::unsupported, "never called");
  }
  [[nodiscard]] Async<Result<void>> revoke(providers::CallContext, providers::Tokens) override {
    co_return fail(ErrorCode::unsupported, "never called");
  }
  providers::Capabilities capabilities_;
};

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace

ScheduleWorld::ScheduleWorld(std::uint64_t users, std::optional<std::filesystem::path> folder)
    : folder_(std::move(folder)), people_(users) {
  if (folder_) {
    sqlite::StorageOptions options;
    options.folder = *folder_;
    options.queues = {{queue_name, {}}};
    storage_ = must(sqlite::Storage::open(std::move(options), clock_, runtime_.executor()));
  }
  providers_.add(std::make_unique<StillProvider>());
  jobs_.emplace(table(), hot_queue(), runtime_, counters_);
  schedule::SchedulerSettings settings;
  settings.most_jobs = most_jobs;
  scheduler_.emplace(table(), *jobs_, providers_, runtime_, counters_, settings);
}

ScheduleWorld::~ScheduleWorld() { complete(scheduler_->stop()); }

store::Table& ScheduleWorld::table() {
  if (storage_) return storage_->table();
  return memory_table_;
}

queue::Queue& ScheduleWorld::hot_queue() {
  if (storage_) return storage_->queue(queue_name);
  return memory_queue_;
}

// Runs it to its end, in no time: neither store waits for a timer.
void ScheduleWorld::complete(Async<void> task) {
  bool done = false;
  std::exception_ptr thrown;
  boost::asio::co_spawn(runtime_.executor(), without_cancellation_exceptions(std::move(task)),
                        [&](std::exception_ptr error) {
                          thrown = error;
                          done = true;
                        });
  while (!done) runtime_.run_for(Duration{0});
  if (thrown) std::rethrow_exception(thrown);
}

void ScheduleWorld::settle(Beginning beginning) {
  complete(settle_all(beginning));
  scheduler_->start();
}

Async<void> ScheduleWorld::settle_all(Beginning beginning) {
  TaskGroup group(runtime_.executor());
  for (std::uint64_t number = 0; number < people_.size(); ++number) {
    co_await group.wait_below(settling_at_a_time);
    group.spawn(settle_one(number, beginning));
  }
  co_await group.wait_empty();
}

Async<void> ScheduleWorld::settle_one(std::uint64_t number, Beginning beginning) {
  const Person person(number);
  const Instant now = runtime_.now();
  const Instant created = beginning == Beginning::spread ? now - known_for : now;
  const std::string user = person.user();
  store::User profile{user, person.tier()};
  profile.created = created;
  must(co_await store::Users(table()).put(std::move(profile)));
  const std::string suffix = person.config_id().substr(std::string_view("sync_").size());
  store::SyncConfig config{person.config_id(),     user,         "conn_a" + suffix, "conn_b" + suffix,
                           model::DataType::steps, "source_wins"};
  config.created = created;
  for (const auto& id : {config.source_connection, config.destination_connection}) {
    store::Connection connection{id, user, provider_key, store::ConnectionStatus::active, suffix, created};
    must(co_await store::Connections(table()).add(std::move(connection)));
  }
  people_[number].last = now;
  if (beginning == Beginning::at_once) {
    must(co_await schedule::ConfigSchedule(table(), runtime_).add(std::move(config)));
    co_return;
  }
  store::SyncProgress progress;
  progress.velocity = person.velocity(now);
  const Duration interval =
      schedule::poll_interval(schedule::needs_of(person.tier(), config, progress, store::Trigger{}, now));
  store::ScheduleEntry entry{config.id, user, person.tier(), schedule::shard_of(user)};
  entry.next_at = now + Duration{static_cast<std::int64_t>(static_cast<double>(interval.count()) * person.phase())};
  entry.last_poll = progress.last_sync_time = people_[number].last = entry.next_at - interval;
  std::vector<store::Write> writes{store::SyncConfigs::adding(config), store::SyncConfigs::advance(config.id, progress),
                                   store::Schedules::write(entry)};
  must(co_await table().transact(std::move(writes)));
}

void ScheduleWorld::begin_measuring() {
  measured_since_ = runtime_.now();
  windows_.clear();
  for (auto& syncs : people_) syncs = {syncs.last};
  counters_.polls = counters_.spared = counters_.held_back = counters_.merged = 0;
  counters_.lateness_ms = counters_.worst_lateness_ms = 0;
  schedule_s_ = worker_s_ = 0;
}

void ScheduleWorld::simulate(Duration duration) {
  const Instant until = runtime_.now() + duration;
  while (runtime_.now() < until) {
    const double begin = thread_seconds();
    runtime_.run_for(turn);
    const double scheduled = thread_seconds();
    complete(take_jobs());
    complete(finish_jobs());
    const double worked = thread_seconds();
    if (!changed_.empty()) complete(follow_up());
    schedule_s_ += scheduled - begin + thread_seconds() - worked;
    worker_s_ += worked - scheduled;
  }
}

Async<void> ScheduleWorld::take_jobs() {
  while (true) {
    auto messages = must(co_await hot_queue().receive(queue::max_receive_batch, Duration{0}));
    if (messages.empty()) co_return;
    for (auto& message : messages) {
      auto job = must(engine::job_message_from_body(message.body));
      note_sync(job.config_id);
      running_.push_back({runtime_.now() + job_time, std::move(job)});
      must(co_await hot_queue().remove(std::move(message.receipt)));
    }
  }
}

Async<void> ScheduleWorld::finish_jobs() {
  TaskGroup group(runtime_.executor());
  while (!running_.empty() && running_.front().until <= runtime_.now()) {
    group.spawn(finish(std::move(running_.front().message)));
    running_.pop_front();
  }
  co_await group.wait_empty();
}

// As engine::JobRunner ends a job: its record and the sync's progress in one transaction.
Async<void> ScheduleWorld::finish(engine::JobMessage message) {
  const store::Key job_key = store::Jobs::key_of(message.job_id);
  std::vector<store::Key> keys = store::SyncConfigs::progress_keys(message.config_id);
  keys.push_back(job_key);
  const auto items = must(co_await table().get_many(std::move(keys)));
  auto job = store::Jobs::from(*store::find_item(items, job_key));
  auto progress = store::SyncConfigs::progress_from(message.config_id, items);
  const Instant now = runtime_.now();
  const Instant began = now - job_time;
  if (progress.last_sync_time) {
    const Person person(person_of(message.config_id));
    job.counts.read = job.counts.written = person.items_between(*progress.last_sync_time, began);
    progress.velocity.add(now, job.counts.written);
  }
  progress.last_sync_time = began;
  progress.cursor = "cursor";
  job.status = store::JobStatus::succeeded;
  job.attempts = 1;
  job.updated = now;
  std::vector<store::Write> writes{store::Jobs::end(job), store::SyncConfigs::advance(message.config_id, progress)};
  must(co_await table().transact(std::move(writes)));
  if (job.counts.written > 0) changed_.push_back({std::move(message.user), std::move(message.config_id)});
}

Async<void> ScheduleWorld::follow_up() {
  schedule::ConfigSchedule schedule(table(), runtime_);
  for (auto& sync : std::exchange(changed_, {}))
    must(co_await schedule.bring_forward(std::move(sync.user), std::move(sync.config_id)));
}

void ScheduleWorld::note_sync(const std::string& config_id) {
  const Instant now = runtime_.now();
  Syncs& syncs = people_[person_of(config_id)];
  syncs.longest_gap = std::max(syncs.longest_gap, now - syncs.last);
  syncs.last = now;
  ++syncs.polls;
  const auto index = static_cast<std::size_t>((now - measured_since_) / window);
  if (measured_since_ == Instant{}) return;
  if (index >= windows_.size()) windows_.resize(index + 1);
  ++windows_[index];
}

Duration ScheduleWorld::longest_gap(std::uint64_t number) const {
  return std::max(people_[number].longest_gap, runtime_.now() - people_[number].last);
}

std::uint64_t ScheduleWorld::stored_bytes() const {
  if (!folder_) return memory_table_.bytes();
  std::uint64_t bytes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(*folder_)) {
    if (file.is_regular_file()) bytes += file.file_size();
  }
  return bytes;
}

}  // namespace syncwell::bench
