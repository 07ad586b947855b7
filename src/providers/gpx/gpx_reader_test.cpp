#include "providers/gpx/gpx_reader.hpp"

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
#include "providers/track/track_builder.hpp"

namespace syncwell::providers::gpx {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using track::only_record;
using track::workout_of;

std::string read_sample(const std::string& name) {
  return read_test_file(SYNCWELL_SOURCE_DIR "/tests/data/gpx/" + name);
}

Result<track::Batch> decode(std::string_view document, std::string own_id = {}) {
  const auto decoder = make_decoder(std::move(own_id));
  return track::decode_document(*decoder, document);
}

// A document with one track of the given content.
std::string with_track(std::string_view track) {
  return "<gpx version=\"1.1\" creator=\"test\"><trk>" + std::string(track) + "</trk></gpx>";
}

std::string point(std::string_view time, std::string_view inner = "", std::string_view position = "lat='10' lon='20'") {
  std::string text = "<trkpt ";
  text.append(position).append("><time>").append(time).append("</time>").append(inner).append("</trkpt>");
  return text;
}

// --- Real files ---

struct Sample {
  const char* file;
  std::size_t workouts;
  // Of the last workout:
  std::size_t route_points;
  const char* start;
  const char* end;
  double distance_m;  // computed apart from this code, on the same sphere
  double gain_m;      // -1: no elevation in the file
  std::size_t heart_rates;
  model::Sport sport;
  std::size_t warnings;  // lines
};
void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.file; }

// Contents as described in the table of origins; distances and gains were computed apart from this code.
const std::vector<Sample> samples = {
    {"cerknicko-jezero-without-elevations.gpx", 7, 20, "2010-08-05T16:05:37Z", "2010-08-05T16:23:35Z", 336.69, -1, 0,
     model::Sport::other, 1},
    {"cerknicko-jezero.gpx", 7, 21, "2010-08-05T16:05:37Z", "2010-08-05T16:23:49Z", 346.61, 89.88, 0,
     model::Sport::other, 0},
    {"cerknicko-without-times.gpx", 1, 5, "2010-08-05T16:22:52Z", "2010-08-05T16:23:49Z", 53.10, 4.33, 0,
     model::Sport::other, 2},
    {"cruiser_speed_no_namespace.gpx", 1, 3, "2021-09-07T22:10:19Z", "2021-09-07T22:12:00Z", 76.43, 0, 0,
     model::Sport::other, 0},
    {"derived_naive_times.gpx", 7, 21, "2010-08-05T16:05:37Z", "2010-08-05T16:23:49Z", 346.61, 89.88, 0,
     model::Sport::other, 0},
    {"etrex20_by_car.gpx", 1, 104, "2020-12-18T06:15:50Z", "2020-12-18T06:24:24Z", 2733.24, 49.50, 0,
     model::Sport::other, 0},
    {"garmin_connect_run_hr.gpx", 1, 602, "2019-11-16T08:58:30Z", "2019-11-16T09:36:54Z", 5318.40, 25.40, 602,
     model::Sport::running, 0},
    {"korita-zbevnica.gpx", 2, 337, "2010-10-03T10:57:10Z", "2010-10-03T13:19:31Z", 3979.50, 86.04, 0,
     model::Sport::other, 1},
    {"locus_cycling.gpx", 1, 2156, "2021-05-28T08:59:34Z", "2021-05-28T12:31:34Z", 82506.92, 889.15, 0,
     model::Sport::cycling, 0},
    {"locus_map_track.gpx", 1, 245, "2019-07-12T17:05:36Z", "2019-07-12T17:30:38Z", 4293.08, 185.80, 0,
     model::Sport::running, 0},
    {"nikeplus_offset_times.gpx", 1, 2, "2015-12-11T14:43:13Z", "2015-12-11T14:43:13.994Z", 1.56, 0, 0,
     model::Sport::running, 0},
    {"small_sample_hr.gpx", 1, 15, "2025-08-31T10:00:00Z", "2025-08-31T10:10:30Z", 2983.68, 3.00, 15,
     model::Sport::running, 0},
    {"track-with-empty-segment.gpx", 1, 9, "2013-07-06T17:26:26Z", "2013-07-06T17:27:42Z", 85.85, 0, 0,
     model::Sport::other, 0},
};

class GpxSample : public testing::TestWithParam<Sample> {};

