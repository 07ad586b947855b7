#include "sandbox/google_health_filter.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace syncwell::sandbox {
namespace {

using namespace std::chrono_literals;

auto parse(std::string_view type, std::string_view text) { return parse_filter(*find_google_health_type(type), text); }

FilterFault fault_of(std::string_view type, std::string_view text) {
  const auto filter = parse(type, text);
  EXPECT_FALSE(filter.has_value()) << text;
  return filter ? FilterFault::syntax : filter.error();
}

constexpr std::string_view physical = "\"2026-03-28T00:00:00Z\"";
constexpr std::string_view civil = "\"2026-03-28T00:00:00\"";
constexpr std::string_view date = "\"2026-03-28\"";

std::string with(std::string_view member, std::string_view literal, std::string_view operation = ">=") {
  return std::string(member) + " " + std::string(operation) + " " + std::string(literal);
}

// google_health.md, filter grammar: the members of each kind of type, and no others.
TEST(GoogleHealthFilter, EachKindHasItsMembers) {
  EXPECT_TRUE(parse("steps", with("steps.interval.start_time", physical)));
  EXPECT_TRUE(parse("steps", with("steps.interval.civil_start_time", civil)));
  EXPECT_TRUE(parse("steps", with("steps.interval.civil_start_time", date)));
  EXPECT_TRUE(parse("heart-rate", with("heart_rate.sample_time.physical_time", physical)));
  EXPECT_TRUE(parse("heart-rate", with("heart_rate.sample_time.civil_time", date, "<")));
  EXPECT_TRUE(parse("daily-resting-heart-rate", with("daily_resting_heart_rate.date", date)));
  EXPECT_TRUE(parse("exercise", with("exercise.interval.civil_start_time", civil)));
  EXPECT_TRUE(parse("sleep", with("sleep.interval.end_time", physical)));
  EXPECT_TRUE(parse("sleep", with("sleep.interval.civil_end_time", date)));
  EXPECT_TRUE(parse("electrocardiogram", with("electrocardiogram.interval.start_time", physical)));

  for (const auto& [type, member] : {std::pair("steps", "steps.interval.end_time"),
                                     {"steps", "steps.date"},
                                     {"steps", "distance.interval.start_time"},
                                     {"heart-rate", "heart_rate.interval.start_time"},
                                     {"heart-rate", "heartRate.sample_time.physical_time"},
                                     {"daily-resting-heart-rate", "daily_resting_heart_rate.sample_time.physical_time"},
                                     {"exercise", "exercise.interval.start_time"},
                                     {"exercise", "exercise.interval.end_time"},
                                     {"sleep", "sleep.interval.start_time"},
                                     {"sleep", "sleep.interval.civil_start_time"},
                                     {"electrocardiogram", "electrocardiogram.interval.end_time"}}) {
    EXPECT_EQ(fault_of(type, with(member, physical)), FilterFault::member) << member;
  }
}

TEST(GoogleHealthFilter, OnlyAtLeastAndBelow) {
  for (const std::string_view operation : {"<=", ">", "=", "!=", ":"}) {
    EXPECT_EQ(fault_of("steps", with("steps.interval.start_time", physical, operation)), FilterFault::member);
  }
  EXPECT_EQ(fault_of("electrocardiogram", with("electrocardiogram.interval.start_time", physical, "<")),
            FilterFault::member);
}

TEST(GoogleHealthFilter, LiteralsMustFitTheMember) {
  EXPECT_EQ(fault_of("steps", with("steps.interval.start_time", civil)), FilterFault::timestamp_format);
  EXPECT_EQ(fault_of("steps", with("steps.interval.start_time", date)), FilterFault::timestamp_format);
  EXPECT_EQ(fault_of("exercise", with("exercise.interval.civil_start_time", physical)), FilterFault::civil_format);
  EXPECT_EQ(fault_of("daily-respiratory-rate", with("daily_respiratory_rate.date", civil)), FilterFault::civil_format);
  EXPECT_EQ(fault_of("exercise", with("exercise.interval.civil_start_time", "\"2026-02-30\"")),
            FilterFault::civil_format);
}

TEST(GoogleHealthFilter, SyntaxErrors) {
  const std::string good = with("steps.interval.start_time", physical);
  for (const std::string& bad :
       {std::string("steps.interval.start_time"), std::string(">= \"x\""),
        std::string("steps.interval.start_time >= 2026-03-28T00:00:00Z"), good + " OR " + good, good + " and " + good,
        good + " AND", good + " " + good, "(" + good + ")", "NOT " + good, good + "\"",
        std::string("steps.interval.start_time >= \"2026-03-28T00:00:00Z")}) {
    EXPECT_EQ(fault_of("steps", bad), FilterFault::syntax) << bad;
  }
}

TEST(GoogleHealthFilter, IsBounded) {
  const std::string one = with("steps.interval.start_time", physical);
  std::string text = one;
  for (std::size_t i = 1; i < max_filter_comparisons; ++i) text += " AND " + one;
  EXPECT_TRUE(parse("steps", text));
  EXPECT_EQ(fault_of("steps", text + " AND " + one), FilterFault::syntax);
  EXPECT_EQ(fault_of("steps", one + std::string(max_filter_bytes, ' ')), FilterFault::syntax);
}

TEST(GoogleHealthFilter, AcceptsHalfOpenRanges) {
  const auto filter = parse("steps", R"(steps.interval.start_time >= "2026-03-28T00:00:00Z" AND )"
                                     R"(steps.interval.start_time<"2026-03-29T00:00:00+00:00")");
  ASSERT_TRUE(filter);
  const Instant from{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28}};
  EXPECT_TRUE(filter->accepts({.start = from}));
  EXPECT_TRUE(filter->accepts({.start = from + 24h - 1ms}));
  EXPECT_FALSE(filter->accepts({.start = from - 1ms}));
  EXPECT_FALSE(filter->accepts({.start = from + 24h}));
  EXPECT_EQ(filter->start_bounds(), (TimeRange{from, from + 24h}));
  EXPECT_TRUE(parse("steps", "")->accepts({}));
}

