// What is due is polled, at the price of what is due, and never before a person's own sync.
#include "schedule/scheduler.hpp"

#include "schedule/schedule_test_world.hpp"

namespace syncwell::schedule {
namespace {

using namespace std::chrono_literals;
using store::Tier;
using testing::ElementsAre;
using testing::IsEmpty;

class SchedulerTest : public ScheduleTest {
 protected:
  SchedulerTest() { set_user(Tier::pro); }
  ~SchedulerTest() override { stop(); }
  void start() {
    scheduler.emplace(table(), trigger_jobs, providers, runtime, counters, settings);
    scheduler->start();
  }
  void stop() {
    if (scheduler) complete(stopped(*scheduler));
    scheduler.reset();
  }
  static Async<bool> stopped(Scheduler& one) {
    co_await one.stop();
    co_return true;
  }
  // As a worker, without the work.
  std::size_t work_off() {
    const auto messages = take_messages();
    for (const auto& message : messages) {
      set_job(message.job_id, store::JobStatus::succeeded);
      set_progress(message.config_id, runtime.now());
    }
    return messages.size();
  }
  void add_due(const std::string& id, std::optional<Instant> last_poll = {}) {
    add(config(id));
    make_due(id, last_poll);
  }

  SchedulerSettings settings;
  TriggerJobs trigger_jobs{table(), hot(), runtime, counters};
  std::optional<Scheduler> scheduler;
};

TEST_F(SchedulerTest, WhatIsDueBecomesALowPriorityJobAndMovesOn) {  // TRIG-3
  add_due("sync_1", runtime.now() - 48h);
  const Instant due_at = entry("sync_1")->next_at;
  start();
  runtime.run_for(2s);
  const auto messages = take_messages();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].priority, engine::Priority::low);
  EXPECT_EQ(jobs().at(0).cause, "schedule");
  const auto moved = entry("sync_1").value();
  EXPECT_GE(moved.last_poll, due_at);
  EXPECT_EQ(moved.next_at, next_poll(*moved.last_poll, idle_interval, "sync_1", Step::in_step)) << "idle";
  EXPECT_EQ(counters.polls, 1U);
  EXPECT_LE(counters.worst_lateness_ms, 2000U);
}

TEST_F(SchedulerTest, NothingIsPolledBeforeItIsDue) {  // TRIG-3
  add_due("sync_1");
  auto one = entry("sync_1").value();
  one.next_at = runtime.now() + 10min;
  ASSERT_TRUE(complete(store::Schedules(table()).put(one)));
  start();
  runtime.run_for(10min - 1s);
  EXPECT_EQ(work_off(), 0U);
  runtime.run_for(20s);
  EXPECT_EQ(work_off(), 1U);
}

TEST_F(SchedulerTest, AnActivePersonIsPolledEvery15To20Minutes) {  // TRIG-3, TRIG-4
  add_due("sync_1", runtime.now() - 15min);
  set_progress("sync_1", runtime.now() - 15min, 100);
  start();
  std::vector<Instant> polls;
  for (int second = 0; second < 6 * 3600; ++second) {
    runtime.run_for(1s);
    if (work_off() > 0) polls.push_back(runtime.now());
  }
  ASSERT_GE(polls.size(), 6U * 3);
  for (std::size_t i = 1; i < polls.size(); ++i) {
    EXPECT_GE(polls[i] - polls[i - 1], 15min - 20s);
    EXPECT_LE(polls[i] - polls[i - 1], 20min + 20s);
  }
}

TEST_F(SchedulerTest, AnIdlePersonIsPolledOnceIn48Hours) {  // TRIG-4
  settings.look_interval = 10min;
  add_due("sync_1", runtime.now() - 48h);
  start();
  runtime.run_for(72h);  // by then it is where it belongs
  (void)work_off();
  int polls = 0;
  for (int hour = 0; hour < 96; ++hour) {
    runtime.run_for(1h);
    polls += static_cast<int>(work_off());
  }
  EXPECT_EQ(polls, 2);
}

