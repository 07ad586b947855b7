#include "schedule/trigger_jobs.hpp"

#include <algorithm>

namespace syncwell::schedule {

using engine::Priority;
using store::JobStatus;

namespace {

constexpr int max_tries = 20;

bool waits(const store::Job& job) {
  return job.status == JobStatus::accepted || job.status == JobStatus::queued || job.status == JobStatus::delayed ||
         job.status == JobStatus::retrying;
}

// The order of the enumeration is high, medium, low.
bool is_higher(Priority one, Priority other) { return static_cast<int>(one) < static_cast<int>(other); }

}  // namespace

struct TriggerJobs::State {
  bool runs = false;  // nothing keeps this sync from running
  store::SyncConfig config;
  store::SyncProgress progress;
  store::Trigger trigger;
  std::optional<store::Job> waiting;
};

Async<Result<TriggerJobs::State>> TriggerJobs::read(const JobRequest& request) {
  const store::Key config_key = store::SyncConfigs::key_of(request.user, request.config_id);
  const store::Key user_key = store::Users::key_of(request.user);
  const store::Key trigger_key = store::trigger_key(request.config_id);
  std::vector<store::Key> keys = store::SyncConfigs::progress_keys(request.config_id);
  keys.insert(keys.end(), {config_key, user_key, trigger_key});
  auto items = co_await table_.get_many(std::move(keys));
  if (!items) co_return fail(std::move(items.error()));
  State state;
  const auto* config_item = store::find_item(*items, config_key);
  const auto user = store::Users::from(request.user, store::find_item(*items, user_key));
  if (config_item == nullptr || user.paused || user.status == store::UserStatus::erasing) co_return state;
  auto config = store::SyncConfigs::from(request.user, *config_item);
  if (!config) co_return fail(std::move(config.error()));
  state.runs = !config->paused;
  state.config = std::move(*config);
  state.progress = store::SyncConfigs::progress_from(request.config_id, *items);
  state.trigger = store::trigger_from(request.config_id, store::find_item(*items, trigger_key));
  if (state.trigger.job_id.empty()) co_return state;
  auto job = co_await store::Jobs(table_).get(state.trigger.job_id);
  if (!job) co_return fail(std::move(job.error()));
  if (*job && waits(**job)) state.waiting = std::move(**job);
  co_return state;
}

Async<Result<void>> TriggerJobs::write_all(std::vector<store::Write> writes) {
  if (writes.empty()) co_return Result<void>{};
  auto written = co_await table_.transact(std::move(writes));
  if (!written) co_return fail(std::move(written.error()));
  co_return Result<void>{};
}

Async<Result<TriggerJobs::Ensured>> TriggerJobs::ensure(JobRequest request, std::vector<store::Write> along) {
  const Instant now = runtime_.now();
  if (request.window_from) request.window_from = std::max(*request.window_from, now - max_notified_history);
  bool rewound = false;
  for (int tries = 0; tries < max_tries; ++tries) {
    auto state = co_await read(request);
    if (!state) co_return fail(std::move(state.error()));
    if (!state->runs) {
      ++counters_.dropped;
      co_return Ensured{};
    }
    const auto& progress = state->progress;
    // A job that waits will read what was rewound before; one that runs may have read it already, so that its end would
    // settle a notification that came after.
    const bool is_covered = state->waiting && progress.rewound_to && request.window_from >= progress.rewound_to;
    if (request.window_from && !rewound && !is_covered && progress.last_sync_time &&
        *request.window_from < *progress.last_sync_time) {
      auto done = co_await configs_.rewind(request.config_id, *request.window_from);
      if (!done) co_return fail(std::move(done.error()));
      rewound = true;
      continue;  // whoever waits now begins after this
    }
    auto& trigger = state->trigger;
    const auto sent_with = engine::parse_priority(trigger.priority).value_or(Priority::low);
    const bool promotes = is_higher(request.priority, sent_with);
    // A time of sending that lies ahead is that of a clock that has been set back since.
    const bool is_sent =
        trigger.sent_at && *trigger.sent_at <= now && now - *trigger.sent_at < resend_after && !promotes;
    if (state->waiting && is_sent) {
      auto written = co_await write_all(std::move(along));
      if (!written) co_return fail(std::move(written.error()));
      ++counters_.merged;
      co_return Ensured{Outcome::merged, trigger.job_id};
    }
    if (!state->waiting) {
      auto made = co_await make(*state, request);
      if (!made && made.error().code == ErrorCode::version_conflict) continue;  // somebody else was faster
      if (!made) co_return fail(std::move(made.error()));
      ++(request.cause == store::scheduled_job ? counters_.polls : counters_.webhook_jobs);
    } else if (promotes) {
      trigger.priority = name_of(request.priority);
    }
    auto sent = co_await send(*state, request, std::move(along));
    if (!sent) co_return fail(std::move(sent.error()));
    co_return Ensured{Outcome::started, trigger.job_id};
  }
  co_return fail(ErrorCode::busy, "others trigger the same sync all the time");
}

// Only while the sync is there: whoever erases it finds all that was written before, and nothing comes after.
Async<Result<void>> TriggerJobs::make(State& state, const JobRequest& request) {
  const Instant now = runtime_.now();
  store::Job job;
  job.id = "job_" + runtime_.random().uuid4();
  job.user = request.user;
  job.config_id = request.config_id;
  job.data_type = model::name_of(state.config.data_type);
  job.correlation_id = runtime_.random().uuid4();
  job.cause = request.cause;
  job.window_from = request.window_from;
  job.window_until = request.window_until;
  job.created = job.updated = now;
  store::Trigger& trigger = state.trigger;
  trigger.job_id = job.id;
  trigger.priority = name_of(request.priority);
  trigger.sent_at.reset();
  if (request.cause == webhook_cause) trigger.webhook_at = now;
  store::Item config{store::SyncConfigs::key_of(request.user, request.config_id)};
  std::vector<store::Write> writes{{store::Write::Kind::check, std::move(config), store::Condition::present()},
                                   store::trigger_write(trigger),
                                   store::Jobs::begin(job)};
  auto versions = co_await table_.transact(std::move(writes));
  if (!versions) co_return fail(std::move(versions.error()));
  trigger.version = versions->at(1);
  state.waiting = std::move(job);
  co_return Result<void>{};
}

Async<Result<void>> TriggerJobs::send(State& state, const JobRequest& request, std::vector<store::Write> along) {
  store::Trigger& trigger = state.trigger;
  const store::Job& job = *state.waiting;
  const engine::JobMessage message{job.id, job.user, job.config_id, job.correlation_id,
                                   engine::parse_priority(trigger.priority).value_or(Priority::low)};
  auto body = bus::to_json(engine::to_event(message, runtime_.random().uuid4(), runtime_.now()));
  auto sent = co_await queue_.send(std::move(body), std::clamp(request.delay, Duration{0}, queue::max_delay));
  if (!sent) co_return fail(std::move(sent.error()));
  trigger.sent_at = runtime_.now();
  auto writes = along;
  writes.push_back(store::trigger_write(trigger));
  auto marked = co_await write_all(std::move(writes));
  if (marked || marked.error().code != ErrorCode::version_conflict) co_return marked;
  // Somebody else has sent it, or what goes along has changed: each alone tells which.
  std::vector<store::Write> mark{store::trigger_write(trigger)};
  marked = co_await write_all(std::move(mark));
  if (!marked && marked.error().code != ErrorCode::version_conflict) co_return marked;
  co_return co_await write_all(std::move(along));
}

}  // namespace syncwell::schedule