TEST(GoogleHealthFilter, CivilMembersLookAtTheWallClock) {
  const auto filter = parse("exercise", R"(exercise.interval.civil_start_time >= "2026-03-28")");
  const Instant midnight{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28}};
  EXPECT_TRUE(filter->accepts({.start = midnight - 1h, .civil_start = midnight}));
  EXPECT_FALSE(filter->accepts({.start = midnight + 1h, .civil_start = midnight - 1ms}));
}

// What start_bounds skips, accepts would have refused.
RC_GTEST_PROP(GoogleHealthFilter, StartBoundsNeverHideAPoint, ()) {
  const auto type = *rc::gen::element<std::string>("steps", "sleep", "exercise");
  const std::string member = type == "steps"   ? "steps.interval.start_time"
                             : type == "sleep" ? "sleep.interval.end_time"
                                               : "exercise.interval.civil_start_time";
  const Instant base{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28}};
  const auto literal = [&](int minutes) {
    std::string text = format_rfc3339(Instant{base + std::chrono::minutes{minutes}});
    if (type == "exercise") text.pop_back();
    return "\"" + text + "\"";
  };
  const int low = *rc::gen::inRange(-3000, 3000);
  const int high = *rc::gen::inRange(-3000, 3000);
  const auto filter = parse(type, member + ">=" + literal(low) + " AND " + member + "<" + literal(high));
  RC_ASSERT(filter.has_value());
  PointTimes times;
  times.start = base + std::chrono::minutes{*rc::gen::inRange(-6000, 6000)};
  times.end = times.start + std::chrono::minutes{*rc::gen::inRange(0, 900)};
  const auto offset = std::chrono::hours{*rc::gen::inRange(-12, 14)};
  times.civil_start = times.start + offset;
  times.civil_end = times.end + offset;
  const TimeRange bounds = filter->start_bounds();
  if (times.start < bounds.start || times.start > bounds.end) RC_ASSERT(!filter->accepts(times));
}

// Hostile text: pieces of the grammar in any order, and any bytes at all.
RC_GTEST_PROP(GoogleHealthFilter, NeverCrashes, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "steps.interval.start_time", ">=", "<", " ", "AND", "\"2026-03-28T00:00:00Z\"", "\"", ".", "steps", "(", "\\"));
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  text += *rc::gen::arbitrary<std::string>();
  const auto filter = parse("steps", text);
  if (filter) RC_ASSERT(filter->comparisons.size() <= max_filter_comparisons);
}

}  // namespace
}  // namespace syncwell::sandbox
