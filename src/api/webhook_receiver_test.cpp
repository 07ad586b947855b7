// TRIG-2: from a provider's request to events, and every way in which that goes wrong.
#include "api/webhook_receiver.hpp"

#include <gmock/gmock.h>
#include <boost/json.hpp>

#include <set>

#include "engine/connector.hpp"
#include "store/test_table.hpp"

namespace syncwell::api {
namespace {

using namespace std::chrono_literals;
using model::DataType;
using providers::Notification;
using store::Connection;
using store::ConnectionStatus;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Takes every request for the receipt that the test has laid out.
class ScriptedWebhooks final : public providers::Webhooks {
 public:
  [[nodiscard]] std::string missing_setting() const override { return missing; }
  [[nodiscard]] Result<providers::Receipt> receive(const net::Request&, Instant) const override { return receipt; }
  [[nodiscard]] Async<Result<std::vector<providers::Subscription>>> list(providers::CallContext) override {
    co_return std::vector<providers::Subscription>{};
  }
  [[nodiscard]] Async<Result<providers::Subscription>> subscribe(providers::CallContext, std::string) override {
    co_return providers::Subscription{};
  }
  [[nodiscard]] Async<Result<void>> unsubscribe(providers::CallContext, std::string) override {
    co_return Result<void>{};
  }

  std::string missing;
  Result<providers::Receipt> receipt = providers::Receipt{{204}};
};

class NotifyingProvider final : public providers::DataProvider {
 public:
  NotifyingProvider(std::string key, providers::Webhooks* webhooks) : webhooks_(webhooks) {
    capabilities_.key = std::move(key);
  }
  [[nodiscard]] const providers::Capabilities& capabilities() const override { return capabilities_; }
  [[nodiscard]] Result<std::unique_ptr<providers::RecordStream>> fetch(providers::CallContext, providers::Account,
                                                                       providers::FetchRequest) override {
    return fail(ErrorCode::unsupported, "these tests fetch nothing");
  }
  [[nodiscard]] Async<providers::PushResult> push(providers::CallContext, providers::Account, model::DataType,
                                                  std::span<const providers::WriteOp>) override {
    co_return providers::PushResult{};
  }
  [[nodiscard]] providers::Webhooks* webhooks() override { return webhooks_; }

 private:
  providers::Capabilities capabilities_;
  providers::Webhooks* webhooks_;
};

class RecordingBus final : public bus::EventBus {
 public:
  [[nodiscard]] Async<Result<void>> publish(bus::Event event) override {
    if (refuses_after == 0) co_return fail(ErrorCode::storage_full, "the disk is full");
    if (refuses_after > 0) --refuses_after;
    events.push_back(std::move(event));
    co_return Result<void>{};
  }
  [[nodiscard]] Async<Result<std::vector<bus::Event>>> undeliverable(std::size_t) override {
    co_return std::vector<bus::Event>{};
  }

  std::vector<bus::Event> events;
  int refuses_after = -1;  // publishes this many, then refuses; -1: never
};

class WebhookReceiverTest : public store::TableTest {
 protected:
  WebhookReceiverTest() {
    providers_.add(std::make_unique<NotifyingProvider>("cloud", &webhooks));
    providers_.add(std::make_unique<NotifyingProvider>("silent", nullptr));
  }

  void connect(const std::string& id, const std::string& user, const std::string& account,
               ConnectionStatus status = ConnectionStatus::active) {
    Connection connection{id, user, "cloud", status, "sec_" + id, runtime.now()};
    connection.account = engine::account_digest(storage->vault(), "cloud", account);
    connection.authorized = runtime.now();
    ASSERT_TRUE(runtime.run(connections.add(connection)));
  }
  net::Response receive(const std::string& provider = "cloud") {
    return runtime.run(receiver.receive(provider, {"POST", "/webhooks/" + provider}));
  }
  net::Response receive(std::vector<Notification> notifications) {
    webhooks.receipt = providers::Receipt{{204}, std::move(notifications)};
    return receive();
  }
  ConnectionStatus status_of(const std::string& user, const std::string& id) {
    return runtime.run(connections.get(user, id)).value()->status;
  }
  std::uint64_t count(WebhookOutcome outcome) {
    const auto counts = counters.counts();
    const auto found = counts.find({"cloud", outcome});
    return found == counts.end() ? 0 : found->second;
  }
  std::vector<std::string> published() {
    std::vector<std::string> texts;
    for (const auto& event : bus.events) texts.push_back(event.type + " " + boost::json::serialize(event.data));
    return texts;
  }

  ScriptedWebhooks webhooks;
  RecordingBus bus;
  WebhookCounters counters;
  store::Connections connections{table()};

 private:
  providers::Registry providers_;

