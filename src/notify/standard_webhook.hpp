// What a subscriber is sent: a CloudEvents 1.0 body (structured JSON), signed after the Standard Webhooks
// specification (standardwebhooks.com). Pure functions, any thread. Bodies hold ids and codes, never health data.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/event_bus.hpp"

namespace syncwell::notify {

inline constexpr std::string_view secret_prefix = "whsec_";
inline constexpr std::size_t min_secret_bytes = 24;  // the specification's bounds
inline constexpr std::size_t max_secret_bytes = 64;

// Every type that a subscriber may ask for: "org.syncwell.sync.succeeded" …
[[nodiscard]] std::vector<std::string_view> public_types();

struct PublicEvent {
  std::string id;  // the webhook-id
  std::string type;
  std::string body;
};
// What subscribers are told of an event of the bus: nothing, where it is not for them; two things, where the first run
// of a sync has also brought something. Only known fields of its data are passed on.
[[nodiscard]] std::vector<PublicEvent> public_events(const bus::Event& event);

// webhook-signature: "v1,<base64 HMAC-SHA256(secret, id.timestamp.body)>"; the timestamp in whole seconds.
// nullopt for a secret that is not "whsec_<base64 of 24 to 64 bytes>".
[[nodiscard]] std::optional<std::string> signature(std::string_view secret, std::string_view id, Instant sent,
                                                   std::string_view body);

[[nodiscard]] std::string new_secret();

// How long to wait after the n-th failed attempt (from 1), without jitter; nullopt: there is no further attempt.
[[nodiscard]] std::optional<std::chrono::seconds> retry_delay(std::size_t failed_attempts);

}  // namespace syncwell::notify
