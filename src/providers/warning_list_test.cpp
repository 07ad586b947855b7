#include "providers/warning_list.hpp"

#include <gtest/gtest.h>

#include "providers/external_id.hpp"

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

TEST(ExternalId, RecognisesOnlyOurForm) {  // DEC-6, INT-5
  EXPECT_TRUE(is_our_external_id("swabcdefghijklmnopqrstuvwxyz"));
  EXPECT_TRUE(is_our_external_id("sw234567abcdefghijklmnopqrst"));
  EXPECT_FALSE(is_our_external_id("swabcdefghijklmnopqrstuvwxy"));
  EXPECT_FALSE(is_our_external_id("swabcdefghijklmnopqrstuvwxyza"));
  EXPECT_FALSE(is_our_external_id("swABCDEFGHIJKLMNOPQRSTUVWXYZ"));
  EXPECT_FALSE(is_our_external_id("sw1bcdefghijklmnopqrstuvwxyz"));
  EXPECT_FALSE(is_our_external_id("xxabcdefghijklmnopqrstuvwxyz"));
  EXPECT_FALSE(is_our_external_id(""));
}

}  // namespace
}  // namespace syncwell::providers
