// Google Health's subscribers and notifications.
// Sources: data_subscription_service.proto, "Webhook subscriptions" on developers.google.com/health (2026-08).
#pragma once

#include <memory>

#include "providers/webhooks.hpp"

namespace syncwell::providers::google_health {

inline constexpr std::size_t max_notified_intervals = 1000;  // of one notification; with more, its range is left open

// The Authorization header must be webhooks.secret, always. A signature (in either of the header names that Google's
// pages have) is verified where a public key is set, and needed where require_signature is. The ranges of one
// notification are joined; civil-only intervals leave it open, as they do not tell the zone.
// Subscribing needs webhooks.project and webhooks.credential. The subscriber's data types are those of the type table
// that Google notifies about; the others are polled.
[[nodiscard]] std::unique_ptr<Webhooks> make_webhooks(CloudSettings settings);

}  // namespace syncwell::providers::google_health
