#include "api/webhook_counters.hpp"

namespace syncwell::api {

std::string_view name_of(WebhookOutcome outcome) noexcept {
  switch (outcome) {
    case WebhookOutcome::accepted:
      return "accepted";
    case WebhookOutcome::unknown_account:
      return "unknown_account";
    case WebhookOutcome::ignored:
      return "ignored";
    case WebhookOutcome::deauthorised:
      return "deauthorised";
    case WebhookOutcome::handshake:
      return "handshake";
    case WebhookOutcome::refused:
      return "refused";
    case WebhookOutcome::unreadable:
      return "unreadable";
    case WebhookOutcome::unavailable:
      return "unavailable";
  }
  return "unknown";
}

void WebhookCounters::add(std::string_view provider, WebhookOutcome outcome, std::uint64_t count) {
  if (count == 0) return;
  const std::scoped_lock lock(mutex_);
  counts_[{std::string(provider), outcome}] += count;
}

WebhookCounters::Counts WebhookCounters::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

}  // namespace syncwell::api
