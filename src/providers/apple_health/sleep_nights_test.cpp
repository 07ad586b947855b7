#include "providers/apple_health/sleep_nights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace syncwell::providers::apple_health {
namespace {

using model::Sleep;
using model::SleepStage;

constexpr TimeRange always{min_instant, max_instant};
const Instant midnight = Instant{std::chrono::sys_days{std::chrono::year{2025} / 11 / 2}};

Moment minute(int m) { return {midnight + std::chrono::minutes{m}, std::nullopt}; }
SleepSource source(const std::string& name) {
  SleepSource made;
  made.name = name;
  made.origin.application = name;
  return made;
}
SleepRow row(int from, int to, SleepStage stage) { return {minute(from), minute(to), stage}; }

std::string text_of(const model::Record& record) {
  const auto at = [](const Moment& moment) { return std::to_string((moment.at - midnight) / std::chrono::minutes{1}); };
  std::string text = record.origin.application + " " + at(record.time.start) + "-" + at(record.time.end) + ":";
  for (const auto& stage : std::get<Sleep>(record.payload).stages) {
    text += " " + std::string(model::name_of(stage.stage)) + " " + at(stage.start) + "-" + at(stage.end);
  }
  return text;
}

std::vector<std::string> texts(SleepNights& nights, const TimeRange& range = always) {
  std::vector<std::string> all;
  for (const auto& record : nights.finish(range)) {
    EXPECT_FALSE(model::why_invalid(record)) << *model::why_invalid(record);
    all.push_back(text_of(record));
  }
  return all;
}

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SleepNights, JoinsTheRowsOfOneSourceAcrossGapsOfUpToTwoHours) {
  SleepNights nights;
  ASSERT_TRUE(nights.add(source("w"), row(200, 260, SleepStage::rem)));
  ASSERT_TRUE(nights.add(source("w"), row(0, 80, SleepStage::light)));
  ASSERT_TRUE(nights.add(source("w"), row(381, 400, SleepStage::light)));  // 121 minutes later
  EXPECT_THAT(texts(nights), ElementsAre("w 0-260: light 0-80 rem 200-260", "w 381-400: light 381-400"));
}

TEST(SleepNights, TakesInBedAsTheFrame) {
  SleepNights nights;
  ASSERT_TRUE(nights.add(source("w"), row(-20, 500, SleepStage::in_bed)));
  ASSERT_TRUE(nights.add(source("w"), row(0, 480, SleepStage::asleep)));
  EXPECT_THAT(texts(nights), ElementsAre("w -20-500: asleep 0-480"));
  ASSERT_TRUE(nights.add(source("p"), row(0, 400, SleepStage::in_bed)));
  EXPECT_THAT(texts(nights), ElementsAre("p 0-400: in_bed 0-400"));
}

// Quirk 14: one source writes stages, another the whole night; each is a session of its own.
TEST(SleepNights, KeepsSourcesApartAndPrefersTheStagesOfEach) {
  SleepNights nights;
  ASSERT_TRUE(nights.add(source("w"), row(10, 100, SleepStage::deep)));
  ASSERT_TRUE(nights.add(source("w"), row(0, 300, SleepStage::asleep)));
  ASSERT_TRUE(nights.add(source("w"), row(100, 110, SleepStage::awake)));
  ASSERT_TRUE(nights.add(source("a"), row(5, 290, SleepStage::asleep)));
  EXPECT_THAT(texts(nights), ElementsAre("w 0-300: deep 10-100 awake 100-110", "a 5-290: asleep 5-290"));
}

TEST(SleepNights, TakesInBedOfThePhoneAsTheFrameOfTheWatch) {
  SleepNights nights;
  ASSERT_TRUE(nights.add(source("p"), row(-10, 420, SleepStage::in_bed)));
  ASSERT_TRUE(nights.add(source("w"), row(0, 400, SleepStage::light)));
  ASSERT_TRUE(nights.add(source("p"), row(1440, 1800, SleepStage::in_bed)));
  EXPECT_THAT(texts(nights), ElementsAre("w 0-400: light 0-400", "p 1440-1800: in_bed 1440-1800"));
}

TEST(SleepNights, CutsRowsThatOverlap) {
  SleepNights nights;
  ASSERT_TRUE(nights.add(source("w"), row(0, 100, SleepStage::light)));
  ASSERT_TRUE(nights.add(source("w"), row(20, 30, SleepStage::awake)));
  ASSERT_TRUE(nights.add(source("w"), row(90, 120, SleepStage::rem)));
  ASSERT_TRUE(nights.add(source("w"), row(90, 120, SleepStage::rem)));
  EXPECT_THAT(texts(nights), ElementsAre("w 0-120: light 0-20 awake 20-30 light 30-90 rem 90-120"));
}

