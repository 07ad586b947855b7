#include "base/time.hpp"

#include <gtest/gtest.h>

namespace syncwell {
namespace {

using namespace std::chrono_literals;

std::string round_trip(std::string_view text) {
  const auto moment = parse_rfc3339(text);
  return moment ? format_rfc3339(*moment) : "none";
}

TEST(Time, ReadsAndWritesRfc3339) {
  EXPECT_EQ(round_trip("2026-03-28T11:15:00Z"), "2026-03-28T11:15:00Z");
  EXPECT_EQ(round_trip("2026-03-28T11:15:00.250+01:00"), "2026-03-28T11:15:00.250+01:00");
  EXPECT_EQ(round_trip("2026-03-28T11:15:00.123456789-0330"), "2026-03-28T11:15:00.123-03:30");
  EXPECT_EQ(round_trip("2021-01-07t21:51:59,179+01:15"), "2021-01-07T21:51:59.179+01:15");
}

TEST(Time, KeepsTheOffsetApartFromTheInstant) {
  const auto moment = parse_rfc3339("2025-11-02T01:30:00-04:00");
  ASSERT_TRUE(moment);
  EXPECT_EQ(moment->offset, UtcOffset{-4h});
  EXPECT_EQ(format_rfc3339(moment->at), "2025-11-02T05:30:00Z");
  EXPECT_EQ(format_local_date(*moment), "2025-11-02");
}

TEST(Time, ATextWithoutZoneHasNoOffset) {
  const auto moment = parse_rfc3339("2020-06-05T19:40:00");
  ASSERT_TRUE(moment);
  EXPECT_FALSE(moment->offset);
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const auto* text : {"", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z",
                           "2026-01-01T00:00:00+19:00", "2026-01-01T00:00:00Zx", "yesterday"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Time, TimesBefore1970Work) { EXPECT_EQ(round_trip("1969-12-31T23:59:59.500Z"), "1969-12-31T23:59:59.500Z"); }

TEST(Time, KnowsTheOffsetOfAZoneOnBothSidesOfDst) {
  EXPECT_EQ(offset_in_zone("America/New_York", parse_rfc3339("2025-11-02T05:59:59Z")->at), UtcOffset{-4h});
  EXPECT_EQ(offset_in_zone("America/New_York", parse_rfc3339("2025-11-02T06:00:00Z")->at), UtcOffset{-5h});
  EXPECT_FALSE(offset_in_zone("Mars/Olympus", Instant{}));
}

}  // namespace
}  // namespace syncwell
