// A sync and its place in the schedule.
#include "schedule/config_schedule.hpp"

#include "schedule/schedule_test_world.hpp"

namespace syncwell::schedule {
namespace {

using namespace std::chrono_literals;
using store::Tier;

class ConfigScheduleTest : public ScheduleTest {
 protected:
  Result<std::uint64_t> update(store::SyncConfig changed) { return complete(schedule.update(std::move(changed))); }
  void follow() { ASSERT_TRUE(complete(schedule.follow("user"))); }
  void bring_forward(const std::string& id) { ASSERT_TRUE(complete(schedule.bring_forward("user", id))); }
  // A sync that was polled a minute ago and comes again in `in`.
  void polled(const std::string& id, Duration in) {
    auto one = entry(id).value();
    one.last_poll = runtime.now() - 1min;
    one.next_at = runtime.now() + in;
    ASSERT_TRUE(complete(store::Schedules(table()).put(one)));
  }

  ConfigSchedule schedule{table(), runtime};
};

TEST_F(ConfigScheduleTest, ANewSyncHasItsPlaceAndIsSoonDue) {  // TRIG-3
  set_user(Tier::pro);
  add(config("sync_1"));
  const auto one = entry("sync_1").value();
  EXPECT_EQ(one.tier, Tier::pro);
  EXPECT_EQ(one.shard, shard_of("user"));
  EXPECT_GE(one.next_at, runtime.now() - 1s);
  EXPECT_LE(one.next_at, runtime.now() + first_poll_spread);
  EXPECT_FALSE(one.paused);
  const auto again = complete(schedule.add(config("sync_1")));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::already_exists);
}

TEST_F(ConfigScheduleTest, ASyncWithoutItsPlaceIsNeverWritten) {  // INT-4: one transaction
  for (const bool after : {false, true}) {
    FailurePlan plan{0, 0, after};
    FailingTable failing(table(), plan);
    const std::string id = after ? "sync_after" : "sync_before";
    EXPECT_FALSE(complete(ConfigSchedule(failing, runtime).add(config(id))));
    const auto config = complete(store::SyncConfigs(table()).get("user", id)).value();
    EXPECT_EQ(config.has_value(), after);
    EXPECT_EQ(entry(id).has_value(), after);
  }
}

TEST_F(ConfigScheduleTest, PauseAndResume) {  // TRIG-3
  add(config("sync_1"));
  auto changed = stored("sync_1");
  changed.paused = true;
  EXPECT_EQ(update(changed), 2U);
  EXPECT_TRUE(entry("sync_1")->paused);
  bring_forward("sync_1");
  follow();
  EXPECT_TRUE(entry("sync_1")->paused);
  runtime.run_for(72h);
  changed.version = 2;
  changed.paused = false;
  EXPECT_EQ(update(changed), 3U);
  EXPECT_FALSE(entry("sync_1")->paused);
  EXPECT_GE(entry("sync_1")->next_at, runtime.now() - 1s);
  EXPECT_LE(entry("sync_1")->next_at, runtime.now() + first_poll_spread);
}

TEST_F(ConfigScheduleTest, AnUpdateOfWhatOthersChangedIsRefused) {  // INT-4
  add(config("sync_1"));
  auto changed = stored("sync_1");
  ASSERT_TRUE(update(changed));
  const auto stale = update(changed);
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().code, ErrorCode::version_conflict);
  changed.id = "sync_none";
  EXPECT_EQ(update(changed).error().code, ErrorCode::version_conflict);
}

TEST_F(ConfigScheduleTest, AnUpdateHoldsAlthoughTheScheduleMoved) {  // INT-4
  add(config("sync_1"));
  const auto changed = stored("sync_1");
  polled("sync_1", 10h);
  EXPECT_TRUE(update(changed));
}

