#include "store/subscriptions.hpp"

#include "store/test_table.hpp"

namespace syncwell::store {
namespace {

class SubscriptionsTest : public TableTest {
 protected:
  Subscriptions subscriptions{table()};
  Subscription sample(const std::string& id) {
    return {id, "https://team.example/hook", {"org.syncwell.sync.failed"}, "sec_1", "", runtime.now()};
  }
};

TEST_F(SubscriptionsTest, ReadBack) {  // PROV-3
  ASSERT_TRUE(runtime.run(subscriptions.put(sample("sub_1"))));
  const auto read = runtime.run(subscriptions.get("sub_1")).value();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->url, "https://team.example/hook");
  EXPECT_EQ(read->types, std::vector<std::string>{"org.syncwell.sync.failed"});
  EXPECT_EQ(read->secret_pointer, "sec_1");
  EXPECT_TRUE(read->is_active());
  EXPECT_EQ(read->created, runtime.now());
  EXPECT_FALSE(runtime.run(subscriptions.get("sub_2")).value());
  EXPECT_FALSE(runtime.run(subscriptions.get("")).value());
}

TEST_F(SubscriptionsTest, AreListedAndErased) {
  ASSERT_TRUE(runtime.run(subscriptions.put(sample("sub_1"))));
  ASSERT_TRUE(runtime.run(subscriptions.put(sample("sub_2"))));
  EXPECT_EQ(runtime.run(subscriptions.list()).value().size(), 2U);
  ASSERT_TRUE(runtime.run(subscriptions.erase("sub_1")));
  const auto left = runtime.run(subscriptions.list()).value();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left.front().id, "sub_2");
}

TEST_F(SubscriptionsTest, WhoComesLaterIsTold) {
  ASSERT_TRUE(runtime.run(subscriptions.put(sample("sub_1"))));
  EXPECT_EQ(code_of(runtime.run(subscriptions.put(sample("sub_1")))), ErrorCode::version_conflict);
  auto read = *runtime.run(subscriptions.get("sub_1")).value();
  read.disabled_because = "it answered 410";
  ASSERT_TRUE(runtime.run(subscriptions.put(read)));
  EXPECT_EQ(code_of(runtime.run(subscriptions.put(read))), ErrorCode::version_conflict);
  EXPECT_FALSE(runtime.run(subscriptions.get("sub_1")).value()->is_active());
}

}  // namespace
}  // namespace syncwell::store
