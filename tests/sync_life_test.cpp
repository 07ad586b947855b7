// The life of sync jobs from request to rest: real engine, queue, store and vault; platforms in memory.
#include <gtest/gtest.h>

#include "engine_world.hpp"
#include "fake_platform.hpp"

namespace syncwell::tests {
namespace {

using namespace std::chrono_literals;
using model::DataType;
using store::JobStatus;

const Instant day{std::chrono::sys_days{std::chrono::year{2026} / 10 / 31}};

model::Record weight(const std::string& id, Duration at, double kg) {
  model::Record record;
  record.type = DataType::weight;
  record.source_id = id;
  record.origin.provider = "scale";
  record.time.start = record.time.end = Moment{day + at, UtcOffset{1h}};
  record.modified = day + at;
  record.payload = model::Quantity{kg};
  return record;
}

class SyncLife : public testing::Test {
 protected:
  SyncLife() {
    for (auto [platform, key] : {std::pair{&a, "a"}, {&b, "b"}, {&c, "c"}}) {
      auto owned = std::make_unique<FakePlatform>(key, DataType::weight);
      *platform = owned.get();
      world.providers.add(std::move(owned));
      world.connect(key);
    }
    a_to_b = world.configure("conn_a", "conn_b", DataType::weight);
    for (int i = 0; i < 25; ++i) a->put(weight("w" + std::to_string(i), i * 10min, 70 + i));
  }

  static std::multiset<double> values(const FakePlatform& platform) {
    std::multiset<double> result;
    for (const auto& [id, record] : platform.records()) result.insert(std::get<model::Quantity>(record.payload).value);
    return result;
  }

