#include "app/terminal_text.hpp"

#include <gtest/gtest.h>

namespace syncwell::app {
namespace {

TEST(TerminalText, HostileTextIsInert) {  // SUP-6
  EXPECT_EQ(terminal_text("plain, Größe, 重さ"), "plain, Größe, 重さ");
  EXPECT_EQ(terminal_text("a\x1b[2Jb"), "a·[2Jb") << "escape sequences";
  EXPECT_EQ(terminal_text("a\r\nb\tc\x7f"), "a··b·c·");
  EXPECT_EQ(terminal_text("a\xc2\x9b"
                          "2Jb"),
            "a·2Jb")
      << "the one-character form of an escape sequence";
  EXPECT_EQ(terminal_text("a\xe2\x80\xae"
                          "b"),
            "a·b")
      << "text that turns around";
  EXPECT_EQ(terminal_text("a\xe2\x80\xa8"
                          "b"),
            "a·b");
  EXPECT_EQ(terminal_text("a\xff\xc0\xafz"), "a···z") << "no UTF-8";
  EXPECT_EQ(terminal_text("\xed\xa0\x80"), "···") << "a surrogate";
  EXPECT_EQ(terminal_text("\xe2\x82"), "··") << "cut off";
}

TEST(TerminalText, LongTextIsCut) {  // STYLE 8
  EXPECT_EQ(terminal_text("abc", 3), "abc");
  EXPECT_EQ(terminal_text("abcd", 3), "abc…");
  EXPECT_EQ(terminal_text("äöüß", 3), "äöü…");
}

}  // namespace
}  // namespace syncwell::app
