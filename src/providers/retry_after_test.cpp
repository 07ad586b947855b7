#include "providers/retry_after.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace syncwell::providers {
namespace {

using namespace std::chrono_literals;

constexpr Instant now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1} + 12h};

TEST(RetryAfter, ReadsSeconds) {  // PROV-3
  EXPECT_EQ(parse_retry_after("0", now), 0s);
  EXPECT_EQ(parse_retry_after(" 120 ", now), 120s);
}

TEST(RetryAfter, ReadsAllThreeDateForms) {  // RFC 9110 section 5.6.7
  EXPECT_EQ(parse_retry_after("Sun, 01 Nov 2026 12:01:30 GMT", now), 90s);
  EXPECT_EQ(parse_retry_after("Sunday, 01-Nov-26 12:01:30 GMT", now), 90s);
  EXPECT_EQ(parse_retry_after("Sun Nov  1 12:01:30 2026", now), 90s);
}

TEST(RetryAfter, APastDateMeansNow) {
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), 0s);
  EXPECT_EQ(parse_retry_after("Sunday, 06-Nov-94 08:49:37 GMT", now), 0s);
}

TEST(RetryAfter, IsCutToTheMaximum) {
  EXPECT_EQ(parse_retry_after("86401", now), max_retry_after);
  EXPECT_EQ(parse_retry_after("99999999999999999999999999", now), max_retry_after);
  EXPECT_EQ(parse_retry_after("Fri, 01 Nov 2199 12:00:00 GMT", now), max_retry_after);
}

TEST(RetryAfter, RefusesGarbage) {
  for (const char* text :
       {"", " ", "soon", "-5", "1.5", "12x", "Sun, 32 Nov 2026 12:00:00 GMT", "Sun, 01 Nov 2026 24:00:00 GMT",
        "Sun, 01 Foo 2026 12:00:00 GMT", "Sun, 01 Nov 2026 12:00:00 CET", "Sun, 01 Nov 2026", ",,,",
        "Sun, 31 Feb 2026 12:00:00 GMT", "a b c d e f g", "1 2 3 4 5 6 7", "1 2 3 4 5 6 7 GMT"}) {
    EXPECT_EQ(parse_retry_after(text, now), std::nullopt) << text;
  }
}

RC_GTEST_PROP(RetryAfter, AnyTextGivesNothingOrAWaitInBounds, (const std::string& text)) {
  const auto wait = parse_retry_after(text, now);
  if (wait) RC_ASSERT(*wait >= 0s && *wait <= max_retry_after);
}

}  // namespace
}  // namespace syncwell::providers
