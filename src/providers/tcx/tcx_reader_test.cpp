#include "providers/tcx/tcx_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "providers/test_files.hpp"
#include "providers/track/decode_document.hpp"

namespace syncwell::providers::tcx {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using track::only_record;
using track::workout_of;

std::string read_sample(const std::string& name) {
  return read_test_file(SYNCWELL_SOURCE_DIR "/tests/data/tcx/" + name);
}

Result<track::Batch> decode(std::string_view document, std::string own_id = {}) {
  const auto decoder = make_decoder(std::move(own_id));
  return track::decode_document(*decoder, document);
}

std::string with_activities(std::string_view activities) {
  return "<TrainingCenterDatabase><Activities>" + std::string(activities) + "</Activities></TrainingCenterDatabase>";
}

std::string with_laps(std::string_view laps, std::string_view sport = "Biking") {
  return with_activities("<Activity Sport=\"" + std::string(sport) + "\"><Id>2026-05-01T10:00:00Z</Id>" +
                         std::string(laps) + "</Activity>");
}

std::string point(std::string_view time, std::string_view inner = "") {
  return "<Trackpoint><Time>" + std::string(time) + "</Time>" + std::string(inner) + "</Trackpoint>";
}

std::string lap(std::string_view start, std::string_view total_s, std::string_view inner) {
  return "<Lap StartTime=\"" + std::string(start) + "\"><TotalTimeSeconds>" + std::string(total_s) +
         "</TotalTimeSeconds>" + std::string(inner) + "</Lap>";
}

// --- Real files ---

struct Sample {
  const char* file;
  model::Sport sport;
  const char* manufacturer;
  const char* model;
  const char* start;
  const char* end;
  std::size_t laps;
  std::size_t pauses;
  std::size_t positions;
  std::size_t heart_rates;
  double timer_s;
  double distance_m;
  double energy_kcal;
  std::size_t warnings;
};
void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.file; }

// Counts from the table of origins (the points that two laps share are one here), sums from the files' laps. The end is
// that of the last lap's clock where it ran longer than the last point.
const std::vector<Sample> samples = {
    {"fitbit_ionic_run_bom_offset.tcx", model::Sport::running, "Fitbit", "Ionic", "2022-12-05T00:14:28Z",
     "2022-12-05T00:30:46Z", 1, 0, 200, 200, 976, 2998.98, 267, 1},
    {"garmin_edge705_ride_5_tracks.tcx", model::Sport::cycling, "", "EDGE705", "2009-02-21T12:57:25Z",
     "2009-02-21T15:14:13Z", 2, 3, 814, 827, 8187.22, 64670.19, 2371, 0},
    {"garmin_fr410_run.tcx", model::Sport::running, "", "Forerunner 410 Software Version 2.20", "2012-12-26T21:29:53Z",
     "2012-12-26T22:03:05.510Z", 3, 0, 383, 383, 1992.78, 4689.24, 379, 0},
    {"garmin_ride_empty_tpx.tcx", model::Sport::cycling, "", "", "2018-06-07T09:20:56Z", "2018-06-07T09:31:53Z", 1, 0,
     566, 566, 655, 3111.83, 63, 1},
    {"garmin_sup_sport_other.tcx", model::Sport::other, "", "vívoactive HR", "2022-07-16T16:08:25Z",
     "2022-07-16T16:26:58.539Z", 2, 0, 111, 111, 1112.335, 1157.51, 92, 0},
    {"garmin_xc_ski_sport_other.tcx", model::Sport::other, "", "vívoactive HR", "2020-12-26T15:14:21Z",
     "2020-12-26T15:54:22.828Z", 2, 0, 486, 486, 2401.26, 5692.01, 532, 0},
    {"mapmyride_ride_offset_times.tcx", model::Sport::cycling, "", "", "2022-11-12T15:58:25Z",
     "2022-11-12T16:50:16.526Z", 1, 0, 3105, 0, 3111, 15350.42, 458, 0},
    {"polar_m400_run_17_laps_31_tracks.tcx", model::Sport::running, "Polar", "M400", "2018-03-23T14:31:01Z",
     "2018-03-23T16:00:11.201Z", 17, 14, 4647, 0, 4649, 16211.30, 1110, 0},
    {"same_ride_2020-06-01.tcx", model::Sport::cycling, "Garmin", "Edge 1000", "2020-06-01T14:52:40Z",
     "2020-06-01T14:54:46Z", 5, 0, 96, 96, 126, 668.19, 12, 0},
};

