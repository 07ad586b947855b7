// At most one job of a sync waits, and always one, whatever ends in between.
#include "schedule/trigger_jobs.hpp"

#include "schedule/schedule_test_world.hpp"

namespace syncwell::schedule {
namespace {

using namespace std::chrono_literals;
using engine::Priority;
using store::JobStatus;
using Outcome = TriggerJobs::Outcome;

class TriggerJobsTest : public ScheduleTest {
 protected:
  TriggerJobsTest() { add(config("sync_1")); }
  JobRequest request(Priority priority = Priority::medium) {
    return {"user", "sync_1", std::string(priority == Priority::low ? store::scheduled_job : webhook_cause), priority};
  }
  Outcome ensure(JobRequest wanted) { return complete(triggers.ensure(std::move(wanted))).value().outcome; }
  Outcome ensure() { return ensure(request()); }

  TriggerJobs triggers{table(), hot(), runtime, counters};
};

TEST_F(TriggerJobsTest, AJobIsMadeThatSaysWhatCausedIt) {  // TRIG-2
  JobRequest wanted = request();
  wanted.window_from = runtime.now() - 1h;
  wanted.window_until = runtime.now();
  EXPECT_EQ(ensure(wanted), Outcome::started);
  const auto made = jobs();
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0].status, JobStatus::accepted);
  EXPECT_EQ(made[0].cause, "webhook");
  EXPECT_EQ(made[0].window_from, wanted.window_from);
  EXPECT_EQ(made[0].window_until, wanted.window_until);
  EXPECT_EQ(made[0].data_type, "steps");
  const auto messages = take_messages();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].job_id, made[0].id);
  EXPECT_EQ(messages[0].config_id, "sync_1");
  EXPECT_EQ(messages[0].priority, Priority::medium);
}

TEST_F(TriggerJobsTest, WhatFollowsMergesIntoTheJobThatWaits) {  // TRIG-2, DEC-10
  (void)ensure();
  for (const auto status : {JobStatus::accepted, JobStatus::queued, JobStatus::delayed, JobStatus::retrying}) {
    set_job(jobs()[0].id, status);
    EXPECT_EQ(ensure(), Outcome::merged);
  }
  EXPECT_EQ(jobs().size(), 1U);
  EXPECT_EQ(take_messages().size(), 1U);
  EXPECT_EQ(counters.merged, 4U);
  EXPECT_EQ(counters.webhook_jobs, 1U);
}

TEST_F(TriggerJobsTest,
       AJobThatRunsOrIsOverIsFollowedByAnother) {  // TRIG-2: what came during the run may have been missed
  std::size_t expected = 1;
  (void)ensure();
  for (const auto status : {JobStatus::running, JobStatus::succeeded, JobStatus::needs_reauth, JobStatus::dead_lettered,
                            JobStatus::cancelled}) {
    for (const auto& job : jobs()) set_job(job.id, status);
    EXPECT_EQ(ensure(), Outcome::started);
    EXPECT_EQ(jobs().size(), ++expected);
  }
  EXPECT_EQ(job_ids(take_messages()).size(), expected);
}

TEST_F(TriggerJobsTest, TheNotifiedIntervalIsReadByTheJobThatRuns) {  // TRIG-2, DEC-5
  set_progress("sync_1", runtime.now() - 1h);
  JobRequest wanted = request();
  wanted.window_from = runtime.now() - 72h;
  (void)ensure(wanted);
  EXPECT_EQ(progress("sync_1").rewound_to, wanted.window_from);
  wanted.window_from = runtime.now() - 100h;
  EXPECT_EQ(ensure(wanted), Outcome::merged);
  EXPECT_EQ(progress("sync_1").rewound_to, wanted.window_from) << "also for the job that waits already";
}

TEST_F(TriggerJobsTest, AnIntervalThatTheNextRunReadsAnywayCostsNothing) {  // TRIG-2
  set_progress("sync_1", runtime.now() - 1h);
  JobRequest wanted = request();
  wanted.window_from = runtime.now() - 1h;
  (void)ensure(wanted);
  EXPECT_FALSE(progress("sync_1").rewound_to);
}

