#include "providers/warning_list.hpp"

#include <gtest/gtest.h>

namespace syncwell::providers {
namespace {

TEST(WarningList, KeepsTheMaximumAndCountsTheRest) {
  WarningList list;
  for (std::size_t i = 0; i < max_warnings - 1; ++i) list.add("record", "field");
  EXPECT_EQ(list.take(false).size(), max_warnings - 1);
  list.add("record", "one past");
  list.add("record", "two past");
  EXPECT_TRUE(list.take(false).empty());
  const auto last = list.take(true);
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].what.substr(0, 2), "2 ");
}

TEST(WarningList, SaysNothingWhereNothingWasLeftOut) {
  WarningList list;
  EXPECT_TRUE(list.take(true).empty());
  list.add("a", "b");
  EXPECT_EQ(list.take(true).size(), 1u);
}

}  // namespace
}  // namespace syncwell::providers
