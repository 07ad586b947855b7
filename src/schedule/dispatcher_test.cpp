// From an event to the jobs that it causes.
#include "schedule/dispatcher.hpp"

#include <boost/json.hpp>

#include "schedule/schedule_test_world.hpp"

namespace syncwell::schedule {
namespace {

using namespace std::chrono_literals;
using testing::UnorderedElementsAre;

class DispatcherTest : public ScheduleTest {
 protected:
  DispatcherTest() {
    add(config("sync_steps"));
    add(config("sync_sleep", model::DataType::sleep));
    auto other = config("sync_other");
    std::swap(other.source_connection, other.destination_connection);
    add(other);
    dispatcher.start();
  }
  ~DispatcherTest() override { complete(stopped()); }
  Async<bool> stopped() {
    co_await dispatcher.stop();
    co_return true;
  }

  void publish(std::string_view type, boost::json::object data) {
    bus::Event event{runtime.random().uuid4(), std::string(type), "webhooks", runtime.now(), std::move(data)};
    ASSERT_TRUE(complete(storage->bus().publish(std::move(event))));
  }
  void changed(boost::json::array types, boost::json::object more = {}) {
    boost::json::object data{{"user", "user"}, {"connection_id", "conn_a"}, {"data_types", std::move(types)}};
    for (const auto& [name, value] : more) data[name] = value;
    publish(bus::source_data_changed, std::move(data));
  }
  std::vector<std::string> triggered() {
    std::vector<std::string> ids;
    for (const auto& message : take_messages()) ids.push_back(message.config_id);
    return ids;
  }
  queue::Depth triggers_left() { return complete(storage->queue("triggers").depth()).value(); }

