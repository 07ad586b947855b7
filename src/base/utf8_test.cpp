#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace syncwell {
namespace {

// DEC-11, SUP-4: what is no UTF-8 is seen, and never passed on.
TEST(Utf8, KnowsWhatIsUtf8) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x8f\x83"));
  EXPECT_FALSE(is_utf8("\xc3"));              // the end is missing
  EXPECT_FALSE(is_utf8("\xc0\xaf"));          // overlong
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));      // a surrogate
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));  // past U+10FFFF
  EXPECT_EQ(as_utf8("a\xc3z\xff"), "a\xef\xbf\xbdz\xef\xbf\xbd");
}

// SUP-4: cut between characters.
TEST(Utf8, IsCutBetweenCharacters) {
  EXPECT_EQ(cut_utf8("\xc3\xa4\xc3\xa4", 4), "\xc3\xa4\xc3\xa4");
  EXPECT_EQ(cut_utf8("\xc3\xa4\xc3\xa4", 3), "\xc3\xa4");
  EXPECT_EQ(cut_utf8("\xc3\xa4", 1), "");
}

// SUP-4: no value begins a line of its own, whatever it takes for a line break.
TEST(Utf8, OneLineStaysOne) {
  EXPECT_EQ(as_one_line("a\r\nb\tc\x1b[0m\x7f", 100), "a  b c [0m ");
  EXPECT_EQ(as_one_line("a\xc2\x85"  // next line
                        "b\xe2\x80\xa8"
                        "c\xe2\x80\xae"  // writes from right to left
                        "d\xe2\x81\xa9",
                        100),
            "a b c d ");
  EXPECT_EQ(as_one_line("a\xff", 100), "a\xef\xbf\xbd");
  EXPECT_EQ(as_one_line("abcdef", 6), "abcdef");
  EXPECT_EQ(as_one_line("abcdefg", 6), "abc\xe2\x80\xa6");
  EXPECT_EQ(as_one_line("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 6), "\xc3\xa4\xe2\x80\xa6");
}

}  // namespace
}  // namespace syncwell