// PROV-8
TEST_P(GpxSample, IsReadAsWhatItHolds) {
  const Sample& expected = GetParam();
  const auto batch = decode(read_sample(expected.file));
  ASSERT_TRUE(batch) << batch.error().message;
  EXPECT_EQ(batch->warnings.size(), expected.warnings) << testing::PrintToString(batch->warnings);
  EXPECT_FALSE(batch->partial);
  ASSERT_EQ(batch->records.size(), expected.workouts);
  for (const model::Record& record : batch->records) EXPECT_EQ(model::why_invalid(record), std::nullopt);

  const model::Record& record = batch->records.back();
  EXPECT_EQ(record.type, model::DataType::workout);
  EXPECT_EQ(record.origin.provider, "gpx");
  EXPECT_EQ(record.external_id, "");
  EXPECT_EQ(format_rfc3339(record.time.start.at), expected.start);
  EXPECT_EQ(format_rfc3339(record.time.end.at), expected.end);
  const model::Workout& workout = workout_of(record);
  EXPECT_EQ(workout.sport, expected.sport);
  EXPECT_EQ(workout.route.size(), expected.route_points);
  EXPECT_NEAR(workout.distance_m.value_or(-1), expected.distance_m, 0.01);
  EXPECT_NEAR(workout.elevation_gain_m.value_or(-1), expected.gain_m, 0.05);
  EXPECT_EQ(std::ranges::count_if(workout.samples, [](const auto& s) { return s.heart_rate_bpm.has_value(); }),
            static_cast<std::ptrdiff_t>(expected.heart_rates));
  EXPECT_EQ(workout.timer.value_or(Duration{-1}), Duration{record.time.end.at - record.time.start.at});
}

INSTANTIATE_TEST_SUITE_P(RealFiles, GpxSample, testing::ValuesIn(samples),
                         [](const testing::TestParamInfo<Sample>& info) {
                           std::string name = info.param.file;
                           std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
                           return name;
                         });

struct NoActivity {
  const char* file;
  const char* reason;
};
void PrintTo(const NoActivity& sample, std::ostream* out) { *out << sample.file; }

class GpxWithoutActivity : public testing::TestWithParam<NoActivity> {};

// Routes, waypoints and single moments are no activities: one clear line, nothing synced.
TEST_P(GpxWithoutActivity, GivesOneWarningAndNothingElse) {
  const auto batch = decode(read_sample(GetParam().file));
  ASSERT_TRUE(batch) << batch.error().message;
  EXPECT_THAT(batch->records, IsEmpty());
  EXPECT_THAT(batch->warnings, ElementsAre(HasSubstr(GetParam().reason)));
}

INSTANTIATE_TEST_SUITE_P(RealFiles, GpxWithoutActivity,
                         testing::Values(NoActivity{"route.gpx", "55 route points"},
                                         NoActivity{"unicode_with_bom.gpx", "1 waypoints"},
                                         NoActivity{"gpx_with_garmin_extension.gpx", "1 waypoints"},
                                         NoActivity{"gpx-with-node-with-comments.gpx", "1 of a single moment"},
                                         NoActivity{"gpx1.1_with_all_fields.gpx", "1 of a single moment"},
                                         NoActivity{"opentracks_odd_offset.gpx", "1 of a single moment"},
                                         // A receiver whose clock was never set: 184 points in one instant of 1901.
                                         NoActivity{"Mojstrovka.gpx", "1 of a single moment"}),
                         [](const testing::TestParamInfo<NoActivity>& info) {
                           std::string name = info.param.file;
                           std::erase_if(name, [](unsigned char c) { return std::isalnum(c) == 0; });
                           return name;
                         });

TEST(GpxReader, EveryRealFileIsInATableAbove) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SYNCWELL_SOURCE_DIR "/tests/data/gpx")) {
    files += entry.path().extension() == ".gpx" ? 1U : 0U;
  }
  EXPECT_EQ(files, samples.size() + 7 + 3);  // and opentracks_pause_resume, same_ride, authored_entity_expansion
}

TEST(GpxReader, ReadsGarminSensorValues) {
  const auto batch = decode(read_sample("garmin_connect_run_hr.gpx"));
  const auto record = only_record(batch);
  const auto& workout = workout_of(record);
  EXPECT_EQ(record.origin.application, "Garmin Connect");
  EXPECT_EQ(workout.title, "Mannheim Running");
  EXPECT_NEAR(workout.average_heart_rate_bpm.value_or(0), 138.814, 0.001);
  EXPECT_EQ(workout.maximum_heart_rate_bpm, 160);
  EXPECT_EQ(workout.samples.front().temperature_c, 27.0F);
  EXPECT_TRUE(workout.samples.front().cadence_rpm);
}

