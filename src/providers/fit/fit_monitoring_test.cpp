// Daily counters, heart rates, weighings and sleep levels. PROV-8.
#include "providers/fit/fit_monitoring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/fit/fit_clock.hpp"
#include "providers/fit/fit_files.hpp"
#include "providers/fit/fit_message_writer.hpp"
#include "providers/fit/fit_profile.hpp"

namespace syncwell::providers::fit {
namespace {

using namespace std::chrono_literals;
using model::DataType;
using testing::ElementsAre;

double value_of(const model::Record& record) { return std::get<model::Quantity>(record.payload).value; }

double total(const Decoded& file, DataType type) {
  double sum = 0;
  for (const model::Record* record : of_type(file, type)) sum += value_of(*record);
  return sum;
}

std::vector<double> values(const Decoded& file, DataType type) {
  std::vector<double> result;
  for (const model::Record* record : of_type(file, type)) result.push_back(value_of(*record));
  return result;
}

TEST(MonitoringFile, GivesTheDaysStepsAsIntervals) {
  const Decoded file = decoded(recorded_file("authored_monitoring_day.fit"));
  EXPECT_FALSE(file.partial);
  EXPECT_EQ(file.summary.monitoring_messages, 888);
  EXPECT_DOUBLE_EQ(total(file, DataType::steps), 5878 + 4800);
  const auto steps = of_type(file, DataType::steps);
  EXPECT_LE(steps.size(), 96);
  const Instant midnight = parse_rfc3339("2026-03-15T00:00:00+01:00")->at;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const model::TimeFrame& time = steps[i]->time;
    EXPECT_EQ(time.end.at - time.start.at, 15min);
    EXPECT_EQ((time.start.at - midnight) % 15min, Duration{0});
    EXPECT_GE(time.start.at, midnight);
    EXPECT_LE(time.end.at, midnight + 24h);
    EXPECT_EQ(time.start.offset, UtcOffset{1h});
    if (i > 0) EXPECT_GE(time.start.at, steps[i - 1]->time.end.at);
  }
  const auto heart_rates = of_type(file, DataType::heart_rate);
  ASSERT_FALSE(heart_rates.empty());
  EXPECT_EQ(value_of(*heart_rates[0]), 52);
  for (const model::Record* record : heart_rates) {
    EXPECT_TRUE(record->time.is_instant());
    EXPECT_GE(record->time.start.at, midnight);
    EXPECT_LE(record->time.start.at, midnight + 24h);
  }
  EXPECT_GT(total(file, DataType::distance), 5280);
  // One counter for the whole day, repeated in the readings of walking and of running: it ends at 487.
  EXPECT_DOUBLE_EQ(total(file, DataType::active_energy), 487);
}

constexpr FitTime midnight_utc = 1'142'467'200;  // 2026-03-15T00:00:00Z

class MonitoringFileWriter {
 public:
  MonitoringFileWriter() {
    writer_.begin(0, message_file_id);
    writer_.put_enum(file_id::type, 32);
    writer_.put_u16(file_id::manufacturer, 1);
    writer_.put({file_id::serial_number}, BaseType::uint32z, 77);
    writer_.end();
  }
  MonitoringFileWriter& begin(FitTime time, int offset_s) {
    writer_.begin(1, message_monitoring_info);
    writer_.put_u32(field_timestamp, time);
    writer_.put_u32(monitoring_info::local_timestamp, time + static_cast<FitTime>(offset_s));
    writer_.end();
    return *this;
  }
  MonitoringFileWriter& steps(FitTime time, std::uint8_t type, double cycles) {
    writer_.begin(2, message_monitoring);
    writer_.put_u32(field_timestamp, time);
    writer_.put(monitoring::cycles, BaseType::uint32, cycles);
    writer_.put_enum(monitoring::activity_type, type);
    writer_.end();
    return *this;
  }
  MonitoringFileWriter& heart_rate(std::uint16_t low_bits, double bpm) {
    writer_.begin(3, message_monitoring);
    writer_.put_u16(monitoring::timestamp_16, low_bits);
    writer_.put(monitoring::heart_rate, BaseType::uint8, bpm);
    writer_.end();
    return *this;
  }
  Decoded decode() { return decoded(bytes_of(writer_.finish())); }

