#include "model/record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "model/arbitrary_record.hpp"

namespace syncwell::model {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr Instant noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28} + 12h};
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr float infinite = std::numeric_limits<float>::infinity();

Record quantity_record(DataType type) {
  Record record;
  record.type = type;
  record.source_id = "id";
  record.time = {{noon}, {noon + 1h}};
  return record;
}

Record workout_record() {
  Record record = quantity_record(DataType::workout);
  Workout workout;
  workout.laps = {{.start = noon, .end = noon + 10min}};
  workout.pauses = {{noon + 1min, noon + 2min}};
  workout.samples = {{.at = noon}, {.at = noon + 1s}};
  workout.route = {{.at = noon, .latitude_deg = 50, .longitude_deg = 8}, {.at = noon + 1s}};
  record.payload = workout;
  return record;
}

Record sleep_record() {
  Record record = quantity_record(DataType::sleep);
  record.payload = Sleep{.stages = {{{noon}, {noon + 1min}, SleepStage::light}, {{noon + 1min}, {noon + 2min}}}};
  return record;
}

// What is wrong after `change`; empty when nothing is.
std::string after(Record record, const std::function<void(Record&)>& change) {
  change(record);
  return why_invalid(record).value_or("");
}
std::string workout_after(const std::function<void(Workout&)>& change) {
  return after(workout_record(), [&](Record& record) { change(std::get<Workout>(record.payload)); });
}
std::string sleep_after(const std::function<void(Sleep&)>& change) {
  return after(sleep_record(), [&](Record& record) { change(std::get<Sleep>(record.payload)); });
}

template <class Enum, class Parse>
void expect_names_read_back(Enum last, Parse parse) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const auto value = static_cast<Enum>(i);
    EXPECT_EQ(parse(name_of(value)), value) << name_of(value);
    names.insert(name_of(value));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last) + 1) << "two values share a name";
}

TEST(RecordNames, EveryNameReadsBackAsItsValue) {
  expect_names_read_back(Sport::driving, parse_sport);
  expect_names_read_back(SleepStage::unknown, parse_sleep_stage);
}

TEST(RecordNames, UnknownNamesAreRefused) {
  EXPECT_EQ(parse_sport("Running"), std::nullopt);
  EXPECT_EQ(parse_sport(""), std::nullopt);
  EXPECT_EQ(parse_sport("quidditch"), std::nullopt);
  EXPECT_EQ(parse_sleep_stage("REM"), std::nullopt);
  EXPECT_EQ(parse_sleep_stage(""), std::nullopt);
}

TEST(RecordNames, MethodsAreNamedAsOpenMhealthModalities) {
  EXPECT_EQ(name_of(RecordingMethod::sensed), "sensed");
  EXPECT_EQ(name_of(RecordingMethod::self_reported), "self-reported");
  EXPECT_EQ(name_of(RecordingMethod::unknown), "unknown");
}

TEST(WhyInvalid, SoundRecordsAreValid) {
  EXPECT_EQ(why_invalid(quantity_record(DataType::steps)), std::nullopt);
  EXPECT_EQ(why_invalid(workout_record()), std::nullopt);
  EXPECT_EQ(why_invalid(sleep_record()), std::nullopt);
}

RC_GTEST_PROP(WhyInvalid, GeneratedRecordsAreValid, (const Record& record)) {
  RC_ASSERT(why_invalid(record) == std::nullopt);
}

TEST(WhyInvalid, TheSourceIdIsNeeded) {
  EXPECT_THAT(after(quantity_record(DataType::steps), [](Record& r) { r.source_id.clear(); }), HasSubstr("source id"));
}

TEST(WhyInvalid, TimesLieBetween1900And2200AndTheEndIsNotBeforeTheStart) {
  const Record sound = quantity_record(DataType::steps);
  EXPECT_THAT(after(sound, [](Record& r) { r.time.start.at = min_instant - 1ms; }), HasSubstr("outside"));
  EXPECT_THAT(after(sound, [](Record& r) { r.time.end.at = max_instant + 1ms; }), HasSubstr("outside"));
  EXPECT_THAT(after(sound, [](Record& r) { r.time.end.at = noon - 1ms; }), HasSubstr("ends before it starts"));
  EXPECT_THAT(after(sound, [](Record& r) { r.modified = max_instant + 1ms; }), HasSubstr("modified"));
  EXPECT_EQ(after(sound, [](Record& r) { r.time = {{min_instant}, {max_instant}}; }), "");
  EXPECT_EQ(after(sound, [](Record& r) { r.time.end = r.time.start; }), "");
}

TEST(WhyInvalid, OffsetsReachEighteenHours) {
  const Record sound = quantity_record(DataType::steps);
  EXPECT_EQ(after(sound, [](Record& r) { r.time.start.offset = UtcOffset{18h}; }), "");
  EXPECT_THAT(after(sound, [](Record& r) { r.time.start.offset = UtcOffset{18h + 1s}; }), HasSubstr("offset"));
  EXPECT_THAT(after(sound, [](Record& r) { r.time.end.offset = UtcOffset{-18h - 1s}; }), HasSubstr("offset"));
}

