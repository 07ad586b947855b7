// Strava's handshake, events, signatures and push subscriptions (TRIG-2).
#include "providers/strava/strava_webhooks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/virtual_runtime.hpp"
#include "providers/scripted_http_client.hpp"
#include "providers/webhook_request.hpp"

namespace syncwell::providers::strava {
namespace {

using namespace std::chrono_literals;
using Kind = Notification::Kind;

constexpr std::int64_t now_s = 1'700'000'000;
const Instant now{std::chrono::seconds{now_s}};
const std::string created = R"({"aspect_type":"create","event_time":1699999990,"object_id":12345678987654321,)"
                            R"("object_type":"activity","owner_id":134815,"subscription_id":120475,"updates":{}})";
const std::string withdrawn = R"({"aspect_type":"update","event_time":1699999990,"object_id":134815,)"
                              R"("object_type":"athlete","owner_id":134815,"subscription_id":120475,)"
                              R"("updates":{"authorized":"false"}})";

CloudSettings settings_with(bool require_signature = false, std::string subscription_id = "") {
  CloudSettings settings{"https://strava.test", "https://strava.test", "https://strava.test", "our id", "our secret"};
  settings.webhooks.secret = "verify me";
  settings.webhooks.require_signature = require_signature;
  settings.webhooks.subscription_id = std::move(subscription_id);
  return settings;
}

std::string signature_of(const std::string& body, std::int64_t time = now_s, const std::string& secret = "our secret") {
  const std::string t = std::to_string(time);
  return "t=" + t + ",v1=" + hmac_sha256_hex(secret, t + "." + body);
}

net::Request post(const std::string& body, const std::string& signature = {}) {
  net::Request request{"POST", "/webhooks/strava", {{"Content-Type", "application/json"}}, body};
  if (!signature.empty()) request.headers.set("X-Strava-Signature", signature);
  return request;
}

Result<Receipt> receive(const net::Request& request, CloudSettings settings = settings_with()) {
  return make_webhooks(std::move(settings))->receive(request, now);
}

ErrorCode refusal(const net::Request& request, CloudSettings settings = settings_with()) {
  const auto receipt = receive(request, std::move(settings));
  EXPECT_FALSE(receipt.has_value());
  return receipt ? ErrorCode::internal : receipt.error().code;
}

TEST(StravaWebhooks, AnswersTheHandshakeWithTheChallenge) {  // TRIG-2
  const auto receipt = receive({"GET",
                                "/webhooks/strava?hub.mode=subscribe&hub.challenge=15f7d1a91c1f40f8a748fd134752feb3"
                                "&hub.verify_token=verify%20me"});
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->answer.status, 200);
  EXPECT_EQ(receipt->answer.body, R"({"hub.challenge":"15f7d1a91c1f40f8a748fd134752feb3"})");
  EXPECT_TRUE(receipt->notifications.empty());
}

TEST(StravaWebhooks, AHandshakeWithAnotherTokenIsForbidden) {  // TRIG-2
  const std::string handshake = "/webhooks/strava?hub.mode=subscribe&hub.challenge=x";
  EXPECT_EQ(refusal({"GET", handshake + "&hub.verify_token=guess"}), ErrorCode::forbidden);
  EXPECT_EQ(refusal({"GET", handshake}), ErrorCode::forbidden);
  CloudSettings unset = settings_with();
  unset.webhooks.secret.clear();
  EXPECT_EQ(refusal({"GET", handshake + "&hub.verify_token="}, unset), ErrorCode::forbidden);
  EXPECT_EQ(make_webhooks(unset)->missing_setting(), "webhook_verify_token");
}

TEST(StravaWebhooks, AHandshakeThatIsNoneIsUnreadable) {  // TRIG-2
  for (const char* query : {"", "?hub.mode=subscribe&hub.verify_token=verify%20me",
                            "?hub.mode=unsubscribe&hub.challenge=x&hub.verify_token=verify%20me",
                            "?hub.mode=subscribe&hub.challenge=%22&hub.verify_token=verify%20me",
                            "?hub.mode=subscribe&hub.challenge=%ff&hub.verify_token=verify%20me"}) {
    EXPECT_EQ(refusal({"GET", std::string("/webhooks/strava") + query}), ErrorCode::unreadable_input) << query;
  }
}

TEST(StravaWebhooks, AnActivityEventNamesWorkoutsAndNoRange) {  // TRIG-2
  for (const char* aspect : {"create", "update", "delete"}) {
    std::string body = created;
    body.replace(body.find("create"), 6, aspect);
    const auto receipt = receive(post(body, signature_of(body)));
    ASSERT_TRUE(receipt) << aspect;
    EXPECT_EQ(receipt->answer.status, 200);
    EXPECT_THAT(receipt->notifications,
                testing::ElementsAre(Notification{.provider_user_id = "134815", .types = {model::DataType::workout}}));
  }
}

TEST(StravaWebhooks, AnUnsignedEventIsTakenUnlessSignaturesAreRequired) {  // TRIG-2; the sheet calls signing UNSURE
  EXPECT_EQ(receive(post(created))->notifications.size(), 1U);
  EXPECT_EQ(refusal(post(created), settings_with(true)), ErrorCode::unauthenticated);
  EXPECT_TRUE(receive(post(created, signature_of(created)), settings_with(true)));
}

TEST(StravaWebhooks, AWrongSignatureIsRefused) {  // TRIG-2
  const std::string right = signature_of(created);
  for (const std::string& wrong :
       {signature_of(created, now_s, "other secret"), signature_of(created + " "), std::string("v1=abc"),
        std::string("t=1700000000"), std::string("nonsense"), std::string("t=,v1="), std::string("t=x,v1=00"),
        right.substr(0, right.size() - 1), right + "0", "t=1700000001" + right.substr(right.find(',')),
        // The time counts as it was signed, before the signature.
        right.substr(right.find(',') + 1) + "," + right.substr(0, right.find(','))}) {
    EXPECT_EQ(refusal(post(created, wrong)), ErrorCode::unauthenticated) << wrong;
  }
  EXPECT_TRUE(receive(post(created, right + ",v1=00")));  // one of several fits: a secret is being changed
}

TEST(StravaWebhooks, ASignedEventIsRefusedWhenItComesLate) {  // TRIG-2: replay
  for (const std::int64_t age : {-300, 0, 300}) {
    EXPECT_TRUE(receive(post(created, signature_of(created, now_s - age)))) << age;
  }
  for (const std::int64_t age : {std::int64_t{-301}, std::int64_t{301}, now_s, -INT64_MAX + now_s}) {
    EXPECT_EQ(refusal(post(created, signature_of(created, now_s - age))), ErrorCode::unauthenticated) << age;
  }
}

TEST(StravaWebhooks, AnEventOfAnotherSubscriptionIsRefused) {  // TRIG-2
  EXPECT_TRUE(receive(post(created), settings_with(false, "120475")));
  EXPECT_EQ(refusal(post(created), settings_with(false, "1")), ErrorCode::unauthenticated);
  EXPECT_EQ(refusal(post(R"({"object_type":"activity","owner_id":1})"), settings_with(false, "1")),
            ErrorCode::unauthenticated);
}

TEST(StravaWebhooks, AWithdrawnConsentIsToldWhenSomethingVouchesForIt) {  // TRIG-2, PROV-3
  const Notification expected{.kind = Kind::deauthorised,
                              .provider_user_id = "134815",
                              .occurred_at = Instant{std::chrono::seconds{1699999990}}};
  EXPECT_THAT(receive(post(withdrawn, signature_of(withdrawn)))->notifications, testing::ElementsAre(expected));
  EXPECT_THAT(receive(post(withdrawn), settings_with(false, "120475"))->notifications, testing::ElementsAre(expected));
  // Anybody may have sent this one: the next call finds out.
  EXPECT_THAT(receive(post(withdrawn))->notifications,
              testing::ElementsAre(Notification{.provider_user_id = "134815"}));
}

TEST(StravaWebhooks, AWithdrawnConsentHasThreeForms) {  // TRIG-2
  for (const char* form : {R"({"object_type":"athlete","owner_id":7,"updates":{"authorized":"false"}})",
                           R"({"object_type":"athlete","owner_id":7,"updates":{"authorized":false}})",
                           R"({"object_type":"athlete","owner_id":7,"aspect_type":"delete"})"}) {
    const auto receipt = receive(post(form, signature_of(form)));
    ASSERT_TRUE(receipt && receipt->notifications.size() == 1) << form;
    EXPECT_EQ(receipt->notifications[0].kind, Kind::deauthorised) << form;
    EXPECT_EQ(receipt->notifications[0].occurred_at, std::nullopt);
  }
}

TEST(StravaWebhooks, UnknownKindsAreAcknowledged) {  // TRIG-2
  for (const char* body : {R"({"object_type":"club","owner_id":7,"aspect_type":"create"})",
                           R"({"object_type":"athlete","owner_id":7,"aspect_type":"update","updates":{"weight":"1"}})",
                           R"({"object_type":"athlete","owner_id":7,"updates":{"authorized":"true"}})"}) {
    const auto receipt = receive(post(body));
    ASSERT_TRUE(receipt) << body;
    EXPECT_EQ(receipt->answer.status, 200);
    EXPECT_TRUE(receipt->notifications.empty());
    EXPECT_EQ(receipt->ignored, 1U);
  }
}

TEST(StravaWebhooks, UnreadableBodiesAreTold) {  // TRIG-2
  for (const char* body : {"", "{", "[]", "5", "{}", R"({"object_type":"activity"})", R"({"owner_id":7})",
                           R"({"object_type":"activity","owner_id":"x"})", R"({"object_type":1,"owner_id":7})"}) {
    EXPECT_EQ(refusal(post(body)), ErrorCode::unreadable_input) << body;
  }
  EXPECT_EQ(refusal(post(std::string(max_webhook_body_bytes + 1, ' '))), ErrorCode::too_large);
}

RC_GTEST_PROP(StravaWebhooksProperty, NoHeaderPassesForASignature, (const std::string& header)) {  // TRIG-2
  net::Request request = post(created);
  request.headers.set("X-Strava-Signature", header);
  RC_ASSERT(!receive(request).has_value());
}

class StravaSubscriptions : public testing::Test {
 protected:
  CallContext context() { return {http, runtime, Deadline::after(runtime, 30s)}; }
  VirtualRuntime runtime;
  ScriptedHttpClient http;
  std::unique_ptr<Webhooks> webhooks = make_webhooks(settings_with());
};

TEST_F(StravaSubscriptions, AreMadeListedAndEnded) {  // TRIG-2
  http.answer(201, R"({"id":120475})")
      .answer(200, R"([{"id":120475,"callback_url":"https://us.test/w"},5])")
      .answer(204, "");
  const auto made = runtime.run(webhooks->subscribe(context(), "https://us.test/w"));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->id, "120475");
  EXPECT_EQ(http.path(0), "/api/v3/push_subscriptions");
  const auto form = net::parse_target("/?" + http.requests[0].body);
  EXPECT_EQ(form.parameter("callback_url"), "https://us.test/w");
  EXPECT_EQ(form.parameter("verify_token"), "verify me");
  EXPECT_EQ(form.parameter("client_secret"), "our secret");
  const auto list = runtime.run(webhooks->list(context()));
  ASSERT_TRUE(list && list->size() == 1);
  EXPECT_EQ(list->front().url, "https://us.test/w");
  EXPECT_EQ(http.query(1, "client_id"), "our id");
  EXPECT_TRUE(runtime.run(webhooks->unsubscribe(context(), "120475")));
  EXPECT_EQ(http.requests[2].method, "DELETE");
  EXPECT_EQ(http.path(2), "/api/v3/push_subscriptions/120475");
}

TEST_F(StravaSubscriptions, FailuresAreTold) {  // PROV-3
  http.answer(400, R"({"message":"Bad Request","errors":[]})")
      .answer(404, "")
      .answer(503, "")
      .answer(201, "{}")
      .answer(200, "{}")
      .fail_with(ErrorCode::timeout);
  EXPECT_EQ(runtime.run(webhooks->subscribe(context(), "https://us.test")).error().code, ErrorCode::provider_rejected);
  EXPECT_EQ(runtime.run(webhooks->unsubscribe(context(), "1")).error().code, ErrorCode::not_found);
  EXPECT_EQ(runtime.run(webhooks->list(context())).error().code, ErrorCode::provider_failed);
  EXPECT_EQ(runtime.run(webhooks->subscribe(context(), "https://us.test")).error().code, ErrorCode::mapping);
  EXPECT_EQ(runtime.run(webhooks->list(context())).error().code, ErrorCode::mapping);
  EXPECT_EQ(runtime.run(webhooks->list(context())).error().code, ErrorCode::timeout);
  CloudSettings unset = settings_with();
  unset.webhooks.secret.clear();
  EXPECT_EQ(runtime.run(make_webhooks(unset)->subscribe(context(), "https://us.test")).error().code,
            ErrorCode::invalid_argument);
}

TEST_F(StravaSubscriptions, AnAccountNeedsNoneOfItsOwn) {  // TRIG-2
  EXPECT_TRUE(runtime.run(webhooks->subscribe_account(context(), "134815")));
  EXPECT_TRUE(http.requests.empty());
}

}  // namespace
}  // namespace syncwell::providers::strava
