// PROV-8, PROV-3: what recorded and authored FIT files must give. Expectations come from the data's own description
// (an independent reader's counts), not from this decoder.
#include "providers/fit/fit_decoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <ostream>
#include <set>

#include "providers/fit/fit_files.hpp"

namespace syncwell::providers::fit {
namespace {

using model::DataType;
using model::Sport;

struct Session {
  Sport sport;
  int timer_s;
  int distance_m;  // 0: none given, or zero; -1: none in the session, taken from the records
};

struct Expected {
  std::string file;
  std::vector<Session> sessions;  // without transitions
  std::size_t records, positions, heart_rates;
  std::string first_time;  // of the first record message
  std::optional<int> offset_s;
  std::size_t timer_stops;  // 0: at most one
  std::size_t parts;
  bool partial = false;
};
void PrintTo(const Expected& expected, std::ostream* out) { *out << expected.file; }

constexpr auto no_offset = std::nullopt;

const std::vector<Expected>& table() {
  static const std::vector<Expected> rows = {
      {"derived_bad_file_crc.fit", {{Sport::running, 56, 157}}, 21, 21, 21, "2017-06-11T14:34:09Z", -25200, 0, 1, true},
      {"derived_truncated_at_60_percent.fit",
       {{Sport::other, -1, -1}},
       1696,
       1696,
       1696,
       "2015-08-15T14:45:08Z",
       no_offset,
       0,
       1,
       true},
      {"derived_two_activities_chained.fit",
       {{Sport::cycling, 60, 459}, {Sport::running, 56, 157}},
       40,
       40,
       40,
       "2017-06-11T14:34:09Z",
       -25200,
       2,
       2},
      {"derived_zero_data_size.fit",
       {{Sport::cycling, 2261, 0}},
       2263,
       0,
       2263,
       "2011-11-02T12:54:19Z",
       no_offset,
       0,
       1,
       true},
      {"garmin-fenix-5-bike.fit", {{Sport::cycling, 60, 459}}, 19, 19, 19, "2017-06-12T16:09:22Z", -25200, 0, 1},
      {"garmin-fenix-5-run.fit", {{Sport::running, 56, 157}}, 21, 21, 21, "2017-06-11T14:34:09Z", -25200, 0, 1},
      {"garmin_descent_dive.fit", {{Sport::diving, 3164, 0}}, 2907, 0, 2893, "2023-11-22T14:44:47Z", -14400, 0, 1},
      {"garmin_edge500_ride.fit",
       {{Sport::cycling, 6843, 36923}},
       4317,
       4309,
       4316,
       "2015-07-16T11:52:31Z",
       no_offset,
       0,
       1},
      {"garmin_edge500_ride_30_pauses.fit",
       {{Sport::cycling, 10699, 88797}},
       3098,
       2965,
       3098,
       "2011-06-26T21:18:40Z",
       no_offset,
       30,
       1},
      {"garmin_edge530_indoor_hrv.fit",
       {{Sport::indoor_cycling, 1071, 6873}},
       1072,
       0,
       1072,
       "2022-02-07T16:47:52Z",
       3600,
       2,
       1},
      {"garmin_edge_2026_road_power.fit",
       {{Sport::cycling, 4739, 31217}},
       4746,
       4746,
       4746,
       "2026-01-19T12:57:15Z",
       7200,
       8,
       1},
      {"garmin_fenix2_run.fit", {{Sport::running, 2832, 9008}}, 2809, 2809, 2808, "2015-08-15T14:45:08Z", 7200, 0, 1},
      {"garmin_fr25_run_missing_values.fit",
       {{Sport::running, 1663, 4543}},
       427,
       427,
       427,
       "2016-08-17T17:41:27Z",
       7200,
       9,
       1},
      {"garmin_fr310_mtb.fit",
       {{Sport::cycling, 6770, 20525}},
       2088,
       2088,
       2088,
       "2013-06-22T02:26:39Z",
       no_offset,
       0,
       1},
      {"garmin_fr910xt_pool_swim.fit", {{Sport::pool_swimming, 1373, 1371}}, 67, 0, 0, "", -14400, 11, 1},
      {"garmin_fr920xt_triathlon_chained.fit",
       {{Sport::open_water_swimming, 1987, 1644}, {Sport::cycling, 4422, 40909}, {Sport::running, 2850, 9805}},
       1773,
       1462,
       1430,
       "2018-05-27T07:33:01Z",
       7200,
       0,
       4},
      {"garmin_fr_compressed_speed_distance.fit", {{Sport::running, 3772, 10248}}, 755, 0, 754, "", no_offset, 2, 1},
      {"garmin_hike.fit", {{Sport::walking, 10756, 10241}}, 2704, 2659, 0, "2019-12-07T12:04:01Z", 3600, 0, 1},
      {"garmin_indoor_bike_intervals.fit",
       {{Sport::indoor_cycling, 196, 0}},
       199,
       0,
       199,
       "2021-03-18T13:02:33Z",
       3600,
       3,
       1},
      // The watch knows no distance; the rowing app's developer field, declared to stand for it, does.
      {"garmin_indoor_rowing_developer_fields.fit",
       {{Sport::indoor_rowing, 1707, 6163}},
       1641,
       0,
       1641,
       "2017-05-18T16:37:30Z",
       3600,
       0,
       1},
      {"garmin_indoor_trainer_no_gps.fit",
       {{Sport::cycling, 2261, 0}},
       2263,
       0,
       2263,
       "2011-11-02T12:54:19Z",
       no_offset,
       0,
       1},
      {"garmin_pool_swim_5_records.fit",
       {{Sport::pool_swimming, 1083, 750}},
       5,
       0,
       0,
       "2020-08-23T16:08:29Z",
       7200,
       0,
       1},
      {"garmin_pool_swim_hr_strap_chained.fit",
       {{Sport::pool_swimming, 4371, 2606}},
       4376,
       0,
       0,
       "2017-06-13T13:42:30Z",
       -14400,
       2,
       5},
      {"garmin_ride_on_dst_end_day_germany.fit",
       {{Sport::cycling, 16547, 42093}},
       16547,
       16547,
       0,
       "2020-10-25T09:54:06Z",
       3600,
       0,
       1},
      {"garmin_run_no_hr.fit", {{Sport::running, 2481, 6360}}, 495, 489, 0, "2019-09-25T14:15:53Z", 7200, 2, 1},
      {"garmin_run_stryd_hrv.fit",
       {{Sport::running, 1680, 5383}},
       1681,
       1681,
       1681,
       "2018-06-14T14:55:22Z",
       7200,
       0,
       1},
      {"garmin_treadmill_user_metrics.fit",
       {{Sport::strength_training, 1416, 0}},
       1417,
       0,
       1415,
       "2020-06-09T11:53:24Z",
       -18000,
       0,
       1},
      {"garmin_triathlon_summary_first.fit",
       {{Sport::open_water_swimming, 675, 513}, {Sport::cycling, 1566, 13517}, {Sport::running, 1573, 4491}},
       4043,
       4041,
       3364,
       "2023-09-02T13:15:24Z",
       -18000,
       0,
       1},
      {"garmin_yoga_10s.fit", {{Sport::yoga, 9, 0}}, 10, 0, 10, "2023-09-29T00:10:57Z", -21600, 0, 1},
      {"ride_customtime_developer_field.fit",
       {{Sport::indoor_cycling, 720, 7123}},
       739,
       739,
       739,
       "2021-03-04T12:04:27Z",
       no_offset,
       0,
       1},
      {"same_ride_2020-06-01.fit", {{Sport::cycling, 93, 668}}, 96, 96, 96, "2020-06-01T14:52:40Z", 7200, 2, 1},
      {"stryd_developer_types.fit",
       {{Sport::running, 3424, 6753}},
       3424,
       3424,
       3424,
       "2017-01-17T17:06:47Z",
       no_offset,
       0,
       1},
      {"suunto_ambit3_xc_ski.fit",
       {{Sport::cross_country_skiing, 2987, -1}},
       3913,
       921,
       2984,
       "2015-12-20T18:21:58Z",
       -25200,
       0,
       1},
      {"suunto_race2_strength.fit",
       {{Sport::strength_training, 4803, 0}},
       4803,
       0,
       4292,
       "2026-01-22T11:36:44Z",
       7200,
       0,
       1},
      {"suunto_vertical2_ride_dev_fields.fit",
       {{Sport::cycling, 9303, 59583}},
       9305,
       9264,
       9188,
       "2026-01-31T14:23:46Z",
       3600,
       5,
       1},
      {"wahoo_elemnt_ride_57_pauses.fit",
       {{Sport::cycling, 13471, 78940}},
       13471,
       13348,
       13402,
       "2019-02-17T06:26:44Z",
       28800,
       57,
       1},
      {"zwift_null_compressed_speed_distance.fit",
       {{Sport::virtual_cycling, 1808, 13400}},
       1808,
       1808,
       1808,
       "2017-10-05T00:04:07Z",
       no_offset,
       0,
       1},
      {"zwift_power_2015.fit",
       {{Sport::indoor_cycling, 3190, 24023}},
       3043,
       3043,
       3043,
       "2015-07-21T10:28:37Z",
       no_offset,
       0,
       1},
  };
  return rows;
}

class RecordedFile : public testing::TestWithParam<Expected> {};

TEST_P(RecordedFile, GivesWhatItsDescriptionSays) {  // PROV-8
  const Expected& expected = GetParam();
  const Decoded file = decoded(recorded_file(expected.file), expected.file);
  EXPECT_EQ(file.summary.record_messages, expected.records);
  EXPECT_EQ(file.summary.positions, expected.positions);
  EXPECT_EQ(file.summary.heart_rates, expected.heart_rates);
  EXPECT_EQ(file.summary.parts, expected.parts);
  if (expected.timer_stops > 0) {
    EXPECT_EQ(file.summary.timer_stops, expected.timer_stops);
  } else {
    EXPECT_LE(file.summary.timer_stops, 1);
  }
  EXPECT_EQ(file.partial, expected.partial);

  const auto workouts = of_type(file, DataType::workout);
  ASSERT_EQ(workouts.size(), expected.sessions.size());
  EXPECT_EQ(file.records.size(), workouts.size());
  std::size_t samples = 0;
  for (std::size_t i = 0; i < workouts.size(); ++i) {
    const Session& session = expected.sessions[i];
    const model::Workout& workout = workout_of(*workouts[i]);
    SCOPED_TRACE(i);
    EXPECT_EQ(name_of(workout.sport), name_of(session.sport));
    if (session.timer_s >= 0) {
      EXPECT_EQ(std::chrono::floor<std::chrono::seconds>(workout.timer.value()).count(), session.timer_s);
    }
    if (session.distance_m >= 0) {
      EXPECT_NEAR(workout.distance_m.value_or(0), session.distance_m, 1);
    } else {
      EXPECT_GT(workout.distance_m.value_or(0), 1000);
    }
    EXPECT_EQ(workouts[i]->time.start.offset.has_value(), expected.offset_s.has_value());
    if (expected.offset_s && workouts[i]->time.start.offset) {
      EXPECT_EQ(workouts[i]->time.start.offset->east.count(), *expected.offset_s);
    }
    // Some devices round the two differently.
    EXPECT_GE(workouts[i]->time.end.at - workouts[i]->time.start.at + std::chrono::seconds{1}, workout.timer.value());
    samples += workout.samples.size();
    for (const model::Pause& pause : workout.pauses) EXPECT_LT(pause.start, pause.end);
  }
  EXPECT_LE(samples, expected.records);
  if (!expected.first_time.empty()) {
    const Instant first = parse_rfc3339(expected.first_time)->at;
    Instant earliest = max_instant;
    for (const model::Record* workout : workouts) {
      if (!workout_of(*workout).samples.empty()) earliest = std::min(earliest, workout_of(*workout).samples.front().at);
      if (!workout_of(*workout).route.empty()) earliest = std::min(earliest, workout_of(*workout).route.front().at);
    }
    EXPECT_GE(earliest, first);
    EXPECT_LE(earliest, first + std::chrono::seconds{60});
  }
}

INSTANTIATE_TEST_SUITE_P(All, RecordedFile, testing::ValuesIn(table()), [](const auto& info) {
  std::string name = info.param.file;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
});

TEST(RecordedFiles, AreAllDescribed) {
  std::set<std::string> described = {"authored_monitoring_day.fit", "authored_weight_scale.fit"};
  for (const Expected& expected : table()) described.insert(expected.file);
  for (const auto& entry : std::filesystem::directory_iterator(recorded_files())) {
    EXPECT_TRUE(described.contains(entry.path().filename())) << entry.path();
  }
  EXPECT_EQ(described.size(), 40);
}

}  // namespace
}  // namespace syncwell::providers::fit
