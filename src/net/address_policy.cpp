#include "net/address_policy.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace syncwell::net {

namespace {

template <class Bytes>
struct Network {
  Bytes prefix{};
  int prefix_bits = 0;
};

constexpr std::array<Network<Ipv4Bytes>, 16> special_ipv4{{
    {{0, 0, 0, 0}, 8},        // "this network"
    {{10, 0, 0, 0}, 8},       // private
    {{100, 64, 0, 0}, 10},    // shared address space (carrier-grade NAT)
    {{127, 0, 0, 0}, 8},      // loopback
    {{169, 254, 0, 0}, 16},   // link-local, cloud metadata services
    {{172, 16, 0, 0}, 12},    // private
    {{192, 0, 0, 0}, 24},     // IETF protocol assignments
    {{192, 0, 2, 0}, 24},     // documentation
    {{192, 88, 99, 0}, 24},   // 6to4 relay, deprecated
    {{192, 168, 0, 0}, 16},   // private
    {{198, 18, 0, 0}, 15},    // benchmarking
    {{198, 51, 100, 0}, 24},  // documentation
    {{203, 0, 113, 0}, 24},   // documentation
    {{224, 0, 0, 0}, 4},      // multicast
    {{240, 0, 0, 0}, 4},      // reserved
    {{255, 255, 255, 255}, 32},
}};

constexpr Network<Ipv6Bytes> global_unicast{{0x20}, 3};
constexpr Network<Ipv6Bytes> nat64{{0x00, 0x64, 0xff, 0x9b}, 96};

// What is not global inside 2000::/3.
constexpr std::array<Network<Ipv6Bytes>, 4> special_ipv6{{
    {{0x20, 0x01, 0x00}, 23},        // IETF protocol assignments: Teredo, benchmarking, ORCHID …
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x20, 0x02}, 16},              // 6to4 holds any IPv4 address
    {{0x3f, 0xff, 0x00}, 20},        // documentation
}};

template <class Bytes>
bool is_in(const Bytes& address, const Network<Bytes>& network) {
  int left = network.prefix_bits;
  for (std::size_t index = 0; left > 0; ++index, left -= 8) {
    const auto mask = static_cast<std::uint8_t>(left >= 8 ? 0xff : 0xff << (8 - left));
    if ((address[index] & mask) != (network.prefix[index] & mask)) return false;
  }
  return true;
}

template <class Bytes>
bool is_in_any(const Bytes& address, std::span<const Network<Bytes>> networks) {
  return std::ranges::any_of(networks, [&](const auto& network) { return is_in(address, network); });
}

}  // namespace

bool is_public(Ipv4Bytes address) { return !is_in_any<Ipv4Bytes>(address, special_ipv4); }

bool is_public(Ipv6Bytes address) {
  if (is_in(address, nat64)) return is_public(Ipv4Bytes{address[12], address[13], address[14], address[15]});
  return is_in(address, global_unicast) && !is_in_any<Ipv6Bytes>(address, special_ipv6);
}

bool is_public(const sockaddr& address, std::size_t size_bytes) {
  if (address.sa_family == AF_INET && size_bytes >= sizeof(sockaddr_in)) {
    sockaddr_in in4{};
    std::memcpy(&in4, &address, sizeof in4);
    Ipv4Bytes bytes{};
    std::memcpy(bytes.data(), &in4.sin_addr, bytes.size());
    return is_public(bytes);
  }
  if (address.sa_family == AF_INET6 && size_bytes >= sizeof(sockaddr_in6)) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, &address, sizeof in6);
    Ipv6Bytes bytes{};
    std::memcpy(bytes.data(), &in6.sin6_addr, bytes.size());
    return is_public(bytes);
  }
  return false;
}

}  // namespace syncwell::net