TEST_F(TriggerJobsTest, ANotificationDuringTheRunIsNotSettledByItsEnd) {  // TRIG-2, DEC-5
  set_progress("sync_1", runtime.now() - 1h);
  JobRequest wanted = request();
  wanted.window_from = runtime.now() - 72h;
  (void)ensure(wanted);
  const auto known_to_job = progress("sync_1");
  set_job(jobs()[0].id, JobStatus::running);
  EXPECT_EQ(ensure(wanted), Outcome::started);
  auto advanced = known_to_job;
  advanced.last_sync_time = runtime.now();
  std::vector<store::Write> writes{store::SyncConfigs::advance("sync_1", advanced)};
  ASSERT_TRUE(complete(table().transact(std::move(writes))));
  EXPECT_EQ(progress("sync_1").rewound_to, wanted.window_from) << "the job that runs may have read that before";
}

TEST_F(TriggerJobsTest, ANotificationOfALongPastIsBelievedForAYear) {
  set_progress("sync_1", runtime.now());
  JobRequest wanted = request();
  wanted.window_from = Instant{};
  const Instant now = runtime.now();
  (void)ensure(wanted);
  EXPECT_GE(progress("sync_1").rewound_to, now - max_notified_history);
}

TEST_F(TriggerJobsTest, PausedLeavingAndDeletedSyncsAreDropped) {  // TRIG-2
  set_user(store::Tier::free, true);
  EXPECT_EQ(ensure(), Outcome::dropped);
  set_user(store::Tier::free, false, store::UserStatus::erasing);
  EXPECT_EQ(ensure(), Outcome::dropped);
  set_user(store::Tier::free);
  auto paused = stored("sync_1");
  paused.paused = true;
  ASSERT_TRUE(complete(store::SyncConfigs(table()).update(paused)));
  EXPECT_EQ(ensure(), Outcome::dropped);
  ASSERT_TRUE(complete(store::SyncConfigs(table()).erase(stored("sync_1"))));
  EXPECT_EQ(ensure(), Outcome::dropped);
  EXPECT_EQ(counters.dropped, 4U);
  EXPECT_TRUE(jobs().empty());
  EXPECT_TRUE(take_messages().empty());
}

TEST_F(TriggerJobsTest, ABurstsJobWaits) {  // TRIG-2
  JobRequest wanted = request();
  wanted.delay = 50s;
  (void)ensure(wanted);
  EXPECT_TRUE(take_messages().empty());
  EXPECT_EQ(ensure(), Outcome::merged);
  runtime.run_for(50s);
  EXPECT_EQ(take_messages().size(), 1U);
}

TEST_F(TriggerJobsTest, AHigherPriorityPromotesTheJobThatWaits) {  // PROV-4
  EXPECT_EQ(ensure(request(Priority::low)), Outcome::started);
  EXPECT_EQ(ensure(request(Priority::low)), Outcome::merged);
  EXPECT_EQ(ensure(request(Priority::medium)), Outcome::started);
  EXPECT_EQ(ensure(request(Priority::low)), Outcome::merged);
  EXPECT_EQ(jobs().size(), 1U);
  const auto messages = take_messages();
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(job_ids(messages).size(), 1U);
  EXPECT_EQ(std::min(messages[0].priority, messages[1].priority), Priority::medium);
}

TEST_F(TriggerJobsTest, AJobThatMayHaveLostItsMessageGetsAnother) {  // INT-1
  (void)ensure();
  runtime.run_for(resend_after - 1s);
  EXPECT_EQ(ensure(), Outcome::merged);
  runtime.run_for(2s);
  EXPECT_EQ(ensure(), Outcome::started);
  EXPECT_EQ(jobs().size(), 1U);
  EXPECT_EQ(job_ids(take_messages()).size(), 1U);
}

TEST_F(TriggerJobsTest, AClockThatIsSetBackDoesNotHideALostMessage) {  // INT-1
  (void)ensure();
  runtime.shift_wall_clock(-24h);
  EXPECT_EQ(ensure(), Outcome::started) << "sent in the future: who knows";
  EXPECT_EQ(jobs().size(), 1U);
  EXPECT_EQ(ensure(), Outcome::merged);
}