// Garmin Connect joins in GPX what the device's FIT file has timer stops in (93 s on the clock, 668 m).
TEST(GpxReader, FindsTheStoppedClockOfASteadyRecorder) {
  const auto record = only_record(decode(read_sample("same_ride_2020-06-01.gpx")));
  const auto& workout = workout_of(record);
  EXPECT_EQ(format_rfc3339(record.time.start.at), "2020-06-01T14:52:40Z");
  EXPECT_EQ(workout.sport, model::Sport::cycling);
  ASSERT_EQ(workout.pauses.size(), 1U);
  EXPECT_EQ(format_rfc3339(workout.pauses[0].start), "2020-06-01T14:53:33Z");
  EXPECT_EQ(format_rfc3339(workout.pauses[0].end), "2020-06-01T14:54:05Z");
  EXPECT_EQ(workout.timer, std::chrono::seconds{94});
  EXPECT_NEAR(workout.distance_m.value_or(0), 668, 0.03 * 668);
}

// OpenTracks marks a stopped and a resumed clock with points at latitude 100 and 200.
TEST(GpxReader, ReadsThePauseMarksOfOpenTracks) {
  const auto record = only_record(decode(read_sample("opentracks_pause_resume.gpx")));
  const auto& workout = workout_of(record);
  EXPECT_EQ(workout.route.size(), 4U);
  ASSERT_EQ(workout.pauses.size(), 1U);
  EXPECT_EQ(format_rfc3339(workout.pauses[0].start), "2021-01-07T21:52:02.658Z");
  EXPECT_EQ(format_rfc3339(workout.pauses[0].end), "2021-01-07T21:52:03.873Z");
  EXPECT_EQ(workout.title, "2021-01-07 22:51");
}

TEST(GpxReader, RefusesEntitiesWithAClearLine) {
  const auto batch = decode(read_sample("authored_entity_expansion.gpx"));
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().code, ErrorCode::unreadable_input);
  EXPECT_THAT(batch.error().message, HasSubstr("entit"));
}

// --- Times ---

TEST(GpxReader, KnowsTheOffsetOnlyWhereTheFileTellsIt) {
  const auto offset_of = [](std::string_view zone) {
    const std::string suffix(zone);
    const auto record = only_record(decode(with_track("<trkseg>" + point("2026-05-01T10:00:00" + suffix) +
                                                      point("2026-05-01T10:01:00" + suffix) + "</trkseg>")));
    return std::pair{format_rfc3339(record.time.start.at), record.time.start.offset};
  };
  using std::chrono::minutes;
  EXPECT_EQ(offset_of("Z"), std::pair(std::string("2026-05-01T10:00:00Z"), std::optional<UtcOffset>{}));
  EXPECT_EQ(offset_of("ZZ"), std::pair(std::string("2026-05-01T10:00:00Z"), std::optional<UtcOffset>{}));
  EXPECT_EQ(offset_of(""), std::pair(std::string("2026-05-01T10:00:00Z"), std::optional<UtcOffset>{}));
  EXPECT_EQ(offset_of("+00:00"), std::pair(std::string("2026-05-01T10:00:00Z"), std::optional<UtcOffset>{}));
  EXPECT_EQ(offset_of("+01:15"), std::pair(std::string("2026-05-01T08:45:00Z"), std::optional(UtcOffset{minutes{75}})));
  EXPECT_EQ(offset_of(".123456789-04:00"),
            std::pair(std::string("2026-05-01T14:00:00.123Z"), std::optional(UtcOffset{minutes{-240}})));
}

TEST(GpxReader, DropsPointsWithoutTimeWithOneWarning) {
  const auto batch = decode(with_track("<trkseg><trkpt lat='1' lon='2'/><trkpt lat='1' lon='2'><time/></trkpt>" +
                                       point("2026-05-01T10:00:00Z") + point("yesterday") +
                                       point("2026-05-01T10:01:00Z") + "</trkseg>"));
  ASSERT_TRUE(batch);
  EXPECT_THAT(batch->warnings, ElementsAre(HasSubstr("2 points without a time"), HasSubstr("1 points whose time")));
  EXPECT_EQ(workout_of(only_record(batch)).route.size(), 2U);
}

