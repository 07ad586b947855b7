// Alarms for whoever is no PagerDuty: a CloudEvents 1.0 event (structured JSON) in a POST that is signed after Standard
// Webhooks, as subscribers of events get theirs (notify/standard_webhook.hpp). Pure functions, any thread; who sends,
// when, and how often again is the desk's business.
// The webhook-id (and the event's id) is the same for every attempt to tell the same state of an alarm, and another one
// when the alarm has occurred again or is over: receivers know repetitions by it.
// Sources: CloudEvents 1.0.2 (2022), JSON format and HTTP binding; Standard Webhooks 1.0 (standardwebhooks.com, 2023).
#pragma once

#include <string>

#include "base/error.hpp"
#include "net/http.hpp"
#include "support/alarm.hpp"

namespace syncwell::support {

inline constexpr std::string_view alarm_raised = "org.syncwell.alarm.raised";      // and again when it occurs again
inline constexpr std::string_view alarm_resolved = "org.syncwell.alarm.resolved";  // it is over
inline constexpr std::size_t max_alarm_webhook_text_bytes = 4096;                  // longer texts are cut

struct AlarmWebhookSettings {
  std::string url;
  std::string secret;  // "whsec_…", notify::new_secret()
};

// Error: invalid_argument, where the secret cannot sign.
[[nodiscard]] Result<net::Request> alarm_webhook(const AlarmWebhookSettings& settings, const Alarm& alarm, Instant now);

// Any 2xx: taken. Errors: rate_limited, provider_failed, timeout, version_conflict (send again later); others as in
// outward_answer.hpp (sending again does not help).
[[nodiscard]] Result<void> alarm_webhook_outcome(const net::Response& answer);

}  // namespace syncwell::support
