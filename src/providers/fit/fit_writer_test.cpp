// What we write comes back (FIT resolution), is accepted by strict readers' rules, and is the same for the same record.
#include "providers/fit/fit_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "model/arbitrary_record.hpp"
#include "providers/fit/fit_files.hpp"
#include "providers/fit/fit_sport.hpp"

namespace syncwell::providers::fit {
namespace {

using namespace std::chrono_literals;
using model::Sport;

const Instant start = parse_rfc3339("2026-03-29T00:30:00.250Z")->at;

model::Record ride() {
  model::Record record;
  record.type = model::DataType::workout;
  record.source_id = "ride";
  record.time = {{start, UtcOffset{2h}}, {start + 1h, UtcOffset{2h}}};
  model::Workout workout;
  workout.sport = Sport::cycling;
  workout.title = "Morgenrunde";
  workout.timer = 3000s + 500ms;
  workout.moving = 2900s;
  workout.distance_m = 25123.45;
  workout.energy_kcal = 612;
  workout.elevation_gain_m = 312;
  workout.average_heart_rate_bpm = 141;
  workout.maximum_heart_rate_bpm = 177;
  workout.laps = {{start, start + 1800s, 12000.5, 300, 140, 170},
                  {start + 1800s, start + 3600s, 13122.95, 312, 142, 177}};
  workout.pauses = {{start + 600s, start + 900s}, {start + 1200s, start + 1500s}};
  for (int i = 0; i < 100; ++i) {
    model::Sample sample;
    sample.at = start + i * 36s;
    sample.heart_rate_bpm = 120.0F + static_cast<float>(i % 50);
    sample.cadence_rpm = 80.5F;
    sample.power_w = 200.0F;
    sample.speed_m_s = 7.125F;
    sample.temperature_c = -3.0F;
    sample.distance_m = i * 250.5;
    workout.samples.push_back(sample);
    workout.route.push_back({start + i * 36s, 47.5 + i * 0.001, 8.5 - i * 0.001, 400.2F});
  }
  record.payload = workout;
  return record;
}

model::Record run_on_foot() {
  model::Record record = ride();
  auto& workout = std::get<model::Workout>(record.payload);
  workout.sport = Sport::running;
  workout.steps = 9000;
  return record;
}

const model::Record& only_workout(const Decoded& file) {
  const auto workouts = of_type(file, model::DataType::workout);
  EXPECT_EQ(workouts.size(), 1);
  return *workouts.at(0);
}

TEST(EncodeWorkout, KeepsEverythingThatFitCanHold) {  // INT-5
  const model::Record record = ride();
  const Decoded file = decoded(bytes_of(encode_workout(record)));
  EXPECT_THAT(file.warnings, testing::IsEmpty());
  EXPECT_FALSE(file.partial);
  const model::Record& read = only_workout(file);
  const Instant begin = std::chrono::floor<std::chrono::seconds>(start);
  EXPECT_EQ(read.time.start, (Moment{begin, UtcOffset{2h}}));
  EXPECT_EQ(read.time.end, (Moment{begin + 1h, UtcOffset{2h}}));
  EXPECT_EQ(read.origin.application, "SyncWell");
  const model::Workout& before = workout_of(record);
  const model::Workout& after = workout_of(read);
  EXPECT_EQ(after.sport, before.sport);
  EXPECT_EQ(after.title, before.title);
  EXPECT_EQ(after.timer, before.timer);
  EXPECT_EQ(after.moving, before.moving);
  EXPECT_DOUBLE_EQ(after.distance_m.value(), before.distance_m.value());
  EXPECT_EQ(after.energy_kcal, before.energy_kcal);
  EXPECT_EQ(after.elevation_gain_m, before.elevation_gain_m);
  EXPECT_EQ(after.average_heart_rate_bpm, before.average_heart_rate_bpm);
  EXPECT_EQ(after.maximum_heart_rate_bpm, before.maximum_heart_rate_bpm);
  ASSERT_EQ(after.laps.size(), 2);
  EXPECT_EQ(after.laps[1].start, begin + 1800s);
  EXPECT_EQ(after.laps[1].end, begin + 3600s);
  EXPECT_EQ(after.laps[1].energy_kcal, 312);
  EXPECT_NEAR(after.laps[1].distance_m.value(), 13122.95, 0.005);
  EXPECT_THAT(after.pauses, testing::ElementsAre(model::Pause{begin + 600s, begin + 900s},
                                                 model::Pause{begin + 1200s, begin + 1500s}));
  ASSERT_EQ(after.samples.size(), 100);
  EXPECT_EQ(after.samples[7].heart_rate_bpm, before.samples[7].heart_rate_bpm);
  EXPECT_EQ(after.samples[7].cadence_rpm, before.samples[7].cadence_rpm);
  EXPECT_EQ(after.samples[7].power_w, before.samples[7].power_w);
  EXPECT_EQ(after.samples[7].speed_m_s, before.samples[7].speed_m_s);
  EXPECT_EQ(after.samples[7].temperature_c, before.samples[7].temperature_c);
  EXPECT_EQ(after.samples[7].distance_m, before.samples[7].distance_m);
  ASSERT_EQ(after.route.size(), 100);
  EXPECT_NEAR(after.route[7].latitude_deg, before.route[7].latitude_deg, 1e-7);
  EXPECT_NEAR(after.route[7].longitude_deg, before.route[7].longitude_deg, 1e-7);
  EXPECT_NEAR(after.route[7].altitude_m.value(), 400.2F, 0.11);
}

TEST(EncodeWorkout, KeepsStepsOnFoot) {
  EXPECT_EQ(workout_of(only_workout(decoded(bytes_of(encode_workout(run_on_foot()))))).steps, 9000);
}

TEST(EncodeWorkout, GivesTheSameBytesForTheSameRecordAndOthersForAnother) {  // INT-5
  EXPECT_EQ(encode_workout(ride()), encode_workout(ride()));
  model::Record other = ride();
  other.source_id = "another ride at the same time";
  EXPECT_NE(encode_workout(ride()), encode_workout(other));
  EXPECT_NE(only_workout(decoded(bytes_of(encode_workout(ride())))).source_id,
            only_workout(decoded(bytes_of(encode_workout(other)))).source_id);
}

TEST(EncodeWorkout, WritesOneLapWhereThereIsNone) {
  model::Record record = ride();
  std::get<model::Workout>(record.payload).laps.clear();
  const auto laps = workout_of(only_workout(decoded(bytes_of(encode_workout(record))))).laps;
  ASSERT_EQ(laps.size(), 1);
  EXPECT_EQ(laps[0].end - laps[0].start, 1h);
  EXPECT_NEAR(laps[0].distance_m.value(), 25123.45, 0.005);
}

TEST(EncodeWorkout, LeavesTheOffsetOpenWhereItIsUnknown) {
  model::Record record = ride();
  record.time.start.offset.reset();
  record.time.end.offset.reset();
  EXPECT_EQ(only_workout(decoded(bytes_of(encode_workout(record)))).time.start.offset, std::nullopt);
}

TEST(EncodeWorkout, RefusesWhatFitCannotTell) {
  model::Record steps;
  EXPECT_TRUE(why_not_encodable(steps).has_value());
  EXPECT_EQ(encode_workout(steps), "");
  model::Record old = ride();
  old.time.start.at = parse_rfc3339("1998-07-03T00:00:00Z")->at;
  EXPECT_TRUE(why_not_encodable(old).has_value());
  old.time.start.at = parse_rfc3339("1998-07-05T00:00:00Z")->at;
  EXPECT_EQ(why_not_encodable(old), std::nullopt);
  model::Record far = ride();
  far.time.end.at = parse_rfc3339("2127-01-01T00:00:00Z")->at;
  EXPECT_TRUE(why_not_encodable(far).has_value());
}

// What importers insist on: the order of messages, ascending times of records, one session, activity last.
class Strict final : public MessageSink {
 public:
  void part(std::uint64_t) override {}
  void message(const Message& message) override {
    order.push_back(message.global());
    if (message.global() != 20) return;
    ASSERT_TRUE(message.timestamp().has_value());
    EXPECT_GT(*message.timestamp(), last_record);
    last_record = *message.timestamp();
  }
  void problem(std::uint64_t, std::string reason, bool) override { ADD_FAILURE() << reason; }
  std::vector<int> order;
  std::uint32_t last_record = 0;
};

void expect_strict(const std::string& file) {
  Strict strict;
  ASSERT_TRUE(read_messages(bytes_of(file), strict).has_value());
  ASSERT_GE(strict.order.size(), 7);
  EXPECT_EQ(strict.order.front(), 0);
  EXPECT_EQ(strict.order.back(), 34);
  EXPECT_EQ(strict.order[strict.order.size() - 2], 18);
  EXPECT_EQ(strict.order[strict.order.size() - 3], 19);
}

TEST(EncodeWorkout, KeepsTheOrderThatStrictImportersWant) { expect_strict(encode_workout(ride())); }

TEST(Sports, ComeBackBothWays) {
  for (int i = 0; i <= static_cast<int>(Sport::driving); ++i) {
    const auto sport = static_cast<Sport>(i);
    const bool has_number = sport != Sport::transition && sport != Sport::handball;
    EXPECT_EQ(name_of(sport_from_fit(sport_to_fit(sport))), name_of(has_number ? sport : Sport::other));
  }
}

TEST(Sports, TakeTheNearestForUnknownSubSports) {
  EXPECT_EQ(sport_from_fit({2, 200}), Sport::cycling);
  EXPECT_EQ(sport_from_fit({1, 0xFF}), Sport::running);
  EXPECT_EQ(sport_from_fit({4, 20}), Sport::strength_training);
  EXPECT_EQ(sport_from_fit({250, 250}), Sport::other);
}

// Every valid workout, however odd: a file that reads without a warning, or a clear refusal.
RC_GTEST_PROP(EncodeWorkout, OfAnyWorkoutReadsBackSound, ()) {
  const auto record = *model::arbitrary_record(model::DataType::workout);
  const std::string file = encode_workout(record);
  RC_ASSERT(file.empty() == why_not_encodable(record).has_value());
  if (file.empty()) return;
  expect_strict(file);
  const Decoded read = decoded(bytes_of(file));
  RC_ASSERT(of_type(read, model::DataType::workout).size() == 1U);
  const model::Record& after = *of_type(read, model::DataType::workout)[0];
  RC_ASSERT(!model::why_invalid(after).has_value());
  RC_ASSERT(after.time.start.at == std::chrono::floor<std::chrono::seconds>(record.time.start.at));
}

template <class T>
std::optional<T> near_value(int low, int high, int divisor) {
  if (!*rc::gen::arbitrary<bool>()) return std::nullopt;
  return static_cast<T>(*rc::gen::inRange(low, high)) / static_cast<T>(divisor);
}

// Workouts as devices record them: whole seconds, values inside FIT's ranges.
model::Record likely_workout() {
  model::Record record = ride();
  auto& workout = std::get<model::Workout>(record.payload);
  const Instant begin{std::chrono::seconds{*rc::gen::inRange(1'300'000'000, 1'900'000'000)}};
  const int length_s = *rc::gen::inRange(1, 40'000);
  std::optional<UtcOffset> offset;
  if (*rc::gen::arbitrary<bool>()) offset = UtcOffset{std::chrono::minutes{15 * *rc::gen::inRange(-48, 57)}};
  record.time = {{begin, offset},
                 {begin + std::chrono::seconds{length_s} + Duration{*rc::gen::inRange(0, 1000)}, offset}};
  workout.sport = *rc::gen::element(Sport::running, Sport::cycling, Sport::yoga, Sport::pool_swimming, Sport::squash);
  workout.distance_m = near_value<double>(0, 10'000'000, 100);
  workout.steps.reset();
  workout.laps.clear();
  workout.pauses.clear();
  workout.samples.clear();
  workout.route.clear();
  int at_s = 0;
  double distance_m = 0;
  while ((at_s += *rc::gen::inRange(1, length_s / 5 + 2)) < length_s) {
    const Instant at = begin + std::chrono::seconds{at_s};
    model::Sample sample;
    sample.at = at;
    sample.heart_rate_bpm = near_value<float>(1, 255, 1);
    sample.cadence_rpm = near_value<float>(0, 254 * 128, 128);
    sample.power_w = near_value<float>(0, 2000, 1);
    sample.speed_m_s = near_value<float>(0, 30'000, 1000);
    sample.temperature_c = near_value<float>(-40, 60, 1);
    sample.distance_m = distance_m += *rc::gen::inRange(0, 10'000) / 100.0;
    workout.samples.push_back(sample);
    if (*rc::gen::arbitrary<bool>()) {
      workout.route.push_back({at, *rc::gen::inRange(1, 9'000'000) / 1e5, *rc::gen::inRange(1, 18'000'000) / 1e5,
                               near_value<float>(-2000, 40'000, 5)});
    }
    const Instant next = at + std::chrono::seconds{*rc::gen::inRange(1, 100)};
    if (next < record.time.end.at && (workout.pauses.empty() || workout.pauses.back().end < at))
      workout.pauses.push_back({at, next});
    workout.laps.push_back({at, next, near_value<double>(0, 1'000'000, 100), near_value<double>(0, 3000, 1),
                            near_value<double>(1, 255, 1), near_value<double>(1, 255, 1)});
  }
  return record;
}

bool near(std::optional<double> a, std::optional<double> b, double tolerance) {
  return a.has_value() == b.has_value() && (!a || std::abs(*a - *b) <= tolerance);
}

RC_GTEST_PROP(EncodeWorkout, KeepsWhatDevicesRecord, ()) {
  const model::Record record = likely_workout();
  const Decoded file = decoded(bytes_of(encode_workout(record)));
  RC_ASSERT(file.warnings.empty());
  RC_ASSERT(of_type(file, model::DataType::workout).size() == 1U);
  const model::Record& read = *of_type(file, model::DataType::workout)[0];
  RC_ASSERT(read.time == record.time);
  const model::Workout& before = workout_of(record);
  const model::Workout& after = workout_of(read);
  RC_ASSERT(after.sport == before.sport);
  // Without a distance in the session, the last sample's stands for it.
  if (before.distance_m) RC_ASSERT(near(after.distance_m, before.distance_m, 0.0051));
  RC_ASSERT(after.pauses == before.pauses);
  RC_ASSERT(after.samples.size() == before.samples.size());
  for (std::size_t i = 0; i < after.samples.size(); ++i) {
    const model::Sample& a = after.samples[i];
    const model::Sample& b = before.samples[i];
    RC_ASSERT(a.at == b.at);
    RC_ASSERT(a.heart_rate_bpm == b.heart_rate_bpm);
    RC_ASSERT(a.cadence_rpm == b.cadence_rpm);
    RC_ASSERT(a.power_w == b.power_w);
    RC_ASSERT(near(a.speed_m_s, b.speed_m_s, 0.0006));
    RC_ASSERT(a.temperature_c == b.temperature_c);
    RC_ASSERT(near(a.distance_m, b.distance_m, 0.0051));
  }
  RC_ASSERT(after.route.size() == before.route.size());
  for (std::size_t i = 0; i < after.route.size(); ++i) {
    RC_ASSERT(after.route[i].at == before.route[i].at);
    RC_ASSERT(std::abs(after.route[i].latitude_deg - before.route[i].latitude_deg) < 1e-7);
    RC_ASSERT(std::abs(after.route[i].longitude_deg - before.route[i].longitude_deg) < 1e-7);
    RC_ASSERT(near(after.route[i].altitude_m, before.route[i].altitude_m, 0.11));
  }
  if (before.laps.empty()) return;
  RC_ASSERT(after.laps.size() == before.laps.size());
  for (std::size_t i = 0; i < after.laps.size(); ++i) {
    RC_ASSERT(after.laps[i].start == before.laps[i].start);
    RC_ASSERT(after.laps[i].end == before.laps[i].end);
    RC_ASSERT(near(after.laps[i].distance_m, before.laps[i].distance_m, 0.0051));
    RC_ASSERT(after.laps[i].energy_kcal == before.laps[i].energy_kcal);
    RC_ASSERT(after.laps[i].maximum_heart_rate_bpm == before.laps[i].maximum_heart_rate_bpm);
  }
}

// Every recorded workout, written by us, reads back with the same summary.
TEST(EncodeWorkout, OfRecordedFilesKeepsTheirSummary) {
  for (const char* name : {"garmin_edge500_ride_30_pauses.fit", "suunto_ambit3_xc_ski.fit",
                           "garmin_pool_swim_5_records.fit", "wahoo_elemnt_ride_57_pauses.fit"}) {
    SCOPED_TRACE(name);
    const Decoded original = decoded(recorded_file(name));
    const model::Record& before = only_workout(original);
    const Decoded again = decoded(bytes_of(encode_workout(before)));
    const model::Record& after = only_workout(again);
    EXPECT_EQ(after.time, before.time);
    EXPECT_EQ(workout_of(after).sport, workout_of(before).sport);
    EXPECT_EQ(workout_of(after).timer, workout_of(before).timer);
    EXPECT_EQ(workout_of(after).pauses, workout_of(before).pauses);
    EXPECT_EQ(workout_of(after).samples.size(), workout_of(before).samples.size());
    EXPECT_EQ(workout_of(after).route.size(), workout_of(before).route.size());
    EXPECT_EQ(workout_of(after).laps.size(), workout_of(before).laps.size());
  }
}

}  // namespace
}  // namespace syncwell::providers::fit