class TcxSample : public testing::TestWithParam<Sample> {};

// PROV-8
TEST_P(TcxSample, IsReadAsWhatItHolds) {
  const Sample& expected = GetParam();
  const auto batch = decode(read_sample(expected.file));
  const auto record = only_record(batch);
  EXPECT_EQ(batch->warnings.size(), expected.warnings) << testing::PrintToString(batch->warnings);
  EXPECT_FALSE(batch->partial);
  EXPECT_EQ(model::why_invalid(record), std::nullopt);
  EXPECT_EQ(record.origin.provider, "tcx");
  EXPECT_EQ(record.origin.device_manufacturer, expected.manufacturer);
  EXPECT_EQ(record.origin.device_model, expected.model);
  EXPECT_EQ(format_rfc3339(record.time.start.at), expected.start);
  EXPECT_EQ(format_rfc3339(record.time.end.at), expected.end);

  const model::Workout& workout = workout_of(record);
  EXPECT_EQ(workout.sport, expected.sport);
  EXPECT_EQ(workout.laps.size(), expected.laps);
  EXPECT_EQ(workout.pauses.size(), expected.pauses);
  EXPECT_EQ(workout.route.size(), expected.positions);
  EXPECT_EQ(std::ranges::count_if(workout.samples, [](const auto& s) { return s.heart_rate_bpm.has_value(); }),
            static_cast<std::ptrdiff_t>(expected.heart_rates));
  EXPECT_NEAR(static_cast<double>(workout.timer.value_or(Duration{-1}).count()) / 1000, expected.timer_s, 0.01);
  EXPECT_NEAR(workout.distance_m.value_or(-1), expected.distance_m, 0.01);
  EXPECT_NEAR(workout.energy_kcal.value_or(-1), expected.energy_kcal, 0.01);
  for (std::size_t i = 0; i < workout.laps.size(); ++i) {
    EXPECT_LE(workout.laps[i].start, workout.laps[i].end);
    EXPECT_LE(workout.laps[i].end, record.time.end.at);
    if (i > 0) EXPECT_LE(workout.laps[i - 1].end, workout.laps[i].start);
  }
}

INSTANTIATE_TEST_SUITE_P(RealFiles, TcxSample, testing::ValuesIn(samples),
                         [](const testing::TestParamInfo<Sample>& info) {
                           std::string name = info.param.file;
                           std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
                           return name;
                         });

TEST(TcxReader, EveryRealFileIsInTheTableAbove) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SYNCWELL_SOURCE_DIR "/tests/data/tcx")) {
    files += entry.path().extension() == ".tcx" ? 1U : 0U;
  }
  EXPECT_EQ(files, samples.size());
}

TEST(TcxReader, KeepsTheOffsetWhereTheFileTellsIt) {
  const auto fitbit = only_record(decode(read_sample("fitbit_ionic_run_bom_offset.tcx")));
  EXPECT_EQ(fitbit.time.start.offset, UtcOffset{std::chrono::hours{-4}});
  EXPECT_EQ(fitbit.time.end.offset, UtcOffset{std::chrono::hours{-4}});
  // A ride in North Carolina: "+00:00" is how its app writes UTC.
  EXPECT_EQ(only_record(decode(read_sample("mapmyride_ride_offset_times.tcx"))).time.start.offset, std::nullopt);
}

