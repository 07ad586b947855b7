// Alarms for PagerDuty: an Alarm as a request of its Events API v2, and what the answer means. Pure functions, any
// thread; who sends, when, and how often again is the desk's business.
// A request may be sent any number of times: PagerDuty knows an alarm by its dedup_key. A trigger of an open alarm
// updates it; a resolve of one that is not open is dropped.
// Source: PagerDuty developer documentation, "Events API v2" (Overview, Send an Alert Event), read 2026-11.
#pragma once

#include <string>

#include "base/error.hpp"
#include "net/http.hpp"
#include "support/alarm.hpp"

namespace syncwell::support {

// PagerDuty's limits in characters, kept in bytes: never more than it takes.
inline constexpr std::size_t max_pagerduty_summary_bytes = 1024;
inline constexpr std::size_t max_pagerduty_dedup_key_bytes = 255;
// Ours, so that an event is far below the 512 KB that PagerDuty takes.
inline constexpr std::size_t max_pagerduty_text_bytes = 4096;

struct PagerDutySettings {
  std::string events_url = "https://events.pagerduty.com/v2/enqueue";  // Europe: events.eu.pagerduty.com
  std::string routing_key{};                                           // of an integration "Events API v2"; secret
  std::string source = "syncwell";                                     // which installation speaks
};

// "trigger" for an active alarm, "resolve" for one that is over. What is too long is cut; a key that is too long keeps
// its beginning and gets a number made of the whole, so that it stays one alarm. What is no http address is no link.
[[nodiscard]] net::Request pagerduty_event(const PagerDutySettings& settings, const Alarm& alarm);

// 202: taken. Errors: rate_limited, provider_failed, timeout (send again later); provider_rejected, unauthenticated,
// forbidden, too_large (sending again does not help; the message says what to look at).
[[nodiscard]] Result<void> pagerduty_outcome(const net::Response& answer);

}  // namespace syncwell::support
