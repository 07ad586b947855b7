// INT-4: versions of what callers edit, as entity tags (RFC 9110 section 8.8.3).
#pragma once

#include <optional>

#include "base/error.hpp"
#include "net/http.hpp"

namespace syncwell::api {

[[nodiscard]] net::Response with_version(net::Response answer, std::uint64_t version);
// The version that the caller has seen, from If-Match; nullopt: none named, or "*". invalid_argument: no tag of ours.
[[nodiscard]] Result<std::optional<std::uint64_t>> expected_version(const net::Request& request);
// 412: `what` was changed since the caller read it.
[[nodiscard]] net::Response changed_meanwhile(std::string_view what);

}  // namespace syncwell::api