TEST_F(ConfigScheduleTest, AChosenFrequencyTakesEffectAtOnce) {  // TRIG-3
  set_user(Tier::pro);
  add(config("sync_1"));
  polled("sync_1", 47h);
  auto changed = stored("sync_1");
  changed.poll_interval = 30min;
  ASSERT_TRUE(update(changed));
  EXPECT_EQ(stored("sync_1").poll_interval, 30min);
  EXPECT_LE(entry("sync_1")->next_at, runtime.now() + longest_gap(30min));
  EXPECT_GE(entry("sync_1")->next_at, runtime.now() + 28min);
}

TEST_F(ConfigScheduleTest, AChangedTierMovesAllSyncs) {  // TRIG-3
  add(config("sync_1"));
  add(config("sync_2"));
  set_progress("sync_1", runtime.now() - 1min, 70);
  for (const auto* id : {"sync_1", "sync_2"}) polled(id, 24h);
  set_user(Tier::pro);
  follow();
  EXPECT_EQ(entry("sync_1")->tier, Tier::pro);
  EXPECT_LE(entry("sync_1")->next_at, runtime.now() + 20min) << "active";
  EXPECT_EQ(entry("sync_2")->tier, Tier::pro);
  EXPECT_GE(entry("sync_2")->next_at, runtime.now() + 23h) << "idle";
  set_user(Tier::free);
  follow();
  EXPECT_EQ(entry("sync_1")->tier, Tier::free);
}

TEST_F(ConfigScheduleTest, FollowPlacesThoseWithoutAPlace) {  // what an older version wrote
  ASSERT_TRUE(complete(store::SyncConfigs(table()).add(config("sync_1"))));
  EXPECT_FALSE(entry("sync_1"));
  follow();
  EXPECT_TRUE(entry("sync_1"));
}

TEST_F(ConfigScheduleTest, NewsBringTheNextPollForwardAndNeverPutItOff) {  // TRIG-4
  set_user(Tier::pro);
  add(config("sync_1"));
  polled("sync_1", 48h);
  set_progress("sync_1", runtime.now(), 70);
  bring_forward("sync_1");
  EXPECT_GE(entry("sync_1")->next_at, runtime.now() + 14min);
  EXPECT_LE(entry("sync_1")->next_at, runtime.now() + 20min);
  polled("sync_1", 5min);
  const auto before = entry("sync_1").value();
  bring_forward("sync_1");
  EXPECT_EQ(entry("sync_1")->version, before.version) << "nothing moved, nothing written";
}

TEST_F(ConfigScheduleTest, NewsOfADeletedSyncAreNoError) {
  add(config("sync_1"));
  ASSERT_TRUE(complete(store::SyncConfigs(table()).erase(stored("sync_1"))));
  bring_forward("sync_1");
  bring_forward("sync_none");
  EXPECT_FALSE(entry("sync_none"));
}

TEST_F(ConfigScheduleTest, NeedsComeFromWhatIsKnown) {  // TRIG-4
  store::SyncConfig one = config("sync_1");
  store::Trigger trigger;
  store::SyncProgress known;
  known.velocity.add(runtime.now(), 14);
  EXPECT_EQ(needs_of(Tier::pro, one, known, trigger, runtime.now()).new_items_per_day, 2);
  EXPECT_FALSE(needs_of(Tier::pro, one, known, trigger, runtime.now()).learning);
  EXPECT_FALSE(needs_of(Tier::pro, one, known, trigger, runtime.now()).webhook_served);
  one.created = runtime.now() - learning_time + 1ms;
  trigger.webhook_at = runtime.now() - webhook_trust + 1ms;
  EXPECT_TRUE(needs_of(Tier::pro, one, known, trigger, runtime.now()).learning);
  EXPECT_TRUE(needs_of(Tier::pro, one, known, trigger, runtime.now()).webhook_served);
  EXPECT_FALSE(needs_of(Tier::pro, one, known, trigger, runtime.now() + 1ms).webhook_served);
}

}  // namespace
}  // namespace syncwell::schedule
