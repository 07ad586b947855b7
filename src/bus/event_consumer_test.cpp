#include "bus/event_consumer.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "adapters/sqlite/test_storage.hpp"
#include "base/cancellation.hpp"

namespace syncwell::bus {
namespace {

using namespace std::chrono_literals;

class EventConsumerTest : public testing::Test {
 protected:
  EventConsumerTest() {
    auto opened = sqlite::Storage::open(sqlite::test_options(folder_.path()), clock_, runtime.executor());
    if (!opened) throw std::runtime_error(opened.error().message);
    storage = std::move(*opened);
  }
  ~EventConsumerTest() override {
    if (consumer) complete(stopped());
  }
  void start(EventConsumer::Pause pause = {}) {
    consumer.emplace(
        queue(), runtime, [this](Event event, int attempt) { return carry_out(std::move(event), attempt); },
        std::move(pause));
    consumer->start();
  }
  Async<Result<void>> carry_out(Event event, int attempt) {
    seen.push_back(event.id + "/" + std::to_string(attempt));
    if (failures-- > 0) co_return fail(failure, "not now");
    co_return Result<void>{};
  }
  Async<bool> stopped() {
    co_await consumer->stop();
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
  queue::Queue& queue() { return storage->queue("hot"); }
  void send(const std::string& id) {
    ASSERT_TRUE(complete(queue().send(to_json(Event{id, "Something", "test", runtime.now()}), Duration{0})));
  }
  queue::Depth depth() { return complete(queue().depth()).value(); }

  sqlite::TemporaryFolder folder_;
  VirtualRuntime runtime;
  sqlite::RuntimeClock clock_{runtime};
  std::unique_ptr<sqlite::Storage> storage;
  std::optional<EventConsumer> consumer;
  std::vector<std::string> seen;
  int failures = 0;
  ErrorCode failure = ErrorCode::provider_failed;
};

TEST_F(EventConsumerTest, CarriesOutAndAcknowledges) {  // INT-1
  start();
  send("e1");
  send("e2");
  runtime.run_for(1s);
  EXPECT_EQ(seen, (std::vector<std::string>{"e1/1", "e2/1"}));
  EXPECT_EQ(depth().visible + depth().in_flight, 0U);
}

TEST_F(EventConsumerTest, WhatFailsIsTriedAgainAfterItsPause) {
  failures = 1;
  start([](int attempt) { return Duration{10s} * attempt; });
  send("e1");
  runtime.run_for(9s);
  EXPECT_EQ(seen.size(), 1U);
  runtime.run_for(2s);
  EXPECT_EQ(seen, (std::vector<std::string>{"e1/1", "e1/2"}));
  EXPECT_EQ(depth().in_flight, 0U);
}

TEST_F(EventConsumerTest, WithoutAPauseItShowsItselfAgain) {
  failures = 1;
  start();
  send("e1");
  runtime.run_for(59s);
  EXPECT_EQ(seen.size(), 1U);
  runtime.run_for(5s);
  EXPECT_EQ(seen.size(), 2U);
}

TEST_F(EventConsumerTest, WhatCannotBeReadGoesToTheDeadLetterQueueAtOnce) {  // LIFE: poison
  failures = 1;
  failure = ErrorCode::unreadable_input;
  start();
  send("e1");
  ASSERT_TRUE(complete(queue().send("no event", Duration{0})));
  runtime.run_for(1s);
  EXPECT_EQ(seen.size(), 1U);
  EXPECT_EQ(complete(queue().dead_letters(10, "")).value().size(), 2U);
}

}  // namespace
}  // namespace syncwell::bus
