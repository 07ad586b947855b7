#include "store/users.hpp"

#include "store/test_table.hpp"

namespace syncwell::store {
namespace {

class UsersTest : public TableTest {
 protected:
  Users users{table()};
};

TEST_F(UsersTest, WhoIsNotStoredHasTheDefaults) {  // API
  const User user = runtime.run(users.get("nobody")).value();
  EXPECT_EQ(user.key, "nobody");
  EXPECT_EQ(user.tier, Tier::free);
  EXPECT_EQ(user.status, UserStatus::active);
  EXPECT_FALSE(user.paused);
  EXPECT_EQ(user.version, 0U);
}

TEST_F(UsersTest, EveryMemberReadsBack) {  // API, TRIG-3
  User written{"key", Tier::pro, UserStatus::erasing, true, "Europe/Berlin", "de-DE", runtime.now()};
  EXPECT_EQ(runtime.run(users.put(written)), 1U);
  const User read = runtime.run(users.get("key")).value();
  EXPECT_EQ(read.tier, Tier::pro);
  EXPECT_EQ(read.status, UserStatus::erasing);
  EXPECT_TRUE(read.paused);
  EXPECT_EQ(read.time_zone, "Europe/Berlin");
  EXPECT_EQ(read.locale, "de-DE");
  EXPECT_EQ(read.created, written.created);
  EXPECT_EQ(read.version, 1U);
}

TEST_F(UsersTest, AStaleWriteIsRefused) {  // INT-4
  ASSERT_TRUE(runtime.run(users.put({.key = "key"})));
  EXPECT_EQ(code_of(runtime.run(users.put({.key = "key"}))), ErrorCode::version_conflict);
  EXPECT_EQ(runtime.run(users.put({.key = "key", .version = 1})), 2U);
  EXPECT_EQ(code_of(runtime.run(users.put({.key = "key", .version = 1}))), ErrorCode::version_conflict);
}

TEST_F(UsersTest, TierNamesReadBack) {  // TRIG-3
  EXPECT_EQ(parse_tier(name_of(Tier::pro)), Tier::pro);
  EXPECT_EQ(parse_tier(name_of(Tier::free)), Tier::free);
  EXPECT_EQ(parse_tier("free"), std::nullopt);
}

}  // namespace
}  // namespace syncwell::store