RC_GTEST_PROP(SleepNights, StagesNeverOverlapAndStayInsideTheSession, ()) {
  SleepNights nights;
  const auto rows = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 600), rc::gen::inRange(1, 300), rc::gen::inRange(0, 8)));
  for (const auto& [from, length, stage] : rows) {
    RC_ASSERT(nights.add(source(from % 2 == 0 ? "a" : "b"), row(from, from + length, static_cast<SleepStage>(stage))));
  }
  for (const auto& record : nights.finish(always)) {
    RC_ASSERT(!model::why_invalid(record));
    const auto& stages = std::get<Sleep>(record.payload).stages;
    for (std::size_t i = 0; i < stages.size(); ++i) {
      RC_ASSERT(stages[i].start.at < stages[i].end.at);
      RC_ASSERT(stages[i].start.at >= record.time.start.at && stages[i].end.at <= record.time.end.at);
      if (i > 0) RC_ASSERT(stages[i].start.at >= stages[i - 1].end.at);
    }
  }
}

TEST(SleepNights, GivesOnlyWhatOverlapsTheRange) {
  SleepNights nights;
  for (const int day : {0, 1440, 2880}) ASSERT_TRUE(nights.add(source("w"), row(day, day + 400, SleepStage::light)));
  EXPECT_THAT(texts(nights, {minute(1500).at, minute(2880).at}), ElementsAre("w 1440-1840: light 1440-1840"));
  EXPECT_THAT(texts(nights), IsEmpty());
}

// A later export may know more of the night: the id stays, so that the ledger sees an edit (DEC-7).
TEST(SleepNights, GivesANightTheSameIdWhenRowsAreAdded) {
  SleepNights nights;
  ASSERT_TRUE(nights.add(source("w"), row(0, 100, SleepStage::light)));
  const auto before = nights.finish(always);
  ASSERT_TRUE(nights.add(source("w"), row(100, 300, SleepStage::rem)));
  ASSERT_TRUE(nights.add(source("w"), row(0, 100, SleepStage::light)));
  const auto after = nights.finish(always);
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(before.at(0).source_id, after.at(0).source_id);
  ASSERT_TRUE(nights.add(source("x"), row(0, 100, SleepStage::light)));
  EXPECT_NE(nights.finish(always).at(0).source_id, before.at(0).source_id);
}

TEST(SleepNights, HoldsItsMaximums) {
  SleepNights nights;
  for (std::size_t i = 0; i < max_sleep_rows; ++i) {
    ASSERT_TRUE(nights.add(source("w"), row(static_cast<int>(i), static_cast<int>(i) + 1, SleepStage::light)));
  }
  EXPECT_FALSE(nights.add(source("w"), row(0, 1, SleepStage::light)));
  SleepNights named;
  EXPECT_TRUE(named.add(source(std::string(max_sleep_source_bytes / 4, 'x')), row(0, 1, SleepStage::light)));
  EXPECT_FALSE(named.add(source(std::string(max_sleep_source_bytes / 4, 'y')), row(0, 1, SleepStage::light)));
  EXPECT_TRUE(named.add(source("z"), row(0, 1, SleepStage::light)));
}

TEST(SleepNights, ReadsEverySleepValue) {
  EXPECT_EQ(parse_sleep_value("HKCategoryValueSleepAnalysisInBed"), SleepStage::in_bed);
  EXPECT_EQ(parse_sleep_value("HKCategoryValueSleepAnalysisAsleep"), SleepStage::asleep);
  EXPECT_EQ(parse_sleep_value("HKCategoryValueSleepAnalysisAsleepUnspecified"), SleepStage::asleep);
  EXPECT_EQ(parse_sleep_value("HKCategoryValueSleepAnalysisAsleepCore"), SleepStage::light);
  EXPECT_EQ(parse_sleep_value("HKCategoryValueSleepAnalysisAsleepDeep"), SleepStage::deep);
  EXPECT_EQ(parse_sleep_value("HKCategoryValueSleepAnalysisAsleepREM"), SleepStage::rem);
  EXPECT_EQ(parse_sleep_value("HKCategoryValueSleepAnalysisAwake"), SleepStage::awake);
  EXPECT_EQ(parse_sleep_value("0"), SleepStage::in_bed);
  EXPECT_EQ(parse_sleep_value("HKCategoryValueSleepAnalysisSomethingNew"), SleepStage::unknown);
}

}  // namespace
}  // namespace syncwell::providers::apple_health
