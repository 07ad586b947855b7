#include "providers/strava/activity_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/strava/recorded.hpp"

namespace syncwell::providers::strava {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string folder = SYNCWELL_SOURCE_DIR "/tests/data/api/strava/";

class ActivityReader : public testing::Test {
 protected:
  Result<model::Record> read(std::string_view text) {
    return read_activity(boost::json::parse(text), "activity 1", warnings);
  }
  const model::Workout& workout(const model::Record& record) { return std::get<model::Workout>(record.payload); }
  WarningList warnings;
};

TEST_F(ActivityReader, ReadsEveryRecordedActivity) {
  std::size_t count = 0;
  for (const char* file : {"client_athlete_activities.json", "client_all_athlete_activities_latest.json"}) {
    for (const auto& item : boost::json::parse(read_recorded(folder + file)[0].response.body).as_array()) {
      const auto record = read_activity(item, "activity", warnings);
      ASSERT_TRUE(record) << record.error().message;
      EXPECT_EQ(record->time.start.offset, UtcOffset{-4h});
      EXPECT_GT(*workout(*record).distance_m, 0);
      ++count;
    }
  }
  EXPECT_EQ(count, 31u);
  EXPECT_TRUE(warnings.take(true).empty());
}

TEST_F(ActivityReader, ReadsADetailedActivity) {
  const auto record = read(read_recorded(folder + "client_activity_ride.json")[0].response.body);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->source_id, "7142833299");  // beyond 2^31
  EXPECT_EQ(format_rfc3339(record->time.start), "2022-05-14T14:21:19-04:00");
  EXPECT_EQ(record->time.end.at - record->time.start.at, 2432s);
  EXPECT_EQ(record->origin.provider, "strava");
  EXPECT_EQ(record->origin.device_model, "Garmin Forerunner 945");
  EXPECT_EQ(record->origin.method, model::RecordingMethod::sensed);
  EXPECT_EQ(workout(*record).sport, model::Sport::indoor_cycling);  // Ride with the trainer flag
  EXPECT_EQ(workout(*record).title, "#CycleForSurvival");
  EXPECT_EQ(workout(*record).energy_kcal, 377);
  EXPECT_EQ(workout(*record).moving, 2432s);
  ASSERT_EQ(workout(*record).laps.size(), 1u);
  EXPECT_EQ(workout(*record).laps[0].maximum_heart_rate_bpm, 145);
}

TEST_F(ActivityReader, ReadsOlderAndSparseForms) {
  const auto old = read(read_test_file(folder + "stravalib_activity.3.json"));  // 2013: no sport_type, no utc_offset
  ASSERT_TRUE(old);
  EXPECT_EQ(workout(*old).sport, model::Sport::running);
  EXPECT_EQ(old->time.start.offset, std::nullopt);
  const auto swim = read(read_test_file(folder + "detailed_swim.json"));
  ASSERT_TRUE(swim);
  EXPECT_EQ(swim->origin.method, model::RecordingMethod::self_reported);
  EXPECT_TRUE(read(read_test_file(folder + "detailed_ride.json")));
}

TEST_F(ActivityReader, TheFalseZOfTheLocalTimeIsNotBelieved) {  // quirk 2; "(GMT-05:00)" is winter time
  const auto record = read(R"({"id":1,"start_date":"2026-07-01T12:00:00Z","start_date_local":"2026-07-01T08:00:00Z",
    "timezone":"(GMT-05:00) America/New_York","utc_offset":-14400.0,"elapsed_time":60})");
  EXPECT_EQ(format_rfc3339(record->time.start), "2026-07-01T08:00:00-04:00");
}

TEST_F(ActivityReader, AHiddenStartTimeIsTakenAsItIs) {
  const auto record = read(R"({"id":1,"start_date":"2026-07-01T00:00:01Z","start_date_local":"2026-07-01T00:00:01Z",
    "utc_offset":0,"elapsed_time":60})");
  EXPECT_EQ(format_rfc3339(record->time.start.at), "2026-07-01T00:00:01Z");
}

TEST_F(ActivityReader, RecognisesOurOwnUploads) {  // DEC-6
  constexpr const char* id = "swabcdefghijklmnopqrstuvwxyz";
  for (const std::string& text : {std::string(id), std::string(id) + ".fit", std::string(id) + ".fit.gz",
                                  "uploads/2026/" + std::string(id) + ".fit", "C:\\x\\" + std::string(id) + ".fit"}) {
    EXPECT_EQ(external_id_of(text), id) << text;
  }
  EXPECT_EQ(external_id_of("garmin_ping_492266071674"), "garmin_ping_492266071674");
  EXPECT_EQ(external_id_of("folder/morning.fit"), "folder/morning.fit");
  EXPECT_EQ(external_id_of(""), "");
  EXPECT_EQ(external_id_of("/"), "/");
  const auto record = read(R"({"id":1,"start_date":"2026-07-01T12:00:00Z","elapsed_time":60,
    "external_id":"swabcdefghijklmnopqrstuvwxyz.fit"})");
  EXPECT_EQ(record->external_id, id);
}

