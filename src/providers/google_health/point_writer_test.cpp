#include "providers/google_health/point_writer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <boost/json/parse.hpp>

#include "providers/google_health/point_reader.hpp"

namespace syncwell::providers::google_health {
namespace {

using namespace std::chrono_literals;
using model::DataType;

constexpr const char* id = "swabcdefghijklmnopqrstuvwxyz";
constexpr Instant morning{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28} + 6h};

model::Record make(DataType type, Duration length, model::Payload payload) {
  model::Record record;
  record.type = type;
  record.source_id = "x";
  record.origin = {"apple_health_export", "app", "Garmin", "fenix 5", model::RecordingMethod::sensed};
  record.time = {{morning, UtcOffset{1h}}, {morning + length, UtcOffset{2h}}};
  record.payload = std::move(payload);
  return record;
}

model::Record read_back(const model::Record& record) {
  WarningList warnings;
  const TypeRow& row = row_of(record.type);
  const auto read = read_point(row, boost::json::parse(write_point(row, record, id)), {}, "point", warnings);
  EXPECT_TRUE(read && *read);
  EXPECT_TRUE(warnings.take(true).empty());
  return read && *read ? **read : model::Record{};
}

RC_GTEST_PROP(PointWriter, QuantitiesComeBackAsTheyWere, ()) {  // INT-5
  const double kilograms = *rc::gen::inRange(1, 400'000) / 1000.0;
  const auto back = read_back(make(DataType::weight, 0ms, model::Quantity{kilograms}));
  RC_ASSERT(std::get<model::Quantity>(back.payload).value == kilograms);
  RC_ASSERT(back.external_id == id);
  RC_ASSERT(back.time.start == (Moment{morning, UtcOffset{1h}}));
  const double percent = *rc::gen::inRange(0, 100'000) / 1000.0;
  RC_ASSERT(
      std::get<model::Quantity>(read_back(make(DataType::body_fat, 0ms, model::Quantity{percent})).payload).value ==
      percent);
}

TEST(PointWriter, AWorkoutComesBack) {
  model::Workout workout;
  workout.sport = model::Sport::trail_running;
  workout.title = "Run \"with\" ünïcode";
  workout.timer = 40min + 500ms;
  workout.distance_m = 8000.25;
  workout.energy_kcal = 410.5;
  workout.steps = 7900;
  workout.average_heart_rate_bpm = 151;
  workout.elevation_gain_m = 52;
  workout.laps = {{morning, morning + 6min, 1000.0, 60.0, 140.0, std::nullopt}};
  workout.pauses = {{morning + 20min, morning + 25min}};
  const auto record = make(DataType::workout, 45min, workout);
  const auto back = read_back(record);
  EXPECT_EQ(back.time, record.time);
  EXPECT_EQ(std::get<model::Workout>(back.payload), workout);
  EXPECT_EQ(back.origin.device_model, "fenix 5");
}

TEST(PointWriter, RequiredMembersAreThereEvenWhenTheRecordHasNothing) {
  auto record = make(DataType::workout, 45min, model::Workout{});
  record.time.start.offset.reset();
  const auto point = boost::json::parse(write_point(row_of(DataType::workout), record, id));
  const auto& exercise = point.at("exercise").as_object();
  EXPECT_EQ(point.at("name"), "users/me/dataTypes/exercise/dataPoints/swabcdefghijklmnopqrstuvwxyz");
  EXPECT_TRUE(exercise.at("metricsSummary").is_object());
  EXPECT_FALSE(exercise.at("displayName").as_string().empty());
  EXPECT_EQ(exercise.at("exerciseType"), "OTHER");
  EXPECT_EQ(exercise.at("interval").at("startUtcOffset"), "0s");
}

model::SleepSegment segment(Duration start, Duration end, model::SleepStage stage) {
  return {{morning + start, UtcOffset{1h}}, {morning + end, UtcOffset{1h}}, stage};
}

TEST(PointWriter, SleepWithoutDepthIsClassic) {
  model::Sleep sleep;
  sleep.stages = {segment(0h, 3h, model::SleepStage::asleep), segment(3h, 4h, model::SleepStage::restless)};
  const auto record = make(DataType::sleep, 8h, sleep);
  EXPECT_EQ(boost::json::parse(write_point(row_of(DataType::sleep), record, id)).at("sleep").at("type"), "CLASSIC");
  EXPECT_EQ(std::get<model::Sleep>(read_back(record).payload), sleep);
}

TEST(PointWriter, StagesThatAreLeftOutDoNotMakeSleepStaged) {  // found by fuzzing
  model::Sleep sleep;
  sleep.stages = {segment(1h, 2h, model::SleepStage::restless), segment(9h, 10h, model::SleepStage::rem)};
  const auto point = boost::json::parse(write_point(row_of(DataType::sleep), make(DataType::sleep, 8h, sleep), id));
  EXPECT_EQ(point.at("sleep").at("type"), "CLASSIC");
  EXPECT_EQ(point.at("sleep").at("stages").at(0).at("type"), "RESTLESS");
}

TEST(PointWriter, StagedSleepHasOnlyItsFourWordsAndNoOverlaps) {
  model::Sleep sleep;
  sleep.stages = {segment(-1h, 9h, model::SleepStage::in_bed), segment(-30min, 1h, model::SleepStage::light),
                  segment(30min, 2h, model::SleepStage::deep), segment(2h, 3h, model::SleepStage::asleep),
                  segment(2h, 150min, model::SleepStage::rem), segment(7h, 9h, model::SleepStage::restless),
                  segment(10h, 11h, model::SleepStage::awake)};
  const auto back = std::get<model::Sleep>(read_back(make(DataType::sleep, 8h, sleep)).payload);
  const std::vector<model::SleepSegment> expected = {
      segment(0h, 1h, model::SleepStage::light), segment(1h, 2h, model::SleepStage::deep),
      segment(2h, 3h, model::SleepStage::light), segment(7h, 8h, model::SleepStage::awake)};
  EXPECT_EQ(back.stages, expected);
}

}  // namespace
}  // namespace syncwell::providers::google_health
