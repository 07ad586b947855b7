// Strava's budget: 15-minute windows at :00 :15 :30 :45 and days from midnight UTC, for all calls and for reads alone.
// Refused calls count. Source: "Rate Limits", developers.strava.com (2026); headers as in the recorded answers.
#pragma once

#include <vector>

#include "providers/provider.hpp"

namespace syncwell::providers::strava {

[[nodiscard]] std::vector<RateRule> rate_rules();
// X-RateLimit-* and X-ReadRateLimit-*, each "15 minutes,day". Empty or unreadable numbers (recorded: ",") give nothing.
[[nodiscard]] std::vector<RateFeedback> rate_feedback(const net::Response& response);
// classify(), and for a 429 without Retry-After (Strava sends none): until the used-up window ends.
[[nodiscard]] Error error_of(const net::Response& response, Instant now);

}  // namespace syncwell::providers::strava
