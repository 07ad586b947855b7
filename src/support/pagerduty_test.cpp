// SUP-1: people on call are paged, once per alarm.
#include "support/pagerduty.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/utf8.hpp"

namespace syncwell::support {
namespace {

namespace json = boost::json;

const Instant since = parse_rfc3339("2026-03-28T11:15:00Z").value().at;

Alarm outage() {
  return {.key = "outage/strava",
          .severity = Severity::critical,
          .summary = "Strava has failed 42 jobs",
          .console_url = "https://console.example/incidents/7",
          .playbook = "https://docs.example/playbooks/outage",
          .since = since,
          .occurrences = 42};
}

json::object event_of(const Alarm& alarm) {
  const auto request = pagerduty_event({.routing_key = "r0"}, alarm);
  return json::parse(request.body).as_object();
}

// SUP-1
TEST(PagerDuty, AnActiveAlarmTriggers) {
  const auto request = pagerduty_event({.routing_key = "r0"}, outage());
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://events.pagerduty.com/v2/enqueue");
  EXPECT_EQ(request.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(json::parse(request.body), json::parse(R"({
    "routing_key":"r0","event_action":"trigger","dedup_key":"outage/strava",
    "payload":{"summary":"Strava has failed 42 jobs","source":"syncwell","severity":"critical",
      "timestamp":"2026-03-28T11:15:00Z","component":"syncwell","class":"outage",
      "custom_details":{"playbook":"https://docs.example/playbooks/outage","since":"2026-03-28T11:15:00Z","occurrences":42}},
    "client":"SyncWell","client_url":"https://console.example/incidents/7",
    "links":[{"href":"https://console.example/incidents/7","text":"SyncWell console"},
             {"href":"https://docs.example/playbooks/outage","text":"Playbook"}]})"));
}

// SUP-1: the end of an alarm says no more than which.
TEST(PagerDuty, AnAlarmThatIsOverResolves) {
  Alarm alarm = outage();
  alarm.active = false;
  EXPECT_EQ(event_of(alarm),
            json::parse(R"({"routing_key":"r0","event_action":"resolve","dedup_key":"outage/strava"})"));
}

// SUP-1: one page per alarm: what changes in it changes nothing about whose it is.
TEST(PagerDuty, AnUpdateKeepsTheKey) {
  Alarm later = outage();
  later.occurrences = 1000;
  later.severity = Severity::warning;
  EXPECT_EQ(event_of(later).at("dedup_key"), event_of(outage()).at("dedup_key"));
}

// SUP-1: one past PagerDuty's limits.
TEST(PagerDuty, StaysWithinTheLimits) {
  Alarm alarm = outage();
  alarm.summary = std::string(max_pagerduty_summary_bytes, 'a');
  alarm.key = std::string(max_pagerduty_dedup_key_bytes, 'k');
  auto event = event_of(alarm);
  EXPECT_EQ(event.at("payload").at("summary").as_string(), alarm.summary);
  EXPECT_EQ(event.at("dedup_key").as_string(), alarm.key);

  alarm.summary += "\xc3\xa4";
  alarm.key += 'k';
  event = event_of(alarm);
  EXPECT_EQ(event.at("payload").at("summary").as_string().size(), max_pagerduty_summary_bytes);
  EXPECT_EQ(event.at("dedup_key").as_string().size(), max_pagerduty_dedup_key_bytes);
  Alarm other = alarm;
  other.key.back() = 'x';
  EXPECT_NE(event_of(other).at("dedup_key"), event.at("dedup_key"));
  EXPECT_EQ(event_of(alarm).at("dedup_key"), event.at("dedup_key"));

  alarm.playbook = std::string(1'000'000, 'p');
  EXPECT_LT(pagerduty_event({.routing_key = "r0"}, alarm).body.size(), 512U * 1024U);
}

// SUP-1: what is hostile in an alarm stays text.
TEST(PagerDuty, HostileTextStaysText) {
  Alarm alarm = outage();
  alarm.key = "outage/\",\"routing_key\":\"mine\xff";
  alarm.summary = "line\r\none \xff\x1b[31m";
  alarm.console_url = "javascript:alert(1)";
  alarm.playbook = "retry";
  const auto request = pagerduty_event({.routing_key = "r0"}, alarm);
  EXPECT_TRUE(is_utf8(request.body));
  const auto event = json::parse(request.body).as_object();
  EXPECT_EQ(event.at("routing_key").as_string(), "r0");
  EXPECT_EQ(event.at("payload").at("summary").as_string(), "line  one \xef\xbf\xbd [31m");
  EXPECT_FALSE(event.contains("client_url"));
  EXPECT_FALSE(event.contains("links"));
}

// SUP-1: a page without a summary would be refused.
TEST(PagerDuty, TheKeyStandsInForAMissingSummary) {
  Alarm alarm = outage();
  alarm.summary.clear();
  EXPECT_EQ(event_of(alarm).at("payload").at("summary").as_string(), "outage/strava");
}

// SUP-1: what is worth sending again, and what is not.
TEST(PagerDuty, TellsWhatCanBeSentAgain) {
  EXPECT_TRUE(pagerduty_outcome({.status = 202}));
  const auto code = [](net::Response answer) { return pagerduty_outcome(answer).error().code; };
  EXPECT_EQ(code({.status = 400}), ErrorCode::provider_rejected);
  EXPECT_EQ(code({.status = 404}), ErrorCode::provider_rejected);
  EXPECT_EQ(code({.status = 301}), ErrorCode::provider_rejected);
  EXPECT_EQ(code({.status = 413}), ErrorCode::too_large);
  EXPECT_EQ(code({.status = 429}), ErrorCode::rate_limited);
  EXPECT_EQ(code({.status = 500}), ErrorCode::provider_failed);
  EXPECT_EQ(code({.status = 503}), ErrorCode::provider_failed);
  EXPECT_EQ(code({.status = 504}), ErrorCode::timeout);
  EXPECT_EQ(code({.status = 200}), ErrorCode::provider_failed);  // a portal's page, not PagerDuty
  const auto limited = pagerduty_outcome({.status = 429, .headers = {{"Retry-After", "120"}}});
  EXPECT_EQ(limited.error().retry_after, std::chrono::seconds{120});
  EXPECT_EQ(pagerduty_outcome({.status = 429, .headers = {{"Retry-After", "soon"}}}).error().retry_after, std::nullopt);
  EXPECT_EQ(pagerduty_outcome({.status = 429, .headers = {{"Retry-After", "999999"}}}).error().retry_after,
            std::chrono::hours{1});
  EXPECT_EQ(pagerduty_outcome({.status = 400, .body = "secret"}).error().message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace syncwell::support
