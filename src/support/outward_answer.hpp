// What another service's answer means when it is no success; shared by the channels. Pure functions, any thread.
#pragma once

#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/time.hpp"
#include "net/http.hpp"

namespace syncwell::support {

// Longer waits are cut to this: nobody can park an alarm for a week.
inline constexpr Duration max_retry_after = std::chrono::hours{1};

// The answer's Retry-After, where it is a number of seconds (a date is not worth a parser here: the retries' own
// schedule does as well).
[[nodiscard]] std::optional<Duration> retry_after_of(const net::Response& answer);

// The error of an answer: unauthenticated (401), forbidden (403), rate_limited (429; retry_after), timeout (408, 504),
// version_conflict (409), too_large (413), provider_rejected (any other 3xx and 4xx: repeating it does not help),
// provider_failed (anything else, and any 1xx and 2xx that is not what was expected). The message names the service,
// the status and `advice`, never the answer's own words, which may quote what was sent.
[[nodiscard]] Error error_of(const net::Response& answer, std::string_view service, std::string_view advice);

}  // namespace syncwell::support
