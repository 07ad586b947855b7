// When each sync is due, and how those that are due are found.
#include "store/schedules.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "store/test_table.hpp"
#include "store/triggers.hpp"

namespace syncwell::store {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class SchedulesTest : public TableTest {
 protected:
  ScheduleEntry entry(const std::string& id, Instant at, Tier tier = Tier::pro, std::uint32_t shard = 3) {
    return {id, "user", tier, shard, at};
  }
  void put(ScheduleEntry entry) { ASSERT_TRUE(runtime.run(schedules.put(std::move(entry)))); }
  Schedules::Due due(std::size_t limit = 10, Tier tier = Tier::pro, std::uint32_t shard = 3) {
    return runtime.run(schedules.due(tier, shard, runtime.now(), limit)).value();
  }
  std::vector<std::string> due_ids(std::size_t limit = 10) { return ids(due(limit).entries); }
  static std::vector<std::string> ids(const std::vector<ScheduleEntry>& entries) {
    std::vector<std::string> list;
    for (const auto& one : entries) list.push_back(one.config_id);
    return list;
  }

  Schedules schedules{table()};
};

TEST_F(SchedulesTest, EveryMemberReadsBack) {  // TRIG-3
  ScheduleEntry written = entry("sync_1", runtime.now() + 5min, Tier::free, 15);
  written.last_poll = runtime.now() - 1h;
  written.paused = true;
  put(written);
  const auto read = runtime.run(schedules.get("sync_1")).value().value();
  EXPECT_EQ(read.config_id, "sync_1");
  EXPECT_EQ(read.user, "user");
  EXPECT_EQ(read.tier, Tier::free);
  EXPECT_EQ(read.shard, 15U);
  EXPECT_EQ(read.next_at, written.next_at);
  EXPECT_EQ(read.last_poll, written.last_poll);
  EXPECT_TRUE(read.paused);
  EXPECT_EQ(read.version, 1U);
  EXPECT_FALSE(runtime.run(schedules.get("sync_2")).value());
}

TEST_F(SchedulesTest, DueOnesComeLongestDueFirstAndNobodyElses) {  // TRIG-3
  put(entry("b", runtime.now() - 1min));
  put(entry("a", runtime.now()));
  put(entry("c", runtime.now() - 2min));
  put(entry("later", runtime.now() + 1ms));
  put(entry("other_tier", runtime.now() - 1h, Tier::free));
  put(entry("other_shard", runtime.now() - 1h, Tier::pro, 4));
  const auto found = due();
  EXPECT_THAT(ids(found.entries), ElementsAre("c", "b", "a"));
  EXPECT_EQ(found.next, runtime.now() + 1ms);
  EXPECT_FALSE(found.more);
}

TEST_F(SchedulesTest, NoMoreThanAskedForAndItSaysSo) {  // TRIG-3
  for (const auto* id : {"a", "b", "c"}) put(entry(id, runtime.now()));
  EXPECT_EQ(due(2).entries.size(), 2U);
  EXPECT_TRUE(due(2).more);
  EXPECT_FALSE(due(3).more);
}

TEST_F(SchedulesTest, APausedOneIsInNoIndexUntilItGoesOn) {  // TRIG-3: sparse
  ScheduleEntry one = entry("a", runtime.now());
  put(one);
  one.version = 1;
  one.paused = true;
  put(one);
  EXPECT_THAT(due_ids(), IsEmpty());
  one.version = 2;
  one.paused = false;
  put(one);
  EXPECT_THAT(due_ids(), ElementsAre("a"));
}

TEST_F(SchedulesTest, OnlyOneOfTwoWhoMoveItSucceeds) {  // INT-4
  put(entry("a", runtime.now()));
  ScheduleEntry moved = entry("a", runtime.now() + 1h);
  moved.version = 1;
  put(moved);
  EXPECT_EQ(code_of(runtime.run(schedules.put(moved))), ErrorCode::version_conflict);
  EXPECT_EQ(code_of(runtime.run(schedules.put(entry("a", runtime.now())))), ErrorCode::version_conflict);
}

TEST_F(SchedulesTest, WhatAClockAheadPutTooFarIsFound) {  // TRIG-3
  put(entry("soon", runtime.now() + 48h));
  put(entry("wrong", runtime.now() + 24h * 365));
  put(entry("very_wrong", max_instant + 24h * 365));
  const auto found = runtime.run(schedules.due_after(Tier::pro, 3, runtime.now() + 96h, 10)).value();
  EXPECT_THAT(ids(found), UnorderedElementsAre("wrong", "very_wrong"));
  EXPECT_EQ(runtime.run(schedules.due_after(Tier::pro, 3, runtime.now() + 96h, 1)).value().size(), 1U);
}

TEST_F(SchedulesTest, ATimeBefore1970IsDue) {
  put(entry("a", min_instant));
  EXPECT_THAT(due_ids(), ElementsAre("a"));
}

TEST_F(SchedulesTest, ATriggerReadsBack) {  // TRIG-2
  Trigger trigger = trigger_from("sync_1", nullptr);
  EXPECT_EQ(trigger.version, 0U);
  EXPECT_TRUE(trigger.job_id.empty());
  trigger.job_id = "job_1";
  trigger.priority = "low";
  trigger.sent_at = runtime.now();
  trigger.webhook_at = runtime.now() - 1h;
  ASSERT_TRUE(write({trigger_write(trigger)}));
  const auto item = runtime.run(table().get(trigger_key("sync_1"))).value();
  const Trigger read = trigger_from("sync_1", &*item);
  EXPECT_EQ(read.job_id, "job_1");
  EXPECT_EQ(read.priority, "low");
  EXPECT_EQ(read.sent_at, trigger.sent_at);
  EXPECT_EQ(read.webhook_at, trigger.webhook_at);
  EXPECT_EQ(read.version, 1U);
  EXPECT_EQ(code_of(write({trigger_write(trigger)})), ErrorCode::version_conflict);
}

RC_GTEST_PROP(SchedulesProperty, PrefixesHoldExactlyTheLaterTimes, ()) {  // TRIG-3
  const auto digits = [](Instant at) { return fmt::format("{:013}", at.time_since_epoch().count()); };
  const auto any_time = rc::gen::map(rc::gen::inRange<std::int64_t>(0, max_instant.time_since_epoch().count()),
                                     [](std::int64_t ms) { return Instant{Duration{ms}}; });
  const Instant after = *any_time;
  const Instant at = *any_time;
  const auto prefixes = prefixes_after(after);
  const auto held =
      std::ranges::count_if(prefixes, [&](const std::string& prefix) { return digits(at).starts_with(prefix); });
  RC_ASSERT(held == (digits(at).substr(0, 7) > digits(after).substr(0, 7) ? 1 : 0));
}

}  // namespace
}  // namespace syncwell::store
