#include "providers/json/time_index.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

namespace syncwell::providers::json {
namespace {

Instant at(std::int64_t count) { return Instant{Duration{count}}; }

std::multiset<std::uint32_t> slots_found(const TimeIndex& index, TimeRange range) {
  std::vector<TimeIndex::Item> found;
  index.find(range, found);
  std::multiset<std::uint32_t> slots;
  for (const auto& item : found) slots.insert(item.slot);
  return slots;
}

TEST(TimeIndex, IntervalsAreHalfOpenAndInstantsLieInside) {
  TimeIndex index;
  index.insert({at(10), at(20), 1});
  index.insert({at(10), at(10), 2});
  index.insert({at(20), at(20), 3});
  EXPECT_EQ(slots_found(index, {at(0), at(10)}), (std::multiset<std::uint32_t>{}));
  EXPECT_EQ(slots_found(index, {at(10), at(11)}), (std::multiset<std::uint32_t>{1, 2}));
  EXPECT_EQ(slots_found(index, {at(19), at(20)}), (std::multiset<std::uint32_t>{1}));
  EXPECT_EQ(slots_found(index, {at(20), at(21)}), (std::multiset<std::uint32_t>{3}));
  EXPECT_EQ(slots_found(index, {at(0), at(100)}), (std::multiset<std::uint32_t>{1, 2, 3}));
  index.clear();
  EXPECT_EQ(index.size(), 0U);
  EXPECT_TRUE(slots_found(index, {at(0), at(100)}).empty());
}

RC_GTEST_PROP(TimeIndex, FindsWhatANaiveScanFinds, ()) {
  const auto count = *rc::gen::inRange<std::uint32_t>(0, 3000);  // several runs and a rest
  TimeIndex index;
  std::vector<TimeIndex::Item> all;
  std::uint64_t state = *rc::gen::arbitrary<std::uint64_t>() | 1;
  const auto draw = [&](std::uint64_t limit) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::int64_t>((state >> 33) % limit);
  };
  for (std::uint32_t slot = 0; slot < count; ++slot) {
    const auto start = draw(1000);
    const TimeIndex::Item item{at(start), at(start + (draw(4) == 0 ? draw(1000) : draw(5))), slot};
    all.push_back(item);
    index.insert(item);
  }
  RC_ASSERT(index.size() == all.size());
  for (int i = 0; i < 20; ++i) {
    const auto first = draw(1100);
    const TimeRange range{at(first), at(first + 1 + draw(50))};
    std::multiset<std::uint32_t> expected;
    for (const auto& item : all) {
      const bool instant = item.start == item.end;
      const bool inside = instant ? item.start >= range.start && item.start < range.end
                                  : item.start < range.end && item.end > range.start;
      if (inside) expected.insert(item.slot);
    }
    RC_ASSERT(slots_found(index, range) == expected);
  }
}

}  // namespace
}  // namespace syncwell::providers::json
