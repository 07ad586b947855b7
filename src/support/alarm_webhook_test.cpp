// SUP-1: alarms for whoever is no PagerDuty, in a form that can be verified.
#include "support/alarm_webhook.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/utf8.hpp"
#include "notify/standard_webhook.hpp"

namespace syncwell::support {
namespace {

namespace json = boost::json;

const Instant since = parse_rfc3339("2026-03-28T11:15:00Z").value().at;
const Instant now = parse_rfc3339("2026-03-28T11:20:00.750Z").value().at;
const AlarmWebhookSettings settings{.url = "https://alarms.example/hook",
                                    .secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};

Alarm outage() {
  return {.key = "outage/strava",
          .severity = Severity::error,
          .summary = "Strava has failed 42 jobs",
          .console_url = "https://console.example/incidents/7",
          .playbook = "outage",
          .since = since,
          .occurrences = 42};
}

net::Request request_of(const Alarm& alarm, Instant at = now) { return alarm_webhook(settings, alarm, at).value(); }
std::string id_of(const Alarm& alarm) { return std::string(request_of(alarm).headers.get("webhook-id").value()); }

// SUP-1
TEST(AlarmWebhook, IsASignedCloudEvent) {
  const auto request = request_of(outage());
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, settings.url);
  EXPECT_EQ(request.headers.get("Content-Type"), "application/cloudevents+json");
  const auto event = json::parse(request.body).as_object();
  EXPECT_EQ(event.at("specversion").as_string(), "1.0");
  EXPECT_EQ(event.at("type").as_string(), "org.syncwell.alarm.raised");
  EXPECT_EQ(event.at("time").as_string(), "2026-03-28T11:20:00.750Z");
  EXPECT_EQ(event.at("id").as_string(), *request.headers.get("webhook-id"));
  EXPECT_EQ(event.at("data"), json::parse(R"({"key":"outage/strava","severity":"error",
    "summary":"Strava has failed 42 jobs","consoleUrl":"https://console.example/incidents/7","playbook":"outage",
    "since":"2026-03-28T11:15:00Z","occurrences":42})"));
  EXPECT_EQ(request.headers.get("webhook-timestamp"), "1774696800");
  EXPECT_EQ(request.headers.get("webhook-signature"),
            notify::signature(settings.secret, *request.headers.get("webhook-id"), now, request.body));
}

// SUP-1: a repetition is known by its id; what is new has a new one.
TEST(AlarmWebhook, TheIdNamesTheStateOfTheAlarm) {
  const std::string first = id_of(outage());
  EXPECT_EQ(request_of(outage(), now + std::chrono::hours{1}).headers.get("webhook-id"), first);
  Alarm other = outage();
  other.occurrences = 43;
  EXPECT_NE(id_of(other), first);
  other = outage();
  other.since += std::chrono::hours{1};
  EXPECT_NE(id_of(other), first);
  other = outage();
  other.key = "outage/fitbit";
  EXPECT_NE(id_of(other), first);
  other = outage();
  other.active = false;
  EXPECT_NE(id_of(other), first);
  EXPECT_EQ(json::parse(request_of(other).body).at("type").as_string(), "org.syncwell.alarm.resolved");
}

// SUP-1: hostile text stays text, and out of the headers.
TEST(AlarmWebhook, HostileTextStaysText) {
  Alarm alarm = outage();
  alarm.key = "a.b\r\nwebhook-signature: mine\xff";
  alarm.summary = std::string(1'000'000, 's') + "\xff";
  const auto request = request_of(alarm);
  EXPECT_TRUE(is_utf8(request.body));
  EXPECT_LT(request.body.size(), 16U * 1024U);
  for (const auto& [name, value] : request.headers) EXPECT_TRUE(net::is_field_value(value)) << value;
  EXPECT_EQ(request.headers.get("webhook-id")->find('.'), std::string_view::npos);
}

// SUP-1
TEST(AlarmWebhook, ASecretThatCannotSignIsRefused) {
  const auto made = alarm_webhook({.url = settings.url, .secret = "guess"}, outage(), now);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(made.error().message.find("guess"), std::string::npos);
}

// SUP-1
TEST(AlarmWebhook, TellsWhatCanBeSentAgain) {
  EXPECT_TRUE(alarm_webhook_outcome({.status = 204}));
  const auto code = [](int status) { return alarm_webhook_outcome({.status = status}).error().code; };
  EXPECT_EQ(code(302), ErrorCode::provider_rejected);
  EXPECT_EQ(code(400), ErrorCode::provider_rejected);
  EXPECT_EQ(code(401), ErrorCode::unauthenticated);
  EXPECT_EQ(code(410), ErrorCode::provider_rejected);
  EXPECT_EQ(code(429), ErrorCode::rate_limited);
  EXPECT_EQ(code(502), ErrorCode::provider_failed);
}

}  // namespace
}  // namespace syncwell::support