TEST(GpxReader, SortsTimesAndMergesThoseThatRepeat) {
  const auto batch = decode(with_track(
      "<trkseg>" + point("2026-05-01T10:00:02Z", "<ele>3</ele>") + point("2026-05-01T10:00:00Z", "<ele>1</ele>") +
      point("2026-05-01T10:00:02Z", "<ele>9</ele><hr>90</hr>") + point("2026-05-01T10:00:03Z") + "</trkseg>"));
  ASSERT_TRUE(batch);
  EXPECT_THAT(batch->warnings, ElementsAre(HasSubstr("1 points earlier"), HasSubstr("1 points at a time")));
  const auto record = only_record(batch);
  const auto& route = workout_of(record).route;
  ASSERT_EQ(route.size(), 3U);
  EXPECT_EQ(route[0].altitude_m, 1.0F);
  EXPECT_EQ(route[1].altitude_m, 3.0F);
  EXPECT_EQ(workout_of(record).samples.at(0).heart_rate_bpm, 90.0F);
}

// --- Positions and values ---

TEST(GpxReader, DropsPositionsThatAreNone) {
  const auto batch = decode(with_track("<trkseg>" + point("2026-05-01T10:00:00Z", "<hr>80</hr>", "lat='0' lon='0.0'") +
                                       point("2026-05-01T10:00:01Z", "", "lat='91' lon='0'") +
                                       point("2026-05-01T10:00:02Z", "", "lat='1' lon='-180.1'") +
                                       point("2026-05-01T10:00:03Z", "", "lat='nan' lon='1'") +
                                       point("2026-05-01T10:00:04Z", "", "lat='1'") +
                                       point("2026-05-01T10:00:05Z", "", "lat='4.5e1' lon='+1E-1'") + "</trkseg>"));
  ASSERT_TRUE(batch);
  EXPECT_THAT(batch->warnings, ElementsAre(HasSubstr("5 points at 0/0 or off the globe")));
  const auto record = only_record(batch);
  ASSERT_EQ(workout_of(record).route.size(), 1U);
  EXPECT_DOUBLE_EQ(workout_of(record).route[0].latitude_deg, 45.0);
  EXPECT_DOUBLE_EQ(workout_of(record).route[0].longitude_deg, 0.1);
  EXPECT_EQ(workout_of(record).samples.at(0).heart_rate_bpm, 80.0F);  // the heart beats without a satellite
}

TEST(GpxReader, ReadsSensorsUnderTheNamesInUse) {
  const auto record = only_record(decode(with_track(
      "<trkseg>" + point("2026-05-01T10:00:00Z", "<speed>3.5</speed><extensions><power>210</power></extensions>") +
      point("2026-05-01T10:00:01Z",
            "<extensions><undeclared:TrackPointExtension><undeclared:hr>120</undeclared:hr><undeclared:cad>88</"
            "undeclared:cad>"
            "<undeclared:speed>4</undeclared:speed></undeclared:TrackPointExtension>"
            "<pwr:PowerInWatts>220</pwr:PowerInWatts></extensions>") +
      point("2026-05-01T10:00:02Z", "<extensions><ns3:TPX><ns3:Watts>230</ns3:Watts></ns3:TPX></extensions>") +
      "</trkseg>")));
  const auto& found = workout_of(record).samples;
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].speed_m_s, 3.5F);
  EXPECT_EQ(found[0].power_w, 210.0F);
  EXPECT_EQ(found[1].heart_rate_bpm, 120.0F);
  EXPECT_EQ(found[1].cadence_rpm, 88.0F);
  EXPECT_EQ(found[1].speed_m_s, 4.0F);
  EXPECT_EQ(found[1].power_w, 220.0F);
  EXPECT_EQ(found[2].power_w, 230.0F);
}

// PROV-3: an unreadable optional field costs the field, not the record.
TEST(GpxReader, DropsImplausibleValuesWithOneWarning) {
  const auto batch = decode(with_track("<trkseg>" + point("2026-05-01T10:00:00Z", "<hr>900</hr><ele>high</ele>") +
                                       point("2026-05-01T10:00:01Z", "<hr>0</hr><power>1e300</power>") + "</trkseg>"));
  ASSERT_TRUE(batch);
  EXPECT_THAT(batch->warnings, ElementsAre(HasSubstr("3 values")));  // a heart rate of 0 is how devices write "none"
  EXPECT_THAT(workout_of(only_record(batch)).samples, IsEmpty());
}

