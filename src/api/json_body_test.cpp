#include "api/json_body.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace syncwell::api {
namespace {

using testing::HasSubstr;

JsonBody body(const std::string& text) { return JsonBody::parse({"POST", "/", {}, text}).value(); }

ErrorCode refusal(const std::string& text) {
  const auto parsed = JsonBody::parse({"POST", "/", {}, text});
  EXPECT_FALSE(parsed) << text;
  return parsed ? ErrorCode::internal : parsed.error().code;
}

TEST(JsonBody, WhatIsNoJsonObjectIsTheCallersError) {  // API
  for (const auto* text : {"", "null", "[]", "7", "\"text\"", "{", "{}{}", "{\"a\":}", "{'a':1}"}) {
    EXPECT_EQ(refusal(text), ErrorCode::invalid_argument) << text;
  }
  EXPECT_TRUE(JsonBody::parse({"POST", "/", {}, "{}"}));
}

TEST(JsonBody, DeepNestingIsRefusedBeforeItCostsAnything) {  // STYLE 8: one past the maximum
  const auto nested = [](std::size_t depth) {
    return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_TRUE(JsonBody::parse({"POST", "/", {}, nested(8)}));
  EXPECT_EQ(refusal(nested(9)), ErrorCode::invalid_argument);
  EXPECT_EQ(refusal(std::string(1'000'000, '[')), ErrorCode::invalid_argument);
}

RC_GTEST_PROP(JsonBodyProperty, ArbitraryBytesAreReadOrRefused, (const std::string& bytes)) {
  const auto parsed = JsonBody::parse({"POST", "/", {}, bytes});
  if (!parsed) RC_ASSERT(parsed.error().code == ErrorCode::invalid_argument);
  RC_ASSERT(!JsonBody::parse({"POST", "/", {}, "{\"a\":" + bytes + "\x01}"}));
}

TEST(JsonBody, MembersAreReadWithTheirTypes) {
  auto read = body(R"({"text":"t","flag":true,"time":"2026-03-28T12:15:00+01:00","null":null})");
  EXPECT_EQ(read.required_text("text"), "t");
  EXPECT_TRUE(read.optional_flag("flag"));
  EXPECT_EQ(read.optional_instant("time"), parse_rfc3339("2026-03-28T11:15:00Z")->at);
  for (const auto* name : {"null", "absent"}) {
    EXPECT_EQ(read.optional_text(name), "");
    EXPECT_FALSE(read.optional_flag(name));
    EXPECT_EQ(read.optional_instant(name), std::nullopt);
  }
  EXPECT_FALSE(read.error());
}

TEST(JsonBody, TheFirstThingThatIsWrongIsNamed) {
  auto read = body(R"({"number":7,"flag":"true"})");
  EXPECT_EQ(read.required_text("absent"), "");
  (void)read.optional_text("number");
  (void)read.optional_flag("flag");
  ASSERT_TRUE(read.error());
  EXPECT_EQ(read.error()->code, ErrorCode::invalid_argument);
  EXPECT_EQ(read.error()->message, "absent: is required");
}

TEST(JsonBody, AMemberOfAnotherTypeIsRefusedAndNotGuessed) {
  for (const auto* value : {"7", "[]", "{}", "true"}) {
    auto read = body(R"({"m":)" + std::string(value) + "}");
    EXPECT_EQ(read.optional_text("m"), "") << value;
    EXPECT_THAT(read.error()->message, HasSubstr("m: must be a text")) << value;
  }
  for (const auto* value : {"1", "\"true\"", "[]"}) {
    auto read = body(R"({"m":)" + std::string(value) + "}");
    EXPECT_FALSE(read.optional_flag("m")) << value;
    EXPECT_EQ(read.error()->message, "m: must be true or false") << value;
  }
}

TEST(JsonBody, ATextHasAMaximum) {  // STYLE 8
  auto longest = body(R"({"m":")" + std::string(4096, 'x') + "\"}");
  EXPECT_EQ(longest.required_text("m").size(), 4096U);
  EXPECT_FALSE(longest.error());
  auto past = body(R"({"m":")" + std::string(4097, 'x') + "\"}");
  (void)past.optional_text("m");
  EXPECT_TRUE(past.error());
}

TEST(JsonBody, ATimeNeedsAZoneAndAPlaceInHistory) {
  for (const auto* text : {"2026-03-28", "2026-03-28T11:15:00", "2026-02-30T00:00:00Z", "1899-12-31T23:59:59Z",
                           "2200-01-01T00:00:01Z", "yesterday"}) {
    auto read = body(R"({"since":")" + std::string(text) + "\"}");
    EXPECT_EQ(read.optional_instant("since"), std::nullopt) << text;
    ASSERT_TRUE(read.error()) << text;
    EXPECT_THAT(read.error()->message, HasSubstr("since: must be a time with zone"));
  }
}

TEST(JsonBody, NoErrorRepeatsAValue) {  // OBS: a body may hold anything
  auto read = body(R"({"weight":"81.5 kg","time":"81.5"})");
  (void)read.optional_flag("weight");
  EXPECT_EQ(read.error()->message.find("81.5"), std::string::npos);
  auto other = body(R"({"time":"81.5"})");
  (void)other.optional_instant("time");
  EXPECT_EQ(other.error()->message.find("81.5"), std::string::npos);
  EXPECT_EQ(JsonBody::parse({"POST", "/", {}, "81.5kg"}).error().message.find("81.5"), std::string::npos);
}

}  // namespace
}  // namespace syncwell::api
