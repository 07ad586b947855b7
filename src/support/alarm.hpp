// Something that people on call must know of: what the alarm rules raise and end, and what every channel
// (pagerduty.hpp, alarm_webhook.hpp) is told. Ids, counts and codes only; never health data, never a person.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace syncwell::support {

enum class Severity { info, warning, error, critical };

[[nodiscard]] constexpr std::string_view name_of(Severity severity) noexcept {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
    case Severity::critical:
      break;
  }
  return "critical";
}

struct Alarm {
  std::string key;  // "outage/strava": the same for as long as it is the same alarm
  Severity severity = Severity::error;
  std::string summary;        // one sentence
  std::string console_url{};  // where to look; http or https
  std::string playbook{};     // what to do first, or the address of it
  Instant since{};            // when it began
  std::uint64_t occurrences = 1;
  bool active = true;  // false: it is over
};

}  // namespace syncwell::support
