#include "support/alarm_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace syncwell::support {
namespace {

constexpr Duration hold_while_it_may_pass = std::chrono::seconds{30};
// What the alarm tells whoever it wakes to do first; docs/support-playbook.md says the same, at length.
namespace first_step {
constexpr const char* breaker_open =
    "Look at the provider's status page and at Providers. Calls begin again by themselves when it answers.";
constexpr const char* queue_age =
    "Look at Operations: are workers running, is one provider slow? Raise worker.threads if all are busy.";
constexpr const char* refresh_failures =
    "Look at Providers: was the client secret changed, or the app suspended? Mend it there, then try one account.";
constexpr const char* duplicates =
    "A worker hangs or dies: run syncwell doctor and read the log. Nothing is written twice.";
constexpr const char* contact_clock =
    "Look at Contacts: write to those who are due, and reach those without an address another way.";
constexpr const char* undelivered =
    "Notices says what the other side answered: mend the settings, then retry it there.";
}  // namespace first_step

constexpr std::array severities{Severity::info, Severity::warning, Severity::error, Severity::critical};

Severity parse_severity(std::string_view name) {
  const auto* const found = std::ranges::find(severities, name, [](Severity each) { return name_of(each); });
  return found == severities.end() ? Severity::info : *found;
}

Severity severity_of(const store::Incident& incident) {
  const bool needs_somebody = incident.action == name_of(Action::page) || incident.exhausted > 0;
  return needs_somebody ? Severity::critical : Severity::error;
}

std::string key_of(const store::Incident& incident) {
  if (incident.category == name_of(Category::outage) && !incident.provider.empty())
    return "outage/" + incident.provider;
  return "dead-letters/" + incident.kind;
}

std::string named(const std::string& provider) { return provider.empty() ? "SyncWell itself" : provider; }

AlarmCondition of_incident(const store::Incident& incident, const Triage& triage) {
  std::string summary =
      fmt::format("Dead letters: {} ({}, {})", named(incident.provider), incident.code, incident.rule);
  if (incident.exhausted > 0) summary += "; redriven as often as they may be";
  return {key_of(incident), severity_of(incident), std::move(summary), "#/incidents/" + incident.id,
          triage.rule(incident.rule).playbook};
}

void add(std::vector<AlarmCondition>& conditions, AlarmCondition condition) {
  const auto same = std::ranges::find(conditions, condition.key, &AlarmCondition::key);
  if (same == conditions.end()) {
    conditions.push_back(std::move(condition));
    return;
  }
  if (condition.severity > same->severity) std::swap(condition, *same);
  same->summary += "; " + condition.summary;
  same->hold = std::min(same->hold, condition.hold);
}

}  // namespace

std::vector<AlarmCondition> alarm_conditions(const Observed& observed, const Triage& triage, Instant now) {
  std::vector<AlarmCondition> conditions;
  // Oldest first: the first of a kind says where to look.
  for (auto incident = observed.incidents.rbegin(); incident != observed.incidents.rend(); ++incident)
    add(conditions, of_incident(*incident, triage));
  for (const auto& provider : observed.open_breakers)
    add(conditions, {"outage/" + provider, Severity::warning, "Calls to " + provider + " are paused: it fails",
                     "#/providers", first_step::breaker_open, hold_while_it_may_pass});
  if (observed.depth.oldest_visible && now - *observed.depth.oldest_visible > oldest_message_limit)
    add(conditions, {"queue-age", Severity::error, "Jobs wait for more than 5 minutes: the workers do not keep up",
                     "#/operations", first_step::queue_age, hold_while_it_may_pass});
  if (observed.refresh_failures >= many_refresh_failures)
    add(conditions, {"refresh-failures", Severity::warning, "Access tokens cannot be renewed", "#/providers",
                     first_step::refresh_failures, Duration{0}});
  if (observed.duplicates_suppressed >= many_duplicates)
    add(conditions, {"duplicates", Severity::warning, "Many jobs are delivered twice: a worker may hang or die",
                     "#/operations", first_step::duplicates, Duration{0}});
  if (observed.contacts_overdue)
    add(conditions, {"contact-clock", Severity::critical, "People whose syncs failed have not heard of it in time",
                     "#/contacts", first_step::contact_clock, Duration{0}});
  if (observed.contacts_late)
    add(conditions, {"contact-clock", Severity::warning, "People have to hear of their failed syncs soon", "#/contacts",
                     first_step::contact_clock, Duration{0}});
  if (observed.has_undelivered)
    add(conditions, {"undelivered", Severity::warning, "A pager, ticket system or mail server does not take notices",
                     "#/notices", first_step::undelivered, hold_while_it_may_pass});
  return conditions;
}

std::vector<AlarmChange> follow_alarms(std::vector<store::AlarmRecord> known,
                                       const std::vector<AlarmCondition>& conditions, Holding& holding, Instant now) {
  std::vector<AlarmChange> changes;
  std::erase_if(holding, [&](const auto& held) {
    return std::ranges::find(conditions, held.first, &AlarmCondition::key) == conditions.end();
  });
  for (const auto& condition : conditions) {
    const auto before = std::ranges::find(known, condition.key, &store::AlarmRecord::key);
    const bool is_on = before != known.end() && before->active;
    if (!is_on && now < holding.emplace(condition.key, now).first->second + condition.hold) continue;
    auto alarm = before == known.end() ? store::AlarmRecord{.key = condition.key} : *before;
    const bool grew = is_on && condition.severity > parse_severity(alarm.severity);
    const bool tell = !is_on || grew;
    if (!tell && !alarm.quiet_since && alarm.summary == condition.summary) continue;
    if (!is_on) alarm.since = now;
    // An alarm that was raised does not become a lesser one before it is over.
    if (tell) alarm.severity = name_of(condition.severity);
    alarm.active = true;
    alarm.cleared.reset();
    alarm.quiet_since.reset();
    alarm.summary = condition.summary;
    alarm.console_path = condition.console_path;
    alarm.playbook = condition.playbook;
    if (tell) ++alarm.change;
    changes.push_back({std::move(alarm), tell});
  }
  for (auto& alarm : known) {
    if (!alarm.active || std::ranges::find(conditions, alarm.key, &AlarmCondition::key) != conditions.end()) continue;
    if (!alarm.quiet_since) {
      alarm.quiet_since = now;
      changes.push_back({alarm, false});
    } else if (now >= *alarm.quiet_since + alarm_quiet) {
      alarm.active = false;
      alarm.cleared = now;
      ++alarm.change;
      changes.push_back({alarm, true});
    }
  }
  return changes;
}

}  // namespace syncwell::support
