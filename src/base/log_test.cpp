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

RC_GTEST_PROP(LogProperty, WhateverIsLoggedIsJson, ()) {  // OBS
  const auto sentence = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const auto value = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const auto text = log_text(sentence, {{"value", value}});
  RC_ASSERT(boost::json::parse(text).is_object());
}

}  // namespace
}  // namespace syncwell
