// Strava's push subscriptions: handshake, events, and the one subscription that an application has.
// Sources: "Webhook Events API", developers.strava.com; X-Strava-Signature as several applications of 2026 verify it.
#pragma once

#include <memory>

#include "providers/webhooks.hpp"

namespace syncwell::providers::strava {

// A signed event that is older or newer than this is refused.
inline constexpr Duration signature_tolerance = std::chrono::seconds{300};

// An activity event names the athlete and the activity, never when the activity was (only when the event happened): its
// notification carries no range, and the job's normal window decides. A withdrawn consent that nothing vouches for
// (no signature, and no subscription_id to compare) counts as changed data: the next call finds out whether it is true.
[[nodiscard]] std::unique_ptr<Webhooks> make_webhooks(CloudSettings settings);

}  // namespace syncwell::providers::strava
