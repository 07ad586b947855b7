#include "base/log.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json.hpp>

namespace syncwell {
namespace {

TEST(Log, ALineIsOneJsonObject) {  // OBS
  EXPECT_EQ(log_text("job succeeded", {{"correlationId", "c-1"}, {"attempts", std::int64_t{2}}}),
            R"({"message":"job succeeded","correlationId":"c-1","attempts":2})");
}

TEST(Log, NoValueForgesALine) {  // OBS: terminal escapes and line breaks are inert
  const auto text = log_text("a\n\x1b[31m\"b\"", {{"x", std::string_view("\r\n{\"level\":\"error\"}\x7f")}});
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x7f'), std::string::npos);
  EXPECT_EQ(boost::json::parse(text).as_object().size(), 2U);
}

// What looks like UTF-8 and is none (RFC 3629) is replaced byte by byte; its neighbours stay.
TEST(LogText, WhatIsNoUtf8IsReplaced) {  // OBS
  for (const std::string_view bytes : {"\xed\xa0\x80", "\xed\xbf\xbf", "\xe0\x80\xaf", "\xf0\x82\x82\xac",
                                       "\xf4\x90\x80\x80", "\xc0\xaf", "\xff", "\xe2\x82"}) {
    std::string replaced;
    for (std::size_t i = 0; i < bytes.size(); ++i) replaced += "\xef\xbf\xbd";
    const auto value = boost::json::parse(log_text("a" + std::string(bytes) + "z", {})).at("message").as_string();
    EXPECT_EQ(value, "a" + replaced + "z");
  }
  for (const std::string_view bytes : {"\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf", "\xc2\x80"}) {
    EXPECT_EQ(boost::json::parse(log_text(bytes, {})).at("message").as_string(), bytes);
  }
}

RC_GTEST_PROP(LogProperty, WhateverIsLoggedIsJson, ()) {  // OBS
  const auto sentence = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const auto value = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const auto text = log_text(sentence, {{"value", value}});
  RC_ASSERT(boost::json::parse(text).is_object());
}

}  // namespace
}  // namespace syncwell