TEST(TcxReader, ReadsSensorsAndLapTotals) {
  const auto record = only_record(decode(read_sample("same_ride_2020-06-01.tcx")));
  const auto& workout = workout_of(record);
  const auto& first = workout.samples.front();
  EXPECT_EQ(first.heart_rate_bpm, 154.0F);
  EXPECT_EQ(first.cadence_rpm, 90.0F);
  EXPECT_EQ(first.power_w, 162.0F);
  EXPECT_NEAR(first.speed_m_s.value_or(0), 6.438, 0.001);
  EXPECT_NEAR(first.distance_m.value_or(0), 6.59, 0.001);
  EXPECT_EQ(workout.laps[0].energy_kcal, 4);
  EXPECT_EQ(workout.laps[0].average_heart_rate_bpm, 154);
  EXPECT_EQ(workout.laps[0].maximum_heart_rate_bpm, 155);
  EXPECT_TRUE(workout.steps);
  const auto skiing = only_record(decode(read_sample("garmin_xc_ski_sport_other.tcx")));
  EXPECT_EQ(workout_of(skiing).samples.back().cadence_rpm, 60.0F);  // from RunCadence
}

TEST(TcxReader, ZeroTotalsMeanNone) {
  const auto record = only_record(decode(with_laps(
      lap("2026-05-01T10:00:00Z", "60", "<DistanceMeters>0</DistanceMeters><Calories>0</Calories><Track></Track>"))));
  EXPECT_EQ(workout_of(record).distance_m, std::nullopt);
  EXPECT_EQ(workout_of(record).energy_kcal, std::nullopt);
  EXPECT_EQ(workout_of(record).timer, seconds{60});
  EXPECT_EQ(format_rfc3339(record.time.end.at), "2026-05-01T10:01:00Z");  // an activity needs no points
}

TEST(TcxReader, SeveralTracksInALapArePauses) {
  const auto record = only_record(decode(
      with_laps(lap("2026-05-01T10:00:00Z", "70",
                    "<Track>" + point("2026-05-01T10:00:00Z") + point("2026-05-01T10:00:30Z") + "</Track><Track>" +
                        point("2026-05-01T10:05:30Z") + point("2026-05-01T10:06:10Z") + "</Track>") +
                lap("2026-05-01T10:06:10Z", "10", "<Track>" + point("2026-05-01T10:06:20Z") + "</Track>"))));
  const auto& workout = workout_of(record);
  ASSERT_EQ(workout.pauses.size(), 1U);
  EXPECT_EQ(format_rfc3339(workout.pauses[0].start), "2026-05-01T10:00:30Z");
  EXPECT_EQ(format_rfc3339(workout.pauses[0].end), "2026-05-01T10:05:30Z");
  EXPECT_EQ(workout.timer, seconds{80});
}

TEST(TcxReader, ALapThatTookLongerThanItsClockRanWasFollowedByAPause) {
  const auto record = only_record(
      decode(with_laps(lap("2026-05-01T10:00:00Z", "60", "<Track>" + point("2026-05-01T10:01:00Z") + "</Track>") +
                       lap("2026-05-01T10:03:00Z", "60", "<Track>" + point("2026-05-01T10:03:05Z") + "</Track>"))));
  ASSERT_EQ(workout_of(record).pauses.size(), 1U);
  EXPECT_EQ(format_rfc3339(workout_of(record).pauses[0].end), "2026-05-01T10:03:05Z");
  EXPECT_EQ(format_rfc3339(workout_of(record).laps[0].end), "2026-05-01T10:01:00Z");
}

TEST(TcxReader, ReadsMultisportSessions) {
  const auto batch = decode(
      "<TrainingCenterDatabase><Activities><MultiSportSession><Id>2026-05-01T10:00:00Z</Id><FirstSport>"
      "<Activity Sport=\"Other\"><Id>2026-05-01T10:00:00Z</Id>" +
      lap("2026-05-01T10:00:00Z", "600", "") + "</Activity></FirstSport><NextSport><Activity Sport=\"Biking\">" +
      "<Id>2026-05-01T10:12:00Z</Id>" + lap("2026-05-01T10:12:00Z", "600", "") +
      "</Activity></NextSport></MultiSportSession></Activities></TrainingCenterDatabase>");
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->records.size(), 2U);
  EXPECT_EQ(workout_of(batch->records[1]).sport, model::Sport::cycling);
  EXPECT_NE(batch->records[0].source_id, batch->records[1].source_id);
}

