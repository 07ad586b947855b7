#include "net/address_policy.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <string>

namespace syncwell::net {
namespace {

bool is_public_text(const std::string& text) {
  sockaddr_in in4{};
  in4.sin_family = AF_INET;
  if (inet_pton(AF_INET, text.c_str(), &in4.sin_addr) == 1) {
    return is_public(reinterpret_cast<const sockaddr&>(in4), sizeof in4);
  }
  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &in6.sin6_addr), 1) << text;
  return is_public(reinterpret_cast<const sockaddr&>(in6), sizeof in6);
}

// DESIGN 4 (SSRF): the first and last address of every block, and its neighbours outside.
TEST(AddressPolicy, RefusesEverySpecialBlockUpToItsEdges) {
  for (const char* text : {"0.0.0.0",
                           "0.255.255.255",
                           "10.0.0.0",
                           "10.255.255.255",
                           "100.64.0.0",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.255",
                           "169.254.0.0",
                           "169.254.169.254",
                           "172.16.0.0",
                           "172.31.255.255",
                           "192.0.0.8",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.0.0",
                           "192.168.255.255",
                           "198.18.0.0",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.255",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::ffff:127.0.0.1",
                           "::ffff:8.8.8.8",
                           "::8.8.8.8",
                           "fe80::1",
                           "febf::1",
                           "fec0::1",
                           "fc00::1",
                           "fdff:ffff::1",
                           "ff02::1",
                           "100::1",
                           "2001::1",
                           "2001:1ff:ffff::",
                           "2001:db8::1",
                           "2002:7f00:1::",
                           "2002:808:808::",
                           "3fff::1",
                           "3fff:fff::",
                           "64:ff9b::7f00:1",
                           "64:ff9b::a00:1",
                           "64:ff9b:1::808:808",
                           "4000::1",
                           "1fff:ffff::1"}) {
    EXPECT_FALSE(is_public_text(text)) << text;
  }
}

TEST(AddressPolicy, AllowsTheNeighboursOutside) {
  for (const char* text :
       {"1.0.0.0",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",  "100.128.0.0",
        "126.255.255.255", "128.0.0.1",       "169.253.255.255", "169.255.0.0",     "172.15.255.255",
        "172.32.0.0",      "192.0.1.0",       "192.167.255.255", "192.169.0.0",     "198.17.255.255",
        "198.20.0.0",      "223.255.255.255", "8.8.8.8",         "2001:200::1",     "2001:4860:4860::8888",
        "2003::1",         "2a00:1450::1",    "3fff:1000::1",    "64:ff9b::808:808"}) {
    EXPECT_TRUE(is_public_text(text)) << text;
  }
}

TEST(AddressPolicy, RefusesOtherFamiliesAndShortAddresses) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_FALSE(is_public(reinterpret_cast<const sockaddr&>(local), sizeof local));
  sockaddr_in in4{};
  in4.sin_family = AF_INET;
  in4.sin_addr.s_addr = htonl(0x08080808);
  EXPECT_TRUE(is_public(reinterpret_cast<const sockaddr&>(in4), sizeof in4));
  EXPECT_FALSE(is_public(reinterpret_cast<const sockaddr&>(in4), sizeof in4 - 1));
}

}  // namespace
}  // namespace syncwell::net
