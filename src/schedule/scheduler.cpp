#include "schedule/scheduler.hpp"

#include <algorithm>
#include <utility>

namespace syncwell::schedule {
namespace {

constexpr Duration look_again_after_storage_error = std::chrono::seconds{1};
constexpr std::size_t max_repairs_per_query = 100;

}  // namespace

// What is to be done about a sync that is due.
struct Scheduler::Plan {
  enum class Kind { poll, move, forget } kind = Kind::forget;
  store::ScheduleEntry moved{};
};

Scheduler::Scheduler(store::Table& table, TriggerJobs& jobs, const providers::Registry& providers, Runtime& runtime,
                     Counters& counters, SchedulerSettings settings)
    : table_(table),
      jobs_(jobs),
      providers_(providers),
      runtime_(runtime),
      counters_(counters),
      settings_(settings),
      schedules_(table),
      connections_(table),
      loop_(runtime.executor()),
      polls_(runtime.executor()) {
  for (const auto tier : {store::Tier::pro, store::Tier::free}) {
    for (std::uint32_t shard = 0; shard < shards; ++shard) lanes_.push_back({tier, shard});
  }
}

Async<void> Scheduler::stop() {
  stopping_ = true;
  loop_.cancel_all();
  co_await loop_.wait_empty();
  polls_.cancel_all();
  co_await polls_.wait_empty();
}

Async<void> Scheduler::run() {
  while (!stopping_) {
    Result<Steady> next = runtime_.steady_now() + settings_.look_interval;
    if (!paused_) next = co_await round();
    // The store is in trouble: nothing is lost, what is due stays due.
    auto slept = co_await runtime_.sleep_until(next ? *next : runtime_.steady_now() + look_again_after_storage_error);
    if (!slept) co_return;
  }
}

Async<Result<Steady>> Scheduler::round() {
  if (runtime_.steady_now() >= next_repair_) {
    auto repaired = co_await repair();
    if (!repaired) co_return fail(std::move(repaired.error()));
    next_repair_ = runtime_.steady_now() + settings_.repair_interval;
  }
  auto due = co_await find_due();
  if (!due) co_return fail(std::move(due.error()));
  if (due->empty()) {
    Steady next = next_repair_;
    for (const Lane& lane : lanes_) next = std::min(next, lane.look_at);
    co_return std::max(next, runtime_.steady_now() + settings_.shortest_pause);
  }
  auto places = co_await room(due->size());
  if (!places) co_return fail(std::move(places.error()));
  const bool is_held_back = *places < due->size();
  if (is_held_back) {
    ++counters_.held_back;
    due->resize(*places);
  }
  store_is_well_ = true;
  for (auto& entry : *due) polls_.spawn(poll(std::move(entry)));
  co_await polls_.wait_empty();
  if (!store_is_well_) co_return runtime_.steady_now() + look_again_after_storage_error;
  co_return runtime_.steady_now() + (is_held_back ? settings_.pause_while_busy : Duration{0});
}

// The longest due first, of all shards and both tiers.
Async<Result<std::vector<store::ScheduleEntry>>> Scheduler::find_due() {
  std::vector<store::ScheduleEntry> all;
  for (Lane& lane : lanes_) {
    if (runtime_.steady_now() < lane.look_at) continue;
    const Instant now = runtime_.now();
    auto due = co_await schedules_.due(lane.tier, lane.shard, now, max_due_per_shard);
    if (!due) co_return fail(std::move(due.error()));
    Duration wait = settings_.look_interval;
    if (due->next) wait = std::min(wait, *due->next - now);
    // As long as there are some, look again: those that are not polled now are due still.
    if (due->entries.empty()) lane.look_at = runtime_.steady_now() + wait;
    std::ranges::move(due->entries, std::back_inserter(all));
  }
  std::ranges::sort(all, {}, &store::ScheduleEntry::next_at);
  if (all.size() > max_polls_per_round) all.resize(max_polls_per_round);
  co_return all;
}

Async<Result<std::size_t>> Scheduler::room(std::size_t wanted) {
  if (started_.size() + wanted > settings_.most_jobs) {
    auto forgotten = co_await forget_finished();
    if (!forgotten) co_return fail(std::move(forgotten.error()));
  }
  co_return settings_.most_jobs - std::min(settings_.most_jobs, started_.size());
}

// Those that are delayed or wait for another try hold no worker. Of one that has waited for hours, the message may be
// lost.
Async<Result<void>> Scheduler::forget_finished() {
  const Steady now = runtime_.steady_now();
  std::erase_if(started_, [&](const auto& job) { return now - job.second > resend_after; });
  std::vector<store::Key> keys;
  std::map<std::string, Steady> kept;
  for (auto job = started_.begin(); job != started_.end();) {
    keys.push_back(store::Jobs::key_of(job->first));
    if (++job != started_.end() && keys.size() < store::max_get_items) continue;
    auto items = co_await table_.get_many(std::exchange(keys, {}));
    if (!items) co_return fail(std::move(items.error()));
    for (const auto& item : *items) {
      const auto record = store::Jobs::from(item);
      const bool needs_worker = record.status == store::JobStatus::accepted ||
                                record.status == store::JobStatus::queued || record.status == store::JobStatus::running;
      if (needs_worker) kept.insert(*started_.find(record.id));
    }
  }
  started_ = std::move(kept);
  co_return Result<void>{};
}

Async<void> Scheduler::poll(store::ScheduleEntry entry) {
  auto polled = co_await try_poll(std::move(entry));
  // Somebody else has moved it, or its person changes it right now: it is looked at again if it is due still.
  const bool is_harmless =
      polled || polled.error().code == ErrorCode::version_conflict || polled.error().code == ErrorCode::busy;
  if (!is_harmless) store_is_well_ = false;
}

Async<Result<void>> Scheduler::try_poll(store::ScheduleEntry entry) {
  auto planned = co_await plan(entry);
  if (!planned) co_return fail(std::move(planned.error()));
  std::vector<store::Write> writes{planned->kind == Plan::Kind::forget ? store::Schedules::erase(entry)
                                                                       : store::Schedules::write(planned->moved)};
  if (planned->kind == Plan::Kind::poll) {
    const Instant due_at = entry.next_at;
    JobRequest request{entry.user, entry.config_id, std::string(store::scheduled_job), engine::Priority::low};
    auto ensured = co_await jobs_.ensure(std::move(request), std::move(writes));
    if (!ensured) co_return fail(std::move(ensured.error()));
    if (ensured->outcome == TriggerJobs::Outcome::started)
      started_.emplace(std::move(ensured->job_id), runtime_.steady_now());
    if (ensured->outcome != TriggerJobs::Outcome::dropped) note_lateness(due_at);
    co_return Result<void>{};
  }
  auto written = co_await table_.transact(std::move(writes));
  if (!written) co_return fail(std::move(written.error()));
  co_return Result<void>{};
}

Async<Result<Scheduler::Plan>> Scheduler::plan(const store::ScheduleEntry& entry) {
  const store::Key config_key = store::SyncConfigs::key_of(entry.user, entry.config_id);
  const store::Key user_key = store::Users::key_of(entry.user);
  const store::Key trigger_key = store::trigger_key(entry.config_id);
  std::vector<store::Key> keys = store::SyncConfigs::progress_keys(entry.config_id);
  keys.insert(keys.end(), {config_key, user_key, trigger_key});
  auto items = co_await table_.get_many(std::move(keys));
  if (!items) co_return fail(std::move(items.error()));
  const auto* config_item = store::find_item(*items, config_key);
  if (config_item == nullptr) co_return Plan{Plan::Kind::forget};
  auto config = store::SyncConfigs::from(entry.user, *config_item);
  if (!config) co_return fail(std::move(config.error()));
  const auto user = store::Users::from(entry.user, store::find_item(*items, user_key));
  const auto progress = store::SyncConfigs::progress_from(entry.config_id, *items);
  const auto trigger = store::trigger_from(entry.config_id, store::find_item(*items, trigger_key));

  const Instant now = runtime_.now();
  Plan plan{Plan::Kind::move, entry};
  plan.moved.tier = user.tier;
  plan.moved.paused = config->paused;
  if (config->paused) co_return plan;
  if (user.paused || user.status == store::UserStatus::erasing) {
    plan.moved.next_at = now + idle_interval;
    ++counters_.dropped;
    co_return plan;
  }
  auto failing = co_await is_failing(trigger);
  if (!failing) co_return fail(std::move(failing.error()));
  PollNeeds needs = needs_of(user.tier, *config, progress, trigger, now);
  needs.failing = *failing;
  const Duration interval = poll_interval(needs);
  const auto synced = progress.last_sync_time;
  if (synced && *synced <= now && now - *synced < interval / 2) {
    // Somebody or something else has synced it since: one interval from there.
    plan.moved.next_at = next_poll(*synced, interval, entry.config_id, Step::in_step);
    ++counters_.spared;
    co_return plan;
  }
  plan.moved.next_at =
      next_poll(now, interval, entry.config_id, step_of(entry.last_poll, entry.next_at, now, interval));
  plan.moved.last_poll = now;
  auto runs = co_await can_run(*config);
  if (!runs) co_return fail(std::move(runs.error()));
  if (*runs) {
    plan.kind = Plan::Kind::poll;
  } else {
    ++counters_.dropped;
  }
  co_return plan;
}

// Whether the last job that was triggered ended for good without having synced.
Async<Result<bool>> Scheduler::is_failing(const store::Trigger& trigger) {
  if (trigger.job_id.empty()) co_return false;
  auto job = co_await store::Jobs(table_).get(trigger.job_id);
  if (!job) co_return fail(std::move(job.error()));
  co_return *job &&
      ((*job)->status == store::JobStatus::dead_lettered || (*job)->status == store::JobStatus::needs_reauth);
}

// Not while a connection waits for its person; and files are read when somebody says that they have changed, unless the
// person has chosen a frequency.
Async<Result<bool>> Scheduler::can_run(const store::SyncConfig& config) {
  std::vector<std::string> ids{config.source_connection, config.destination_connection};
  auto connections = co_await connections_.get_many(config.user, std::move(ids));
  if (!connections) co_return fail(std::move(connections.error()));
  if (connections->size() != 2) co_return false;
  for (const auto& connection : *connections) {
    if (connection.status != store::ConnectionStatus::active) co_return false;
    auto* provider = providers_.find(connection.provider);
    if (provider == nullptr) co_return false;
    const bool is_file_source = connection.id == config.source_connection && provider->oauth() == nullptr;
    if (is_file_source && !config.poll_interval) co_return false;
  }
  co_return true;
}

Async<Result<void>> Scheduler::repair() {
  for (const Lane& lane : lanes_) {
    while (true) {
      const Instant now = runtime_.now();
      auto wrong = co_await schedules_.due_after(lane.tier, lane.shard, now + furthest_poll, max_repairs_per_query);
      if (!wrong) co_return fail(std::move(wrong.error()));
      bool any = false;
      for (auto& entry : *wrong) {
        entry.next_at = next_poll(now, floor_of(entry.tier), entry.config_id, Step::anew);
        entry.last_poll.reset();
        auto moved = co_await schedules_.put(std::move(entry));
        if (!moved && moved.error().code != ErrorCode::version_conflict) co_return moved;
        if (!moved) continue;
        any = true;
        ++counters_.repaired;
      }
      if (!any) break;
    }
  }
  co_return Result<void>{};
}

void Scheduler::note_lateness(Instant due_at) {
  const auto late_ms = static_cast<std::uint64_t>(std::max(Duration{0}, runtime_.now() - due_at).count());
  counters_.lateness_ms += late_ms;
  if (late_ms > counters_.worst_lateness_ms) counters_.worst_lateness_ms = late_ms;
}

}  // namespace syncwell::schedule
