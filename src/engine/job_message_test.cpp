// Bodies of queue messages: what was written reads back; anything else is an error that names no content.
#include "engine/job_message.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <boost/json.hpp>

namespace syncwell::engine {
namespace {

namespace json = boost::json;

const Instant noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1} + std::chrono::hours{12}};

JobMessage sample() { return {"job_1", "user", "sync_1", "correlation", Priority::low, 3}; }

json::object sample_event() { return json::parse(bus::to_json(to_event(sample(), "event_1", noon))).as_object(); }

// The sample's body with one member of its data replaced, or removed.
std::string with(std::string_view member, std::optional<json::value> value) {
  json::object event = sample_event();
  auto& data = event["data"].as_object();
  data.erase(member);
  if (value) data[member] = *value;
  return json::serialize(event);
}

std::string id_of(const std::string& bytes) {
  std::string text = "i";
  for (const char byte : bytes) text += static_cast<char>(byte & 0x7f);
  return text;
}

RC_GTEST_PROP(JobMessageProperty, ReadsBackWhatWasWritten,  // ALG-1, DEC-1
              (const std::string& a, const std::string& b, const std::string& c, const std::string& d)) {
  const JobMessage written{id_of(a),
                           id_of(b),
                           id_of(c),
                           id_of(a + d).substr(1),
                           *rc::gen::element(Priority::high, Priority::medium, Priority::low),
                           *rc::gen::inRange(0, 1001)};
  const auto read = job_message_from_body(bus::to_json(to_event(written, "event", noon)));
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->job_id == written.job_id);
  RC_ASSERT(read->user == written.user);
  RC_ASSERT(read->config_id == written.config_id);
  RC_ASSERT(read->correlation_id == written.correlation_id);
  RC_ASSERT(read->priority == written.priority);
  RC_ASSERT(read->failures == written.failures);
}

TEST(JobMessage, CarriesTheStepThatAskedForIt) {  // OBS: traces in W3C context
  JobMessage message = sample();
  message.correlation_id = "0af76519-16cd-43dd-8448-eb211c80319c";
  message.span_id = "b7ad6b7169203331";
  const auto event = to_event(message, "event", noon);
  EXPECT_EQ(event.data.at("traceparent").as_string(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  EXPECT_EQ(job_message_from_event(event).value().span_id, message.span_id);
  message.span_id.clear();
  EXPECT_FALSE(to_event(message, "event", noon).data.contains("traceparent"));
  EXPECT_EQ(job_message_from_body(with("traceparent", "nonsense")).value().span_id, "");
}

RC_GTEST_PROP(JobMessageProperty, AnyDamageIsReadOrRefusedButNeverMore, (std::uint8_t byte)) {  // LIFE: poison
  std::string body = bus::to_json(to_event(sample(), "event", noon));
  const auto at = *rc::gen::inRange<std::size_t>(0, body.size());
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      body[at] = static_cast<char>(byte);
      break;
    case 1:
      body.resize(at);
      break;
    default:
      body.insert(at, 1, static_cast<char>(byte));
  }
  const auto read = job_message_from_body(body);
  if (!read) {
    RC_ASSERT(read.error().code == ErrorCode::unreadable_input);
    RC_ASSERT(retry_class_of(read.error().code) != RetryClass::transient);
  } else {
    RC_ASSERT(!read->job_id.empty());
    RC_ASSERT(read->failures >= 0);
    RC_ASSERT(read->failures <= 1000);
  }
}

RC_GTEST_PROP(JobMessageProperty, ArbitraryBytesAreRefused, (const std::string& bytes)) {  // LIFE: poison
  const auto read = job_message_from_body(bytes);
  RC_ASSERT(!read.has_value());
  RC_ASSERT(read.error().code == ErrorCode::unreadable_input);
}

TEST(JobMessage, WithoutAnIdItIsRefused) {  // ALG-1
  for (const auto* member : {"job_id", "user", "config_id"}) {
    for (const auto& value : {std::optional<json::value>{}, {json::value("")}, {json::value(7)}, {json::value()}}) {
      const auto read = job_message_from_body(with(member, value));
      ASSERT_FALSE(read) << member;
      EXPECT_EQ(read.error().code, ErrorCode::unreadable_input);
    }
  }
  EXPECT_TRUE(job_message_from_body(with("correlation_id", std::nullopt))) << "no job fails for its log lines";
}

TEST(JobMessage, AnotherEventOrNoneIsRefused) {
  json::object event = sample_event();
  event["type"] = bus::reauthentication_needed;
  EXPECT_FALSE(job_message_from_body(json::serialize(event)));
  event = sample_event();
  event.erase("data");
  EXPECT_FALSE(job_message_from_body(json::serialize(event)));
  event["data"] = json::array{1};
  EXPECT_FALSE(job_message_from_body(json::serialize(event)));
  for (const auto* body : {"", "null", "[]", "{}", "{\"data\":{}}"}) EXPECT_FALSE(job_message_from_body(body)) << body;
  EXPECT_FALSE(job_message_from_body(std::string(100'000, '[')));
  EXPECT_FALSE(job_message_from_body(std::string(bus::max_event_bytes + 1, ' ')));
}

TEST(JobMessage, ARefusalDoesNotRepeatWhatTheBodySays) {  // OBS; found by fuzzing: it ends up in the dead-letter queue
  json::object event = sample_event();
  event["type"] = "somebody's secret\nand more";
  const auto refused = job_message_from_body(json::serialize(event));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "the message is no sync request");
}

TEST(JobMessage, WhatIsNotSaidIsMediumAndWithoutFailures) {
  EXPECT_EQ(job_message_from_body(with("priority", std::nullopt))->priority, Priority::medium);
  EXPECT_EQ(job_message_from_body(with("priority", "urgent"))->priority, Priority::medium);
  EXPECT_EQ(job_message_from_body(with("failures", std::nullopt))->failures, 0);
  EXPECT_EQ(job_message_from_body(with("failures", "many"))->failures, 0);
}

TEST(JobMessage, NoCountOfFailuresOverflows) {  // DEC-1
  EXPECT_EQ(job_message_from_body(with("failures", -1))->failures, 0);
  EXPECT_EQ(job_message_from_body(with("failures", 1001))->failures, 1000);
  EXPECT_EQ(job_message_from_body(with("failures", std::numeric_limits<std::int64_t>::max()))->failures, 1000);
  EXPECT_EQ(job_message_from_body(with("failures", std::numeric_limits<std::int64_t>::min()))->failures, 0);
}

}  // namespace
}  // namespace syncwell::engine
