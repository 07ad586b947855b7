// The Retry-After field (RFC 9110, section 10.2.3, June 2022): seconds, or one of the three HTTP date forms.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace syncwell::providers {

// Longer waits are cut to this: a provider that asks for a week must not park a job for a week.
inline constexpr Duration max_retry_after = std::chrono::hours{24};

// From `now` on; zero for a date that has passed. nullopt for anything that is neither form.
[[nodiscard]] std::optional<Duration> parse_retry_after(std::string_view text, Instant now);

}  // namespace syncwell::providers
