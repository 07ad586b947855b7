#include "store/event_log.hpp"

#include "store/test_table.hpp"

namespace syncwell::store {
namespace {

class EventLogTest : public TableTest {
 protected:
  EventLog log{table()};
  Instant now = runtime.now();
  LoggedEvent event(const std::string& id, Instant time) {
    return {id, "org.syncwell.sync.failed", "user", time, "{}"};
  }
};

TEST_F(EventLogTest, ReadsBackInTheOrderOfTime) {  // OBS
  ASSERT_TRUE(runtime.run(log.put(event("b", now + Duration{1}))));
  ASSERT_TRUE(runtime.run(log.put(event("a", now))));
  const auto page = runtime.run(log.list(now, {})).value();
  ASSERT_EQ(page.events.size(), 2U);
  EXPECT_EQ(page.events[0].id, "a");
  EXPECT_EQ(page.events[0].type, "org.syncwell.sync.failed");
  EXPECT_EQ(page.events[0].user, "user");
  EXPECT_EQ(page.events[0].time, now);
  EXPECT_EQ(page.events[0].body, "{}");
  EXPECT_EQ(page.events[1].id, "b");
  EXPECT_FALSE(page.next);
}

TEST_F(EventLogTest, TheSameEventIsThereOnce) {  // at least once, before and after a crash
  ASSERT_TRUE(runtime.run(log.put(event("a", now))));
  ASSERT_TRUE(runtime.run(log.put(event("a", now))));
  EXPECT_EQ(runtime.run(log.list(now, {})).value().events.size(), 1U);
}

TEST_F(EventLogTest, EachDayIsAPartitionOfItsOwn) {
  ASSERT_TRUE(runtime.run(log.put(event("a", now))));
  EXPECT_TRUE(runtime.run(log.list(now + std::chrono::hours{24}, {})).value().events.empty());
}

TEST_F(EventLogTest, GoesAfterAWeek) {  // DEC-11: nothing is kept longer than it is of use
  ASSERT_TRUE(runtime.run(log.put(event("a", now))));
  runtime.run_for(event_log_lifetime);
  EXPECT_TRUE(runtime.run(log.list(now, {})).value().events.empty());
}

TEST_F(EventLogTest, IsFoundByItsPerson) {  // ARCH: erasure
  ASSERT_TRUE(runtime.run(log.put(event("a", now))));
  const auto theirs = runtime.run(table().query_index(std::string(items_by_user_index), "user", "", 10, {})).value();
  ASSERT_EQ(theirs.items.size(), 1U);
  EXPECT_EQ(theirs.items.front().key, EventLog::key_of(event("a", now)));
}

}  // namespace
}  // namespace syncwell::store
