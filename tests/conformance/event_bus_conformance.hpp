// The contract of bus/event_bus.hpp, sentence by sentence (ARCH-2). See harness.hpp.
#pragma once

#include "bus/event_bus.hpp"
#include "conformance/harness.hpp"

namespace syncwell::conformance {

template <class Harness>
class EventBusConformance : public PortConformance<Harness> {
 protected:
  bus::EventBus& bus() { return this->harness_.bus(); }

  bus::Event event(std::string_view type, int number = 1) {
    bus::Event made;
    made.id = "f81d4fae-7dec-41d0-a765-00a0c91e6bf" + std::to_string(number);
    made.type = type;
    made.source = "api";
    made.time = this->now();
    made.data["number"] = number;
    return made;
  }

  std::vector<bus::Event> received(queue::Queue& queue) {
    std::vector<bus::Event> events;
    for (const auto& message : this->value(queue.receive(queue::max_receive_batch, Duration{0}))) {
      auto read = bus::event_from_json(message.body);
      EXPECT_TRUE(read);
      if (read) events.push_back(std::move(*read));
    }
    return events;
  }
};

TYPED_TEST_SUITE_P(EventBusConformance);

TYPED_TEST_P(EventBusConformance, DeliversToTheTargetOfTheRule) {
  const auto sent = this->event(wanted_type);
  this->value(this->bus().publish(sent));
  const auto got = this->received(this->harness_.queue());
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].id, sent.id);
  EXPECT_EQ(got[0].type, sent.type);
  EXPECT_EQ(got[0].source, sent.source);
  EXPECT_EQ(got[0].time, sent.time);
  EXPECT_EQ(got[0].data, sent.data);
  EXPECT_TRUE(this->received(this->harness_.second_queue()).empty());
  EXPECT_TRUE(this->value(this->bus().undeliverable(10)).empty());
}

TYPED_TEST_P(EventBusConformance, DeliversToEveryTarget) {
  this->value(this->bus().publish(this->event(wanted_twice_type)));
  EXPECT_EQ(this->received(this->harness_.queue()).size(), 1U);
  EXPECT_EQ(this->received(this->harness_.second_queue()).size(), 1U);
}

TYPED_TEST_P(EventBusConformance, DeliversTheSameIdAgain) {
  this->value(this->bus().publish(this->event(wanted_type)));
  this->value(this->bus().publish(this->event(wanted_type)));
  EXPECT_EQ(this->received(this->harness_.queue()).size(), 2U);
}

TYPED_TEST_P(EventBusConformance, KeepsWhatNobodyWants) {
  for (int number = 1; number <= 3; ++number) {
    this->value(this->bus().publish(this->event("Unwanted", number)));
    this->pass(Duration{1});
  }
  EXPECT_TRUE(this->received(this->harness_.queue()).empty());
  const auto kept = this->value(this->bus().undeliverable(2));
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].data.at("number"), 1);
  EXPECT_EQ(kept[1].data.at("number"), 2);
  EXPECT_EQ(this->value(this->bus().undeliverable(bus::max_undeliverable_page)).size(), 3U);
  EXPECT_EQ(this->code(this->bus().undeliverable(bus::max_undeliverable_page + 1)), ErrorCode::invalid_argument);
}

TYPED_TEST_P(EventBusConformance, KeepsWhatATargetRefuses) {
  this->value(this->bus().publish(this->event(half_refused_type)));
  EXPECT_EQ(this->received(this->harness_.queue()).size(), 1U);
  EXPECT_EQ(this->value(this->bus().undeliverable(10)).size(), 1U);
}

TYPED_TEST_P(EventBusConformance, RefusesEventsPastTheLimit) {
  auto large = this->event(wanted_type);
  large.data["number"] = "";
  const auto empty_bytes = bus::to_json(large).size();
  large.data["number"] = std::string(bus::max_event_bytes - empty_bytes, 'x');
  this->value(this->bus().publish(large));
  EXPECT_EQ(this->received(this->harness_.queue()).size(), 1U);
  large.data["number"] = std::string(bus::max_event_bytes - empty_bytes + 1, 'x');
  EXPECT_EQ(this->code(this->bus().publish(large)), ErrorCode::too_large);
  EXPECT_TRUE(this->received(this->harness_.queue()).empty());
}

TYPED_TEST_P(EventBusConformance, RefusesWhatIsNoEvent) {
  auto nameless = this->event(wanted_type);
  nameless.id.clear();
  EXPECT_EQ(this->code(this->bus().publish(nameless)), ErrorCode::invalid_argument);
  EXPECT_EQ(this->code(this->bus().publish(this->event(""))), ErrorCode::invalid_argument);
  auto timeless = this->event(wanted_type);
  timeless.time = max_instant;
  EXPECT_EQ(this->code(this->bus().publish(timeless)), ErrorCode::invalid_argument);
  EXPECT_TRUE(this->received(this->harness_.queue()).empty());
  EXPECT_TRUE(this->value(this->bus().undeliverable(10)).empty());
}

TYPED_TEST_P(EventBusConformance, KeepsWhatItAcknowledged) {  // INT-1
  this->value(this->bus().publish(this->event(wanted_twice_type)));
  this->value(this->bus().publish(this->event("Unwanted")));
  this->harness_.restart();
  EXPECT_EQ(this->received(this->harness_.queue()).size(), 1U);
  EXPECT_EQ(this->received(this->harness_.second_queue()).size(), 1U);
  EXPECT_EQ(this->value(this->bus().undeliverable(10)).size(), 1U);
}

REGISTER_TYPED_TEST_SUITE_P(EventBusConformance, DeliversToTheTargetOfTheRule, DeliversToEveryTarget,
                            DeliversTheSameIdAgain, KeepsWhatNobodyWants, KeepsWhatATargetRefuses,
                            RefusesEventsPastTheLimit, RefusesWhatIsNoEvent, KeepsWhatItAcknowledged);

}  // namespace syncwell::conformance
