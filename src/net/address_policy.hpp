// Which network addresses an outward call may reach. A provider's host name, a webhook's callback or a configured URL
// may resolve to anything; an answer from inside our own network would hand its secrets to whoever controls the name
// (server-side request forgery). So the address itself is judged, at the moment of connecting, after name resolution.
// Pure functions, any thread.
// Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and its updates, as of 2025-10).
#pragma once

#include <array>
#include <cstdint>

struct sockaddr;

namespace syncwell::net {

using Ipv4Bytes = std::array<std::uint8_t, 4>;
using Ipv6Bytes = std::array<std::uint8_t, 16>;

// True only for globally reachable unicast. False for private, loopback, link-local, shared (carrier-grade NAT),
// multicast, documentation, benchmarking, reserved and broadcast addresses.
[[nodiscard]] bool is_public(Ipv4Bytes address);
// As above; also false for IPv4-mapped and 6to4 addresses and unique local ones. An address behind the well-known NAT64
// prefix is as public as the IPv4 address in it.
[[nodiscard]] bool is_public(Ipv6Bytes address);
// False for every family other than AF_INET and AF_INET6.
[[nodiscard]] bool is_public(const sockaddr& address, std::size_t size_bytes);

}  // namespace syncwell::net