TEST_F(TriggerJobsTest, ManyAtTheSameTimeMakeOneJob) {  // DEC-10
  int ended = 0;
  for (int i = 0; i < 50; ++i) {
    boost::asio::co_spawn(runtime.executor(), without_cancellation_exceptions(triggers.ensure(request())),
                          [&](std::exception_ptr error, Result<TriggerJobs::Ensured> outcome) {
                            ended += error == nullptr && outcome ? 1 : 0;
                          });
  }
  runtime.run_for(10s);
  EXPECT_EQ(ended, 50);
  EXPECT_EQ(jobs().size(), 1U);
  EXPECT_EQ(job_ids(take_messages()).size(), 1U);
}

TEST_F(TriggerJobsTest, WhatGoesAlongIsWrittenWithAnyJob) {  // TRIG-3
  auto moved = entry("sync_1").value();
  for (const auto outcome : {Outcome::started, Outcome::merged}) {
    moved.next_at += 1h;
    std::vector<store::Write> along{store::Schedules::write(moved)};
    EXPECT_EQ(complete(triggers.ensure(request(), std::move(along))).value().outcome, outcome);
    EXPECT_EQ(entry("sync_1")->next_at, moved.next_at);
    ++moved.version;
  }
}

TEST_F(TriggerJobsTest, WhatDoesNotHoldAnyMoreIsToldAndTheJobWaits) {  // TRIG-3
  auto stale = entry("sync_1").value();
  make_due("sync_1");
  std::vector<store::Write> along{store::Schedules::write(stale)};
  const auto ensured = complete(triggers.ensure(request(), std::move(along)));
  ASSERT_FALSE(ensured);
  EXPECT_EQ(ensured.error().code, ErrorCode::version_conflict);
  EXPECT_EQ(ensure(), Outcome::merged) << "its message was sent and marked";
  EXPECT_EQ(take_messages().size(), 1U);
}

// Every step of ensure() fails once, before it has an effect or after; its cause comes again, as events that are not
// acknowledged do.
TEST_F(TriggerJobsTest, WhereverItEndsOneJobWaitsAndItsMessageIsSent) {  // INT-1, TRIG-2
  set_progress("sync_1", runtime.now() - 1h);
  constexpr int most_steps = 10;
  int steps_seen = 0;
  for (const bool after : {false, true}) {
    for (int fail_at = 0; fail_at < most_steps; ++fail_at) {
      FailurePlan plan{0, fail_at, after};
      FailingTable failing_table(table(), plan);
      FailingQueue failing_queue(hot(), plan);
      TriggerJobs failing(failing_table, failing_queue, runtime, counters);
      JobRequest wanted = request();
      wanted.window_from = runtime.now() - 72h;
      auto moved = entry("sync_1").value();
      moved.next_at += 1h;
      std::vector<store::Write> along{store::Schedules::write(moved)};
      const std::size_t jobs_before = jobs().size();
      const auto first = complete(failing.ensure(wanted, along));
      steps_seen = std::max(steps_seen, plan.steps);
      EXPECT_EQ(first.has_value(), plan.steps <= fail_at) << fail_at;
      if (!first) {
        EXPECT_EQ(first.error().code, ErrorCode::storage_failed);
        const auto again = complete(failing.ensure(wanted, along));
        // What went along may have been written before it was known; then it does not hold again.
        if (!again) {
          EXPECT_EQ(again.error().code, ErrorCode::version_conflict) << fail_at << after;
        }
      }
      EXPECT_EQ(entry("sync_1")->next_at, moved.next_at) << fail_at << after;
      EXPECT_LE(progress("sync_1").rewound_to.value(), *wanted.window_from);
      ASSERT_EQ(jobs().size(), jobs_before + 1) << fail_at << after;
      EXPECT_EQ(job_ids(take_messages()).size(), 1U) << fail_at << after;
      EXPECT_EQ(ensure(wanted), Outcome::merged) << fail_at << after;
      EXPECT_TRUE(take_messages().empty());
      for (const auto& job : jobs()) set_job(job.id, JobStatus::succeeded);
    }
  }
  EXPECT_EQ(steps_seen, 4) << "rewind, job and trigger, message, mark";
}

}  // namespace
}  // namespace syncwell::schedule
