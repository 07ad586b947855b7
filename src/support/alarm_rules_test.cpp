// SUP-1: who is woken, when, and how often.
#include "support/alarm_rules.hpp"

#include <gtest/gtest.h>

namespace syncwell::support {
namespace {

using namespace std::chrono_literals;

const Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}};

store::Incident outage(const std::string& provider = "strava") {
  store::Incident incident;
  incident.id = "inc_" + provider;
  incident.kind = "provider outage|" + provider + "|provider_failed";
  incident.rule = "provider outage";
  incident.category = "outage";
  incident.action = "redrive";
  incident.provider = provider;
  incident.code = "provider_failed";
  return incident;
}

class AlarmRulesTest : public testing::Test {
 protected:
  // What is told at this moment: "key severity" of what is on, "key over" of what has ended.
  std::vector<std::string> look(const Observed& observed, Instant now) {
    std::vector<std::string> told;
    for (auto& change : follow_alarms(known, alarm_conditions(observed, triage, now), holding, now)) {
      std::erase_if(known, [&](const auto& each) { return each.key == change.alarm.key; });
      known.push_back(change.alarm);
      if (change.tell) told.push_back(change.alarm.key + " " + (change.alarm.active ? change.alarm.severity : "over"));
    }
    return told;
  }
  using Told = std::vector<std::string>;

  Triage triage = Triage::built_in();
  std::vector<store::AlarmRecord> known;
  Holding holding;
};

TEST_F(AlarmRulesTest, AnIncidentIsToldAtOnceAndOnce) {  // SUP-1
  const Observed observed{.incidents = {outage()}};
  EXPECT_EQ(look(observed, start), Told{"outage/strava error"});
  EXPECT_EQ(known[0].console_path, "#/incidents/inc_strava");
  EXPECT_FALSE(known[0].playbook.empty());
  for (int i = 1; i < 100; ++i) EXPECT_EQ(look(observed, start + i * 1s), Told{});
}

TEST_F(AlarmRulesTest, ABreakerAndItsDeadLettersAreOneAlarm) {  // SUP-1: no storms
  Observed observed{.open_breakers = {"strava"}};
  EXPECT_EQ(look(observed, start), Told{}) << "it may pass";
  EXPECT_EQ(look(observed, start + 29s), Told{});
  observed.incidents = {outage()};
  EXPECT_EQ(look(observed, start + 29s), Told{"outage/strava error"});
  EXPECT_EQ(look({}, start + 40s), Told{});
  EXPECT_EQ(look({.incidents = {outage()}}, start + 50s), Told{}) << "what flickers is one alarm";
  EXPECT_EQ(look({}, start + 60s), Told{});
  EXPECT_EQ(look({}, start + 119s), Told{});
  EXPECT_EQ(look({}, start + 120s), Told{"outage/strava over"});
  EXPECT_EQ(look({}, start + 121s), Told{});
  EXPECT_EQ(look({.incidents = {outage()}}, start + 130s), Told{"outage/strava error"}) << "a new one";
  EXPECT_EQ(known[0].change, 3);
}

TEST_F(AlarmRulesTest, WhatGrowsWorseIsToldAgain) {  // SUP-1
  EXPECT_EQ(look({.contacts_late = true}, start), Told{"contact-clock warning"});
  EXPECT_EQ(look({.contacts_late = true, .contacts_overdue = true}, start + 1s), Told{"contact-clock critical"});
  EXPECT_EQ(look({.contacts_late = true}, start + 2s), Told{}) << "it does not become a lesser one";
  auto exhausted = outage();
  EXPECT_EQ(look({.incidents = {exhausted}, .contacts_late = true}, start + 3s), Told{"outage/strava error"});
  exhausted.exhausted = 1;
  EXPECT_EQ(look({.incidents = {exhausted}, .contacts_late = true}, start + 4s), Told{"outage/strava critical"});
}

TEST_F(AlarmRulesTest, WhatNobodyKnowsPages) {  // SUP-3: unknown
  auto unknown = outage("");
  unknown.category = "unknown";
  unknown.action = "page";
  unknown.rule = "unknown";
  unknown.kind = "unknown||max_receives";
  EXPECT_EQ(look({.incidents = {unknown}}, start), Told{"dead-letters/unknown||max_receives critical"});
}

TEST_F(AlarmRulesTest, EveryRuleHasItsAlarm) {  // OBS
  Observed observed;
  observed.depth.oldest_visible = start - oldest_message_limit;
  observed.refresh_failures = many_refresh_failures - 1;
  observed.duplicates_suppressed = many_duplicates - 1;
  EXPECT_TRUE(alarm_conditions(observed, triage, start).empty());
  observed.depth.oldest_visible = start - oldest_message_limit - 1ms;
  observed.refresh_failures = many_refresh_failures;
  observed.duplicates_suppressed = many_duplicates;
  observed.has_undelivered = true;
  const auto conditions = alarm_conditions(observed, triage, start);
  ASSERT_EQ(conditions.size(), 4U);
  for (const auto& condition : conditions) {
    EXPECT_GT(condition.playbook.size(), 40U) << condition.key << ": a step, not a name";
    EXPECT_TRUE(condition.console_path.starts_with("#/")) << condition.key;
  }
}

}  // namespace
}  // namespace syncwell::support
