#include "providers/tcx/tcx_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "providers/tcx/tcx_reader.hpp"
#include "providers/track/decode_document.hpp"
#include "providers/track/track_builder.hpp"

namespace syncwell::providers::tcx {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using track::workout_of;

constexpr Instant start{std::chrono::sys_days{std::chrono::year{2026} / 5 / 1} + std::chrono::hours{10}};

model::Record half_hour(model::Sport sport) {
  model::Workout workout;
  workout.sport = sport;
  model::Record record;
  record.type = model::DataType::workout;
  record.source_id = "x";
  record.time = {{start, {}}, {start + minutes{30}, {}}};
  record.payload = std::move(workout);
  return record;
}

model::Record read_back(const std::string& document) {
  const auto decoder = make_decoder("");
  return track::read_back(*decoder, document);
}

TEST(TcxWriter, RefusesWhatIsNoWorkout) {
  model::Record record;
  EXPECT_EQ(encode_workout(record).error().code, ErrorCode::unsupported);
}

TEST(TcxWriter, AWorkoutWithoutPointsIsOneLap) {
  auto record = half_hour(model::Sport::yoga);
  workout_of(record).energy_kcal = 120;
  workout_of(record).average_heart_rate_bpm = 80;
  workout_of(record).maximum_heart_rate_bpm = 95;
  workout_of(record).steps = 40;
  auto copy = read_back(encode_workout(record).value());
  const auto& read = workout_of(copy);
  EXPECT_EQ(copy.time.start.at, record.time.start.at);
  EXPECT_EQ(copy.time.end.at, record.time.end.at);
  EXPECT_EQ(read.sport, model::Sport::other);
  EXPECT_EQ(read.timer, minutes{30});
  EXPECT_EQ(read.energy_kcal, 120);
  EXPECT_EQ(read.average_heart_rate_bpm, 80);
  EXPECT_EQ(read.maximum_heart_rate_bpm, 95);
  EXPECT_EQ(read.steps, 40);
  EXPECT_EQ(read.distance_m, std::nullopt);
}

TEST(TcxWriter, WhateverLengthIsWrittenCanBeRead) {  // found by fuzzing: a clock that jumped by ten years
  auto record = half_hour(model::Sport::running);
  record.time.start.at = min_instant;
  record.time.end.at = max_instant;
  const auto copy = read_back(encode_workout(record).value());
  EXPECT_EQ(workout_of(copy).timer, max_instant - min_instant);
}

TEST(TcxWriter, SpreadsTotalsOverLapsThatLackThem) {
  auto record = half_hour(model::Sport::running);
  auto& workout = workout_of(record);
  workout.distance_m = 5000;
  workout.energy_kcal = 301;
  workout.laps = {{.start = start, .end = start + minutes{10}, .distance_m = 2000.0},
                  {.start = start + minutes{10}, .end = start + minutes{20}},
                  {.start = start + minutes{20}, .end = start + minutes{30}}};
  auto copy = read_back(encode_workout(record).value());
  const auto& read = workout_of(copy);
  EXPECT_EQ(read.distance_m, 5000);
  EXPECT_EQ(read.energy_kcal, 301);
  ASSERT_EQ(read.laps.size(), 3U);
  EXPECT_EQ(read.laps[0].distance_m, 2000);
  EXPECT_EQ(read.laps[1].distance_m, 1500);
  EXPECT_EQ(read.laps[2].energy_kcal, 100);
}

TEST(TcxWriter, KeepsPausesWithoutAnyPointNearby) {
  auto record = half_hour(model::Sport::cycling);
  const model::Pause pause{start + minutes{10}, start + minutes{12}};
  workout_of(record).pauses = {pause};
  auto copy = read_back(encode_workout(record).value());
  EXPECT_EQ(workout_of(copy).pauses, std::vector{pause});
  EXPECT_EQ(workout_of(copy).timer, minutes{28});
}

TEST(TcxWriter, WritesTheOrderThatTheSchemaDemands) {
  auto record = half_hour(model::Sport::running);
  auto& workout = workout_of(record);
  workout.title = "a < b & c";
  workout.steps = 10;
  record.origin.device_model = "X \"1\"";
  workout.route = {{start, 48.0, 11.0, 500.0F}};
  workout.samples = {
      {.at = start, .heart_rate_bpm = 100.4F, .cadence_rpm = 80.0F, .speed_m_s = 2.5F, .distance_m = 0.5}};
  const std::string document = encode_workout(record).value();
  std::size_t position = 0;
  for (const char* part : {"<Id>",
                           "<Lap ",
                           "<TotalTimeSeconds>",
                           "<DistanceMeters>",
                           "<Calories>",
                           "<Intensity>",
                           "<TriggerMethod>",
                           "<Track>",
                           "<Time>",
                           "<Position>",
                           "<AltitudeMeters>",
                           "<DistanceMeters>",
                           "<HeartRateBpm><Value>100<",
                           "<ext:Speed>",
                           "<ext:RunCadence>",
                           "</Track>",
                           "<ext:Steps>10<",
                           "</Lap>",
                           "<Notes>a &lt; b &amp; c</Notes>",
                           "<Creator xsi:type=\"Device_t\"><Name>X &quot;1&quot;</Name>",
                           "<UnitId>",
                           "<ProductID>",
                           "<VersionMinor>",
                           "</Activity>"}) {
    const auto found = document.find(part, position);
    ASSERT_NE(found, std::string::npos) << part;
    position = found;
  }
}

// A converted file of a real device says the same as the original.
TEST(TcxWriter, LapsAreKept) {
  auto record = half_hour(model::Sport::running);
  auto& workout = workout_of(record);
  workout.laps = {{start, start + minutes{10}, 2000.0, 100.0, 120.0, 130.0},
                  {start + minutes{10}, start + minutes{30}, 3000.0, 200.0, 140.0, 150.0}};
  auto copy = read_back(encode_workout(record).value());
  EXPECT_EQ(workout_of(copy).laps, workout.laps);
  EXPECT_EQ(workout_of(copy).distance_m, 5000);
  EXPECT_NEAR(workout_of(copy).average_heart_rate_bpm.value_or(0), 133.33, 0.01);
}

// Everything that the format holds comes back; times to the millisecond.
RC_GTEST_PROP(TcxWriter, RoundTrip, ()) {
  const auto integer = [](int low, int high) { return *rc::gen::inRange(low, high); };
  constexpr model::Sport sports[] = {model::Sport::running, model::Sport::cycling, model::Sport::other};
  model::Record record = half_hour(sports[integer(0, 3)]);
  auto& workout = workout_of(record);
  workout.title = *rc::gen::container<std::string>(rc::gen::inRange<char>('!', '~'));
  workout.distance_m = integer(1, 100'000'000) / 1e3;
  workout.energy_kcal = integer(1, 20'000);
  Instant at = start;
  double distance_m = 0;
  for (int count = integer(2, 40); count > 0; --count) {
    if (integer(0, 3) > 0) {
      model::RoutePoint point{at, integer(-89'000'000, 89'000'000) / 1e6, integer(1, 180'000'000) / 1e6, {}};
      if (integer(0, 2) == 1) point.altitude_m = static_cast<float>(integer(-4000, 80'000)) / 10;
      workout.route.push_back(point);
    }
    model::Sample sample{.at = at};
    if (integer(0, 2) == 1) sample.heart_rate_bpm = static_cast<float>(integer(30, 230));
    if (integer(0, 2) == 1) sample.cadence_rpm = static_cast<float>(integer(0, 200));
    if (integer(0, 2) == 1) sample.power_w = static_cast<float>(integer(0, 2000));
    if (integer(0, 2) == 1) sample.speed_m_s = static_cast<float>(integer(0, 200)) / 8;
    if (integer(0, 2) == 1) sample.distance_m = distance_m += integer(0, 100) / 8.0;
    if (sample != model::Sample{.at = at}) workout.samples.push_back(sample);
    const Instant next = at + Duration{integer(1, 20'000)};
    if (count > 1 && next - at >= track::min_pause && integer(0, 3) == 0) workout.pauses.push_back({at, next});
    record.time.end.at = at;
    at = next;
  }

  model::Record copy = read_back(encode_workout(record).value());
  const auto& read = workout_of(copy);
  RC_ASSERT(copy.time.start.at == record.time.start.at);
  RC_ASSERT(copy.time.end.at == record.time.end.at);
  RC_ASSERT(read.sport == workout.sport);
  RC_ASSERT(read.title == workout.title);
  RC_ASSERT(read.samples == workout.samples);
  RC_ASSERT(read.pauses == workout.pauses);
  RC_ASSERT(read.energy_kcal == workout.energy_kcal);
  RC_ASSERT(std::abs(*read.distance_m - *workout.distance_m) < 0.001);
  RC_ASSERT(read.timer ==
            Duration{record.time.end.at - start} - track::paused_in(workout.pauses, start, record.time.end.at));
  RC_ASSERT(track::is_same_route(read.route, workout.route));
}

}  // namespace
}  // namespace syncwell::providers::tcx