TEST_F(SchedulerTest, APausedSyncIsNotPolledAndCostsNothing) {  // TRIG-3
  settings.look_interval = 10min;
  auto paused = config("sync_1");
  paused.paused = true;
  add(paused);
  start();
  runtime.run_for(96h);
  EXPECT_TRUE(jobs().empty());
  EXPECT_EQ(entry("sync_1")->version, 1U);
}

TEST_F(SchedulerTest, ThePauseOfAllIsTheOperators) {  // TRIG-3: paused globally, resumed at once
  add_due("sync_1", runtime.now() - 48h);
  start();
  scheduler->pause(true);
  runtime.run_for(1h);
  EXPECT_THAT(take_messages(), IsEmpty());
  scheduler->pause(false);
  runtime.run_for(settings.look_interval + 2s);
  EXPECT_EQ(take_messages().size(), 1U);
}

TEST_F(SchedulerTest, APersonsPauseIsFoundWhenTheirSyncIsDue) {  // TRIG-3
  settings.look_interval = 10min;
  add_due("sync_1");
  set_user(Tier::pro, true);
  start();
  runtime.run_for(2s);
  EXPECT_TRUE(jobs().empty());
  EXPECT_GE(entry("sync_1")->next_at, runtime.now() + 47h);
  set_user(Tier::pro, false);
  ASSERT_TRUE(complete(ConfigSchedule(table(), runtime).follow("user")));
  runtime.run_for(24h);
  EXPECT_EQ(jobs().size(), 1U) << "it goes on soon after";
}

TEST_F(SchedulerTest, ADeletedSyncLosesItsPlace) {  // TRIG-3
  add_due("sync_1");
  ASSERT_TRUE(complete(store::SyncConfigs(table()).erase(stored("sync_1"))));
  start();
  runtime.run_for(2s);
  EXPECT_FALSE(entry("sync_1"));
  EXPECT_TRUE(jobs().empty());
}

TEST_F(SchedulerTest, ATierThatWasNotFollowedIsPutRightWhenItIsDue) {  // TRIG-3: a crash between the two
  add_due("sync_1");
  set_user(Tier::free);
  start();
  runtime.run_for(2s);
  EXPECT_EQ(entry("sync_1")->tier, Tier::free);
}

TEST_F(SchedulerTest, AConnectionThatWaitsForItsPersonIsNotPolled) {  // PROV-3
  add_due("sync_1");
  auto connection = complete(store::Connections(table()).get("user", "conn_b")).value().value();
  connection.status = store::ConnectionStatus::needs_reauth;
  ASSERT_TRUE(complete(store::Connections(table()).update(connection)));
  start();
  runtime.run_for(2s);
  EXPECT_TRUE(jobs().empty());
  EXPECT_EQ(counters.dropped, 1U);
  EXPECT_GT(entry("sync_1")->next_at, runtime.now());
}

TEST_F(SchedulerTest, FilesAreReadOnlyWhereAFrequencyWasChosen) {  // TRIG-3
  connect("conn_files", "files");
  auto files = config("sync_1");
  files.source_connection = "conn_files";
  add(files);
  files.id = "sync_2";
  files.poll_interval = 24h;
  add(files);
  for (const auto* id : {"sync_1", "sync_2"}) make_due(id);
  start();
  runtime.run_for(2s);
  ASSERT_EQ(jobs().size(), 1U);
  EXPECT_EQ(jobs()[0].config_id, "sync_2");
}

TEST_F(SchedulerTest, ASyncThatHasJustRunIsSparedItsPoll) {  // TRIG-4
  add_due("sync_1", runtime.now() - 15min);
  set_progress("sync_1", runtime.now() - 1min, 100);
  start();
  runtime.run_for(2s);
  EXPECT_TRUE(jobs().empty());
  EXPECT_EQ(counters.spared, 1U);
  EXPECT_GE(entry("sync_1")->next_at, runtime.now() + 13min);
  EXPECT_LE(entry("sync_1")->next_at, runtime.now() + 20min);
}

