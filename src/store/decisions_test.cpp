#include "store/decisions.hpp"

#include <fmt/format.h>

#include "store/test_table.hpp"

namespace syncwell::store {
namespace {

class DecisionsTest : public TableTest {
 protected:
  static std::vector<Decision> many(std::size_t count) {
    std::vector<Decision> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back({fmt::format("record-{}", i), "create", "new"});
    return made;
  }
  std::vector<Decision> all(const std::string& job) {
    std::vector<Decision> found;
    std::optional<Key> after;
    do {
      auto page = runtime.run(decisions.list(job, after)).value();
      std::ranges::move(page.decisions, std::back_inserter(found));
      truncated = truncated || page.truncated;
      after = page.next;
    } while (after);
    return found;
  }
  Decisions decisions{table()};
  bool truncated = false;
};

TEST_F(DecisionsTest, ReadBackInTheirOrder) {  // CON-6
  ASSERT_TRUE(runtime.run(decisions.put("job_1", many(1234), runtime.now())));
  const auto found = all("job_1");
  ASSERT_EQ(found.size(), 1234U);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].record_id, fmt::format("record-{}", i));
  EXPECT_EQ(found.front().action, "create");
  EXPECT_EQ(found.front().reason, "new");
  EXPECT_FALSE(truncated);
  EXPECT_TRUE(all("job_2").empty());
}

TEST_F(DecisionsTest, OnePastTheMaximumIsSaid) {  // CON-6
  ASSERT_TRUE(runtime.run(decisions.put("job_1", many(max_kept_decisions), runtime.now())));
  EXPECT_EQ(all("job_1").size(), max_kept_decisions);
  EXPECT_FALSE(truncated);
  ASSERT_TRUE(runtime.run(decisions.put("job_1", many(max_kept_decisions + 1), runtime.now())));
  EXPECT_EQ(all("job_1").size(), max_kept_decisions);
  EXPECT_TRUE(truncated);
}

TEST_F(DecisionsTest, ALongIdIsCutSoThatAnItemHoldsThemAll) {
  std::vector<Decision> long_ones(decisions_per_item, {std::string(10'000, 'x'), "skip", "conflict"});
  ASSERT_TRUE(runtime.run(decisions.put("job_1", long_ones, runtime.now())));
  EXPECT_EQ(all("job_1").front().record_id.size(), max_kept_record_id_bytes);
}

TEST_F(DecisionsTest, AreForgottenAfterAWeek) {  // privacy
  ASSERT_TRUE(runtime.run(decisions.put("job_1", many(3), runtime.now())));
  runtime.run_for(decisions_lifetime);
  EXPECT_TRUE(all("job_1").empty());
}

}  // namespace
}  // namespace syncwell::store
