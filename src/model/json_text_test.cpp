#include "model/json_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json/parse.hpp>
#include <charconv>
#include <limits>

#include "model/arbitrary_record.hpp"

namespace syncwell::model {
namespace {

using namespace std::chrono_literals;

std::string string_of(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

template <class Number>
std::string number_of(Number value) {
  std::string json;
  append_json_number(json, value);
  return json;
}

std::string time_of(Moment moment) {
  std::string json;
  append_json_date_time(json, moment);
  return json;
}

TEST(JsonText, EscapesWhatJsonCannotHold) {
  EXPECT_EQ(string_of("plain / text"), "\"plain / text\"");
  EXPECT_EQ(string_of("\"\\\n\r\t"), R"("\"\\\n\r\t")");
  EXPECT_EQ(string_of(std::string("\0\x1f\x7f", 3)), R"("\u0000\u001f\u007f")");
  EXPECT_EQ(string_of("Grüße €\xf0\x9f\x8f\x83"), "\"Grüße €\xf0\x9f\x8f\x83\"");
}

TEST(JsonText, BytesThatAreNoUtf8BecomeTheReplacementCharacter) {
  const std::string mark = "\xef\xbf\xbd";
  EXPECT_EQ(string_of("a\xff"), "\"a" + mark + "\"");
  EXPECT_EQ(string_of("\xc3"), "\"" + mark + "\"");                        // cut off
  EXPECT_EQ(string_of("\xe2\x82z"), "\"" + mark + "z\"");                  // cut off after two of three
  EXPECT_EQ(string_of("\xc0\xaf"), "\"" + mark + mark + "\"");             // overlong
  EXPECT_EQ(string_of("\xe0\x80\xaf"), "\"" + mark + mark + mark + "\"");  // overlong
  EXPECT_EQ(string_of("\xed\xa0\x80"), "\"" + mark + mark + mark + "\"");  // surrogate
  EXPECT_EQ(string_of("\xf4\x90\x80\x80"), "\"" + mark + mark + mark + mark + "\"");
  EXPECT_EQ(string_of("\x80\x80"), "\"" + mark + mark + "\"");
}

RC_GTEST_PROP(JsonText, WhateverBytesComeTheStringIsJsonOnOneLine, (const std::string& bytes)) {
  const std::string json = string_of(bytes);
  RC_ASSERT(json.find('\n') == std::string::npos);
  boost::json::error_code ec;
  RC_ASSERT(boost::json::parse(json, ec).is_string());
}

RC_GTEST_PROP(JsonText, SoundTextReadsBack, ()) {
  const std::string text = *arbitrary::text();
  const auto value = boost::json::parse(string_of(text));
  RC_ASSERT(std::string(value.as_string().c_str(), value.as_string().size()) == text);
}

TEST(JsonText, NumbersAreShort) {
  EXPECT_EQ(number_of(72.0), "72");
  EXPECT_EQ(number_of(0.1), "0.1");
  EXPECT_EQ(number_of(0.1F), "0.1");
  EXPECT_EQ(number_of(-0.0), "0");
  EXPECT_EQ(number_of(1e300), "1e+300");
  EXPECT_EQ(number_of(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(number_of(std::numeric_limits<float>::infinity()), "null");
}

RC_GTEST_PROP(JsonText, NumbersReadBackAsTheSameValue, ()) {
  const double value = *arbitrary::number();
  const std::string json = number_of(value);
  double read = 0;
  std::from_chars(json.data(), json.data() + json.size(), read);
  RC_ASSERT(read == value);
}

RC_GTEST_PROP(JsonText, FloatsReadBackThroughDouble, ()) {
  const float value = *arbitrary::single();
  const std::string json = number_of(value);
  double read = 0;
  std::from_chars(json.data(), json.data() + json.size(), read);
  RC_ASSERT(static_cast<float>(read) == value);
}

constexpr Instant morning{std::chrono::sys_days{std::chrono::year{2026} / 3 / 29} + 1h};

TEST(JsonText, AnUnknownOffsetIsNotUtc) {  // RFC 3339 section 4.3
  EXPECT_EQ(time_of({morning, std::nullopt}), "\"2026-03-29T01:00:00-00:00\"");
  EXPECT_EQ(time_of({morning, UtcOffset{}}), "\"2026-03-29T01:00:00Z\"");
  EXPECT_EQ(parse_json_date_time("2026-03-29T01:00:00-00:00"), (Moment{morning, std::nullopt}));
  EXPECT_EQ(parse_json_date_time("2026-03-29T01:00:00Z"), (Moment{morning, UtcOffset{}}));
  EXPECT_EQ(parse_json_date_time("2026-03-29T01:00:00+00:00"), (Moment{morning, UtcOffset{}}));
}

TEST(JsonText, TimesAreLocalWithTheirOffset) {
  EXPECT_EQ(time_of({morning + 7ms, UtcOffset{2h}}), "\"2026-03-29T03:00:00.007+02:00\"");
  EXPECT_EQ(time_of({morning, UtcOffset{-9h - 30min}}), "\"2026-03-28T15:30:00-09:30\"");
  EXPECT_EQ(time_of({min_instant, UtcOffset{-18h}}), "\"1899-12-31T06:00:00-18:00\"");
}

TEST(JsonText, SecondsOfAnOffsetAreCutAndTheInstantStays) {  // local mean time, before time zones
  const Moment moment{min_instant, UtcOffset{53min + 28s}};
  EXPECT_EQ(time_of(moment), "\"1900-01-01T00:53:00+00:53\"");
  EXPECT_EQ(parse_json_date_time("1900-01-01T00:53:00+00:53")->at, min_instant);
  EXPECT_EQ(time_of({min_instant, UtcOffset{-30s}}), "\"1900-01-01T00:00:00Z\"");
}

TEST(JsonText, ATimeWithoutAnOffsetIsRefused) {
  for (const char* text : {"2026-03-29T01:00:00", "2026-03-29", "", "-00:00", "2026-03-29T01:00:00Z-00:00",
                           "2026-03-29T01:00:00+01:00-00:00", "2026-02-30T01:00:00Z", "2026-03-29T01:00:00+19:00"}) {
    EXPECT_EQ(parse_json_date_time(text), std::nullopt) << text;
  }
}

RC_GTEST_PROP(JsonText, TimesReadBack, ()) {
  const Moment moment{*arbitrary::instant(), *arbitrary::offset()};
  const std::string json = time_of(moment);
  RC_ASSERT(parse_json_date_time(std::string_view(json).substr(1, json.size() - 2)) == moment);
}

}  // namespace
}  // namespace syncwell::model