TEST_F(SchedulerTest, WhatFailsForGoodIsTriedOnceADay) {  // SUP
  settings.look_interval = 10min;
  add_due("sync_1", runtime.now() - 15min);
  set_progress("sync_1", runtime.now() - 24h, 100);
  start();
  runtime.run_for(2s);
  for (const auto& job : jobs()) set_job(job.id, store::JobStatus::dead_lettered);
  (void)take_messages();
  runtime.run_for(23h);
  EXPECT_EQ(jobs().size(), 2U) << "once more before it was known, and then not again";
  for (const auto& job : jobs()) set_job(job.id, store::JobStatus::dead_lettered);
}

TEST_F(SchedulerTest, AJobThatWaitsIsNotFollowedByAnother) {  // DEC-10
  add_due("sync_1", runtime.now() - 15min);
  set_progress("sync_1", runtime.now() - 24h, 100);
  start();
  runtime.run_for(59min);
  EXPECT_EQ(jobs().size(), 1U);
  EXPECT_EQ(take_messages().size(), 1U);
  EXPECT_GE(counters.merged, 2U);
}

TEST_F(SchedulerTest, AManualSyncHasFewBeforeItHoweverMuchIsDue) {  // TRIG-3: never starved
  settings.most_jobs = 8;
  for (int i = 0; i < 200; ++i) add_due(fmt::format("sync_{}", i));
  start();
  runtime.run_for(10min);
  EXPECT_EQ(complete(hot().depth()).value().visible, 8U) << "no worker: no more than these wait";
  EXPECT_GT(counters.held_back, 0U);
  ASSERT_TRUE(complete(hot().send("a person's", 0ms)));
  const auto scheduled = complete(hot().receive(8, 0ms)).value();
  ASSERT_EQ(scheduled.size(), 8U);
  const auto next = complete(hot().receive(1, 0ms)).value();
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].body, "a person's");
}

TEST_F(SchedulerTest, WorkersThatTheScheduleDoesNotHoldStayFree) {  // TRIG-3: never starved
  settings.most_jobs = 8;
  for (int i = 0; i < 50; ++i) add_due(fmt::format("sync_{}", i));
  start();
  std::size_t running = 0;
  for (int i = 0; i < 60; ++i) {
    runtime.run_for(1s);
    for (const auto& message : take_messages()) {
      set_job(message.job_id, store::JobStatus::running);
      ++running;
    }
  }
  EXPECT_EQ(running, 8U) << "jobs that never end";
}

TEST_F(SchedulerTest, JobsThatWaitForAProviderHoldNoPlace) {  // DEC-1
  settings.most_jobs = 8;
  for (int i = 0; i < 24; ++i) add_due(fmt::format("sync_{}", i));
  start();
  std::size_t delayed = 0;
  for (int i = 0; i < 60; ++i) {
    runtime.run_for(1s);
    for (const auto& message : take_messages()) {
      set_job(message.job_id, ++delayed % 2 == 0 ? store::JobStatus::delayed : store::JobStatus::retrying);
    }
  }
  EXPECT_EQ(delayed, 24U);
}

TEST_F(SchedulerTest, ManualJobsDoNotStarveTheSchedule) {  // TRIG-3
  settings.most_jobs = 8;
  for (int i = 0; i < 20; ++i) add_due(fmt::format("sync_{}", i));
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(complete(hot().send("a person's", 0ms)));
  start();
  runtime.run_for(5s);
  EXPECT_EQ(jobs().size(), 8U) << "they take their turn";
}

TEST_F(SchedulerTest, AllThatIsDueIsPolledAsWorkersGetFree) {  // TRIG-3
  settings.most_jobs = 8;
  for (int i = 0; i < 200; ++i) add_due(fmt::format("sync_{}", i));
  start();
  std::size_t done = 0;
  for (int i = 0; i < 200 && done < 200; ++i) {
    runtime.run_for(250ms);
    done += work_off();
  }
  EXPECT_EQ(done, 200U);
  EXPECT_EQ(jobs().size(), 200U) << "each once";
}

