#include "providers/google_health/point_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "providers/scripted_http_client.hpp"
#include "providers/test_files.hpp"

namespace syncwell::providers::google_health {
namespace {

using namespace std::chrono_literals;
using model::DataType;
using testing::HasSubstr;

class PointReader : public testing::Test {
 protected:
  Result<std::optional<model::Record>> read(DataType type, std::string_view text) {
    return read_point(row_of(type), boost::json::parse(text), zone, "point 1", warnings);
  }
  // The one record of a sound point.
  model::Record record(DataType type, std::string_view text) {
    auto read_record = read(type, text);
    EXPECT_TRUE(read_record.has_value()) << (read_record ? "" : read_record.error().message);
    EXPECT_TRUE(read_record && read_record->has_value());
    return read_record && *read_record ? **read_record : model::Record{};
  }
  boost::json::value first_point(const char* file) {
    const auto text = read_test_file(std::string(SYNCWELL_SOURCE_DIR "/tests/data/api/google_health/") + file);
    return boost::json::parse(text).at("dataPoints").at(0);
  }
  WarningList warnings;
  UserZone zone{"Europe/Berlin", std::nullopt};
};

constexpr const char* steps = R"({"name":"users/me/dataTypes/steps/dataPoints/s3","dataSource":{"recordingMethod":
  "PASSIVELY_MEASURED","device":{"formFactor":"WATCH","manufacturer":"Google","displayName":"Pixel Watch 3"},
  "application":{"packageName":"com.example.app"},"platform":"A_NEW_ONE"},"steps":{"interval":{"startTime":
  "2026-03-28T11:15:00Z","startUtcOffset":"3600s","endTime":"2026-03-28T11:30:00Z","endUtcOffset":"3600s"},
  "count":"812","somethingNew":{"x":[1]}},"another":5})";

TEST_F(PointReader, ReadsAnIntervalWithItsOrigin) {
  const auto read_record = record(DataType::steps, steps);
  EXPECT_EQ(read_record.source_id, "s3");
  EXPECT_EQ(read_record.external_id, "");
  EXPECT_EQ(read_record.origin.provider, "google_health");
  EXPECT_EQ(read_record.origin.application, "com.example.app");
  EXPECT_EQ(read_record.origin.device_manufacturer, "Google");
  EXPECT_EQ(read_record.origin.device_model, "Pixel Watch 3");
  EXPECT_EQ(read_record.origin.method, model::RecordingMethod::sensed);
  EXPECT_EQ(format_rfc3339(read_record.time.start), "2026-03-28T12:15:00+01:00");
  EXPECT_EQ(std::get<model::Quantity>(read_record.payload).value, 812);
  EXPECT_TRUE(warnings.take(true).empty());
}

TEST_F(PointReader, ConvertsUnits) {
  constexpr const char* weight = R"({"name":"a/w1","weight":{"sampleTime":{"physicalTime":"2026-03-28T06:00:00Z",
    "utcOffset":"3600s"},"weightGrams":81300.5}})";
  const auto weighed = record(DataType::weight, weight);
  EXPECT_DOUBLE_EQ(std::get<model::Quantity>(weighed.payload).value, 81.3005);
  EXPECT_TRUE(weighed.time.is_instant());
  constexpr const char* distance = R"({"name":"a/d1","distance":{"interval":{"startTime":"2026-03-28T06:00:00Z",
    "endTime":"2026-03-28T06:01:00Z"},"millimeters":"1234"}})";
  EXPECT_DOUBLE_EQ(std::get<model::Quantity>(record(DataType::distance, distance).payload).value, 1.234);
}

TEST_F(PointReader, AnIdInAMessageIsOneWordOfBoundedLength) {  // found by fuzzing: it ends up in logs
  const auto failed = read(DataType::steps, R"({"name":"a/x\ny)" + std::string(5000, 'z') + R"(","steps":{}})");
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("steps/x?yzzz"));
  EXPECT_LT(failed.error().message.size(), 300U);
}

TEST_F(PointReader, TakesAValueOfZero) {
  constexpr const char* text = R"({"name":"a/f","floors":{"interval":{"startTime":"2026-03-28T06:00:00Z",
    "endTime":"2026-03-28T06:01:00Z"},"count":"0"}})";
  EXPECT_EQ(std::get<model::Quantity>(record(DataType::floors, text).payload).value, 0);
}

TEST_F(PointReader, KeepsTheTwoHrvMeasuresApart) {  // never mixed
  constexpr const char* both = R"({"heartRateVariability":{"sampleTime":{"physicalTime":"2026-03-28T02:00:00Z"},
    "rootMeanSquareOfSuccessiveDifferencesMilliseconds":42.5,"standardDeviationMilliseconds":61.0}})";
  EXPECT_EQ(std::get<model::Quantity>(record(DataType::hrv_rmssd, both).payload).value, 42.5);
  EXPECT_EQ(std::get<model::Quantity>(record(DataType::hrv_sdnn, both).payload).value, 61.0);
  constexpr const char* one = R"({"heartRateVariability":{"sampleTime":{"physicalTime":"2026-03-28T02:00:00Z"},
    "rootMeanSquareOfSuccessiveDifferencesMilliseconds":42.5}})";
  const auto none = read(DataType::hrv_sdnn, one);
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
}