  NoHttp http;
  EngineWorld world{http};
  FakePlatform* a = nullptr;
  FakePlatform* b = nullptr;
  FakePlatform* c = nullptr;
  std::string a_to_b;
};

class JobRecorder final : public engine::Observer {
 public:
  void call_ended(const engine::CallEnded&) override {}
  void job_ended(const engine::JobEnded& job) override {
    jobs.push_back(job.error);
    latency = job.asked ? job.began + job.took - *job.asked : Duration{-1};
    attempts.push_back(job.attempt);
    data_type = job.data_type;
    trace = job.context;
  }
  std::vector<std::optional<ErrorCode>> jobs;
  std::vector<int> attempts;
  std::string data_type;
  Duration latency{};
  TraceContext trace;
};

TEST_F(SyncLife, EveryAttemptIsTold) {  // OBS: failures by code, end-to-end latency, traces
  JobRecorder recorder;
  world.stop();
  world.runner_settings.observer = &recorder;
  world.start();
  a->fetch_faults.emplace_back(Error{ErrorCode::provider_failed, "HTTP 503"});
  const auto job = world.sync(a_to_b);
  EXPECT_EQ(job.status, JobStatus::succeeded);
  ASSERT_EQ(recorder.jobs.size(), 2U);
  EXPECT_EQ(recorder.jobs[0], ErrorCode::provider_failed);
  EXPECT_EQ(recorder.jobs[1], std::nullopt);
  EXPECT_EQ(recorder.attempts, (std::vector<int>{1, 2}));
  EXPECT_EQ(recorder.data_type, "weight");
  EXPECT_GT(recorder.latency, 0ms);
  world.stop();
}

TEST_F(SyncLife, TheFirstRunOfASyncIsToldAsItsHistory) {  // events out: HistoricalSyncCompleted
  ASSERT_TRUE(
      world.complete(store::Subscriptions(world.storage->table()).put({"sub_1", "https://team.example", {}, "sec_1"})));
  const auto told = [&] {
    const auto page = world.complete(store::EventLog(world.storage->table()).list(world.runtime.now(), {})).value();
    return std::ranges::count(page.events, "org.syncwell.sync.history_completed", &store::LoggedEvent::type);
  };
  (void)world.sync(a_to_b);
  EXPECT_EQ(told(), 1);
  a->put(weight("later", 20h, 71));
  (void)world.sync(a_to_b);
  EXPECT_EQ(told(), 1);
}

TEST_F(SyncLife, APollOfASourceThatHasNotChangedFetchesNothing) {  // TRIG-5: pre-flight
  a->state = "one";
  EXPECT_EQ(world.sync(a_to_b, "schedule").counts.written, 25) << "nothing was fetched before";
  const auto fetches = a->fetches;
  const auto skipped = world.sync(a_to_b, "schedule");
  EXPECT_EQ(skipped.status, JobStatus::succeeded);
  EXPECT_EQ(skipped.counts.read, 0);
  EXPECT_EQ(a->fetches, fetches);
  const auto synced = world.complete(store::SyncConfigs(world.storage->table()).progress(a_to_b)).value();
  EXPECT_GT(synced.last_sync_time, skipped.created - 1s) << "the look counts as a sync";
  a->put(weight("new", 20h, 71));
  a->state = "two";
  EXPECT_EQ(world.sync(a_to_b, "schedule").counts.written, 1);
  const auto looked = a->fetches;
  EXPECT_EQ(world.sync(a_to_b, "manual").status, JobStatus::succeeded);
  EXPECT_GT(a->fetches, looked) << "a person who asks gets a whole sync";
}

TEST_F(SyncLife,
       AfterAFailureOrAChangeOfTheSyncTheSourceIsFetched) {  // TRIG-5: only what is known to be done is skipped
  a->state = "one";
  a->fetch_faults.emplace_back(Error{ErrorCode::provider_rejected, "HTTP 400"});
  EXPECT_EQ(world.sync(a_to_b, "schedule").status, JobStatus::dead_lettered);
  EXPECT_EQ(world.sync(a_to_b, "schedule").counts.written, 25);
  store::SyncConfigs configs(world.storage->table());
  auto config = world.complete(configs.get(world.user, a_to_b)).value().value();
  config.since = day - 24h;
  ASSERT_TRUE(world.complete(configs.update(config)));
  const auto fetches = a->fetches;
  (void)world.sync(a_to_b, "schedule");
  EXPECT_GT(a->fetches, fetches);
}

TEST_F(SyncLife, AMessageThatIsNotOfItsJobsRecordRunsNothing) {  // INT-2: one key with two bodies at the same moment
  const auto b_to_c = world.configure("conn_b", "conn_c", DataType::weight);
  const auto id = world.request(a_to_b, "one key");
  const engine::JobMessage refused{id, world.user, b_to_c, "correlation"};
  auto event = engine::to_event(refused, "event", world.runtime.now());
  ASSERT_TRUE(world.complete(world.storage->bus().publish(std::move(event))));
  world.work_for(1min);
  EXPECT_EQ(world.job(id).status, JobStatus::succeeded);
  EXPECT_EQ(world.job(id).config_id, a_to_b);
  EXPECT_EQ(b->records().size(), 25U);
  EXPECT_TRUE(c->records().empty());
  EXPECT_EQ(world.depth().visible + world.depth().in_flight + world.depth().dead, 0U);
}

TEST_F(SyncLife, WhatIsAtTheSourceArrivesOnce) {  // ALG-1 … ALG-9
  const auto job = world.sync(a_to_b);
  EXPECT_EQ(job.status, JobStatus::succeeded) << job.error_message;
  EXPECT_EQ(job.counts.read, 25);
  EXPECT_EQ(job.counts.written, 25);
  EXPECT_EQ(values(*b), values(*a));
  EXPECT_EQ(world.depth().visible + world.depth().in_flight, 0U);
}

TEST_F(SyncLife, TheSameSyncAgainWritesNothing) {  // INT-5
  world.sync(a_to_b);
  const auto pushed = b->pushed_ops;
  const auto job = world.sync(a_to_b);
  EXPECT_EQ(job.status, JobStatus::succeeded);
  EXPECT_EQ(job.counts.written, 0);
  EXPECT_EQ(job.counts.unchanged, 25);
  EXPECT_EQ(b->pushed_ops, pushed);
}

TEST_F(SyncLife, AnEditUpdatesAndADeletionDeletes) {  // DEC-7
  world.sync(a_to_b);
  a->put(weight("w3", 30min, 99));
  a->erase("w4");
  const auto job = world.sync(a_to_b);
  EXPECT_EQ(job.counts.written, 1);
  EXPECT_EQ(job.counts.deleted, 1);
  EXPECT_EQ(values(*b), values(*a));
}

TEST_F(SyncLife, AListThatWasCutShortOnceDeletesNothing) {  // DEC-7
  world.sync(a_to_b);
  a->erase("w24");
  a->cut_lists = {"w2"};
  const auto job = world.sync(a_to_b);
  EXPECT_EQ(job.status, JobStatus::succeeded);
  EXPECT_EQ(job.counts.deleted, 1);
  EXPECT_EQ(values(*b), values(*a));
}

TEST_F(SyncLife, WhereNothingCanBeDeletedTheCopyStays) {  // DEC-7
  b->capability().can_delete = false;
  world.sync(a_to_b);
  a->erase("w4");
  const auto job = world.sync(a_to_b);
  EXPECT_EQ(job.status, JobStatus::succeeded);
  EXPECT_EQ(b->records().size(), 25U);
}

TEST_F(SyncLife, AnEditThatCannotBeWrittenIsReportedOnce) {  // DEC-9
  b->capability().overwrite = providers::Overwrite::none;
  world.sync(a_to_b);
  a->put(weight("w3", 30min, 99));
  EXPECT_EQ(world.sync(a_to_b).counts.skipped, 1);
  EXPECT_EQ(world.sync(a_to_b).counts.skipped, 0);
  EXPECT_EQ(b->records().size(), 25U);
}

TEST_F(SyncLife, BothDirectionsReachAFixedPoint) {  // DEC-6
  const auto b_to_a = world.configure("conn_b", "conn_a", DataType::weight);
  b->put(weight("b1", 20h, 55));
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(world.sync(a_to_b).status, JobStatus::succeeded);
    EXPECT_EQ(world.sync(b_to_a).status, JobStatus::succeeded);
  }
  EXPECT_EQ(a->records().size(), 26U);
  EXPECT_EQ(values(*b), values(*a));
  EXPECT_EQ(world.sync(a_to_b).counts.written, 0);
  EXPECT_EQ(world.sync(b_to_a).counts.written, 0);
}

TEST_F(SyncLife, ARingOfThreeReachesAFixedPoint) {  // DEC-6
  const auto b_to_c = world.configure("conn_b", "conn_c", DataType::weight);
  const auto c_to_a = world.configure("conn_c", "conn_a", DataType::weight);
  for (int round = 0; round < 3; ++round) {
    for (const auto& config : {a_to_b, b_to_c, c_to_a}) EXPECT_EQ(world.sync(config).status, JobStatus::succeeded);
  }
  for (const auto* platform : {a, b, c}) {
    EXPECT_EQ(platform->records().size(), 25U);
    EXPECT_EQ(values(*platform), values(*a));
  }
}

// Found by the simulation: the copy at the far side of the ring outlived the original and was taken for something new.
TEST_F(SyncLife, ADeletionDoesNotComeBackFromTheOtherSideOfTheRing) {  // DEC-6, DEC-7
  const auto b_to_c = world.configure("conn_b", "conn_c", DataType::weight);
  const auto c_to_a = world.configure("conn_c", "conn_a", DataType::weight);
  for (const auto& config : {a_to_b, b_to_c, c_to_a}) EXPECT_EQ(world.sync(config).status, JobStatus::succeeded);
  a->erase("w3");
  for (const auto& config : {a_to_b, c_to_a, a_to_b, b_to_c, c_to_a, a_to_b, b_to_c, c_to_a})
    EXPECT_EQ(world.sync(config).status, JobStatus::succeeded);
  for (const auto* platform : {a, b, c}) EXPECT_EQ(platform->records().size(), 24U);
}

TEST_F(SyncLife, WhatWasDeletedAndEnteredAgainTravelsAgain) {  // DEC-7
  world.sync(a_to_b);
  const model::Record record = a->records().at("w3");
  a->erase("w3");
  world.sync(a_to_b);
  EXPECT_EQ(b->records().size(), 24U);
  a->put(record);
  world.sync(a_to_b);
  EXPECT_EQ(values(*b), values(*a));
  a->erase("w3");
  world.sync(a_to_b);
  EXPECT_EQ(b->records().size(), 24U);
}

TEST_F(SyncLife, TwoWaysToOneDestinationWriteOnce) {  // DEC-6: A→B→C and A→C
  const auto b_to_c = world.configure("conn_b", "conn_c", DataType::weight);
  const auto a_to_c = world.configure("conn_a", "conn_c", DataType::weight);
  for (const auto& config : {a_to_b, a_to_c, b_to_c, a_to_c})
    EXPECT_EQ(world.sync(config).status, JobStatus::succeeded);
  EXPECT_EQ(c->records().size(), 25U);
}

TEST_F(SyncLife, LateDataInsideTheLookBackArrives) {  // DEC-5
  world.sync(a_to_b);
  world.runtime.run_for(5h);
  auto late = weight("late", 0s, 61);
  late.time.start.at = late.time.end.at = world.runtime.now() - 20h;
  a->put(late);
  EXPECT_EQ(world.sync(a_to_b).counts.written, 1);
}

// Found by the simulation: what reaches the middle of a chain late lies before the window that the next sync reads.
TEST_F(SyncLife, WhatArrivesLateInAChainTravelsOn) {  // DEC-5
  const auto b_to_c = world.configure("conn_b", "conn_c", DataType::weight);
  for (const auto& config : {a_to_b, b_to_c}) EXPECT_EQ(world.sync(config).status, JobStatus::succeeded);
  world.work_for(24h * 5);
  EXPECT_EQ(world.sync(b_to_c).status, JobStatus::succeeded);
  a->put(weight("late", 30h, 71));
  a->put(weight("w3", 30min, 99));
  a->erase("w4");
  for (const auto& config : {a_to_b, b_to_c}) EXPECT_EQ(world.sync(config).status, JobStatus::succeeded);
  EXPECT_EQ(values(*b), values(*a));
  EXPECT_EQ(values(*c), values(*a));
}

TEST_F(SyncLife, AWriterThatDiedBeforeItSaidSoStillRewindsTheNextSync) {  // DEC-5
  const auto b_to_c = world.configure("conn_b", "conn_c", DataType::weight);
  for (const auto& config : {a_to_b, b_to_c}) world.sync(config);
  world.work_for(24h * 5);
  b->lost_answers.assign(1, Error{ErrorCode::connection_failed, "reset"});
  a->put(weight("late", 30h, 71));
  const auto id = world.request(a_to_b);
  while (b->records().size() < 26) world.work_for(10ms);
  EXPECT_EQ(world.sync(b_to_c).status, JobStatus::succeeded);  // too early to know
  world.work_for(1h);
  EXPECT_EQ(world.job(id).status, JobStatus::succeeded);
  world.sync(b_to_c);
  EXPECT_EQ(values(*c), values(*a));
}

TEST_F(SyncLife, AClockThatWasAheadCostsNoRecord) {  // DEC-5
  world.runtime.shift_wall_clock(24h * 10);
  EXPECT_EQ(world.sync(a_to_b).status, JobStatus::succeeded);
  world.runtime.shift_wall_clock(-24h * 10);
  a->put(weight("now", 23h, 71));
  EXPECT_EQ(world.sync(a_to_b).status, JobStatus::succeeded);
  EXPECT_EQ(values(*b), values(*a));
}

TEST_F(SyncLife, ALostAnswerToASuccessfulPushMakesNoDuplicate) {  // INT-5
  b->lost_answers = {Error{ErrorCode::connection_failed, "reset"}};
  const std::string id = world.request(a_to_b);
  world.work_for(1min);
  EXPECT_EQ(world.job(id).status, JobStatus::succeeded);
  EXPECT_EQ(b->records().size(), 25U);
  EXPECT_EQ(values(*b), values(*a));
}

TEST_F(SyncLife, ALastingOutageCostsExactlyFiveTries) {  // LIFE, PROV-3
  for (int i = 0; i < 50; ++i) a->fetch_faults.push_back(Error{ErrorCode::provider_failed, "503"});
  const std::string id = world.request(a_to_b);
  world.work_for(1h);
  EXPECT_EQ(a->fetches, 5U);
  EXPECT_EQ(world.job(id).status, JobStatus::dead_lettered);
  EXPECT_EQ(world.job(id).attempts, 5);
  ASSERT_EQ(world.dead_letters().size(), 1U);
  EXPECT_EQ(world.dead_letters()[0].reason, "provider_failed");
}

TEST_F(SyncLife, ARejectedRequestIsDeadLetteredAfterOneTry) {  // DEC-3
  a->fetch_faults = {Error{ErrorCode::provider_rejected, "400"}};
  const std::string id = world.request(a_to_b);
  world.work_for(1h);
  EXPECT_EQ(a->fetches, 1U);
  EXPECT_EQ(world.job(id).status, JobStatus::dead_lettered);
}

TEST_F(SyncLife, AMappingErrorIsDeadLetteredWithItsClass) {  // DEC-3
  a->fetch_faults = {Error{ErrorCode::mapping, "record x: interval"}};
  const std::string id = world.request(a_to_b);
  world.work_for(1h);
  ASSERT_EQ(world.dead_letters().size(), 1U);
  EXPECT_EQ(world.dead_letters()[0].reason, "mapping");
  ASSERT_EQ(world.job(id).failures.size(), 1U);
  EXPECT_EQ(world.job(id).failures[0].provider, "a") << "no call failed; its data did";  // SUP-3
}

TEST_F(SyncLife, DelaysAreNotFailures) {  // DEC-1
  Error limited{ErrorCode::rate_limited, "429"};
  limited.retry_after = 30s;
  for (int i = 0; i < 20; ++i) a->fetch_faults.push_back(limited);
  const std::string id = world.request(a_to_b);
  world.work_for(15min);
  EXPECT_EQ(world.job(id).status, JobStatus::succeeded);
  EXPECT_EQ(world.dead_letters().size(), 0U);
  EXPECT_EQ(a->fetches, 21U);
}

TEST_F(SyncLife, FailuresBeforeADelayStillCount) {  // DEC-1: the count travels in the message
  const Error failed{ErrorCode::provider_failed, "503"};
  Error limited{ErrorCode::rate_limited, "429"};
  limited.retry_after = 30s;
  a->fetch_faults = {failed, failed, limited, failed, limited, failed, failed, failed, failed};
  const std::string id = world.request(a_to_b);
  world.work_for(2h);
  EXPECT_EQ(world.job(id).status, JobStatus::dead_lettered);
  EXPECT_EQ(a->fetches, 7U) << "five failures and two delays";
}

TEST_F(SyncLife, APartialFailureFailsTheJobAndItsRetryMakesNoDuplicate) {  // ALG-7
  b->push_faults = {std::nullopt, Error{ErrorCode::provider_failed, "503"}};
  const std::string id = world.request(a_to_b);
  world.work_for(5s - 1ms);
  const auto progress = world.complete(store::SyncConfigs(world.storage->table()).progress(a_to_b)).value();
  if (world.job(id).status != JobStatus::succeeded)
    EXPECT_FALSE(progress.last_sync_time) << "ALG-8: the cursor moved before all had arrived";
  world.work_for(1min);
  EXPECT_EQ(world.job(id).status, JobStatus::succeeded);
  EXPECT_EQ(values(*b), values(*a));
}

TEST_F(SyncLife, OneRejectedRecordKeepsTheCursorButNotTheOthers) {  // ALG-7, ALG-8
  b->rejected_record = "w7";
  const std::string id = world.request(a_to_b);
  world.work_for(1min);
  EXPECT_EQ(world.job(id).status, JobStatus::dead_lettered);
  EXPECT_EQ(b->records().size(), 24U);
  EXPECT_FALSE(world.complete(store::SyncConfigs(world.storage->table()).progress(a_to_b)).value().last_sync_time);
  b->rejected_record.reset();
  EXPECT_EQ(world.complete(world.storage->queue("hot").redrive_all()).value(), 1U);
  world.work_for(1min);
  EXPECT_EQ(world.job(id).status, JobStatus::succeeded);
  EXPECT_EQ(values(*b), values(*a));
}

TEST_F(SyncLife, ARecordThatTheDestinationCannotHoldIsSkippedWithAWarning) {
  b->inexpressible_record = "w7";
  const auto job = world.sync(a_to_b);
  EXPECT_EQ(job.status, JobStatus::succeeded);
  EXPECT_EQ(job.counts.skipped, 1);
  EXPECT_EQ(job.counts.warnings, 1);
  EXPECT_EQ(b->records().size(), 24U);
}

TEST_F(SyncLife, ARefusedGrantEndsTheJobOutsideTheDeadLetterQueue) {  // PROV-3, DEC-3
  a->fetch_faults = {Error{ErrorCode::unauthenticated, "401"}};
  const std::string id = world.request(a_to_b);
  world.work_for(1h);
  EXPECT_EQ(world.job(id).status, JobStatus::needs_reauth);
  EXPECT_TRUE(world.dead_letters().empty());
  EXPECT_EQ(world.depth().visible + world.depth().in_flight + world.depth().delayed, 0U);
}

TEST_F(SyncLife, ADuplicateOfACompletedKeyIsSuppressed) {  // INT-3
  world.request(a_to_b, "key");
  world.work_for(10s);
  const auto fetches = a->fetches;
  world.request(a_to_b, "key");
  world.work_for(10s);
  EXPECT_EQ(a->fetches, fetches);
  EXPECT_EQ(world.worker->counters().duplicates_suppressed, 1U);
}

TEST_F(SyncLife, ADuplicateThatMeetsTheRunningJobLeavesItsSuccessAlone) {  // INT-3, DEC-2
  a->latency = 20s;
  const std::string id = world.request(a_to_b, "key");
  const auto message = engine::JobMessage{id, world.user, a_to_b, "correlation"};
  (void)world.complete(world.storage->bus().publish(engine::to_event(message, "again", world.runtime.now()))).value();
  world.work_for(10min);
  EXPECT_EQ(world.job(id).status, JobStatus::succeeded);
  EXPECT_EQ(world.worker->counters().succeeded, 1U);
  EXPECT_EQ(world.worker->counters().duplicates_suppressed, 1U);
}

TEST_F(SyncLife, ADeliveryThatWasMerelyBusyDoesNotSpeakForTheOneThatRuns) {  // DEC-2, LIFE; simulation, seed 105634
  store::Jobs jobs(world.storage->table());
  store::Job job;
  job.id = "job_1";
  job.user = world.user;
  job.status = store::JobStatus::running;
  job.created = job.updated = world.runtime.now();
  ASSERT_TRUE(world.complete(jobs.add(job)));
  auto& runner = *world.runner;
  ASSERT_TRUE(world.complete(
      runner.record_outcome("job_1", store::JobStatus::delayed, 0, {ErrorCode::busy, "another job is running"})));
  EXPECT_EQ(world.job("job_1").status, store::JobStatus::running);
  ASSERT_TRUE(world.complete(
      runner.record_outcome("job_1", store::JobStatus::needs_reauth, 1, {ErrorCode::unauthenticated, "refused"})));
  EXPECT_EQ(world.job("job_1").status, store::JobStatus::needs_reauth);
}

TEST_F(SyncLife, TwoJobsOfOneSyncRunOneAfterTheOther) {  // DEC-10
  a->latency = 20s;
  world.request(a_to_b);
  world.request(a_to_b);
  world.work_for(10min);
  EXPECT_EQ(world.worker->counters().succeeded, 2U);
  EXPECT_EQ(b->records().size(), 25U);
  EXPECT_TRUE(world.dead_letters().empty());
}

TEST_F(SyncLife, ALongJobKeepsItsMessageAndItsLease) {  // LIFE: extended while the job runs
  a->latency = 200s;
  const std::string id = world.request(a_to_b);
  world.work_for(10min);
  EXPECT_EQ(world.job(id).status, JobStatus::succeeded);
  EXPECT_EQ(a->fetches, 1U);
}

TEST_F(SyncLife, NoJobLastsLongerThanFiveMinutes) {  // SPEC 3
  a->latency = 1h;
  const std::string id = world.request(a_to_b);
  world.work_for(5min + 1s);
  EXPECT_EQ(world.job(id).attempts, 1);
  EXPECT_EQ(world.job(id).error_code, "timeout");
}

TEST_F(SyncLife, ShutdownGivesARunningJobBackWithoutUsingAnAttempt) {  // DESIGN 4
  a->latency = 2min;
  const std::string id = world.request(a_to_b);
  world.work_for(10s);
  world.stop();
  a->latency = 0s;
  world.start();
  EXPECT_EQ(world.depth().visible, 1U);
  EXPECT_EQ(world.job(id).attempts, 0);
}

TEST_F(SyncLife, AnUnreadableMessageDoesNotBlockTheOthers) {  // LIFE: poison
  (void)world.complete(world.storage->queue("hot").send("not a sync request", 0ms)).value();
  EXPECT_EQ(world.sync(a_to_b).status, JobStatus::succeeded);
  ASSERT_EQ(world.dead_letters().size(), 1U);
  EXPECT_EQ(world.dead_letters()[0].reason, "unreadable_input");
}

TEST_F(SyncLife, TheDestinationsOwnRecordIsOverwrittenByDefault) {  // CON-2
  b->put(weight("theirs", 30min + 20s, 50));
  const auto job = world.sync(a_to_b);
  EXPECT_EQ(job.counts.conflicts, 1);
  EXPECT_EQ(values(*b), values(*a)) << "source wins by default";
}

TEST_F(SyncLife, WhatCannotBeOverwrittenIsKeptAndNotDuplicated) {  // DEC-9
  b->capability().overwrite = providers::Overwrite::own_records;
  b->put(weight("theirs", 30min + 20s, 50));
  const auto job = world.sync(a_to_b);
  EXPECT_EQ(job.counts.skipped, 1);
  EXPECT_EQ(job.counts.conflicts, 1);
  EXPECT_EQ(b->records().size(), 25U);
}

TEST_F(SyncLife, TheCursorOfTheProviderMovesWithTheMark) {  // DEC-12
  world.sync(a_to_b);
  EXPECT_EQ(world.complete(store::SyncConfigs(world.storage->table()).progress(a_to_b)).value().cursor, "cursor-of-a");
}

TEST_F(SyncLife, APreviewWritesNothingAndSaysWhy) {
  const auto config =
      world.complete(store::SyncConfigs(world.storage->table()).get(world.user, a_to_b)).value().value();
  const auto preview =
      world.complete(world.runner->preview(config, engine::Priority::high, Deadline::after(world.runtime, 1min)));
  ASSERT_TRUE(preview.outcome) << preview.outcome.error().message;
  EXPECT_EQ(preview.report.counts.written, 25);
  ASSERT_EQ(preview.report.decisions.size(), 25U);
  EXPECT_EQ(preview.report.decisions[0].reason, "no_conflict");
  EXPECT_TRUE(b->records().empty());
  EXPECT_EQ(world.sync(a_to_b).counts.written, 25);
}

TEST_F(SyncLife, AnEmptySourceIsASuccess) {  // SPEC 3
  const auto c_to_b = world.configure("conn_c", "conn_b", DataType::weight);
  EXPECT_EQ(world.sync(c_to_b).status, JobStatus::succeeded);
}

}  // namespace
}  // namespace syncwell::tests
