#include "providers/gpx/gpx_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "providers/gpx/gpx_reader.hpp"
#include "providers/track/decode_document.hpp"

namespace syncwell::providers::gpx {
namespace {

using testing::HasSubstr;
using testing::Not;
using track::workout_of;

constexpr Instant start{std::chrono::sys_days{std::chrono::year{2026} / 5 / 1} + std::chrono::hours{10}};

model::Record ride(std::size_t points) {
  model::Workout workout;
  workout.sport = model::Sport::gravel_cycling;
  workout.title = "Evening";
  for (std::size_t i = 0; i < points; ++i) {
    workout.route.push_back(
        {start + std::chrono::seconds{i}, 48.0 + 0.0001 * static_cast<double>(i), 11.0, static_cast<float>(500 + i)});
  }
  model::Record record;
  record.type = model::DataType::workout;
  record.source_id = "x";
  record.time = {{start, {}}, {start + std::chrono::seconds{points - 1}, {}}};
  record.payload = std::move(workout);
  return record;
}

model::Record read_back(const std::string& document) {
  const auto decoder = make_decoder("");
  return track::read_back(*decoder, document);
}

TEST(GpxWriter, RefusesWhatGpxCannotHold) {
  auto record = ride(2);
  workout_of(record).route.pop_back();
  EXPECT_EQ(encode_workout(record).error().code, ErrorCode::unsupported);
  record.payload = model::Quantity{1};
  EXPECT_EQ(encode_workout(record).error().code, ErrorCode::unsupported);
}

TEST(GpxWriter, EscapesText) {
  auto record = ride(2);
  workout_of(record).title = "</name><trk> & \"'\x01\r\n\xFF]]> ü";
  record.origin.device_manufacturer = "Garmin";
  record.origin.device_model = "<edge>";
  const auto document = encode_workout(record);
  ASSERT_TRUE(document);
  EXPECT_THAT(*document, Not(HasSubstr("<trk> &")));
  auto copy = read_back(*document);
  EXPECT_EQ(workout_of(copy).title, "</name><trk> & \"'\xEF\xBF\xBD\r\n\xEF\xBF\xBD]]> ü");
  EXPECT_EQ(copy.origin.device_model, "Garmin <edge>");
}

TEST(GpxWriter, WritesSensorValuesAtTheNearestPosition) {
  auto record = ride(10);
  auto& samples = workout_of(record).samples;
  samples.push_back({.at = start - std::chrono::seconds{6}, .heart_rate_bpm = 50.0F});  // too far from any position
  samples.push_back({.at = start + std::chrono::milliseconds{2400}, .heart_rate_bpm = 99.0F});
  samples.push_back({.at = start + std::chrono::seconds{3}, .power_w = 200.0F});
  samples.push_back({.at = start + std::chrono::milliseconds{3400}, .heart_rate_bpm = 101.0F, .power_w = 999.0F});
  samples.push_back({.at = start + std::chrono::seconds{13}, .temperature_c = -3.5F});
  auto copy = read_back(encode_workout(record).value());
  const auto& written = workout_of(copy).samples;
  ASSERT_EQ(written.size(), 3U);
  EXPECT_EQ(written[0].at, start + std::chrono::seconds{2});
  EXPECT_EQ(written[0].heart_rate_bpm, 99.0F);
  EXPECT_EQ(written[1].at, start + std::chrono::seconds{3});
  EXPECT_EQ(written[1].heart_rate_bpm, 101.0F);
  EXPECT_EQ(written[1].power_w, 200.0F);  // the value of the same time stands above
  EXPECT_EQ(written[2].at, start + std::chrono::seconds{9});
  EXPECT_EQ(written[2].temperature_c, -3.5F);
}

TEST(GpxWriter, APauseEndsASegment) {
  auto record = ride(10);
  auto& route = workout_of(record).route;
  for (std::size_t i = 5; i < route.size(); ++i) route[i].at += std::chrono::minutes{2};
  const model::Pause pause{route[4].at, route[5].at};
  workout_of(record).pauses = {pause};
  auto copy = read_back(encode_workout(record).value());
  EXPECT_EQ(workout_of(copy).pauses, std::vector{pause});
}

TEST(GpxWriter, NumbersHaveNoExponent) {
  auto record = ride(2);
  workout_of(record).route[0].latitude_deg = 1e-8;
  workout_of(record).route[0].longitude_deg = -1e-12;
  const auto document = encode_workout(record);
  ASSERT_TRUE(document);
  EXPECT_THAT(*document, HasSubstr("lat=\"0.00000001\" lon=\"0\""));
}

// Everything that the format holds comes back; times to the millisecond, positions to a tenth of a millimetre.
RC_GTEST_PROP(GpxWriter, RoundTrip, ()) {
  const auto integer = [](int low, int high) { return *rc::gen::inRange(low, high); };
  model::Record record = ride(2);
  auto& workout = workout_of(record);
  workout.sport = static_cast<model::Sport>(integer(0, static_cast<int>(model::Sport::driving) + 1));
  workout.title = *rc::gen::container<std::string>(rc::gen::inRange<char>('!', '~'));
  workout.route.clear();
  Instant at = start;
  for (int count = integer(2, 40); count > 0; --count) {
    model::RoutePoint point{at, integer(-89'000'000, 89'000'000) / 1e6, integer(1, 180'000'000) / 1e6, {}};
    if (integer(0, 2) == 1) point.altitude_m = static_cast<float>(integer(-4000, 80'000)) / 10;
    workout.route.push_back(point);
    model::Sample sample{.at = at};
    if (integer(0, 2) == 1) sample.heart_rate_bpm = static_cast<float>(integer(30, 230));
    if (integer(0, 2) == 1) sample.cadence_rpm = static_cast<float>(integer(0, 200));
    if (integer(0, 2) == 1) sample.power_w = static_cast<float>(integer(0, 2000));
    if (integer(0, 2) == 1) sample.temperature_c = static_cast<float>(integer(-400, 500)) / 10;
    if (sample != model::Sample{.at = at}) workout.samples.push_back(sample);
    const Instant next = at + Duration{integer(1, 20'000)};
    if (count > 1 && next - at >= std::chrono::seconds{5} && integer(0, 3) == 0) workout.pauses.push_back({at, next});
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
  RC_ASSERT(track::is_same_route(read.route, workout.route));
}

}  // namespace
}  // namespace syncwell::providers::gpx
