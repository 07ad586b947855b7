#include "providers/track/text_form.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace syncwell::providers::track {
namespace {

TEST(TextForm, ReadsNumbersLeniently) {
  EXPECT_EQ(parse_number("12.5"), 12.5);
  EXPECT_EQ(parse_number(" +3 "), 3);
  EXPECT_EQ(parse_number("-1.5E-3"), -0.0015);
  for (const char* text : {"", " ", "nan", "inf", "-inf", "1e999", "1,5", "+-1", "0x10", "12 3", "1.2.3", "+"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
}

TEST(TextForm, WritesNumbersAsXmlSchemaDecimals) {
  EXPECT_EQ(format_number(12.5, 3), "12.5");
  EXPECT_EQ(format_number(100, 0), "100");
  EXPECT_EQ(format_number(100, 2), "100");
  EXPECT_EQ(format_number(-0.0004, 3), "0");
  EXPECT_EQ(format_number(1e-7, 9), "0.0000001");
}

RC_GTEST_PROP(TextForm, NumbersComeBack, ()) {
  const double value = *rc::gen::inRange(-1'000'000'000, 1'000'000'000) / 1e6;
  RC_ASSERT(std::abs(*parse_number(format_number(value, 6)) - value) < 1e-6);
}

TEST(TextForm, ATimeOutsideOfTheRangeIsNone) {
  EXPECT_TRUE(parse_time(" 2026-05-01T10:00:00Z\n"));
  EXPECT_FALSE(parse_time("0001-01-01T00:00:00Z"));
  EXPECT_FALSE(parse_time("9999-12-31T23:59:59Z"));
  EXPECT_FALSE(parse_time(""));
  EXPECT_FALSE(parse_time("2026-05-01T10:00:00Z")->offset);
  EXPECT_EQ(parse_time("2026-05-01T10:00:00-03:30")->offset, UtcOffset{std::chrono::minutes{-210}});
}

TEST(TextForm, EscapesWhatXmlForbids) {
  EXPECT_EQ(escape_text("a<b>&\"'\r\n\t"), "a&lt;b&gt;&amp;&quot;&apos;&#13;\n\t");
  EXPECT_EQ(escape_text(std::string_view("\0\x1b", 2)), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(escape_text("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x9A\xB4"), "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x9A\xB4");
  // Overlong, surrogate, cut, noncharacter.
  EXPECT_EQ(escape_text("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(escape_text("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(escape_text("\xED\xA0\x80").substr(0, 3), "\xEF\xBF\xBD");
  EXPECT_EQ(escape_text("\xEF\xBF\xBF").substr(0, 3), "\xEF\xBF\xBD");
}

TEST(TextForm, CutsTitlesBetweenCharacters) {
  std::string title(max_title_bytes - 1, 'x');
  EXPECT_EQ(cut_title(title + "\xC3\xA4"), title);
  EXPECT_EQ(cut_title(title + "y").size(), max_title_bytes);
  EXPECT_EQ(cut_title(title + "yz").size(), max_title_bytes);
}

}  // namespace
}  // namespace syncwell::providers::track