 protected:
  WebhookReceiver receiver{table(), storage->vault(), bus, providers_, runtime, counters};
};

const TimeRange morning{parse_rfc3339("2026-03-01T06:00:00Z")->at, parse_rfc3339("2026-03-01T09:00:00Z")->at};
const TimeRange noon{parse_rfc3339("2026-03-01T11:00:00Z")->at, parse_rfc3339("2026-03-01T12:00:00Z")->at};

Notification changed(std::string account, std::vector<DataType> types, std::optional<TimeRange> range = std::nullopt) {
  return {.provider_user_id = std::move(account), .types = std::move(types), .range = range};
}

Notification withdrawn(std::string account, std::optional<Instant> at = std::nullopt) {
  return {.kind = Notification::Kind::deauthorised, .provider_user_id = std::move(account), .occurred_at = at};
}

TEST_F(WebhookReceiverTest, ANotificationBecomesAnEventOfTheConnection) {  // TRIG-2
  connect("conn_1", "user", "a");
  const auto answer = receive({changed("a", {DataType::steps}, morning)});
  EXPECT_EQ(answer.status, 204);
  EXPECT_THAT(published(),
              ElementsAre(R"(SourceDataChanged {"user":"user","connection_id":"conn_1","data_types":["steps"],)"
                          R"("from":"2026-03-01T06:00:00Z","until":"2026-03-01T09:00:00Z"})"));
  EXPECT_EQ(bus.events[0].source, "webhooks");
  EXPECT_EQ(count(WebhookOutcome::accepted), 1U);
}

TEST_F(WebhookReceiverTest, WithoutRangeAndTypesTheEventHasNone) {  // TRIG-2
  connect("conn_1", "user", "a");
  receive({changed("a", {})});
  EXPECT_THAT(published(),
              ElementsAre(R"(SourceDataChanged {"user":"user","connection_id":"conn_1","data_types":[]})"));
}

TEST_F(WebhookReceiverTest, EveryConnectionOfTheAccountIsTold) {  // TRIG-2
  connect("conn_1", "user", "a");
  connect("conn_2", "user2", "a");
  connect("conn_3", "user2", "b");
  connect("conn_4", "user3", "a", ConnectionStatus::needs_reauth);
  connect("conn_5", "user3", "a", ConnectionStatus::erasing);
  receive({changed("a", {DataType::steps})});
  std::vector<std::string> told;
  for (const auto& event : bus.events) told.emplace_back(event.data.at("connection_id").as_string());
  EXPECT_THAT(told, UnorderedElementsAre("conn_1", "conn_2"));
}

TEST_F(WebhookReceiverTest, ABatchIsJoinedByAccountAndTypes) {  // TRIG-2: few look-ups, few events
  connect("conn_1", "user", "a");
  receive({changed("a", {DataType::steps}, noon), changed("a", {DataType::sleep}),
           changed("a", {DataType::steps}, morning), changed("a", {DataType::sleep}),
           changed("a", {DataType::sleep}, noon)});
  EXPECT_THAT(
      published(),
      UnorderedElementsAre(
          testing::HasSubstr(R"(["steps"],"from":"2026-03-01T06:00:00Z","until":"2026-03-01T12:00:00Z")"),
          testing::HasSubstr(R"(["sleep"]})"), testing::HasSubstr(R"(["sleep"],"from":"2026-03-01T11:00:00Z")")));
  EXPECT_EQ(count(WebhookOutcome::accepted), 5U);
}

TEST_F(WebhookReceiverTest, AnUnknownAccountIsAcknowledgedAndCounted) {  // TRIG-2
  connect("conn_1", "user", "a", ConnectionStatus::erasing);
  EXPECT_EQ(receive({changed("a", {DataType::steps}), changed("x", {}), withdrawn("y")}).status, 204);
  EXPECT_THAT(bus.events, IsEmpty());
  EXPECT_EQ(count(WebhookOutcome::unknown_account), 3U);
  EXPECT_EQ(count(WebhookOutcome::accepted), 0U);
}

TEST_F(WebhookReceiverTest, AReplayIsHarmless) {  // TRIG-2
  connect("conn_1", "user", "a");
  receive({changed("a", {DataType::steps}, morning)});
  receive({changed("a", {DataType::steps}, morning)});
  ASSERT_EQ(bus.events.size(), 2U);
  EXPECT_EQ(bus.events[0].data, bus.events[1].data);  // asks for the same again, which coalescing and the ledger absorb
}

TEST_F(WebhookReceiverTest, AWithdrawnConsentMarksAllConnectionsOnce) {  // TRIG-2, PROV-3
  connect("conn_1", "user", "a");
  connect("conn_2", "user2", "a");
  connect("conn_3", "user2", "b");
  EXPECT_EQ(receive({withdrawn("a", runtime.now() + 1s)}).status, 204);
  EXPECT_EQ(status_of("user", "conn_1"), ConnectionStatus::needs_reauth);
  EXPECT_EQ(status_of("user2", "conn_2"), ConnectionStatus::needs_reauth);
  EXPECT_EQ(status_of("user2", "conn_3"), ConnectionStatus::active);
  EXPECT_THAT(
      published(),
      UnorderedElementsAre(R"(ReAuthenticationNeeded {"connection_id":"conn_1","provider":"cloud","user":"user"})",
                           R"(ReAuthenticationNeeded {"connection_id":"conn_2","provider":"cloud","user":"user2"})"));
  receive({withdrawn("a")});
  EXPECT_EQ(bus.events.size(), 2U);
  EXPECT_EQ(count(WebhookOutcome::deauthorised), 2U);
}

TEST_F(WebhookReceiverTest, AWithdrawalFromBeforeTheConnectionIsAnOldStory) {  // TRIG-2: replay after a reconnect
  runtime.run(runtime.sleep_for(10s)).value();
  connect("conn_1", "user", "a");
  receive({withdrawn("a", runtime.now() - 2s)});
  EXPECT_THAT(bus.events, IsEmpty());
  EXPECT_EQ(status_of("user", "conn_1"), ConnectionStatus::active);
  receive({withdrawn("a", runtime.now() - 2s), withdrawn("a", runtime.now())});
  EXPECT_EQ(status_of("user", "conn_1"), ConnectionStatus::needs_reauth);
}

TEST_F(WebhookReceiverTest, NothingIsAcknowledgedThatIsNotKept) {  // INT-2: the provider repeats
  connect("conn_1", "user", "a");
  connect("conn_2", "user", "b");
  bus.refuses_after = 1;
  const auto refused = receive({changed("a", {}), changed("b", {})});
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.headers.get("Retry-After"));
  EXPECT_EQ(count(WebhookOutcome::unavailable), 1U);
  bus.refuses_after = -1;
  EXPECT_EQ(receive({changed("a", {}), changed("b", {})}).status, 204);
  EXPECT_EQ(bus.events.size(), 3U);
}

TEST_F(WebhookReceiverTest, AWithdrawalThatCouldNotBeToldIsNotForgotten) {  // PROV-3
  connect("conn_1", "user", "a");
  bus.refuses_after = 0;
  EXPECT_EQ(receive({withdrawn("a")}).status, 503);
  EXPECT_EQ(status_of("user", "conn_1"), ConnectionStatus::active);
  bus.refuses_after = -1;
  EXPECT_EQ(receive({withdrawn("a")}).status, 204);
  EXPECT_EQ(bus.events.size(), 1U);
}

TEST_F(WebhookReceiverTest, WhatAProviderRefusesIsAnsweredWithoutAReason) {  // TRIG-2
  const auto answer_to = [this](ErrorCode code) {
    webhooks.receipt = fail(code, "the secret ends in xyz");
    const auto answer = receive();
    if (code == ErrorCode::unauthenticated || code == ErrorCode::forbidden)
      EXPECT_EQ(answer.body.find("xyz"), std::string::npos);
    return answer.status;
  };
  EXPECT_EQ(answer_to(ErrorCode::unauthenticated), 401);
  EXPECT_EQ(answer_to(ErrorCode::forbidden), 403);
  EXPECT_EQ(answer_to(ErrorCode::unreadable_input), 400);
  EXPECT_EQ(answer_to(ErrorCode::too_large), 413);
  EXPECT_EQ(count(WebhookOutcome::refused), 2U);
  EXPECT_EQ(count(WebhookOutcome::unreadable), 2U);
}

TEST_F(WebhookReceiverTest, WithoutSettingOrWebhooksThereIsNothingHere) {  // TRIG-2
  EXPECT_EQ(receive("nobody").status, 404);
  EXPECT_EQ(receive("silent").status, 404);
  webhooks.missing = "webhook_secret";
  EXPECT_EQ(receive().status, 404);
  webhooks.missing.clear();
  EXPECT_EQ(receive().status, 204);
  EXPECT_EQ(counters.counts().size(), 1U);  // nothing that a stranger chose is counted
  EXPECT_EQ(count(WebhookOutcome::handshake), 1U);
}

TEST_F(WebhookReceiverTest, WhatWeHaveNoUseForIsCounted) {  // TRIG-2
  webhooks.receipt = providers::Receipt{{204}, {}, 3};
  EXPECT_EQ(receive().status, 204);
  EXPECT_EQ(count(WebhookOutcome::ignored), 3U);
  EXPECT_EQ(count(WebhookOutcome::handshake), 0U);
}

TEST_F(WebhookReceiverTest, OutcomesHaveNamesOfTheirOwn) {  // OBS
  std::set<std::string_view> names;
  for (const auto outcome : webhook_outcomes) names.insert(name_of(outcome));
  EXPECT_EQ(names.size(), webhook_outcomes.size());
}

}  // namespace
}  // namespace syncwell::api