 private:
  MessageWriter writer_;
};

constexpr std::uint8_t walking = monitoring::walking;
constexpr std::uint8_t running = monitoring::running;

TEST(Counters, StartAnewAtLocalMidnight) {
  const Decoded file = MonitoringFileWriter()
                           .begin(midnight_utc, 0)
                           .steps(midnight_utc + 3600, walking, 100)
                           .steps(midnight_utc + 86400, walking, 900)         // the day's total
                           .steps(midnight_utc + 86400 + 3600, walking, 950)  // more than before, but of a new day
                           .decode();
  EXPECT_THAT(values(file, DataType::steps), ElementsAre(100, 800, 950));
  EXPECT_EQ(of_type(file, DataType::steps)[2]->time.start.at, instant_of(midnight_utc + 86400));
}

TEST(Counters, OfAFileThatBeginsDuringTheDayCountFromItsFirstTotals) {
  const Decoded file = MonitoringFileWriter()
                           .begin(midnight_utc + 43200, 0)
                           .steps(midnight_utc + 43200, walking, 5000)
                           .steps(midnight_utc + 46800, walking, 5100)
                           .steps(midnight_utc + 50400, walking, 5150)
                           .steps(midnight_utc + 50400, running, 300)  // no running before: it was not among the totals
                           .decode();
  EXPECT_THAT(values(file, DataType::steps), ElementsAre(100, 350));
}

TEST(Counters, WithoutABeginningAreOnlyComparedWithThemselves) {
  const Decoded file = MonitoringFileWriter()
                           .steps(midnight_utc + 43200, walking, 5000)
                           .steps(midnight_utc + 46800, walking, 5100)
                           .decode();
  EXPECT_THAT(values(file, DataType::steps), ElementsAre(100));
}

TEST(Counters, ThatFallWithinADayStartedAnew) {
  const Decoded file = MonitoringFileWriter()
                           .begin(midnight_utc, 0)
                           .steps(midnight_utc + 3600, walking, 500)
                           .steps(midnight_utc + 7200, walking, 40)
                           .decode();
  EXPECT_THAT(values(file, DataType::steps), ElementsAre(500, 40));
}

TEST(Counters, OfOtherActivitiesAreNoSteps) {
  const Decoded file = MonitoringFileWriter().begin(midnight_utc, 0).steps(midnight_utc + 3600, 2, 500).decode();
  EXPECT_TRUE(of_type(file, DataType::steps).empty());
}

TEST(HeartRates, FindTheirTimeFromSixteenBits) {
  const FitTime base = midnight_utc | 0xFFF0U;
  const Decoded file = MonitoringFileWriter()
                           .begin(base, 0)
                           .heart_rate(0xFFF5, 60)
                           .heart_rate(0x0002, 61)
                           .heart_rate(0xFFF8, 62)
                           .heart_rate(0x0010, 0)
                           .decode();
  const auto records = of_type(file, DataType::heart_rate);
  ASSERT_EQ(records.size(), 3);  // zero is no heart rate
  EXPECT_EQ(records[0]->time.start.at, instant_of(base + 5));
  EXPECT_EQ(records[1]->time.start.at, instant_of(base + 8));  // arrived out of order
  EXPECT_EQ(records[2]->time.start.at, instant_of(base + 0x12));
}

TEST(Samples, KeepTheirIdInALaterExportOfTheSameDevice) {
  const Decoded first = MonitoringFileWriter().begin(midnight_utc, 0).steps(midnight_utc + 3600, walking, 100).decode();
  const Decoded second = MonitoringFileWriter()
                             .begin(midnight_utc, 0)
                             .steps(midnight_utc + 3600, walking, 100)
                             .steps(midnight_utc + 7200, walking, 150)
                             .decode();
  EXPECT_EQ(first.records[0].source_id, second.records[0].source_id);
  EXPECT_NE(second.records[0].source_id, second.records[1].source_id);
}

TEST(WeightFile, GivesFinishedWeighingsOfOnePerson) {
  const Decoded file = decoded(recorded_file("authored_weight_scale.fit"));
  EXPECT_THAT(values(file, DataType::weight), ElementsAre(78.12, 77.95, 78.01));
  EXPECT_THAT(values(file, DataType::body_fat), ElementsAre(18.5, 18.42));
  EXPECT_EQ(file.records.size(), 5);
  EXPECT_EQ(of_type(file, DataType::weight)[0]->time.start.at, parse_rfc3339("2026-03-20T06:01:00Z")->at);
  ASSERT_EQ(file.warnings.size(), 1);
  EXPECT_THAT(file.warnings[0].what, testing::HasSubstr("other users"));
}

Decoded sleep_file(const std::vector<std::pair<FitTime, int>>& levels) {
  MessageWriter writer;
  for (const auto& [time, level] : levels) {
    writer.begin(0, message_sleep_level);
    writer.put_u32(field_timestamp, time);
    writer.put_enum(sleep_level::level, static_cast<std::uint8_t>(level));
    writer.end();
  }
  return decoded(bytes_of(writer.finish()));
}

TEST(SleepLevels, LastUntilTheNextOne) {
  using model::SleepStage;
  const FitTime night = midnight_utc;
  const Decoded file = sleep_file(
      {{night, 2}, {night + 1800, 3}, {night + 3600, 3}, {night + 5400, 4}, {night + 7200, 1}, {night + 7500, 0}});
  ASSERT_EQ(file.records.size(), 1);
  const auto& sleep = std::get<model::Sleep>(file.records[0].payload);
  std::vector<SleepStage> stages;
  for (const auto& segment : sleep.stages) stages.push_back(segment.stage);
  EXPECT_THAT(stages, ElementsAre(SleepStage::light, SleepStage::deep, SleepStage::rem, SleepStage::awake));
  EXPECT_EQ(sleep.stages[1].end.at - sleep.stages[1].start.at, 1h);
  EXPECT_EQ(file.records[0].time.start.at, instant_of(night));
  EXPECT_EQ(file.records[0].time.end.at, instant_of(night + 7500));
}

TEST(SleepLevels, FarApartAreTwoNights) {
  const FitTime night = midnight_utc;
  const Decoded file =
      sleep_file({{night, 2}, {night + 3600, 1}, {night + 86400, 2}, {night + 90000, 3}, {night + 93600, 1}});
  ASSERT_EQ(file.records.size(), 2);
  EXPECT_NE(file.records[0].source_id, file.records[1].source_id);
}

}  // namespace
}  // namespace syncwell::providers::fit
