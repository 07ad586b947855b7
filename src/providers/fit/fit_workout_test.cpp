// Sessions, pauses, offsets, distances, developer fields and ids of workouts. PROV-8, INT-5.
#include "providers/fit/fit_workout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "providers/fit/fit_clock.hpp"
#include "providers/fit/fit_files.hpp"
#include "providers/fit/fit_message_writer.hpp"
#include "providers/fit/fit_profile.hpp"
#include "providers/fit/fit_track.hpp"

namespace syncwell::providers::fit {
namespace {

using namespace std::chrono_literals;
using model::DataType;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr FitTime noon = 1'142'510'400;  // 2026-03-15T12:00:00Z

const model::Workout& first_workout(const Decoded& file) { return workout_of(*of_type(file, DataType::workout).at(0)); }

bool warned(const Decoded& file, std::string_view text) {
  return std::ranges::any_of(file.warnings, [&](const Warning& warning) { return warning.what.contains(text); });
}

// Activity files of a few messages.
class FileWriter {
 public:
  explicit FileWriter(std::uint8_t type = file_id::type_activity, std::uint16_t manufacturer = 32) {
    writer_.begin(0, message_file_id);
    writer_.put_enum(file_id::type, type);
    writer_.put_u16(file_id::manufacturer, manufacturer);
    writer_.put({file_id::serial_number}, BaseType::uint32z, 12345);
    writer_.put_u32(file_id::time_created, noon);
    writer_.end();
  }
  FileWriter& point(FitTime time, std::optional<double> distance_m, std::optional<double> longitude_deg = {}) {
    writer_.begin(1, message_record);
    writer_.put_u32(field_timestamp, time);
    writer_.put(record::distance, BaseType::uint32, distance_m);
    std::optional<double> semicircles;
    if (longitude_deg) semicircles = *longitude_deg / 180 * 2147483648.0;
    writer_.put({record::latitude}, BaseType::sint32, semicircles ? std::optional(1e7) : std::nullopt);
    writer_.put({record::longitude}, BaseType::sint32, semicircles);
    writer_.end();
    return *this;
  }
  FileWriter& timer(FitTime time, std::uint8_t type) {
    writer_.begin(2, message_event);
    writer_.put_u32(field_timestamp, time);
    writer_.put_enum(event::event, event::timer);
    writer_.put_enum(event::event_type, type);
    writer_.end();
    return *this;
  }
  FileWriter& session(FitTime start, double elapsed_s, std::uint8_t sport = 2, std::uint8_t sub_sport = 0) {
    writer_.begin(3, message_session);
    writer_.put_u32(session::start_time, start);
    writer_.put(session::elapsed, BaseType::uint32, elapsed_s);
    writer_.put_enum(session::sport, sport);
    writer_.put_enum(session::sub_sport, sub_sport);
    writer_.end();
    return *this;
  }
  FileWriter& activity(FitTime time, std::optional<double> local) {
    writer_.begin(4, message_activity);
    writer_.put_u32(field_timestamp, time);
    writer_.put({activity::local_timestamp}, BaseType::uint32, local);
    writer_.end();
    return *this;
  }
  std::string bytes() { return writer_.finish(); }
  Decoded decode() { return decoded(bytes_of(bytes())); }

