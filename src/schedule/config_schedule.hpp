// Keeps a sync's place in the schedule in step with what its person sets (TRIG-3): a sync config and its place are
// written in one transaction, so that no crash leaves the one without the other. Deleting needs nothing: the place lies
// in the config's partition, which engine::Eraser erases; until then the scheduler finds that the config is gone. A
// person's tier is another item: follow() after it was changed; what a crash in between leaves is put right when the
// sync is due. A person's pause is found out then, too. One thread.
#pragma once

#include <string>

#include "base/runtime.hpp"
#include "schedule/poll_plan.hpp"
#include "store/schedules.hpp"
#include "store/sync_configs.hpp"
#include "store/triggers.hpp"

namespace syncwell::schedule {

// What is to be known of a sync to say how often it is looked at.
[[nodiscard]] PollNeeds needs_of(store::Tier tier, const store::SyncConfig& config, const store::SyncProgress& progress,
                                 const store::Trigger& trigger, Instant now);

class ConfigSchedule {
 public:
  // References outlive the object.
  ConfigSchedule(store::Table& table, Runtime& runtime);

  // As SyncConfigs::add and update, and the sync's place with it. busy: it is moved all the time.
  [[nodiscard]] Async<Result<void>> add(store::SyncConfig config);
  [[nodiscard]] Async<Result<std::uint64_t>> update(store::SyncConfig config);
  // The person's tier was changed, or they go on after a pause: all their syncs. Also places those that have none.
  [[nodiscard]] Async<Result<void>> follow(std::string user);
  // Something was new (TRIG-4): the next poll moves closer, never further. A sync that is gone is no error.
  [[nodiscard]] Async<Result<void>> bring_forward(std::string user, std::string config_id);

 private:
  struct State;
  [[nodiscard]] Async<Result<State>> read(const std::string& user, const std::string& config_id);
  [[nodiscard]] store::ScheduleEntry planned(const State& state, const store::SyncConfig& config) const;

  store::Table& table_;
  Runtime& runtime_;
  store::SyncConfigs configs_;
  store::Users users_;
};

}  // namespace syncwell::schedule