TEST(GpxReader, ASegmentBreakIsAPauseWhereTheGapIsReal) {
  const auto record = only_record(decode(with_track(
      "<trkseg>" + point("2026-05-01T10:00:00Z") + point("2026-05-01T10:00:10Z", "", "lat='10.001' lon='20'") +
      "</trkseg><trkseg>" + point("2026-05-01T10:00:11Z", "", "lat='10.001' lon='20'") + "</trkseg><trkseg/><trkseg>" +
      point("2026-05-01T10:05:11Z", "", "lat='10.1' lon='20'") +
      point("2026-05-01T10:05:21Z", "", "lat='10.1' lon='20'") + "</trkseg>")));
  const auto& workout = workout_of(record);
  ASSERT_EQ(workout.pauses.size(), 1U);
  EXPECT_EQ(workout.pauses[0].end - workout.pauses[0].start, std::chrono::minutes{5});
  EXPECT_EQ(workout.timer, std::chrono::seconds{21});
  EXPECT_NEAR(workout.distance_m.value_or(0), 111.2, 0.1);  // not the way of eleven kilometres during the pause
}

// --- Identity ---

// DEC-7: an id must not change from one fetch to the next.
TEST(GpxReader, IdentityComesFromTheContent) {
  const std::string body =
      "<name>a</name><trkseg>" + point("2026-05-01T10:00:00Z") + point("2026-05-01T10:01:00Z") + "</trkseg>";
  const auto id = only_record(decode(with_track(body))).source_id;
  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(only_record(decode("\xEF\xBB\xBF \n" + with_track("<name>b</name>" + body.substr(14)))).source_id, id);
  EXPECT_NE(only_record(decode(with_track(body + "<trkseg>" + point("2026-05-01T10:01:01Z") + "</trkseg>"))).source_id,
            id);
}

// DEC-6
TEST(GpxReader, AFileOfOursKeepsItsId) {
  const std::string own_id = "swabcdefghijklmnopqrstuvwxyz";
  const std::string track =
      "<trk><trkseg>" + point("2026-05-01T10:00:00Z") + point("2026-05-01T10:01:00Z") + "</trkseg></trk>";
  const auto batch = decode("<gpx>" + track + track + "</gpx>", own_id);
  ASSERT_TRUE(batch);
  ASSERT_EQ(batch->records.size(), 2U);
  EXPECT_EQ(batch->records[0].source_id, own_id);
  EXPECT_EQ(batch->records[0].external_id, own_id);
  EXPECT_NE(batch->records[1].source_id, own_id);
}

TEST(GpxReader, RefusesAnotherKindOfDocument) {
  const auto batch = decode("<html><trk><trkseg/></trk></html>");
  ASSERT_FALSE(batch);
  EXPECT_THAT(batch.error().message, HasSubstr("not a GPX file"));
}

TEST(GpxReader, SpeaksOfDamageWithoutLosingWhatCameBefore) {
  const std::string whole =
      with_track("<trkseg>" + point("2026-05-01T10:00:00Z") + point("2026-05-01T10:01:00Z") + "</trkseg>");
  const auto batch = decode(whole.substr(0, whole.size() - 20));
  ASSERT_TRUE(batch) << batch.error().message;
  EXPECT_TRUE(batch->partial);
  EXPECT_EQ(batch->records.size(), 1U);
  EXPECT_THAT(batch->warnings, ElementsAre(HasSubstr("damaged, read up to there")));
}

// --- Routes for Apple Health ---

TEST(GpxRoute, ReadsPositionsInPieces) {
  const std::string document = read_sample("garmin_connect_run_hr.gpx");
  std::string_view rest = document;
  const auto route = read_route([&]() -> Result<std::string_view> {
    const auto piece = rest.substr(0, 1000);
    rest.remove_prefix(piece.size());
    return piece;
  });
  ASSERT_TRUE(route) << route.error().message;
  const auto record = only_record(decode(document));
  EXPECT_EQ(*route, workout_of(record).route);
}

TEST(GpxRoute, KeepsASinglePointAndItsOffset) {
  const auto route = read_route(read_sample("opentracks_odd_offset.gpx"));
  ASSERT_TRUE(route);
  ASSERT_EQ(route->size(), 1U);
  EXPECT_EQ(format_rfc3339(route->front().at), "2021-01-07T20:36:59.179Z");
}

TEST(GpxRoute, TellsWhatItDropped) {
  std::vector<std::string> warnings;
  const auto route = read_route(read_sample("Mojstrovka.gpx"), &warnings);
  ASSERT_TRUE(route);
  EXPECT_EQ(route->size(), 1U);
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("183 points at a time that another point has")));
}

TEST(GpxRoute, PassesErrorsOn) {
  EXPECT_EQ(read_route("").error().code, ErrorCode::unreadable_input);
  EXPECT_EQ(read_route("<kml></kml>").error().code, ErrorCode::unreadable_input);
  const auto route = read_route([]() -> Result<std::string_view> { return fail(ErrorCode::too_large, "too large"); });
  EXPECT_EQ(route.error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace syncwell::providers::gpx