TEST(TcxReader, DropsDistancesThatDecreaseAndImplausibleValues) {
  const auto batch = decode(
      with_laps(lap("2026-05-01T10:00:00Z", "sixty",
                    "<Track>" + point("2026-05-01T10:00:00Z", "<DistanceMeters>5</DistanceMeters>") +
                        point("2026-05-01T10:00:01Z", "<DistanceMeters>9</DistanceMeters><Cadence>70000</Cadence>") +
                        point("2026-05-01T10:00:02Z", "<DistanceMeters>0</DistanceMeters>") +
                        point("2026-05-01T10:00:03Z",
                              "<Position><LatitudeDegrees>0</LatitudeDegrees><LongitudeDegrees>0"
                              "</LongitudeDegrees></Position>") +
                        "<Trackpoint></Trackpoint></Track>")));
  EXPECT_EQ(workout_of(only_record(batch)).distance_m, 9);
  EXPECT_EQ(workout_of(only_record(batch)).timer, seconds{3});
  EXPECT_THAT(batch->warnings, ElementsAre(HasSubstr("1 distances less"), HasSubstr("1 points without a time"),
                                           HasSubstr("1 points at 0/0"), HasSubstr("2 values")));
}

TEST(TcxReader, CoursesAndPlansAreNoActivities) {
  const auto batch =
      decode("<TrainingCenterDatabase><Courses><Course><Name>x</Name><Track>" + point("2026-05-01T10:00:00Z") +
             "</Track></Course></Courses><Workouts><Workout Sport=\"Running\"/></Workouts></TrainingCenterDatabase>");
  ASSERT_TRUE(batch);
  EXPECT_THAT(batch->records, IsEmpty());
  EXPECT_THAT(batch->warnings, ElementsAre(HasSubstr("2 courses and planned workouts")));
}

TEST(TcxReader, AnActivityWithoutDurationIsLeftOut) {
  const auto batch = decode(with_laps(lap("", "10", "")));
  ASSERT_TRUE(batch);
  EXPECT_THAT(batch->records, IsEmpty());
  EXPECT_THAT(batch->warnings, ElementsAre(HasSubstr("1 activities without duration")));
}

// DEC-7: the id is the device's <Id> and the sport, however it is written.
TEST(TcxReader, IdentityIsTheIdAndTheSport) {
  const std::string one = lap("2026-05-01T10:00:00Z", "60", "");
  const auto id = only_record(decode(with_laps(one))).source_id;
  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(only_record(decode(with_activities("<Activity Sport=\"Biking\"><Id>2026-05-01T12:00:00.000+02:00</Id>" +
                                               lap("2026-05-01T10:00:00Z", "61", "") + "</Activity>")))
                .source_id,
            id);
  EXPECT_NE(only_record(decode(with_laps(one, "Running"))).source_id, id);
}

// DEC-6
TEST(TcxReader, AFileOfOursKeepsItsId) {
  const std::string own_id = "swabcdefghijklmnopqrstuvwxyz";
  const auto record = only_record(decode(with_laps(lap("2026-05-01T10:00:00Z", "60", "")), own_id));
  EXPECT_EQ(record.source_id, own_id);
  EXPECT_EQ(record.external_id, own_id);
}

TEST(TcxReader, RefusesAnotherKindOfDocumentAndEntities) {
  const auto gpx = decode("<gpx><Activity/></gpx>");
  ASSERT_FALSE(gpx);
  EXPECT_THAT(gpx.error().message, HasSubstr("not a TCX file"));
  const auto bomb = decode("<!DOCTYPE x [<!ENTITY a \"aaa\">]>" + with_activities("<Activity Sport=\"&a;\"/>"));
  ASSERT_FALSE(bomb);
  EXPECT_EQ(bomb.error().code, ErrorCode::unreadable_input);
}

}  // namespace
}  // namespace syncwell::providers::tcx