TEST_F(ActivityReader, EssentialFieldsFailTheFetchByName) {  // PROV-3: mapping
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"start_date":"2026-07-01T12:00:00Z","elapsed_time":60})", "id"},
      {R"({"id":"x","start_date":"2026-07-01T12:00:00Z","elapsed_time":60})", "id"},
      {R"({"id":-4,"start_date":"2026-07-01T12:00:00Z","elapsed_time":60})", "id"},
      {R"({"id":1e30,"start_date":"2026-07-01T12:00:00Z","elapsed_time":60})", "id"},
      {R"({"id":7,"elapsed_time":60})", "start_date"},
      {R"({"id":7,"start_date":"2026-13-01T12:00:00Z","elapsed_time":60})", "start_date"},
      {R"({"id":7,"start_date":5,"elapsed_time":60})", "start_date"},
      {R"({"id":7,"start_date":"2026-07-01T12:00:00Z"})", "elapsed_time"},
      {R"({"id":7,"start_date":"2026-07-01T12:00:00Z","elapsed_time":-1})", "elapsed_time"},
      {R"({"id":7,"start_date":"2026-07-01T12:00:00Z","elapsed_time":1e18})", "elapsed_time"},
      {R"({"id":7,"start_date":"2026-07-01T12:00:00Z","elapsed_time":"long"})", "elapsed_time"},
      {R"([1])", "activity"}};
  for (const auto& [text, field] : cases) {
    const auto failed = read(text);
    ASSERT_FALSE(failed) << text;
    EXPECT_EQ(failed.error().code, ErrorCode::mapping);
    EXPECT_THAT(failed.error().message, HasSubstr(field));
  }
}

TEST_F(ActivityReader, OptionalFieldsAreLeftOutWithAWarning) {  // PROV-3
  const auto record = read(R"({"id":7,"start_date":"2026-07-01T12:00:00Z","elapsed_time":60,"name":5,"distance":"far",
    "moving_time":-3,"utc_offset":1e9,"laps":[4,{"start_date":"x"},{"start_date":"2026-07-01T12:00:00Z",
    "elapsed_time":30}],"external_id":{},"calories":null,"start_latlng":[]})");
  ASSERT_TRUE(record);
  EXPECT_EQ(workout(*record).laps.size(), 1u);
  EXPECT_EQ(record->time.start.offset, std::nullopt);
  const auto list = warnings.take(true);
  EXPECT_EQ(list.size(), 7u);
  for (const auto& warning : list) EXPECT_EQ(warning.where, "activity 7");
}

class Streams : public ActivityReader {
 protected:
  model::Workout streamed(std::string_view text) {
    auto record = *read(R"({"id":7,"start_date":"2026-07-01T12:00:00Z","elapsed_time":600})");
    read_streams(boost::json::parse(text).as_object(), record, warnings);
    EXPECT_EQ(model::why_invalid(record), std::nullopt);
    return std::get<model::Workout>(record.payload);
  }
};

TEST_F(Streams, BecomeSamplesAndRoute) {
  const auto read_workout = streamed(R"({"time":{"data":[0,1,2]},"latlng":{"data":[[40.5,-74.1],[0,0],[40.6,-74.2]]},
    "altitude":{"data":[5.5,6,6.5]},"heartrate":{"data":[120,null,125]},"distance":{"data":[0.0,2.5,5.0]},
    "moving":{"data":[true,true,true]}})");
  ASSERT_EQ(read_workout.samples.size(), 3u);
  EXPECT_EQ(read_workout.samples[0].heart_rate_bpm, 120.0f);
  EXPECT_EQ(read_workout.samples[1].heart_rate_bpm, std::nullopt);
  EXPECT_EQ(read_workout.samples[2].distance_m, 5.0);
  ASSERT_EQ(read_workout.route.size(), 2u);  // 0/0 means no fix
  EXPECT_EQ(read_workout.route[1].longitude_deg, -74.2);
  EXPECT_EQ(read_workout.route[1].altitude_m, 6.5f);
  EXPECT_TRUE(warnings.take(true).empty());
}

TEST_F(Streams, ThatDoNotFitAreLeftOut) {
  const auto read_workout = streamed(R"({"time":{"data":[0,5,5,3,"x",10,-1]},"heartrate":{"data":[1,2]},
    "watts":{"data":[100,110,120,130,140,150,1e300]},"cadence":5,"temp":{"data":"hot"},
    "latlng":{"data":[[91,0],[1,181],[1],[1,2,3],"x",[45,7],null]}})");
  ASSERT_EQ(read_workout.samples.size(), 3u);  // 0, 5 and 10
  EXPECT_EQ(read_workout.samples[2].power_w, 150.0f);
  EXPECT_EQ(read_workout.samples[0].heart_rate_bpm, std::nullopt);
  ASSERT_EQ(read_workout.route.size(), 1u);
  EXPECT_EQ(warnings.take(true).size(), 4u);
}

TEST_F(Streams, WithoutTimesSayNothing) {
  EXPECT_TRUE(streamed("{}").samples.empty());
  EXPECT_TRUE(warnings.take(true).empty());
  const auto body = boost::json::parse(read_recorded(folder + "client_activity_streams.json")[0].response.body);
  auto record = *read(R"({"id":7,"start_date":"2026-07-01T12:00:00Z","elapsed_time":600})");
  read_streams(body.as_object(), record, warnings);  // recorded: the distance alone
  EXPECT_TRUE(workout(record).samples.empty());
  EXPECT_EQ(warnings.take(true).size(), 1u);
}

}  // namespace
}  // namespace syncwell::providers::strava