TEST_F(PointReader, ADailyValueIsTheLocalDay) {
  constexpr const char* text = R"({"dailyRestingHeartRate":{"date":{"year":2026,"month":3,"day":29},
    "beatsPerMinute":"54"}})";
  const auto day = record(DataType::resting_heart_rate, text);
  EXPECT_EQ(format_rfc3339(day.time.start), "2026-03-29T00:00:00+01:00");
  EXPECT_EQ(format_rfc3339(day.time.end), "2026-03-30T00:00:00+02:00");
  EXPECT_EQ(std::get<model::Quantity>(day.payload).value, 54);
}

TEST_F(PointReader, MakesAStableIdWhereThePointHasNone) {  // quirk 6: reconciled points
  const auto text = [](const char* start, const char* count, const char* device) {
    return std::string(R"({"dataPointName":"","dataSource":{"device":{"displayName":")") + device +
           R"("}},"steps":{"interval":{"startTime":")" + start + R"(","endTime":"2026-03-28T11:30:00Z"},"count":")" +
           count + R"("}})";
  };
  const auto id = record(DataType::steps, text("2026-03-28T11:15:00Z", "815", "Watch")).source_id;
  EXPECT_EQ(id.size(), 34u);
  EXPECT_EQ(id.find("2026"), std::string::npos);  // DEC-8
  EXPECT_EQ(record(DataType::steps, text("2026-03-28T11:15:00Z", "900", "Watch")).source_id, id);
  EXPECT_NE(record(DataType::steps, text("2026-03-28T11:14:00Z", "815", "Watch")).source_id, id);
  EXPECT_NE(record(DataType::steps, text("2026-03-28T11:15:00Z", "815", "Phone")).source_id, id);
}

TEST_F(PointReader, RecognisesWhatWeWroteOurselves) {  // DEC-6
  constexpr const char* text = R"({"name":"users/me/dataTypes/weight/dataPoints/swabcdefghijklmnopqrstuvwxyz",
    "weight":{"sampleTime":{"physicalTime":"2026-03-28T06:00:00Z"},"weightGrams":80000}})";
  EXPECT_EQ(record(DataType::weight, text).external_id, "swabcdefghijklmnopqrstuvwxyz");
}

TEST_F(PointReader, ReadsSleepInBothPasses) {  // quirk 2: same id, later updateTime, other stages
  const auto classic = *read_point(row_of(DataType::sleep), first_point("authored_sleep_first_pass_classic.json"), zone,
                                   "point 1", warnings);
  const auto staged = *read_point(row_of(DataType::sleep), first_point("authored_sleep_second_pass_stages.json"), zone,
                                  "point 1", warnings);
  EXPECT_EQ(classic->source_id, staged->source_id);
  EXPECT_EQ(format_rfc3339(*classic->modified), "2026-03-28T06:01:10Z");
  EXPECT_EQ(format_rfc3339(*staged->modified), "2026-03-28T06:40:55Z");
  const auto& first = std::get<model::Sleep>(classic->payload);
  ASSERT_EQ(first.stages.size(), 3u);
  EXPECT_EQ(first.stages[1].stage, model::SleepStage::restless);
  const auto& second = std::get<model::Sleep>(staged->payload);
  ASSERT_EQ(second.stages.size(), 6u);
  EXPECT_EQ(second.stages[1].stage, model::SleepStage::deep);
  EXPECT_EQ(format_rfc3339(second.stages[1].start), "2026-03-28T00:20:00+01:00");
  EXPECT_FALSE(second.is_nap);
  EXPECT_TRUE(warnings.take(true).empty());
}

constexpr const char* exercise = R"({"name":"users/me/dataTypes/exercise/dataPoints/e1","exercise":{
  "interval":{"startTime":"2026-03-20T09:00:00Z","startUtcOffset":"0s","endTime":"2026-03-20T09:45:00Z",
  "endUtcOffset":"0s"},"exerciseType":"RUNNING","displayName":"Run","activeDuration":"2400s","metricsSummary":{
  "caloriesKcal":410.5,"distanceMillimeters":8000000,"steps":"7900","averageHeartRateBeatsPerMinute":"151",
  "elevationGainMillimeters":52000},"splits":[{"startTime":"2026-03-20T09:00:00Z","endTime":"2026-03-20T09:06:00Z",
  "metricsSummary":{"distanceMillimeters":1000000}}],"exerciseEvents":[
  {"eventTime":"2026-03-20T09:25:00Z","exerciseEventType":"RESUME"},
  {"eventTime":"2026-03-20T09:20:00Z","exerciseEventType":"AUTO_PAUSE"},
  {"eventTime":"2026-03-20T09:45:00Z","exerciseEventType":"STOP"}],"updateTime":"2026-03-20T10:00:00Z"}})";