 private:
  MessageWriter writer_;
};

TEST(Pauses, AreTheTimesBetweenStopAndStart) {
  const Decoded file = FileWriter()
                           .timer(noon, event::start)
                           .timer(noon + 100, event::stop_all)
                           .timer(noon + 160, event::start)
                           .timer(noon + 200, event::stop_disable_all)
                           .timer(noon + 201, event::stop)  // told twice
                           .timer(noon + 230, event::start)
                           .timer(noon + 300, event::stop_all)  // the end
                           .session(noon, 300)
                           .decode();
  const Instant at = instant_of(noon);
  EXPECT_THAT(first_workout(file).pauses,
              testing::ElementsAre(model::Pause{at + 100s, at + 160s}, model::Pause{at + 200s, at + 230s}));
  EXPECT_EQ(first_workout(file).timer, 300s - 90s);
}

TEST(Pauses, OfARecordedRideAddUpToElapsedLessTimer) {
  const Decoded file = decoded(recorded_file("garmin_edge500_ride_30_pauses.fit"));
  const model::Record& record = *of_type(file, DataType::workout)[0];
  Duration paused{0};
  for (const model::Pause& pause : workout_of(record).pauses) paused += pause.end - pause.start;
  const Duration elapsed = record.time.end.at - record.time.start.at;
  EXPECT_LE(std::abs((elapsed - paused - workout_of(record).timer.value()).count()), 30'000);
  EXPECT_GE(workout_of(record).pauses.size(), 25);
}

TEST(Distance, GoesOnAfterACounterThatStartedAnew) {
  const Decoded file = FileWriter()
                           .point(noon, 0)
                           .point(noon + 10, 1000)
                           .point(noon + 20, 5)
                           .point(noon + 30, 105)
                           .session(noon, 40)
                           .decode();
  std::vector<double> distances;
  for (const model::Sample& sample : first_workout(file).samples) distances.push_back(sample.distance_m.value());
  EXPECT_THAT(distances, testing::ElementsAre(0, 1000, 1005, 1105));
}

TEST(Distance, NeverFallsWhenItIsCorrected) {
  const Decoded file =
      FileWriter().point(noon, 500).point(noon + 10, 498).point(noon + 20, 510).session(noon, 40).decode();
  std::vector<double> distances;
  for (const model::Sample& sample : first_workout(file).samples) distances.push_back(sample.distance_m.value());
  EXPECT_THAT(distances, testing::ElementsAre(500, 500, 510));
}

TEST(Distance, OfEachSportOfATriathlonCountsFromItsOwnStart) {
  for (const char* name : {"garmin_fr920xt_triathlon_chained.fit", "garmin_triathlon_summary_first.fit"}) {
    const Decoded file = decoded(recorded_file(name));
    for (const model::Record* record : of_type(file, DataType::workout)) {
      const model::Workout& workout = workout_of(*record);
      double last = 0;
      for (const model::Sample& sample : workout.samples) last = sample.distance_m.value_or(last);
      EXPECT_NEAR(last, workout.distance_m.value(), 0.02 * workout.distance_m.value() + 10) << name;
    }
  }
}

TEST(CompressedSpeedDistance, AddsUpToTheSessionsDistance) {
  const Decoded file = decoded(recorded_file("garmin_fr_compressed_speed_distance.fit"));
  const model::Workout& workout = first_workout(file);
  ASSERT_FALSE(workout.samples.empty());
  EXPECT_NEAR(workout.samples.back().distance_m.value(), 10248, 60);
}

TEST(PowerOnTimes, AreShiftedToTheLocalClockWithTheZoneUnknown) {
  const Decoded file = decoded(recorded_file("garmin_fr_compressed_speed_distance.fit"));
  const model::Record& record = *of_type(file, DataType::workout)[0];
  // 17217864 + 680848312 s after the epoch.
  EXPECT_EQ(record.time.start, (Moment{instant_of(17'217'864 + 680'848'312), std::nullopt}));
  EXPECT_TRUE(warned(file, "power-on"));
}

TEST(PowerOnTimes, AreRefusedWhereNothingTellsWhenThatWas) {
  const Decoded file = FileWriter().point(5000, 0).point(5001, 3).session(5000, 100).decode();
  EXPECT_THAT(of_type(file, DataType::workout), IsEmpty());
  EXPECT_TRUE(file.partial);
  EXPECT_TRUE(warned(file, "power-on"));
}

TEST(Offset, IsLocalLessUtcInQuartersOfAnHour) {
  EXPECT_EQ(local_offset(noon, noon + 7200), UtcOffset{2h});
  EXPECT_EQ(local_offset(noon, noon - 12'600), UtcOffset{-210min});
  EXPECT_EQ(local_offset(noon, noon + 20'702), UtcOffset{345min});  // Nepal, with a slow message
  EXPECT_EQ(local_offset(noon, noon + 1200), std::nullopt);
  EXPECT_EQ(local_offset(noon, noon + 16 * 3600), std::nullopt);
  EXPECT_EQ(local_offset(noon, 0), std::nullopt);
  EXPECT_EQ(local_offset(std::nullopt, noon), std::nullopt);
}

TEST(Offset, IsPlausibleInRealZonesOnly) {
  EXPECT_FALSE(is_implausible(UtcOffset{8h}, 76));     // Kashgar on Peking time
  EXPECT_FALSE(is_implausible(UtcOffset{2h}, -9));     // Galicia in summer
  EXPECT_FALSE(is_implausible(UtcOffset{14h}, -157));  // beyond the date line
  EXPECT_TRUE(is_implausible(UtcOffset{0h}, -74));     // Bogotá with UTC as local time
}

TEST(Offset, IsTakenFromThePositionsWhereTheFilesOneCannotBe) {
  const auto write = [](std::uint16_t manufacturer, std::uint8_t sub_sport) {
    return FileWriter(file_id::type_activity, manufacturer)
        .point(noon, 0, -74)
        .session(noon, 40, 2, sub_sport)
        .activity(noon + 40, noon + 40)
        .decode();
  };
  const Decoded bogota = write(294, 0);
  EXPECT_EQ(of_type(bogota, DataType::workout)[0]->time.start.offset, UtcOffset{-5h});
  EXPECT_TRUE(warned(bogota, "offset"));
  // Virtual worlds lie elsewhere.
  EXPECT_EQ(of_type(write(manufacturer_zwift, 0), DataType::workout)[0]->time.start.offset, UtcOffset{0h});
  EXPECT_EQ(of_type(write(294, 58), DataType::workout)[0]->time.start.offset, UtcOffset{0h});
}

TEST(MissingSession, IsRebuiltFromTheRecords) {
  const Decoded file = FileWriter().point(noon, 0).point(noon + 10, 40).point(noon + 20, 90).decode();
  const model::Record& record = *of_type(file, DataType::workout).at(0);
  EXPECT_EQ(record.time.start.at, instant_of(noon));
  EXPECT_EQ(record.time.end.at, instant_of(noon + 20));
  EXPECT_EQ(workout_of(record).distance_m, 90);
  EXPECT_TRUE(file.partial);
}

TEST(MissingSession, OfACourseIsNoWorkout) {
  const Decoded file = FileWriter(6).point(noon, 0).point(noon + 10, 40).decode();
  EXPECT_THAT(file.records, IsEmpty());
  EXPECT_TRUE(warned(file, "file type 6"));
}

TEST(TruncatedFile, KeepsTheIdThatTheWholeFileGives) {
  const Decoded whole = decoded(recorded_file("garmin_fenix2_run.fit"));
  const Decoded cut = decoded(recorded_file("derived_truncated_at_60_percent.fit"));
  EXPECT_EQ(of_type(whole, DataType::workout)[0]->source_id, of_type(cut, DataType::workout)[0]->source_id);
  EXPECT_EQ(first_workout(cut).samples.size(), 1696);
}

TEST(SourceId, IsTheSameFromRunToRunAndOneOfItsOwnForEachSession) {
  const Decoded once = decoded(recorded_file("garmin_triathlon_summary_first.fit"), "a.fit");
  const Decoded again = decoded(recorded_file("garmin_triathlon_summary_first.fit"), "b.fit");
  ASSERT_EQ(once.records.size(), 3);
  EXPECT_EQ(once.records[0].source_id, again.records[0].source_id);
  EXPECT_NE(once.records[0].source_id, once.records[1].source_id);
  EXPECT_EQ(once.records[0].source_id.size(), 32);
}

TEST(Records, OutsideOfEverySessionAreLeftOutWithAWarning) {
  const Decoded file =
      FileWriter().point(noon, 0).point(noon + 10, 40).point(noon + 86'400, 90).session(noon, 20).decode();
  EXPECT_EQ(first_workout(file).samples.size(), 2);
  EXPECT_TRUE(warned(file, "outside"));
}

TEST(Records, OutOfOrderAndRepeatedAreSortedAndMerged) {
  const Decoded file = FileWriter().point(noon + 10, 40).point(noon, 0).point(noon + 10, 41).session(noon, 20).decode();
  ASSERT_EQ(first_workout(file).samples.size(), 2);
  EXPECT_EQ(first_workout(file).samples[1].distance_m, 40);
}

TEST(Track, TakesPositionAndAltitudeOfOneSecondFromTwoRecords) {
  TrackPoint position;
  position.time = noon;
  position.latitude_semicircles = 1000;
  position.longitude_semicircles = 1000;
  TrackPoint altitude;
  altitude.time = noon;
  altitude.altitude_m = 623.0F;
  DistanceState state;
  for (const auto& points : {std::vector{position, altitude}, std::vector{altitude, position}}) {
    const Track track = make_track(points, state);
    ASSERT_EQ(track.route.size(), 1);
    EXPECT_EQ(track.route[0].altitude_m, 623.0F);
  }
}

TEST(Track, LeavesOutPositionsThatAreNone) {
  TrackPoint none;
  none.time = noon;
  none.latitude_semicircles = 0;
  none.longitude_semicircles = 0;
  TrackPoint beyond_the_pole = none;
  beyond_the_pole.latitude_semicircles = 2'000'000'000;
  DistanceState state;
  EXPECT_THAT(make_track(std::vector{none, beyond_the_pole}, state).route, IsEmpty());
}

TEST(DeveloperFields, ReplaceTheNativeFieldThatTheyAreDeclaredFor) {
  const Decoded rowing = decoded(recorded_file("garmin_indoor_rowing_developer_fields.fit"));
  const model::Workout& workout = first_workout(rowing);
  EXPECT_EQ(workout.distance_m, 6163);
  EXPECT_EQ(workout.samples.back().distance_m.has_value(), true);
  EXPECT_GT(workout.samples[100].power_w.value_or(0), 0);
  EXPECT_THAT(rowing.summary.developer_fields, Contains("Avg Distance per Stroke"));

  const Decoded stryd = decoded(recorded_file("garmin_run_stryd_hrv.fit"));
  EXPECT_TRUE(std::ranges::any_of(first_workout(stryd).samples,
                                  [](const model::Sample& sample) { return sample.power_w.value_or(0) > 100; }));
  EXPECT_THAT(stryd.summary.developer_fields, Contains("Form Power"));
}

TEST(DeveloperFields, WithoutDeclarationOfANativeFieldReplaceNothing) {
  const Decoded file = decoded(recorded_file("stryd_developer_types.fit"));
  EXPECT_NEAR(first_workout(file).distance_m.value(), 6753.99, 0.01);
  EXPECT_NEAR(first_workout(file).samples.front().distance_m.value(), 1, 0.01);  // not the pod's 0
}

TEST(DeveloperFields, WithoutDescriptionLoseNothingElse) {
  // A record definition with one native field and one developer field that nobody described.
  std::string part("\x60\x00\x00\x14\x00\x02\xfd\x04\x86\x03\x01\x02\x01\x05\x02\x00", 16);
  for (int i = 0; i < 2; ++i) {
    part += '\0';
    const FitTime time = noon + static_cast<FitTime>(i);
    for (int byte = 0; byte < 4; ++byte) part += static_cast<char>(time >> (8 * byte) & 0xFFU);
    part += std::string("\x78\x01\x02", 3);
  }
  const Decoded file = decoded(bytes_of(std::string("\x0e\x10\x00\x00\x00\x00\x00\x00.FIT\x00\x00", 14) + part));
  ASSERT_EQ(first_workout(file).samples.size(), 2);
  EXPECT_EQ(first_workout(file).samples[0].heart_rate_bpm, 120.0F);
  std::size_t told = 0;
  for (const Warning& warning : file.warnings) told += warning.what.contains("no description") ? 1U : 0U;
  EXPECT_EQ(told, 1);
}

TEST(Warnings, NameFileBytePositionAndReason) {
  const Decoded file = decoded(recorded_file("derived_truncated_at_60_percent.fit"), "run.fit");
  ASSERT_FALSE(file.warnings.empty());
  EXPECT_THAT(file.warnings[0].where, HasSubstr("run.fit: byte 0"));
  EXPECT_THAT(file.warnings[0].what, HasSubstr("cut off"));
}

}  // namespace
}  // namespace syncwell::providers::fit
