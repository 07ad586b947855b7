#include "net/base64.hpp"

#include <gtest/gtest.h>

namespace syncwell::net {
namespace {

// SUP-4: the vectors of RFC 4648, section 10, and bytes of every kind.
TEST(Base64, EncodesThePublishedVectors) {
  EXPECT_EQ(encode_base64(""), "");
  EXPECT_EQ(encode_base64("f"), "Zg==");
  EXPECT_EQ(encode_base64("fo"), "Zm8=");
  EXPECT_EQ(encode_base64("foo"), "Zm9v");
  EXPECT_EQ(encode_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(encode_base64("\xfb\xff\xfe"), "+//+");
}

}  // namespace
}  // namespace syncwell::net