TEST(WhyInvalid, ThePayloadIsOfTheTypesKind) {
  EXPECT_THAT(after(quantity_record(DataType::steps), [](Record& r) { r.payload = Sleep{}; }), HasSubstr("payload"));
  EXPECT_THAT(after(quantity_record(DataType::steps), [](Record& r) { r.payload = Workout{}; }), HasSubstr("payload"));
  EXPECT_THAT(after(sleep_record(), [](Record& r) { r.payload = Workout{}; }), HasSubstr("payload"));
  EXPECT_THAT(after(workout_record(), [](Record& r) { r.payload = Sleep{}; }), HasSubstr("payload"));
  EXPECT_THAT(after(workout_record(), [](Record& r) { r.payload = Quantity{1}; }), HasSubstr("payload"));
}

TEST(WhyInvalid, QuantitiesAreFinite) {
  for (const double value : {not_a_number, HUGE_VAL, -HUGE_VAL}) {
    EXPECT_THAT(after(quantity_record(DataType::weight), [&](Record& r) { r.payload = Quantity{value}; }),
                HasSubstr("not finite"));
  }
}

TEST(WhyInvalid, EveryWorkoutSummaryIsFinite) {
  for (auto field : {&Workout::distance_m, &Workout::energy_kcal, &Workout::elevation_gain_m,
                     &Workout::average_heart_rate_bpm, &Workout::maximum_heart_rate_bpm, &Workout::steps}) {
    EXPECT_THAT(workout_after([&](Workout& w) { w.*field = not_a_number; }), HasSubstr("summary value"));
  }
}

TEST(WhyInvalid, LapsAndPausesAreSound) {
  EXPECT_THAT(workout_after([](Workout& w) { w.laps[0].end = noon - 1ms; }), HasSubstr("lap ends before"));
  EXPECT_THAT(workout_after([](Workout& w) { w.laps[0].end = max_instant + 1ms; }), HasSubstr("lap is outside"));
  for (auto field : {&Lap::distance_m, &Lap::energy_kcal, &Lap::average_heart_rate_bpm, &Lap::maximum_heart_rate_bpm}) {
    EXPECT_THAT(workout_after([&](Workout& w) { w.laps[0].*field = HUGE_VAL; }), HasSubstr("value of a lap"));
  }
  EXPECT_THAT(workout_after([](Workout& w) { w.pauses[0].end = noon; }), HasSubstr("pause ends before"));
  EXPECT_THAT(workout_after([](Workout& w) { w.pauses[0].start = min_instant - 1ms; }), HasSubstr("pause is outside"));
}

TEST(WhyInvalid, SamplesAscendAndAreFinite) {
  EXPECT_THAT(workout_after([](Workout& w) { w.samples[1].at = noon; }), HasSubstr("samples are not in ascending"));
  EXPECT_THAT(workout_after([](Workout& w) { w.samples[1].at = max_instant + 1ms; }), HasSubstr("sample is outside"));
  for (auto field :
       {&Sample::heart_rate_bpm, &Sample::cadence_rpm, &Sample::power_w, &Sample::speed_m_s, &Sample::temperature_c}) {
    EXPECT_THAT(workout_after([&](Workout& w) { w.samples[0].*field = infinite; }), HasSubstr("value of a sample"));
  }
  EXPECT_THAT(workout_after([](Workout& w) { w.samples[0].distance_m = not_a_number; }),
              HasSubstr("value of a sample"));
}

TEST(WhyInvalid, TheRouteAscendsAndStaysOnTheGlobe) {
  EXPECT_THAT(workout_after([](Workout& w) { w.route[1].at = noon; }), HasSubstr("route is not in ascending"));
  EXPECT_THAT(workout_after([](Workout& w) { w.route[0].at = min_instant - 1ms; }),
              HasSubstr("route point is outside"));
  EXPECT_THAT(workout_after([](Workout& w) { w.route[0].latitude_deg = 90.0001; }), HasSubstr("globe"));
  EXPECT_THAT(workout_after([](Workout& w) { w.route[0].longitude_deg = -180.0001; }), HasSubstr("globe"));
  EXPECT_THAT(workout_after([](Workout& w) { w.route[0].latitude_deg = not_a_number; }), HasSubstr("globe"));
  EXPECT_THAT(workout_after([](Workout& w) { w.route[0].altitude_m = infinite; }), HasSubstr("altitude"));
  EXPECT_EQ(workout_after([](Workout& w) { w.route[0].latitude_deg = -90; }), "");
}

TEST(WhyInvalid, SleepStagesAreSortedAndInRange) {
  EXPECT_THAT(sleep_after([](Sleep& s) { s.stages[0].end.at = noon - 1ms; }), HasSubstr("stage ends before"));
  EXPECT_THAT(sleep_after([](Sleep& s) { s.stages[1].start.at = noon - 1ms; }), HasSubstr("not sorted"));
  EXPECT_THAT(sleep_after([](Sleep& s) { s.stages[1].end.at = max_instant + 1ms; }), HasSubstr("stage is outside"));
  EXPECT_EQ(sleep_after([](Sleep& s) { s.stages.clear(); }), "");
}

TEST(TimeFrame, AnInstantIsWhereStartAndEndAreTheSameTime) {
  EXPECT_TRUE((TimeFrame{{noon, UtcOffset{1h}}, {noon, std::nullopt}}).is_instant());
  EXPECT_FALSE((TimeFrame{{noon}, {noon + 1ms}}).is_instant());
}

}  // namespace
}  // namespace syncwell::model
