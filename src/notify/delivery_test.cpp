// Events out, from the bus's queue to the subscriber, in simulated time on real storage.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/json.hpp>

#include "adapters/sqlite/test_storage.hpp"
#include "base/cancellation.hpp"
#include "bus/event_consumer.hpp"
#include "notify/deliverer.hpp"
#include "notify/standard_webhook.hpp"

namespace syncwell::notify {
namespace {

using namespace std::chrono_literals;

class Subscriber final : public net::HttpClient {
 public:
  [[nodiscard]] Async<Result<net::Response>> send(net::Request request, Deadline) override {
    requests.push_back(std::move(request));
    if (status == 0) co_return fail(ErrorCode::connection_failed, "nobody listens");
    co_return net::Response{status, headers};
  }
  int status = 204;
  net::Headers headers;
  std::vector<net::Request> requests;
};

sqlite::StorageOptions options(const std::filesystem::path& folder) {
  auto options = sqlite::test_options(folder);
  options.queues.push_back({"notifications", {}});
  options.queues.push_back({"deliveries", {1min, max_delivery_attempts + 1}});
  return options;
}

class DeliveryTest : public testing::Test {
 protected:
  DeliveryTest() {
    auto opened = sqlite::Storage::open(options(folder_.path()), clock_, runtime.executor());
    if (!opened) throw std::runtime_error(opened.error().message);
    storage = std::move(*opened);
    deliverer.emplace(storage->queue("deliveries"), storage->table(), storage->vault(), subscriber, runtime, counters);
    outbox.emplace(storage->table(), storage->queue("deliveries"));
    announcer.emplace(storage->queue("notifications"), runtime,
                      [this](bus::Event event, int) { return outbox->add(std::move(event)); });
  }
  ~DeliveryTest() override { complete(stop()); }
  void start() {
    announcer->start();
    deliverer->start();
  }
  Async<bool> stop() {
    co_await announcer->stop();
    co_await deliverer->stop();
    co_return true;
  }
  template <class T>
  T complete(Async<T> task) {
    std::optional<T> value;
    boost::asio::co_spawn(runtime.executor(), without_cancellation_exceptions(std::move(task)),
                          [&](std::exception_ptr error, T result) {
                            if (error) std::rethrow_exception(error);
                            value.emplace(std::move(result));
                          });
    while (!value) runtime.run_for(Duration{1});
    return std::move(*value);
  }
  store::Subscription subscribe(const std::string& id = "sub_1", std::vector<std::string> types = {}) {
    store::Subscription made{id,
                             "https://team.example/" + id,
                             std::move(types),
                             complete(storage->vault().put(secret)).value(),
                             "",
                             runtime.now()};
    made.version = complete(store::Subscriptions(storage->table()).put(made)).value();
    return made;
  }
  void publish(std::string id, std::string_view type = bus::sync_failed) {
    bus::Event event{std::move(id), std::string(type), "engine", runtime.now()};
    event.data = {{"user", "u"}, {"job_id", "job_1"}, {"error_code", "timeout"}};
    ASSERT_TRUE(complete(storage->queue("notifications").send(bus::to_json(event), Duration{0})));
  }
  std::size_t dead() { return complete(storage->queue("deliveries").dead_letters(10, "")).value().size(); }
  bool is_idle() {
    const auto depth = complete(storage->queue("deliveries").depth()).value();
    return depth.visible + depth.in_flight + depth.delayed == 0;
  }

