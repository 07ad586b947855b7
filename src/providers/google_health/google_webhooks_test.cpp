// Google Health's handshake, notifications, signatures and subscribers (TRIG-2).
#include "providers/google_health/google_webhooks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/virtual_runtime.hpp"
#include "providers/scripted_http_client.hpp"
#include "providers/test_signing_key.hpp"

namespace syncwell::providers::google_health {
namespace {

using namespace std::chrono_literals;
using model::DataType;

const Instant now = parse_rfc3339("2026-03-02T10:00:00Z")->at;
const std::string secret = "Bearer only-google-knows";

Instant at(const char* text) { return parse_rfc3339(text)->at; }

CloudSettings settings_with(std::string public_key = "", bool require_signature = false) {
  CloudSettings settings{"https://health.test", "https://auth.test", "https://token.test", "client", "client secret"};
  settings.webhooks.secret = secret;
  settings.webhooks.signature_public_key = std::move(public_key);
  settings.webhooks.require_signature = require_signature;
  settings.webhooks.project = "1234";
  settings.webhooks.credential = "service account token";
  return settings;
}

std::string interval(const char* start, const char* end) {
  return std::string(R"({"physicalTimeInterval":{"startTime":")") + start + R"(","endTime":")" + end + R"("}})";
}

std::string notification(const std::string& type, const std::string& intervals, const std::string& operation = "UPSERT",
                         const std::string& user = "abc") {
  return R"({"data":{"version":"1","clientProvidedSubscriptionName":"s","healthUserId":")" + user +
         R"(","operation":")" + operation + R"(","dataType":")" + type + R"(","intervals":[)" + intervals + "]}}";
}

const std::string hour = interval("2026-03-01T08:00:00Z", "2026-03-01T09:00:00Z");

net::Request post(std::string body, net::Headers headers = {{"Authorization", secret}}) {
  return {"POST", "/webhooks/google_health", std::move(headers), std::move(body)};
}

Result<Receipt> receive(const net::Request& request, CloudSettings settings = settings_with()) {
  return make_webhooks(std::move(settings))->receive(request, now);
}

ErrorCode refusal(const net::Request& request, CloudSettings settings = settings_with()) {
  const auto receipt = receive(request, std::move(settings));
  EXPECT_FALSE(receipt.has_value());
  return receipt ? ErrorCode::internal : receipt.error().code;
}

TEST(GoogleWebhooks, AnswersTheVerificationOnlyWithTheSecret) {  // TRIG-2
  EXPECT_EQ(receive(post(R"({"type":"verification"})"))->answer.status, 201);
  EXPECT_EQ(refusal(post(R"({"type":"verification"})", {})), ErrorCode::unauthenticated);
  EXPECT_EQ(refusal(post(R"({"type":"verification"})", {{"Authorization", "Bearer guess"}})),
            ErrorCode::unauthenticated);
}

TEST(GoogleWebhooks, EveryNotificationNeedsTheSecret) {  // TRIG-2
  const std::string body = "[" + notification("steps", hour) + "]";
  EXPECT_TRUE(receive(post(body)));
  for (const char* wrong :
       {"", "Bearer", "only-google-knows", "bearer only-google-knows", "Bearer only-google-knows2"}) {
    EXPECT_EQ(refusal(post(body, {{"Authorization", wrong}})), ErrorCode::unauthenticated) << wrong;
  }
  CloudSettings unset = settings_with();
  unset.webhooks.secret.clear();
  EXPECT_EQ(refusal(post(body, {}), unset), ErrorCode::unauthenticated);
  EXPECT_EQ(make_webhooks(unset)->missing_setting(), "webhook_secret");
  EXPECT_EQ(make_webhooks(settings_with("", true))->missing_setting(), "webhook_public_key");
  EXPECT_EQ(make_webhooks(settings_with())->missing_setting(), "");
}

TEST(GoogleWebhooks, AListBecomesNotificationsWithTheirRanges) {  // TRIG-2
  const std::string body =
      "[" +
      notification("steps", interval("2026-03-01T08:00:00Z", "2026-03-01T09:00:00Z") + "," +
                                interval("2026-03-01T06:00:00Z", "2026-03-01T06:30:00Z")) +
      "," +
      notification("heart-rate-variability", interval("2026-03-01T04:00:00Z", "2026-03-01T04:00:00Z"), "DELETE", "x") +
      "]";
  const auto receipt = receive(post(body));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->answer.status, 204);
  EXPECT_THAT(receipt->notifications,
              testing::ElementsAre(
                  Notification{.provider_user_id = "abc",
                               .types = {DataType::steps},
                               .range = TimeRange{at("2026-03-01T06:00:00Z"), at("2026-03-01T09:00:00Z")}},
                  // One collection, two of our types; an instant becomes a range that holds it.
                  Notification{.provider_user_id = "x",
                               .types = {DataType::hrv_sdnn, DataType::hrv_rmssd},
                               .range = TimeRange{at("2026-03-01T04:00:00Z"), at("2026-03-01T04:00:00.001Z")}}));
}

