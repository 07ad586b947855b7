#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <boost/json/serialize.hpp>

#include "bus/event_bus.hpp"

namespace syncwell::bus {
namespace {

Event sample() {
  Event event;
  event.id = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6";
  event.type = std::string(realtime_sync_requested);
  event.source = "api";
  event.time = parse_rfc3339("2026-11-01T08:15:00.250Z")->at;
  event.data["config"] = "cfg_1";
  event.data["attempt"] = 3;
  return event;
}

TEST(EventJson, IsOneCloudEventsLine) {  // ARCH-2
  EXPECT_EQ(to_json(sample()),
            R"({"specversion":"1.0","id":"f81d4fae-7dec-41d0-a765-00a0c91e6bf6","type":"RealtimeSyncRequested",)"
            R"("source":"api","time":"2026-11-01T08:15:00.250Z","data":{"config":"cfg_1","attempt":3}})");
}

TEST(EventJson, ReadsBackWhatItWrote) {
  const auto event = event_from_json(to_json(sample()));
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->id, sample().id);
  EXPECT_EQ(event->type, sample().type);
  EXPECT_EQ(event->source, sample().source);
  EXPECT_EQ(event->time, sample().time);
  EXPECT_EQ(event->data, sample().data);
}

RC_GTEST_PROP(EventJson, ReadsBackAnyText, (const std::string& bytes, std::int64_t number)) {
  Event event = sample();
  std::string ascii;
  for (const char byte : bytes) ascii += static_cast<char>(byte & 0x7f);
  event.type = "t" + ascii;
  event.data["n"] = number;
  const auto back = event_from_json(to_json(event));
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->type == event.type);
  RC_ASSERT(back->data == event.data);
  RC_ASSERT(to_json(event).find('\n') == std::string::npos);
}

TEST(EventJson, IgnoresUnknownMembersAndMissingData) {
  const auto event =
      event_from_json(R"({"specversion":"1.0","id":"1","type":"T","time":"2026-11-01T00:00:00Z","traceparent":"x"})");
  ASSERT_TRUE(event);
  EXPECT_TRUE(event->data.empty());
  EXPECT_TRUE(event->source.empty());
}

class UnreadableEvent : public testing::TestWithParam<std::string> {};

TEST_P(UnreadableEvent, IsRefusedWithoutQuotingIt) {
  const auto event = event_from_json(GetParam());
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, ErrorCode::unreadable_input);
  EXPECT_EQ(event.error().message.find("hunter2"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Hostile, UnreadableEvent,
    testing::Values("", "hunter2", "[]", "null", R"({"specversion":"1.0")", "{}",
                    R"({"specversion":"2.0","id":"1","type":"T","time":"2026-11-01T00:00:00Z"})",
                    R"({"specversion":"1.0","type":"T","time":"2026-11-01T00:00:00Z"})",
                    R"({"specversion":"1.0","id":7,"type":"T","time":"2026-11-01T00:00:00Z"})",
                    R"({"specversion":"1.0","id":"1","time":"2026-11-01T00:00:00Z"})",
                    R"({"specversion":"1.0","id":"1","type":"T","time":"hunter2"})",
                    R"({"specversion":"1.0","id":"1","type":"T","time":"2026-02-30T00:00:00Z"})",
                    R"({"specversion":"1.0","id":"1","type":"T","time":"2026-11-01T00:00:00Z","data":["hunter2"]})",
                    std::string(100'000, '['), std::string(max_event_bytes + 1, ' ')));

}  // namespace
}  // namespace syncwell::bus
