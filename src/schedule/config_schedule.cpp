#include "schedule/config_schedule.hpp"

#include <algorithm>

namespace syncwell::schedule {
namespace {

constexpr int max_tries = 20;

}  // namespace

PollNeeds needs_of(store::Tier tier, const store::SyncConfig& config, const store::SyncProgress& progress,
                   const store::Trigger& trigger, Instant now) {
  PollNeeds needs{tier, progress.velocity.per_day(now)};
  needs.learning = now - config.created < learning_time;
  needs.webhook_served = trigger.webhook_at && now - *trigger.webhook_at < webhook_trust;
  needs.chosen = config.poll_interval;
  return needs;
}

struct ConfigSchedule::State {
  std::optional<store::SyncConfig> config;
  store::User user;
  store::SyncProgress progress;
  store::Trigger trigger;
  std::optional<store::ScheduleEntry> entry;
};

ConfigSchedule::ConfigSchedule(store::Table& table, Runtime& runtime)
    : table_(table), runtime_(runtime), configs_(table), users_(table) {}

Async<Result<ConfigSchedule::State>> ConfigSchedule::read(const std::string& user, const std::string& config_id) {
  const store::Key config_key = store::SyncConfigs::key_of(user, config_id);
  const store::Key user_key = store::Users::key_of(user);
  const store::Key trigger_key = store::trigger_key(config_id);
  const store::Key schedule_key = store::Schedules::key_of(config_id);
  std::vector<store::Key> keys = store::SyncConfigs::progress_keys(config_id);
  keys.insert(keys.end(), {config_key, user_key, trigger_key, schedule_key});
  auto items = co_await table_.get_many(std::move(keys));
  if (!items) co_return fail(std::move(items.error()));
  State state;
  if (const auto* item = store::find_item(*items, config_key)) {
    auto config = store::SyncConfigs::from(user, *item);
    if (!config) co_return fail(std::move(config.error()));
    state.config = std::move(*config);
  }
  state.user = store::Users::from(user, store::find_item(*items, user_key));
  state.progress = store::SyncConfigs::progress_from(config_id, *items);
  state.trigger = store::trigger_from(config_id, store::find_item(*items, trigger_key));
  if (const auto* item = store::find_item(*items, schedule_key)) state.entry = store::Schedules::from(*item);
  co_return state;
}

// Where a sync stands that is as `config` says: no later than before. One that was paused until now begins as a new one
// does.
store::ScheduleEntry ConfigSchedule::planned(const State& state, const store::SyncConfig& config) const {
  const Instant now = runtime_.now();
  store::ScheduleEntry entry = state.entry.value_or(store::ScheduleEntry{});
  const bool begins = !state.entry || entry.paused;
  entry.config_id = config.id;
  entry.user = config.user;
  entry.tier = state.user.tier;
  entry.shard = shard_of(config.user);
  entry.paused = config.paused;
  if (begins) {
    entry.next_at = first_poll(now, config.id);
    entry.last_poll.reset();
    return entry;
  }
  const Duration interval = poll_interval(needs_of(state.user.tier, config, state.progress, state.trigger, now));
  // One interval after it was last looked at, for whatever reason; soon where that is over already.
  Instant looked = entry.last_poll.value_or(config.created);
  if (state.progress.last_sync_time) looked = std::max(looked, *state.progress.last_sync_time);
  const Instant next = next_poll(std::min(looked, now), interval, config.id, Step::in_step);
  entry.next_at = std::min(entry.next_at, next > now ? next : first_poll(now, config.id));
  return entry;
}

Async<Result<void>> ConfigSchedule::add(store::SyncConfig config) {
  auto user = co_await users_.get(config.user);
  if (!user) co_return fail(std::move(user.error()));
  State state;
  state.user = std::move(*user);
  std::vector<store::Write> writes{store::SyncConfigs::adding(config), store::Schedules::write(planned(state, config))};
  auto versions = co_await table_.transact(std::move(writes));
  if (versions) co_return Result<void>{};
  if (versions.error().code == ErrorCode::version_conflict)
    co_return fail(ErrorCode::already_exists, "a sync config with this id exists already");
  co_return fail(std::move(versions.error()));
}

Async<Result<std::uint64_t>> ConfigSchedule::update(store::SyncConfig config) {
  for (int tries = 0; tries < max_tries; ++tries) {
    auto state = co_await read(config.user, config.id);
    if (!state) co_return fail(std::move(state.error()));
    if (!state->config || state->config->version != config.version)
      co_return fail(ErrorCode::version_conflict, "the sync config was changed meanwhile");
    std::vector<store::Write> writes{store::SyncConfigs::updating(config),
                                     store::Schedules::write(planned(*state, config))};
    auto versions = co_await table_.transact(std::move(writes));
    if (versions) co_return versions->front();
    // Perhaps it was only polled.
    if (versions.error().code != ErrorCode::version_conflict) co_return fail(std::move(versions.error()));
  }
  co_return fail(ErrorCode::busy, "the schedule moves this sync all the time");
}

Async<Result<void>> ConfigSchedule::follow(std::string user) {
  auto configs = co_await configs_.list(user);
  if (!configs) co_return fail(std::move(configs.error()));
  for (const auto& config : *configs) {
    auto followed = co_await bring_forward(user, config.id);
    if (!followed) co_return followed;
  }
  co_return Result<void>{};
}

Async<Result<void>> ConfigSchedule::bring_forward(std::string user, std::string config_id) {
  for (int tries = 0; tries < max_tries; ++tries) {
    auto state = co_await read(user, config_id);
    if (!state) co_return fail(std::move(state.error()));
    if (!state->config) co_return Result<void>{};
    auto entry = planned(*state, *state->config);
    const auto& old = state->entry;
    const bool changes = !old || entry.tier != old->tier || entry.paused != old->paused || entry.next_at < old->next_at;
    if (!changes || (entry.paused && old)) co_return Result<void>{};
    store::Item config{store::SyncConfigs::key_of(user, config_id)};
    std::vector<store::Write> writes{{store::Write::Kind::check, std::move(config), store::Condition::present()},
                                     store::Schedules::write(entry)};
    auto moved = co_await table_.transact(std::move(writes));
    if (moved) co_return Result<void>{};
    if (moved.error().code != ErrorCode::version_conflict) co_return fail(std::move(moved.error()));
  }
  co_return fail(ErrorCode::busy, "the schedule moves this sync all the time");
}

}  // namespace syncwell::schedule