TEST(GoogleWebhooks, ASingleObjectIsTakenToo) {  // TRIG-2: seen beside the list
  const auto receipt = receive(post(notification("exercise", hour)));
  ASSERT_TRUE(receipt && receipt->notifications.size() == 1);
  EXPECT_EQ(receipt->notifications[0].types, std::vector{DataType::workout});
}

TEST(GoogleWebhooks, WithoutSoundPhysicalTimesTheRangeStaysOpen) {  // TRIG-2: nothing is left out
  for (const std::string& intervals :
       {std::string(), std::string(R"({"civilDateInterval":{}})"), std::string("5"),
        std::string(R"({"physicalTimeInterval":5})"),
        std::string(R"({"physicalTimeInterval":{"startTime":"2026-03-01T08:00:00Z"}})"),
        interval("yesterday", "2026-03-01T08:00:00Z"), interval("2026-03-01T09:00:00Z", "2026-03-01T08:00:00Z"),
        hour + R"(,{"civilDateInterval":{}})"}) {
    const auto receipt = receive(post("[" + notification("sleep", intervals) + "]"));
    ASSERT_TRUE(receipt && receipt->notifications.size() == 1) << intervals;
    EXPECT_EQ(receipt->notifications[0].range, std::nullopt) << intervals;
  }
  std::string many = hour;
  for (std::size_t i = 0; i < max_notified_intervals; ++i) many += "," + hour;
  EXPECT_EQ(receive(post(notification("sleep", many)))->notifications[0].range, std::nullopt);
}

TEST(GoogleWebhooks, UnknownTypesAndOperationsAreAcknowledged) {  // TRIG-2
  const auto receipt = receive(post("[" + notification("sedentary-period", hour) + "," +
                                    notification("steps", hour, "ARCHIVE") + "," + notification("weight", hour) + "]"));
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->answer.status, 204);
  EXPECT_EQ(receipt->ignored, 2U);
  EXPECT_EQ(receipt->notifications.size(), 1U);
}

TEST(GoogleWebhooks, UnreadableBodiesAreTold) {  // TRIG-2
  for (const char* body : {"", "{", "5", "{}", "[5]", "[{}]", R"([{"data":5}])", R"([{"data":{"dataType":"steps"}}])",
                           R"({"type":"verify"})", R"([{"data":{"healthUserId":""}}])"}) {
    EXPECT_EQ(refusal(post(body)), ErrorCode::unreadable_input) << body;
  }
  net::Request get = post("[]");
  get.method = "GET";
  EXPECT_EQ(refusal(get), ErrorCode::unreadable_input);
}

TEST(GoogleWebhooks, OneNotificationTooManyIsTooLarge) {  // every list has a named maximum
  std::string list = "[" + notification("steps", "");
  for (std::size_t i = 1; i < max_notifications; ++i) list += "," + notification("steps", "");
  EXPECT_EQ(receive(post(list + "]"))->notifications.size(), max_notifications);
  EXPECT_EQ(refusal(post(list + "," + notification("steps", "") + "]")), ErrorCode::too_large);
  EXPECT_EQ(refusal(post(std::string(max_webhook_body_bytes + 1, ' '))), ErrorCode::too_large);
}

TEST(GoogleWebhooks, ASignatureIsVerifiedUnderEitherName) {  // TRIG-2; the sheet calls the name UNSURE
  const TestSigningKey key;
  const TestSigningKey other;
  const std::string body = "[" + notification("steps", hour) + "]";
  for (const char* name : {"X-HEALTHAPI-SIGNATURE", "GOOGLE-HEALTH-API-SIGNATURE"}) {
    const auto with = [&](const std::string& signature) {
      return post(body, {{"Authorization", secret}, {name, signature}});
    };
    EXPECT_TRUE(receive(with(key.sign_der(body)), settings_with(key.public_pem())));
    EXPECT_TRUE(receive(with(key.sign_raw(body)), settings_with(key.public_pem())));
    EXPECT_EQ(refusal(with(other.sign_der(body)), settings_with(key.public_pem())), ErrorCode::unauthenticated);
    EXPECT_EQ(refusal(with(key.sign_der(body + " ")), settings_with(key.public_pem())), ErrorCode::unauthenticated);
    EXPECT_EQ(refusal(with(""), settings_with(key.public_pem())), ErrorCode::unauthenticated);
    EXPECT_TRUE(receive(with("anything")));  // no key is configured
  }
  EXPECT_TRUE(receive(post(body), settings_with(key.public_pem())));
  EXPECT_EQ(refusal(post(body), settings_with(key.public_pem(), true)), ErrorCode::unauthenticated);
  // The secret is not replaced by a signature.
  EXPECT_EQ(refusal(post(body, {{"X-HEALTHAPI-SIGNATURE", key.sign_der(body)}}), settings_with(key.public_pem(), true)),
            ErrorCode::unauthenticated);
  EXPECT_EQ(receive(post(R"({"type":"verification"})"), settings_with(key.public_pem(), true))->answer.status, 201);
}

