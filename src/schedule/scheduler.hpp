// The schedule's loop (TRIG-3): finds the syncs that are due, shard by shard, makes a job of each and moves it on. What
// it costs is in proportion to what is due: a shard in which nothing is due is asked once in look_interval.
//
// A person's sync is never starved by it, nor it by theirs: of the jobs that it has started, at most `most_jobs` wait
// for a worker or run, less than the workers can run at the same time. However much is due, a manual job has no more
// than these before it, and however long they take, there are workers that they do not hold. What is due beyond that
// waits in the index.
//
// Several may run on one store: whoever moves a sync first has it. Everything happens on the runtime's thread; stop()
// before what it refers to goes.
#pragma once

#include <map>
#include <vector>

#include "base/task_group.hpp"
#include "providers/registry.hpp"
#include "schedule/config_schedule.hpp"
#include "schedule/trigger_jobs.hpp"
#include "store/connections.hpp"

namespace syncwell::schedule {

struct SchedulerSettings {
  std::size_t most_jobs = 64;                         // of the schedule, waiting or running
  Duration look_interval = std::chrono::seconds{15};  // how soon a sync that was just added is seen
  Duration shortest_pause = std::chrono::seconds{1};  // what comes due meanwhile is taken together
  Duration pause_while_busy{200};                     // until its jobs are looked at again
  Duration repair_interval = std::chrono::hours{6};   // of what a clock that was ahead put too far
};

inline constexpr std::size_t max_polls_per_round = 256;
inline constexpr std::size_t max_due_per_shard = 16;  // of one query

class Scheduler {
 public:
  Scheduler(store::Table& table, TriggerJobs& jobs, const providers::Registry& providers, Runtime& runtime,
            Counters& counters, SchedulerSettings settings);

  void start() { loop_.spawn(run()); }
  [[nodiscard]] Async<void> stop();
  // While it is paused nothing is polled; what comes due meanwhile is polled afterwards, spread as after an outage.
  void pause(bool paused) { paused_ = paused; }

 private:
  struct Lane {
    store::Tier tier;
    std::uint32_t shard;
    Steady look_at{};
  };
  struct Plan;

  [[nodiscard]] Async<void> run();
  // Polls what is due and there is room for; when to go on.
  [[nodiscard]] Async<Result<Steady>> round();
  [[nodiscard]] Async<Result<std::vector<store::ScheduleEntry>>> find_due();
  // How many of `wanted` jobs may be added now.
  [[nodiscard]] Async<Result<std::size_t>> room(std::size_t wanted);
  // Forgets the jobs that need no worker now.
  [[nodiscard]] Async<Result<void>> forget_finished();
  [[nodiscard]] Async<void> poll(store::ScheduleEntry entry);
  [[nodiscard]] Async<Result<void>> try_poll(store::ScheduleEntry entry);
  [[nodiscard]] Async<Result<Plan>> plan(const store::ScheduleEntry& entry);
  [[nodiscard]] Async<Result<bool>> is_failing(const store::Trigger& trigger);
  [[nodiscard]] Async<Result<bool>> can_run(const store::SyncConfig& config);
  // Moves what no poll can have planned to where it belongs.
  [[nodiscard]] Async<Result<void>> repair();
  void note_lateness(Instant due_at);

  store::Table& table_;
  TriggerJobs& jobs_;
  const providers::Registry& providers_;
  Runtime& runtime_;
  Counters& counters_;
  SchedulerSettings settings_;
  store::Schedules schedules_;
  store::Connections connections_;
  std::vector<Lane> lanes_;
  std::map<std::string, Steady> started_;  // jobs that may wait or run, and since when
  Steady next_repair_{};
  bool store_is_well_ = true;
  bool paused_ = false;
  bool stopping_ = false;
  TaskGroup loop_;
  TaskGroup polls_;
};

}  // namespace syncwell::schedule