TEST_F(PointReader, ReadsAnExercise) {
  const auto read_record = record(DataType::workout, exercise);
  const auto& workout = std::get<model::Workout>(read_record.payload);
  EXPECT_EQ(workout.sport, model::Sport::running);
  EXPECT_EQ(workout.timer, 40min);
  EXPECT_EQ(workout.distance_m, 8000);
  EXPECT_EQ(workout.steps, 7900);
  EXPECT_EQ(workout.average_heart_rate_bpm, 151);
  EXPECT_EQ(workout.elevation_gain_m, 52);
  EXPECT_EQ(workout.energy_kcal, 410.5);
  ASSERT_EQ(workout.laps.size(), 1u);
  EXPECT_EQ(workout.laps[0].distance_m, 1000);
  ASSERT_EQ(workout.pauses.size(), 1u);
  EXPECT_EQ(workout.pauses[0].end - workout.pauses[0].start, 5min);
  EXPECT_TRUE(warnings.take(true).empty());
}

TEST_F(PointReader, AnEssentialFieldThatIsUnreadableFailsWithIdAndField) {  // PROV-3: mapping
  const auto broken = [](std::string from, std::string to) {
    std::string text = steps;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    return text.replace(at, from.size(), to);
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {broken(R"("812")", R"("many")"), "count"},
      {broken(R"("812")", "null"), "count"},
      {broken(R"("812")", "[812]"), "count"},
      {broken(R"("812")", R"("NaN")"), "count"},
      {broken(R"("count")", R"("total")"), "count"},
      {broken("2026-03-28T11:15:00Z", "yesterday"), "startTime"},
      {broken("2026-03-28T11:30:00Z", ""), "endTime"},
      {broken("2026-03-28T11:30:00Z", "2026-03-28T11:00:00Z"), "endTime"},
      {broken("2026-03-28T11:30:00Z", "9999-12-31T00:00:00Z"), "endTime"},
      {broken(R"("interval")", R"("when")"), "interval"},
      {broken(R"("steps":{)", R"("other":{)"), "steps"}};
  for (const auto& [text, field] : cases) {
    const auto failed = read(DataType::steps, text);
    ASSERT_FALSE(failed) << text;
    EXPECT_EQ(failed.error().code, ErrorCode::mapping);
    EXPECT_THAT(failed.error().message, HasSubstr("steps/s3"));
    EXPECT_THAT(failed.error().message, HasSubstr(field));
    EXPECT_EQ(failed.error().message.find("812"), std::string::npos);
  }
  EXPECT_EQ(read(DataType::steps, "5").error().code, ErrorCode::mapping);
}

TEST_F(PointReader, AnOptionalFieldThatIsUnreadableIsLeftOutWithAWarning) {  // PROV-3: warn, keep the record
  constexpr const char* text = R"({"name":"e/e9","dataSource":7,"exercise":{"interval":{"startTime":
    "2026-03-20T09:00:00Z","startUtcOffset":"late","endTime":"2026-03-20T09:45:00Z"},"exerciseType":{"a":1},
    "displayName":5,"activeDuration":"soon","metricsSummary":{"caloriesKcal":"lots","steps":"7900"},"splits":[5,{}],
    "exerciseEvents":{"a":1},"updateTime":"now"}})";
  const auto read_record = record(DataType::workout, text);
  const auto& workout = std::get<model::Workout>(read_record.payload);
  EXPECT_EQ(workout.sport, model::Sport::other);
  EXPECT_EQ(workout.steps, 7900);
  EXPECT_EQ(workout.energy_kcal, std::nullopt);
  EXPECT_EQ(read_record.modified, std::nullopt);
  const auto list = warnings.take(true);
  EXPECT_EQ(list.size(), 9u);
  for (const auto& warning : list) {
    EXPECT_EQ(warning.where, "exercise/e9");
    EXPECT_EQ(warning.what.find("lots"), std::string::npos);
  }
}

TEST_F(PointReader, ABrokenSleepStageIsLeftOut) {
  constexpr const char* text = R"({"name":"s/s1","sleep":{"interval":{"startTime":"2026-03-27T22:00:00Z",
    "endTime":"2026-03-28T06:00:00Z"},"stages":[{"startTime":"2026-03-28T02:00:00Z","endTime":"2026-03-28T03:00:00Z",
    "type":"DREAMING"},{"startTime":"x","endTime":"y","type":"DEEP"},{"startTime":"2026-03-27T22:00:00Z",
    "endTime":"2026-03-28T02:00:00Z","type":"LIGHT"},{"startTime":"2026-03-28T05:00:00Z","endTime":
    "2026-03-28T04:00:00Z","type":"REM"}],"metadata":{"nap":"yes"}}})";
  const auto read_record = record(DataType::sleep, text);
  const auto& sleep = std::get<model::Sleep>(read_record.payload);
  ASSERT_EQ(sleep.stages.size(), 2u);
  EXPECT_EQ(sleep.stages[0].stage, model::SleepStage::light);
  EXPECT_EQ(sleep.stages[1].stage, model::SleepStage::unknown);
  EXPECT_EQ(warnings.take(true).size(), 3u);
}

}  // namespace
}  // namespace syncwell::providers::google_health
