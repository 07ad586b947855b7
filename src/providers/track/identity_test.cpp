#include "providers/track/identity.hpp"

#include <gtest/gtest.h>

namespace syncwell::providers::track {
namespace {

// BLAKE2b with 16 bytes of output (RFC 7693), of the empty text and of "abc".
TEST(Identity, IsBlake2b128) {
  EXPECT_EQ(content_id(""), "cae66941d9efbd404e4d88758ea67670");
  EXPECT_EQ(content_id("abc"), "cf4ab791c62b8d2b2109c90275287816");
}

TEST(Identity, KnowsOurOwnFiles) {
  EXPECT_EQ(own_id_of_file("/x/swabcdefghijklmnopqrstuvwxyz.gpx"), "swabcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(own_id_of_file("sw234567abcdefghijklmnopqrst.gpx.gz"), "sw234567abcdefghijklmnopqrst");
  for (const char* name : {"ride.gpx", "swabcdefghijklmnopqrstuvwxy.gpx", "swabcdefghijklmnopqrstuvwxyz2.gpx",
                           "swABCDEFGHIJKLMNOPQRSTUVWXYZ.gpx", "sw1bcdefghijklmnopqrstuvwxyz.gpx", ""}) {
    EXPECT_EQ(own_id_of_file(name), "") << name;
  }
}

}  // namespace
}  // namespace syncwell::providers::track
