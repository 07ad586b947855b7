#include "providers/json_access.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace syncwell::providers {
namespace {

Result<boost::json::value> answer(std::string body) {
  return parse_json_answer(net::Response{200, {}, std::move(body)}, "acme");
}

boost::json::object object(std::string_view text) { return boost::json::parse(text).as_object(); }

TEST(JsonAccess, ABodyThatIsNoJsonIsTheServersFailure) {  // PROV-3: a later try may be sound
  for (const char* body : {"", "   ", "<html><body>Sign in to this network</body></html>", R"({"a":1)", R"({"a":"b)",
                           "{\"a\":\"\xff\xfe\"}", R"({"a":1}})", "nul", R"({"a":01})"}) {
    const auto value = answer(body);
    ASSERT_FALSE(value) << body;
    EXPECT_EQ(value.error().code, ErrorCode::provider_failed);
    EXPECT_EQ(value.error().message.find("network"), std::string::npos);
  }
}

TEST(JsonAccess, NestingIsBounded) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(answer(nested(max_json_depth)));
  EXPECT_FALSE(answer(nested(max_json_depth + 1)));
  EXPECT_FALSE(answer(std::string(2'000'000, '[')));
}

TEST(JsonAccess, SoundJsonOfAnotherKindIsAMappingError) {
  const auto value = parse_json_object(net::Response{200, {}, "[1,2]"}, "acme");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, ErrorCode::mapping);
}

TEST(JsonAccess, NumbersComeAsNumberOrText) {
  const auto o = object(R"({"a":812,"b":"812","c":81.5,"d":"81.5","e":18446744073709551615,"f":"1e3"})");
  EXPECT_EQ(number_field(o, "a").value, 812);
  EXPECT_EQ(number_field(o, "b").value, 812);
  EXPECT_EQ(number_field(o, "c").value, 81.5);
  EXPECT_EQ(number_field(o, "d").value, 81.5);
  EXPECT_EQ(number_field(o, "e").value, 18446744073709551615.0);
  EXPECT_EQ(number_field(o, "f").value, 1000);
}

TEST(JsonAccess, NumbersThatAreNoneAreUnreadableNotAbsent) {
  const auto o = object(
      R"({"a":"","b":"NaN","c":"Infinity","d":"12 kg","e":true,"f":[1],"g":{},"h":"1e999","i":null,"j":"-inf"})");
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h", "j"}) {
    EXPECT_TRUE(number_field(o, name).unreadable()) << name;
  }
  EXPECT_EQ(number_field(o, "i").presence, Presence::absent);
  EXPECT_EQ(number_field(o, "missing").presence, Presence::absent);
  const auto huge = answer(R"({"a":1e400,"b":-1e400})");
  if (huge) {  // whether the parser refuses it or reads infinity: it never becomes a number
    EXPECT_FALSE(number_field(huge->as_object(), "a").present());
    EXPECT_FALSE(number_field(huge->as_object(), "b").present());
  }
}

TEST(JsonAccess, IntegersKeepAll64Bits) {
  const auto o = object(R"({"a":9223372036854775807,"b":"9223372036854775807","c":5.0,"d":5.5,"e":"9223372036854775808",
                            "f":18446744073709551615,"g":1e300,"h":"0x10","i":" 5","j":true})");
  EXPECT_EQ(integer_field(o, "a").value, INT64_MAX);
  EXPECT_EQ(integer_field(o, "b").value, INT64_MAX);
  EXPECT_EQ(integer_field(o, "c").value, 5);
  for (const char* name : {"d", "e", "f", "g", "h", "i", "j"}) EXPECT_TRUE(integer_field(o, name).unreadable()) << name;
}

TEST(JsonAccess, TextIsBounded) {
  boost::json::object o;
  o["fits"] = std::string(max_text_field_bytes, 'x');
  o["over"] = std::string(max_text_field_bytes + 1, 'x');
  o["number"] = 5;
  EXPECT_TRUE(text_field(o, "fits").present());
  EXPECT_TRUE(text_field(o, "over").unreadable());
  EXPECT_TRUE(text_field(o, "number").unreadable());
}

TEST(JsonAccess, TimesAreRfc3339WithinTheCalendarWeServe) {
  const auto o = object(R"({"a":"2026-03-28T11:15:00Z","b":"2026-03-28","c":"0001-01-01T00:00:00Z",
                            "d":"9999-12-31T23:59:59Z","e":1774696500,"f":"2026-02-30T00:00:00Z","g":null})");
  EXPECT_EQ(format_rfc3339(time_field(o, "a").value.at), "2026-03-28T11:15:00Z");
  for (const char* name : {"b", "c", "d", "e", "f"}) EXPECT_TRUE(time_field(o, name).unreadable()) << name;
  EXPECT_EQ(time_field(o, "g").presence, Presence::absent);
}

TEST(JsonAccess, ObjectsArraysAndFlags) {
  const auto o = object(R"({"o":{"x":1},"a":[1],"t":true})");
  EXPECT_TRUE(object_field(o, "o").present());
  EXPECT_TRUE(object_field(o, "a").unreadable());
  EXPECT_TRUE(array_field(o, "a").present());
  EXPECT_TRUE(array_field(o, "t").unreadable());
  EXPECT_TRUE(flag_field(o, "t").value);
  EXPECT_TRUE(flag_field(o, "a").unreadable());
}

}  // namespace
}  // namespace syncwell::providers