TEST_F(SchedulerTest, AfterAnOutageTheOverdueGetPlacesOfTheirOwn) {  // TRIG-3: no thundering herd
  constexpr int count = 100;
  for (int i = 0; i < count; ++i) {
    add_due(fmt::format("sync_{}", i), runtime.now() - 15min);
    set_progress(fmt::format("sync_{}", i), runtime.now() - 15min, 100);
  }
  runtime.run_for(2h);
  start();
  for (int i = 0; i < 20; ++i) {
    runtime.run_for(250ms);
    (void)work_off();
  }
  Instant first = max_instant;
  Instant last = min_instant;
  for (int i = 0; i < count; ++i) {
    const Instant at = entry(fmt::format("sync_{}", i))->next_at;
    first = std::min(first, at);
    last = std::max(last, at);
  }
  EXPECT_GE(last - first, 12min) << "over the whole interval";
}

TEST_F(SchedulerTest, AClockThatWasAheadAndIsRightAgainStopsNothing) {  // TRIG-3
  settings.look_interval = 10min;
  add_due("sync_1", runtime.now() - 15min);
  set_progress("sync_1", runtime.now() - 24h, 100);
  runtime.shift_wall_clock(24h * 365);
  start();
  runtime.run_for(2s);
  ASSERT_EQ(work_off(), 1U);
  runtime.shift_wall_clock(-24h * 365);
  runtime.run_for(settings.repair_interval + 24h * 2);
  EXPECT_GE(work_off(), 1U);
  EXPECT_EQ(counters.repaired, 1U);
}

TEST_F(SchedulerTest, AClockSetBackByHoursDelaysAndDoesNotRepeat) {  // TRIG-3
  add_due("sync_1", runtime.now() - 15min);
  set_progress("sync_1", runtime.now() - 24h, 100);
  start();
  runtime.run_for(2s);
  ASSERT_EQ(work_off(), 1U);
  runtime.shift_wall_clock(-2h);
  runtime.run_for(1h);
  EXPECT_EQ(work_off(), 0U);
  runtime.run_for(90min);
  EXPECT_EQ(work_off(), 1U);
}

TEST_F(SchedulerTest, AStoreThatFailsCostsTimeAndNoPoll) {  // INT-1
  for (const bool after : {false, true}) {
    for (int fail_at = 0; fail_at < 3; ++fail_at) {
      const std::string id = fmt::format("sync_{}_{}", fail_at, after);
      add_due(id, runtime.now() - 48h);
      FailurePlan plan{0, fail_at, after};
      FailingTable failing_table(table(), plan);
      FailingQueue failing_queue(hot(), plan);
      TriggerJobs failing_jobs(failing_table, failing_queue, runtime, counters);
      Scheduler failing(failing_table, failing_jobs, providers, runtime, counters, settings);
      failing.start();
      runtime.run_for(10s);
      complete(stopped(failing));
      EXPECT_GE(plan.steps, 3) << "job and trigger, message, mark and place";
      EXPECT_EQ(job_ids(take_messages()).size(), 1U) << fail_at << after;
      EXPECT_GT(entry(id)->next_at, runtime.now());
      int of_this = 0;
      for (const auto& job : jobs()) of_this += job.config_id == id ? 1 : 0;
      EXPECT_EQ(of_this, 1) << fail_at << after;
    }
  }
}

TEST_F(SchedulerTest, TwoSchedulersOnOneStorePollOnce) {  // ARCH-5: stateless, many at once
  for (int i = 0; i < 50; ++i) add_due(fmt::format("sync_{}", i), runtime.now() - 48h);
  Scheduler second(table(), trigger_jobs, providers, runtime, counters, settings);
  start();
  second.start();
  runtime.run_for(10s);
  EXPECT_EQ(jobs().size(), 50U);
  EXPECT_EQ(job_ids(take_messages()).size(), 50U);
  complete(stopped(second));
}

TEST_F(SchedulerTest, StopIsIdempotentAndEndsAtOnce) {
  start();
  runtime.run_for(1s);
  complete(stopped(*scheduler));
  complete(stopped(*scheduler));
  add_due("sync_1");
  runtime.run_for(1min);
  EXPECT_THAT(jobs(), IsEmpty());
}

}  // namespace
}  // namespace syncwell::schedule