  sqlite::TemporaryFolder folder_;
  VirtualRuntime runtime;
  sqlite::RuntimeClock clock_{runtime};
  std::unique_ptr<sqlite::Storage> storage;
  Subscriber subscriber;
  DeliveryCounters counters;
  std::optional<Outbox> outbox;
  std::optional<bus::EventConsumer> announcer;
  std::optional<Deliverer> deliverer;
  std::string secret = new_secret();
};

TEST_F(DeliveryTest, ASubscriberIsToldAndCanVerifyIt) {  // events out: CloudEvents by Standard Webhooks
  subscribe();
  start();
  publish("job_1/failed/5");
  runtime.run_for(1s);
  ASSERT_EQ(subscriber.requests.size(), 1U);
  const auto& request = subscriber.requests.front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://team.example/sub_1");
  EXPECT_EQ(request.headers.get("Content-Type"), "application/cloudevents+json");
  EXPECT_EQ(request.headers.get("webhook-id"), "job_1/failed/5");
  const auto stamp = std::string(request.headers.get("webhook-timestamp").value());
  const Instant sent{std::chrono::seconds{std::stoll(stamp)}};
  EXPECT_EQ(request.headers.get("webhook-signature"), signature(secret, "job_1/failed/5", sent, request.body));
  const auto body = boost::json::parse(request.body);
  EXPECT_EQ(body.at("type"), "org.syncwell.sync.failed");
  EXPECT_EQ(body.at("data").at("errorCode"), "timeout");
  EXPECT_TRUE(is_idle());
  EXPECT_EQ(counters.delivered, 1U);
}

TEST_F(DeliveryTest, WithoutSubscribersNothingIsKept) {  // DEC-11
  start();
  publish("e1");
  runtime.run_for(1s);
  EXPECT_TRUE(complete(store::EventLog(storage->table()).list(runtime.now(), {})).value().events.empty());
  EXPECT_TRUE(is_idle());
}

TEST_F(DeliveryTest, OnlyTheTypesThatAreWanted) {
  subscribe("sub_1", {"org.syncwell.sync.succeeded"});
  subscribe("sub_2", {"org.syncwell.sync.failed"});
  start();
  publish("e1");
  runtime.run_for(1s);
  ASSERT_EQ(subscriber.requests.size(), 1U);
  EXPECT_EQ(subscriber.requests.front().url, "https://team.example/sub_2");
}

TEST_F(DeliveryTest, WhatFailsIsRepeatedOverDaysWithTheSameId) {
  subscribe();
  start();
  subscriber.status = 500;
  publish("e1");
  runtime.run_for(1s);
  EXPECT_EQ(subscriber.requests.size(), 1U);
  runtime.run_for(5s);
  EXPECT_EQ(subscriber.requests.size(), 2U);
  runtime.run_for(24h);
  subscriber.status = 200;
  runtime.run_for(24h);
  EXPECT_EQ(counters.delivered, 1U);
  for (const auto& request : subscriber.requests) EXPECT_EQ(request.headers.get("webhook-id"), "e1");
  EXPECT_TRUE(is_idle());
}

TEST_F(DeliveryTest, AfterTheLastAttemptItWaitsForTheOperator) {
  subscribe();
  start();
  subscriber.status = 0;
  publish("e1");
  runtime.run_for(24h * 4);
  EXPECT_EQ(subscriber.requests.size(), static_cast<std::size_t>(max_delivery_attempts));
  EXPECT_EQ(dead(), 1U);
  EXPECT_EQ(counters.given_up, 1U);
}

TEST_F(DeliveryTest, GoneEndsTheSubscription) {
  const auto made = subscribe();
  start();
  subscriber.status = 410;
  publish("e1");
  runtime.run_for(1s);
  publish("e2");
  runtime.run_for(24h);
  EXPECT_EQ(subscriber.requests.size(), 1U);
  EXPECT_FALSE(complete(store::Subscriptions(storage->table()).get(made.id)).value()->is_active());
  EXPECT_TRUE(is_idle());
  EXPECT_EQ(dead(), 0U);
}

TEST_F(DeliveryTest, RetryAfterIsHeeded) {
  subscribe();
  start();
  subscriber.status = 429;
  subscriber.headers.set("Retry-After", "3600");
  publish("e1");
  runtime.run_for(59min);
  EXPECT_EQ(subscriber.requests.size(), 1U);
  runtime.run_for(2min);
  EXPECT_EQ(subscriber.requests.size(), 2U);
}

TEST_F(DeliveryTest, OneThatFailsIsLeftAloneForAWhile) {  // one subscriber holds up nobody
  subscribe();
  start();
  subscriber.status = 500;
  for (int i = 0; i < 40; ++i) publish("e" + std::to_string(i));
  runtime.run_for(1s);
  EXPECT_LT(subscriber.requests.size(), 40U);
}

TEST_F(DeliveryTest, WhatHappenedIsToldAgain) {  // replayable
  const auto made = subscribe();
  start();
  publish("e1");
  runtime.run_for(24h);
  const Instant between = runtime.now();
  publish("e2");
  runtime.run_for(24h);
  ASSERT_EQ(subscriber.requests.size(), 2U);
  Outbox outbox(storage->table(), storage->queue("deliveries"));
  EXPECT_EQ(complete(outbox.replay(made, between, runtime.now())).value(), 1U);
  EXPECT_EQ(complete(outbox.replay(made, Instant{}, runtime.now())).value(), 2U);
  runtime.run_for(1s);
  ASSERT_EQ(subscriber.requests.size(), 5U);
  EXPECT_EQ(subscriber.requests[2].headers.get("webhook-id"), "e2");
}

TEST_F(DeliveryTest, AnErasedPersonIsNotSpokenOf) {  // what the log no longer has is told to nobody
  subscribe();
  announcer->start();
  publish("e1");
  runtime.run_for(1s);
  const auto logged = complete(store::EventLog(storage->table()).list(runtime.now(), {})).value().events;
  ASSERT_EQ(logged.size(), 1U);
  ASSERT_TRUE(complete(storage->table().erase(store::EventLog::key_of(logged.front()))));
  deliverer->start();
  runtime.run_for(1s);
  EXPECT_TRUE(subscriber.requests.empty());
  EXPECT_TRUE(is_idle());
}

TEST_F(DeliveryTest, WhatCannotBeReadWaitsForTheOperator) {  // LIFE: poison
  subscribe();
  start();
  ASSERT_TRUE(complete(storage->queue("notifications").send("nonsense", Duration{0})));
  ASSERT_TRUE(complete(storage->queue("deliveries").send("{}", Duration{0})));
  runtime.run_for(1s);
  EXPECT_EQ(complete(storage->queue("notifications").dead_letters(10, "")).value().size(), 1U);
  EXPECT_EQ(dead(), 1U);
}

}  // namespace
}  // namespace syncwell::notify
