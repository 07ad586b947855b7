// PROV-3: a product team hears of failed logins and syncs, in a form that it can verify.
#include "notify/standard_webhook.hpp"

#include <gtest/gtest.h>

namespace syncwell::notify {
namespace {

constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";  // 24 bytes
const Instant sent{std::chrono::seconds{1614265330}};

// PROV-3. The test vector of the Standard Webhooks reference libraries.
TEST(StandardWebhook, SignsThePublishedVector) {
  EXPECT_EQ(signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", sent, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

// PROV-3: lengths one past each bound, and what is no base64.
TEST(StandardWebhook, RefusesOtherSecrets) {
  EXPECT_FALSE(signature("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a", sent, ""));
  EXPECT_FALSE(signature("whsec_", "a", sent, ""));
  EXPECT_FALSE(signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa*w", "a", sent, ""));
  EXPECT_FALSE(signature("whsec_" + std::string(30, 'A') + "A=", "a", sent, ""));  // 23 bytes
  EXPECT_TRUE(signature("whsec_" + std::string(86, 'A') + "==", "a", sent, ""));   // 64 bytes
  EXPECT_FALSE(signature("whsec_" + std::string(87, 'A') + "=", "a", sent, ""));   // 65 bytes
}

// PROV-3, DEC-11: ids and codes only; anything else in the event stays here.
TEST(StandardWebhook, BodyHoldsKnownIdsOnly) {
  const bus::Event event{
      .id = "e1",
      .type = "SyncFailed",
      .source = "worker",
      .time = sent,
      .data = {{"user", "u"}, {"job_id", "j"}, {"heart_rate", 61}, {"error_code", "timeout"}, {"written", 2}}};
  const auto events = public_events(event);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].id, "e1");
  EXPECT_EQ(events[0].type, "org.syncwell.sync.failed");
  EXPECT_EQ(events[0].body, R"({"specversion":"1.0","id":"e1","source":"syncwell","type":"org.syncwell.sync.failed",)"
                            R"("time":"2021-02-25T15:02:10Z","datacontenttype":"application/json",)"
                            R"("data":{"userId":"usr_u","syncJobId":"j","errorCode":"timeout","written":2}})");
}

// PROV-3: a new secret signs, and no two are the same.
TEST(StandardWebhook, NewSecretsAreSecrets) {
  const auto one = new_secret();
  EXPECT_TRUE(signature(one, "a", sent, ""));
  EXPECT_NE(one, new_secret());
}

// Events out: HistoricalSyncCompleted, once, and with what it brought.
TEST(StandardWebhook, TheFirstRunOfASyncIsToldAsItsHistory) {
  const auto types_of = [](bool first, int written) {
    std::vector<std::string> types;
    for (auto& event : public_events({.id = "job_1/succeeded",
                                      .type = "SyncSucceeded",
                                      .source = "engine",
                                      .data = {{"first", first}, {"written", written}, {"deleted", 0}}}))
      types.push_back(event.id + " " + event.type);
    return types;
  };
  const std::string history = "job_1/succeeded/history org.syncwell.sync.history_completed";
  const std::string succeeded = "job_1/succeeded org.syncwell.sync.succeeded";
  EXPECT_EQ(types_of(true, 3), (std::vector{history, succeeded}));
  EXPECT_EQ(types_of(true, 0), (std::vector{history}));
  EXPECT_EQ(types_of(false, 3), (std::vector{succeeded}));
  EXPECT_TRUE(types_of(false, 0).empty());
}

// PROV-3: requests between our own parts are not for subscribers.
TEST(StandardWebhook, InternalEventsHaveNoPublicForm) {
  EXPECT_TRUE(public_events({.id = "e1", .type = "UserErasureRequested", .source = "api"}).empty());
}

// PROV-3: the schedule ends, one past the last delay.
TEST(StandardWebhook, RetriesOverDaysAndThenEnds) {
  EXPECT_EQ(retry_delay(1), std::chrono::seconds{5});
  EXPECT_EQ(retry_delay(8), std::chrono::hours{12});
  EXPECT_FALSE(retry_delay(9));
  EXPECT_FALSE(retry_delay(0));
}

}  // namespace
}  // namespace syncwell::notify
