// How many notifications came, per provider and outcome (OBS). Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace syncwell::api {

enum class WebhookOutcome {
  accepted,         // an event was published
  unknown_account,  // nobody here is connected to that account; acknowledged all the same
  ignored,          // a kind or type that we have no use for; acknowledged
  deauthorised,     // the connections were marked
  handshake,
  refused,      // secret, signature or token did not fit (requests, not notifications; so are the next three)
  unreadable,   // no notification, or past a maximum
  unavailable,  // the store refused; the provider sends it again
};
inline constexpr std::array webhook_outcomes = {WebhookOutcome::accepted,   WebhookOutcome::unknown_account,
                                                WebhookOutcome::ignored,    WebhookOutcome::deauthorised,
                                                WebhookOutcome::handshake,  WebhookOutcome::refused,
                                                WebhookOutcome::unreadable, WebhookOutcome::unavailable};
[[nodiscard]] std::string_view name_of(WebhookOutcome outcome) noexcept;

class WebhookCounters {
 public:
  // `provider` is a key of the registry: nothing that a caller chooses.
  void add(std::string_view provider, WebhookOutcome outcome, std::uint64_t count = 1);
  // By provider key and outcome.
  using Counts = std::map<std::pair<std::string, WebhookOutcome>, std::uint64_t>;
  [[nodiscard]] Counts counts() const;

 private:
  mutable std::mutex mutex_;
  Counts counts_;
};

}  // namespace syncwell::api
