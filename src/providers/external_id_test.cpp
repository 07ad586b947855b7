#include "providers/external_id.hpp"

#include <gtest/gtest.h>

namespace syncwell::providers {
namespace {

TEST(ExternalId, RecognisesOnlyOurForm) {  // DEC-6, INT-5
  EXPECT_TRUE(is_our_external_id("swabcdefghijklmnopqrstuvwxyz"));
  EXPECT_TRUE(is_our_external_id("sw234567abcdefghijklmnopqrst"));
  EXPECT_FALSE(is_our_external_id("swabcdefghijklmnopqrstuvwxy"));
  EXPECT_FALSE(is_our_external_id("swabcdefghijklmnopqrstuvwxyza"));
  EXPECT_FALSE(is_our_external_id("swABCDEFGHIJKLMNOPQRSTUVWXYZ"));
  EXPECT_FALSE(is_our_external_id("SWabcdefghijklmnopqrstuvwxyz"));
  EXPECT_FALSE(is_our_external_id("sw1bcdefghijklmnopqrstuvwxyz"));
  EXPECT_FALSE(is_our_external_id("xxabcdefghijklmnopqrstuvwxyz"));
  EXPECT_FALSE(is_our_external_id(""));
}

}  // namespace
}  // namespace syncwell::providers
