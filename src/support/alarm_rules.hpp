// When somebody must be woken (SUP-1, OBS): from what is observed to alarms. Pure, any thread.
// What has one reason is one alarm, however many symptoms it has: the open breaker of a provider and the dead letters
// that it leaves are both "outage/strava". An alarm is raised when its condition has held for a while, told again only
// when it grows worse or another reason joins, and ended when nothing of it has been true for alarm_quiet: what
// flickers is one alarm.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "queue/queue.hpp"
#include "store/alarms.hpp"
#include "store/incidents.hpp"
#include "support/alarm.hpp"
#include "support/triage.hpp"

namespace syncwell::support {

inline constexpr Duration alarm_quiet = std::chrono::seconds{60};
inline constexpr Duration oldest_message_limit = std::chrono::minutes{5};

struct Observed {
  std::vector<store::Incident> incidents{};  // open ones
  queue::Depth depth{};
  std::vector<std::string> open_breakers{};  // providers
  std::uint64_t refresh_failures = 0;        // in the last observation_window
  std::uint64_t duplicates_suppressed = 0;   // in the last observation_window
  bool contacts_late = false;
  bool contacts_overdue = false;
  bool has_undelivered = false;  // notices that the world outside does not take
};
inline constexpr Duration observation_window = std::chrono::minutes{5};
inline constexpr std::uint64_t many_refresh_failures = 10;
inline constexpr std::uint64_t many_duplicates = 100;

struct AlarmCondition {
  std::string key;
  Severity severity = Severity::error;
  std::string summary;
  std::string console_path;
  std::string playbook;  // what to do first
  Duration hold{0};      // how long it must be true before it is told
};
// One for each key, the worst first among its reasons.
[[nodiscard]] std::vector<AlarmCondition> alarm_conditions(const Observed& observed, const Triage& triage, Instant now);

// Since when conditions have been true that are not told yet; of the desk, kept between two calls.
using Holding = std::map<std::string, Instant>;

struct AlarmChange {
  store::AlarmRecord alarm;
  bool tell = false;  // the world outside is to hear of it
};
// What is to be written, given what is written.
[[nodiscard]] std::vector<AlarmChange> follow_alarms(std::vector<store::AlarmRecord> known,
                                                     const std::vector<AlarmCondition>& conditions, Holding& holding,
                                                     Instant now);

}  // namespace syncwell::support
