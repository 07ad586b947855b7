// SUP-3: triage by itself, as data.
#include "support/triage.hpp"

#include <gtest/gtest.h>

namespace syncwell::support {
namespace {

using namespace std::chrono_literals;

Symptoms of(std::string code, std::string provider = "strava", int status = 0, std::string message = "") {
  return {std::move(code), std::move(provider), status, std::move(message)};
}

TEST(Triage, KnowsTheThreeCategoriesOfTheSpecification) {  // SUP-3
  const auto triage = Triage::built_in();
  const auto& outage = triage.judge(of("provider_failed", "strava", 503));
  EXPECT_EQ(outage.category, Category::outage);
  EXPECT_EQ(outage.action, Action::redrive);
  EXPECT_EQ(outage.redrive_after, 1h);
  const auto& mapping = triage.judge(of("mapping"));
  EXPECT_EQ(mapping.category, Category::bad_data);
  EXPECT_EQ(mapping.action, Action::ticket);
  const auto& refused = triage.judge(of("forbidden", "strava", 403));
  EXPECT_EQ(refused.category, Category::authentication);
  EXPECT_EQ(refused.action, Action::reconnect);
  EXPECT_EQ(triage.judge(of("storage_full")).action, Action::page);
}

TEST(Triage, WhatNoRuleKnowsPagesAHuman) {  // SUP-3
  const auto triage = Triage::built_in();
  for (const char* code : {"max_receives", "internal", "", "of the next version"}) {
    EXPECT_EQ(triage.judge(of(code)).category, Category::unknown) << code;
    EXPECT_EQ(triage.judge(of(code)).action, Action::page) << code;
  }
}

TEST(Triage, EveryErrorCodeHasACaseAndEveryRuleAPlaybook) {  // SUP-3
  const auto triage = Triage::built_in();
  for (const auto& entry : error_dictionary()) EXPECT_FALSE(triage.judge(of(std::string(entry.name))).name.empty());
  for (const auto& rule : triage.rules()) EXPECT_FALSE(rule.playbook.empty()) << rule.name;
}

TEST(Triage, TheFirstRuleThatFitsDecides) {  // SUP-3: patterns are configuration
  const auto triage = Triage::parse(R"(
[[rule]]
name = "maintenance at Strava"
providers = ["strava"]
status = "503"
message = "maintenance"
category = "outage"
action = "redrive"
redrive_after_minutes = 5
redrives = 7

[[rule]]
name = "any 5xx"
status = "500-599"
category = "outage"
action = "redrive"
)",
                                    "triage.toml");
  ASSERT_TRUE(triage) << triage.error().message;
  const auto& first = triage->judge(of("provider_failed", "strava", 503, "HTTP 503: maintenance until six"));
  EXPECT_EQ(first.name, "maintenance at Strava");
  EXPECT_EQ(first.redrive_after, 5min);
  EXPECT_EQ(first.most_redrives, 7);
  EXPECT_EQ(triage->judge(of("provider_failed", "strava", 503, "")).name, "any 5xx");
  EXPECT_EQ(triage->judge(of("provider_failed", "google_health", 599)).name, "any 5xx");
  EXPECT_EQ(triage->judge(of("provider_failed", "google_health", 600)).name, "unknown");
  EXPECT_EQ(triage->judge(of("timeout")).name, "unknown");
  EXPECT_EQ(triage->rule("any 5xx").category, Category::outage);
  EXPECT_EQ(triage->rule("of yesterday's file").name, "unknown");
  EXPECT_EQ(Triage::built_in().status_page("strava"), "https://status.strava.com");
  EXPECT_EQ(triage->status_page("strava"), "");
}

TEST(Triage, AWrongFileIsRefusedAndSaysWhere) {  // SUP-3
  const auto rule = [](const std::string& more) {
    return "[[rule]]\nname = \"mine\"\ncategory = \"outage\"\naction = \"redrive\"\n" + more;
  };
  ASSERT_TRUE(Triage::parse(rule(""), "triage.toml"));
  for (const auto& [text, reason] : {std::pair<std::string, std::string>{"[[rule]", "triage.toml:1"},
                                     {"", "[[rule]]"},
                                     {"rule = 3", "[[rule]]"},
                                     {rule("") + "[other]\n", "nothing else"},
                                     {"[[rule]]\ncategory = \"outage\"", "no name"},
                                     {rule("colour = \"red\""), "colour"},
                                     {rule("codes = \"timeout\""), "lists"},
                                     {rule("codes = [\"no_such_code\"]"), "no_such_code"},
                                     {rule("status = \"5xx\""), "status"},
                                     {rule("status = \"599-500\""), "status"},
                                     {rule("redrive_after_minutes = 0"), "1 to"},
                                     {rule("redrive_after_minutes = 10081"), "1 to"},
                                     {rule("redrives = 101"), "0 to 100"},
                                     {rule("") + "[status_pages]\nstrava = \"javascript:alert(1)\"", "https"},
                                     {rule("").replace(17, 4, std::string(101, 'n')), "100 bytes"},
                                     {rule("") + rule(""), "two of this name"},
                                     {"[[rule]]\nname=\"x\"\ncategory=\"bad\"\naction=\"page\"", "category"},
                                     {"[[rule]]\nname=\"x\"\ncategory=\"outage\"\naction=\"none\"", "action"}}) {
    const auto triage = Triage::parse(text, "triage.toml");
    ASSERT_FALSE(triage) << text;
    EXPECT_NE(triage.error().message.find(reason), std::string::npos) << triage.error().message;
    EXPECT_NE(triage.error().message.find("triage.toml"), std::string::npos);
  }
}

}  // namespace
}  // namespace syncwell::support