class GoogleSubscribers : public testing::Test {
 protected:
  CallContext context() { return {http, runtime, Deadline::after(runtime, 30s)}; }
  VirtualRuntime runtime;
  ScriptedHttpClient http;
  std::unique_ptr<Webhooks> webhooks = make_webhooks(settings_with());
};

TEST_F(GoogleSubscribers, AreMadeListedAndEnded) {  // TRIG-2
  http.answer(200, R"({"name":"projects/1234/subscribers/syncwell","state":"ACTIVE"})")
      .answer(
          200,
          R"({"subscribers":[{"name":"projects/1234/subscribers/syncwell","endpointUri":"https://us.test/w","state":"ACTIVE"},5]})")
      .answer(200, "{}")
      .answer(200, "{}");
  const auto made = runtime.run(webhooks->subscribe(context(), "https://us.test/w"));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->id, "syncwell");
  EXPECT_EQ(http.path(0), "/v4/projects/1234/subscribers");
  EXPECT_EQ(http.query(0, "subscriberId"), "syncwell");
  EXPECT_EQ(http.requests[0].headers.get("Authorization"), "Bearer service account token");
  const auto body = boost::json::parse(http.requests[0].body);
  EXPECT_EQ(body.at("endpointUri"), "https://us.test/w");
  EXPECT_EQ(std::string(body.at("endpointAuthorization").at("secret").as_string()), secret);
  const auto& configuration = body.at("subscriberConfigs").at(0);
  EXPECT_EQ(configuration.at("subscriptionCreatePolicy"), "AUTOMATIC");
  std::vector<std::string> types;
  for (const auto& type : configuration.at("dataTypes").as_array()) types.emplace_back(type.as_string());
  EXPECT_THAT(types, testing::IsSupersetOf({"steps", "sleep", "exercise", "weight", "heart-rate-variability"}));
  EXPECT_THAT(types, testing::Not(testing::Contains("oxygen-saturation")));
  EXPECT_EQ(std::ranges::count(types, "heart-rate-variability"), 1);
  const auto list = runtime.run(webhooks->list(context()));
  ASSERT_TRUE(list && list->size() == 1);
  EXPECT_EQ(list->front().id, "syncwell");
  EXPECT_EQ(list->front().state, "ACTIVE");
  EXPECT_TRUE(runtime.run(webhooks->list(context()))->empty());
  EXPECT_TRUE(runtime.run(webhooks->unsubscribe(context(), "syncwell")));
  EXPECT_EQ(http.path(3), "/v4/projects/1234/subscribers/syncwell");
}

TEST_F(GoogleSubscribers, FailuresAreTold) {  // PROV-3
  http.answer(403, "{}").answer(404, "{}").answer(503, "");
  EXPECT_EQ(runtime.run(webhooks->subscribe(context(), "https://us.test")).error().code, ErrorCode::forbidden);
  EXPECT_EQ(runtime.run(webhooks->unsubscribe(context(), "none")).error().code, ErrorCode::not_found);
  EXPECT_EQ(runtime.run(webhooks->list(context())).error().code, ErrorCode::provider_failed);
  CloudSettings unset = settings_with();
  unset.webhooks.credential.clear();
  EXPECT_EQ(runtime.run(make_webhooks(unset)->list(context())).error().code, ErrorCode::invalid_argument);
  unset.webhooks.secret.clear();
  EXPECT_EQ(runtime.run(make_webhooks(unset)->subscribe(context(), "https://us.test")).error().code,
            ErrorCode::invalid_argument);
}

TEST_F(GoogleSubscribers, AnAccountIsSubscribedWhereThePolicyIsManual) {  // TRIG-2
  EXPECT_TRUE(runtime.run(webhooks->subscribe_account(context(), "abc")));
  EXPECT_TRUE(http.requests.empty());
  CloudSettings manual = settings_with();
  manual.webhooks.per_account = true;
  webhooks = make_webhooks(manual);
  http.answer(200, "{}").answer(409, "{}").answer(500, "{}");
  EXPECT_TRUE(runtime.run(webhooks->subscribe_account(context(), "abc")));
  EXPECT_EQ(http.path(0), "/v4/projects/1234/subscribers/syncwell/subscriptions");
  EXPECT_EQ(boost::json::parse(http.requests[0].body).at("user"), "users/abc");
  EXPECT_TRUE(runtime.run(webhooks->subscribe_account(context(), "abc")));  // subscribed already
  EXPECT_FALSE(runtime.run(webhooks->subscribe_account(context(), "abc")));
  EXPECT_TRUE(runtime.run(webhooks->subscribe_account(context(), "")));
  EXPECT_EQ(http.requests.size(), 3U);
}

}  // namespace
}  // namespace syncwell::providers::google_health
