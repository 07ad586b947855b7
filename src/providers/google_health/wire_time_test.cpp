#include "providers/google_health/wire_time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <boost/json/parse.hpp>

namespace syncwell::providers::google_health {
namespace {

using namespace std::chrono_literals;

boost::json::object object(std::string_view text) { return boost::json::parse(text).as_object(); }
constexpr WireMomentNames names{"t", "o", "c"};

TEST(WireDuration, ReadsProtoDurations) {
  EXPECT_EQ(parse_wire_duration("3600s"), 1h);
  EXPECT_EQ(parse_wire_duration("-18000s"), -5h);
  EXPECT_EQ(parse_wire_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_wire_duration("0.123456789s"), 123ms);
  for (const char* text : {"", "s", "-s", "1", "1m", "1.s", ".5s", "1.0000000001s", "--1s", "+1s", "1 s", "0x1s",
                           "9999999999999s", "1e3s"}) {
    EXPECT_EQ(parse_wire_duration(text), std::nullopt) << text;
  }
}

RC_GTEST_PROP(WireDuration, WritesWhatItReads, ()) {
  const Duration duration{*rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'000)};
  RC_ASSERT(parse_wire_duration(format_wire_duration(duration)) == duration);
}

TEST(WireMoment, TakesTheOffsetBesideTheTime) {
  bool bad = false;
  const auto moment = moment_field(object(R"({"t":"2026-03-28T11:15:00Z","o":"-18000s"})"), names, bad);
  EXPECT_EQ(format_rfc3339(moment.value), "2026-03-28T06:15:00-05:00");
  EXPECT_FALSE(bad);
}

TEST(WireMoment, FallsBackToTheCivilTimeWhoseZeroMembersAreLeftOut) {  // proto3 JSON
  bool bad = false;
  const auto midnight =
      moment_field(object(R"({"t":"2026-03-27T23:00:00Z","c":{"date":{"year":2026,"month":3,"day":28}}})"), names, bad);
  EXPECT_EQ(midnight.value.offset, UtcOffset{1h});
  const auto no_time = moment_field(
      object(R"({"t":"2026-03-28T05:30:00Z","c":{"date":{"year":2026,"month":3,"day":28},"time":{"minutes":30}}})"),
      names, bad);
  EXPECT_EQ(no_time.value.offset, UtcOffset{-5h});
  EXPECT_FALSE(bad);
}

TEST(WireMoment, AnUnreadableOffsetIsLeftOutAndReported) {  // PROV-3
  for (const char* offset : {R"("5 hours")", R"("999999s")", "3600", "{}"}) {
    bool bad = false;
    const auto moment =
        moment_field(object(std::string(R"({"t":"2026-03-28T11:15:00Z","o":)") + offset + "}"), names, bad);
    ASSERT_TRUE(moment.present());
    EXPECT_EQ(moment.value.offset, std::nullopt) << offset;
    EXPECT_TRUE(bad) << offset;
  }
}

TEST(WireMoment, WithoutAnOffsetThePlaceIsUnknown) {
  bool bad = false;
  EXPECT_EQ(moment_field(object(R"({"t":"2026-03-28T11:15:00Z"})"), names, bad).value.offset, std::nullopt);
  EXPECT_EQ(moment_field(object(R"({"t":"2026-03-28T11:15:00+02:00"})"), names, bad).value.offset, UtcOffset{2h});
  for (const char* civil : {R"({"date":{"year":2026,"month":2,"day":30}})", R"({"date":5})", "{}",
                            R"({"date":{"year":2020,"month":1,"day":1}})", R"({"date":{"year":"x"}})"}) {
    const auto text = std::string(R"({"t":"2026-03-28T11:15:00Z","c":)") + civil + "}";
    EXPECT_EQ(moment_field(object(text), names, bad).value.offset, std::nullopt) << civil;
  }
  EXPECT_FALSE(bad);
}

TEST(WireDate, RefusesDatesThatDoNotExist) {
  EXPECT_TRUE(read_date(object(R"({"year":2026,"month":3,"day":29})")));
  for (const char* date : {R"({"year":2026,"month":2,"day":29})", R"({"year":2026,"month":13,"day":1})",
                           R"({"month":3,"day":29})", R"({"year":2026})", R"({"year":-1,"month":1,"day":1})",
                           R"({"year":9223372036854775807,"month":1,"day":1})", "{}"}) {
    EXPECT_FALSE(read_date(object(date))) << date;
  }
}

TEST(LocalDay, FollowsTheZoneAcrossDaylightSaving) {  // the day that the clock skips an hour has 23
  const auto spring = std::chrono::year{2026} / 3 / 29;
  const auto day = local_day(spring, {"Europe/Berlin", std::nullopt});
  EXPECT_EQ(format_rfc3339(day.start), "2026-03-29T00:00:00+01:00");
  EXPECT_EQ(format_rfc3339(day.end), "2026-03-30T00:00:00+02:00");
  EXPECT_EQ(day.end.at - day.start.at, 23h);
}

TEST(LocalDay, UsesTheFixedOffsetOrNone) {
  const auto date = std::chrono::year{2026} / 3 / 29;
  EXPECT_EQ(format_rfc3339(local_day(date, {"", UtcOffset{-5h}}).start), "2026-03-29T00:00:00-05:00");
  EXPECT_EQ(format_rfc3339(local_day(date, {"Mars/Olympus", UtcOffset{2h}}).start), "2026-03-29T00:00:00+02:00");
  const auto unknown = local_day(date, {});
  EXPECT_EQ(unknown.start.offset, std::nullopt);
  EXPECT_EQ(unknown.end.at - unknown.start.at, 24h);
}

}  // namespace
}  // namespace syncwell::providers::google_health
