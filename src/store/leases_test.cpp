#include "store/leases.hpp"

#include "store/test_table.hpp"

namespace syncwell::store {
namespace {

using namespace std::chrono_literals;

class LeasesTest : public TableTest {
 protected:
  Leases leases_of(const std::string& instance, bool exclusive_store = false) {
    return Leases(table(), runtime, instance, exclusive_store);
  }
  Result<Lease> acquire(Leases& leases) { return runtime.run(leases.acquire("sync#1", 90s)); }
  // What every write that matters carries.
  bool may_write(const Lease& lease) { return write({Leases::fence_check(lease)}).has_value(); }
};

TEST_F(LeasesTest, OneHolderAtATime) {  // DEC-10
  auto leases = leases_of("a");
  const auto first = acquire(leases);
  ASSERT_TRUE(first);
  runtime.run_for(30s);
  const auto second = acquire(leases);
  EXPECT_EQ(code_of(second), ErrorCode::version_conflict);
  EXPECT_EQ(second.error().retry_after, Duration{60s});
  EXPECT_TRUE(runtime.run(leases.acquire("sync#2", 90s)));
}

TEST_F(LeasesTest, OneOfManyThatAskAtTheSameTimeGetsIt) {  // INT-3
  auto leases = leases_of("a");
  int held = 0;
  int refused = 0;
  const auto ask = [](Leases& of, int& got, int& missed) -> Async<void> {
    auto lease = co_await of.acquire("sync#1", 90s);
    lease ? ++got : ++missed;
  };
  for (int i = 0; i < 20; ++i) {
    boost::asio::co_spawn(runtime.executor(), without_cancellation_exceptions(ask(leases, held, refused)),
                          [](std::exception_ptr) {});
  }
  runtime.run();
  EXPECT_EQ(held, 1);
  EXPECT_EQ(refused, 19);
}

TEST_F(LeasesTest, WhoeverOutlivesTheLeaseCannotWriteAnyMore) {  // DEC-2: fencing
  auto leases = leases_of("a");
  const auto old = acquire(leases);
  ASSERT_TRUE(old);
  EXPECT_TRUE(may_write(*old));
  runtime.run_for(91s);
  const auto now = acquire(leases);
  ASSERT_TRUE(now);
  EXPECT_GT(now->fence, old->fence);
  EXPECT_FALSE(may_write(*old));
  EXPECT_TRUE(may_write(*now));
  EXPECT_EQ(code_of(runtime.run(leases.renew(*old, 90s))), ErrorCode::lease_lost);
  ASSERT_TRUE(runtime.run(leases.release(*old)));  // leaves the new holder alone
  EXPECT_TRUE(may_write(*now));
  EXPECT_EQ(code_of(acquire(leases)), ErrorCode::version_conflict);
}

TEST_F(LeasesTest, ARenewalProlongsAndLeavesTheFenceAlone) {  // LIFE
  auto leases = leases_of("a");
  auto lease = acquire(leases);
  ASSERT_TRUE(lease);
  const Lease before = *lease;
  for (int i = 0; i < 5; ++i) {
    runtime.run_for(60s);
    lease = runtime.run(leases.renew(*lease, 90s));
    ASSERT_TRUE(lease);
  }
  EXPECT_TRUE(may_write(before));  // a write that was on its way
  EXPECT_EQ(code_of(acquire(leases)), ErrorCode::version_conflict);
}

TEST_F(LeasesTest, GivenBackItIsFreeAtOnceAlsoWhenARenewalCameInBetween) {  // DEC-10
  auto leases = leases_of("a");
  const auto lease = acquire(leases);
  ASSERT_TRUE(lease);
  ASSERT_TRUE(runtime.run(leases.renew(*lease, 90s)));
  ASSERT_TRUE(runtime.run(leases.release(*lease)));
  EXPECT_FALSE(may_write(*lease));
  EXPECT_FALSE(write({leases.giving_back(*lease)}));
  const auto next = acquire(leases);
  ASSERT_TRUE(next);
  runtime.run_for(91s);  // the old renewal says nothing about the new holder
  EXPECT_TRUE(acquire(leases));
}

TEST_F(LeasesTest, IsGivenBackTogetherWithOtherWritesOrNotAtAll) {  // ALG-8
  auto leases = leases_of("a");
  const auto lease = acquire(leases);
  ASSERT_TRUE(lease);
  const Write never{Write::Kind::check, Item{Key{"no such item", "item"}}, Condition::present()};
  EXPECT_FALSE(write({leases.giving_back(*lease), never}));
  EXPECT_EQ(code_of(acquire(leases)), ErrorCode::version_conflict);
  EXPECT_TRUE(write({leases.giving_back(*lease)}));
  EXPECT_TRUE(acquire(leases));
}

TEST_F(LeasesTest, TheLeaseOfADeadProcessIsTakenOverAtOnceWhereNoOtherCanBeAlive) {  // INT-3
  auto dead = leases_of("a", true);
  ASSERT_TRUE(acquire(dead));
  auto other_store_user = leases_of("b", false);
  EXPECT_EQ(code_of(acquire(other_store_user)), ErrorCode::version_conflict);
  auto restarted = leases_of("b", true);
  EXPECT_TRUE(acquire(restarted));
}

TEST_F(LeasesTest, AWallClockThatIsSetBackDoesNotFreeIt) {  // INT-3
  auto leases = leases_of("a");
  ASSERT_TRUE(acquire(leases));
  runtime.shift_wall_clock(-1h);
  EXPECT_EQ(code_of(acquire(leases)), ErrorCode::version_conflict);
}

TEST_F(LeasesTest, AWallClockThatJumpsNeitherEndsNorProlongsOneOfTheOwnProcess) {  // INT-3; simulation, seed 203809
  auto leases = leases_of("a");
  const auto lease = acquire(leases);
  ASSERT_TRUE(lease);
  runtime.shift_wall_clock(2h);
  EXPECT_EQ(code_of(acquire(leases)), ErrorCode::version_conflict);
  ASSERT_TRUE(runtime.run(leases.renew(*lease, 90s)));
  runtime.shift_wall_clock(-3h);
  runtime.run_for(89s);
  EXPECT_EQ(code_of(acquire(leases)), ErrorCode::version_conflict);
  runtime.run_for(2s);
  EXPECT_TRUE(acquire(leases));
}

TEST_F(LeasesTest, BetweenProcessesTheWallClockCounts) {  // INT-3
  auto one = leases_of("a");
  auto other = leases_of("b");
  ASSERT_TRUE(acquire(one));
  EXPECT_EQ(code_of(acquire(other)), ErrorCode::version_conflict);
  runtime.run_for(91s);
  EXPECT_TRUE(acquire(other));
}

}  // namespace
}  // namespace syncwell::store
