// What a provider asks of an address before it sends notifications there. The sandbox says what to ask and judges the
// answers; sending is somebody else's business (`syncwell sandbox`, a test).
#pragma once

#include <functional>
#include <vector>

#include "net/http.hpp"

namespace syncwell::sandbox {

inline constexpr std::size_t max_waiting_notifications = 100'000;  // the oldest are forgotten
inline constexpr std::size_t max_kept_deliveries = 1000;
inline constexpr int webhook_attempts = 3;  // in total; Strava says so, Google does not say

struct Handshake {
  std::vector<net::Request> requests;
  // One answer per request; an unanswered one is a Response with status 0.
  std::function<bool(const std::vector<net::Response>&)> accepts;
  net::Response refusal;  // what the subscriber gets when the address does not answer as it should
};

// A notification that left: for GET /_sandbox/webhooks.
struct Delivery {
  net::Request request;
  int status = 0;  // of the last attempt; 0: no answer
  int attempts = 0;
};

}  // namespace syncwell::sandbox