  TriggerJobs trigger_jobs{table(), hot(), runtime, counters};
  Dispatcher dispatcher{storage->queue("triggers"), table(), trigger_jobs, runtime};
};

TEST_F(DispatcherTest, ANotificationMakesJobsOfTheSyncsThatReadThis) {  // TRIG-2
  changed({"steps"});
  runtime.run_for(1s);
  EXPECT_THAT(triggered(), UnorderedElementsAre("sync_steps"));
  changed({"sleep", "weight", "a type of tomorrow"});
  runtime.run_for(1s);
  EXPECT_THAT(triggered(), UnorderedElementsAre("sync_sleep"));
  const auto left = triggers_left();
  EXPECT_EQ(left.visible + left.in_flight + left.dead, 0U) << "acknowledged";
}

TEST_F(DispatcherTest, NoTypeMeansAll) {  // TRIG-2
  changed({});
  runtime.run_for(1s);
  EXPECT_THAT(triggered(), UnorderedElementsAre("sync_steps", "sync_sleep"));
}

TEST_F(DispatcherTest, TypesThatNobodyKnowsAreNotAll) {
  changed({"a type of tomorrow"});
  runtime.run_for(1s);
  EXPECT_TRUE(triggered().empty());
}

TEST_F(DispatcherTest, TheJobCarriesTheInterval) {  // TRIG-2
  changed({"steps"}, {{"from", "2026-10-30T10:00:00Z"}, {"until", "2026-10-30T11:00:00Z"}});
  runtime.run_for(1s);
  ASSERT_EQ(jobs().size(), 1U);
  EXPECT_EQ(format_rfc3339(jobs()[0].window_from.value()), "2026-10-30T10:00:00Z");
  EXPECT_EQ(format_rfc3339(jobs()[0].window_until.value()), "2026-10-30T11:00:00Z");
}

TEST_F(DispatcherTest, AHundredNotificationsLeaveOneQueuedJobPerSync) {  // TRIG-2
  for (int i = 0; i < 100; ++i) changed({});
  runtime.run_for(10s);
  EXPECT_EQ(jobs().size(), 2U);
  EXPECT_THAT(triggered(), UnorderedElementsAre("sync_steps", "sync_sleep"));
  EXPECT_EQ(counters.webhook_jobs, 2U);
  EXPECT_EQ(counters.merged, 198U);
}

TEST_F(DispatcherTest, WithFastWorkersABurstMakesFourJobs) {  // TRIG-2: more than three within a minute are one
  for (int i = 0; i < 50; ++i) {
    changed({"steps"});
    runtime.run_for(1s);
    (void)take_messages();
    for (const auto& job : jobs()) {
      if (job.status == store::JobStatus::accepted && counters.webhook_jobs < 4)
        set_job(job.id, store::JobStatus::succeeded);
    }
  }
  EXPECT_EQ(jobs().size(), 4U);
  EXPECT_TRUE(triggered().empty()) << "the last one waits for the end of the minute";
  runtime.run_for(11s);
  EXPECT_THAT(triggered(), UnorderedElementsAre("sync_steps"));
}

TEST_F(DispatcherTest, WhatCannotBeReadGoesToTheDeadLettersAndNothingWaitsForIt) {  // LIFE: poison
  auto& queue = storage->queue("triggers");
  ASSERT_TRUE(complete(queue.send("no event", 0ms)));
  publish(bus::source_data_changed, {{"user", "user"}});
  publish(bus::source_data_changed, {{"connection_id", "conn_a"}});
  publish(bus::sync_succeeded, {{"user", "user"}});
  changed({7});
  changed({"steps"}, {{"data_types", "steps"}});
  changed({"steps"}, {{"from", "yesterday"}});
  changed({"steps"}, {{"until", "tomorrow"}});
  bus::Event stranger{"id", "SomethingElse", "test", runtime.now(), {{"user", "user"}}};
  ASSERT_TRUE(complete(queue.send(bus::to_json(stranger), 0ms)));
  changed({"sleep"});
  runtime.run_for(5s);
  EXPECT_THAT(triggered(), UnorderedElementsAre("sync_sleep"));
  EXPECT_EQ(triggers_left().dead, 9U);
  for (const auto& letter : complete(queue.dead_letters(100, "")).value()) {
    EXPECT_EQ(letter.reason, "unreadable_input");
    EXPECT_EQ(letter.message.find("yesterday"), std::string::npos) << letter.message;
  }
}

TEST_F(DispatcherTest, EventsOfPausedAndUnknownSyncsAreAcknowledged) {  // TRIG-2
  set_user(store::Tier::free, true);
  changed({"steps"});
  publish(bus::source_data_changed,
          {{"user", "nobody"}, {"connection_id", "conn_a"}, {"data_types", boost::json::array{}}});
  publish(bus::source_data_changed,
          {{"user", "user"}, {"connection_id", "conn_gone"}, {"data_types", boost::json::array{}}});
  runtime.run_for(5s);
  EXPECT_TRUE(triggered().empty());
  const auto left = triggers_left();
  EXPECT_EQ(left.visible + left.in_flight + left.dead, 0U);
  EXPECT_EQ(counters.dropped, 1U);
}

TEST_F(DispatcherTest, WhatASyncBroughtMovesItsNextPoll) {  // TRIG-4
  set_user(store::Tier::pro);
  auto one = entry("sync_steps").value();
  one.tier = store::Tier::pro;
  one.last_poll = runtime.now();
  one.next_at = runtime.now() + 48h;
  ASSERT_TRUE(complete(store::Schedules(table()).put(one)));
  set_progress("sync_steps", runtime.now(), 100);
  publish(bus::sync_succeeded, {{"user", "user"}, {"config_id", "sync_steps"}, {"job_id", "job_1"}});
  runtime.run_for(1s);
  EXPECT_LE(entry("sync_steps")->next_at, runtime.now() + 20min);
  EXPECT_EQ(triggers_left().in_flight, 0U);
}

TEST_F(DispatcherTest, AStoreThatFailsCostsTimeAndNoNotification) {  // INT-1
  complete(stopped());
  FailurePlan plan{0, 0, false};
  FailingTable failing(table(), plan);
  TriggerJobs failing_jobs(failing, hot(), runtime, counters);
  Dispatcher second(storage->queue("triggers"), failing, failing_jobs, runtime);
  changed({"steps"});
  second.start();
  runtime.run_for(30s);
  EXPECT_TRUE(triggered().empty());
  EXPECT_EQ(triggers_left().in_flight, 1U);
  runtime.run_for(60s);
  EXPECT_THAT(triggered(), UnorderedElementsAre("sync_steps"));
  EXPECT_EQ(triggers_left().in_flight, 0U);
  const auto stop_second = [](Dispatcher& one) -> Async<bool> {
    co_await one.stop();
    co_return true;
  };
  complete(stop_second(second));
}

}  // namespace
}  // namespace syncwell::schedule
