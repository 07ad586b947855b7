// Writes an export.xml of a given size, for tests and benchmarks: the same bytes for the same seed. A day is what an
// iPhone with a watch makes of it: heart rate every few minutes, energy, steps of both, distance, a night with stages,
// now and then a workout, a weighing, HRV with its beats. Header only, so that nothing of it is in the product.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/time.hpp"

namespace syncwell::providers::apple_health {

class ExportGenerator {
 public:
  // Takes the document piece by piece, each about one day.
  using Sink = std::function<void(std::string_view)>;

  struct Written {
    std::uint64_t bytes = 0;
    std::uint64_t steps_records = 0;
    std::uint64_t heart_rate_records = 0;
    std::uint64_t nights = 0;
    std::uint64_t workouts = 0;
    double steps = 0;  // sum over all sources
  };

  explicit ExportGenerator(std::uint64_t seed) : random_(seed) {}

  // A complete document of at least `bytes`, and less than one day more.
  Written write(std::uint64_t bytes, const Sink& sink) {
    written_ = {};
    append(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE HealthData [\n<!-- HealthKit Export Version: 14 -->\n"
        "<!ELEMENT HealthData (ExportDate,Me,(Record|Workout)*)>\n]>\n<HealthData locale=\"en_US\">\n"
        " <ExportDate value=\"2026-06-01 08:00:00 +0200\"/>\n");
    for (day_ = std::chrono::sys_days{std::chrono::year{2016} / 1 / 1}; written_.bytes + text_.size() < bytes;
         day_ += std::chrono::days{1}) {
      one_day();
      flush(sink);
    }
    append("</HealthData>\n");
    flush(sink);
    return written_;
  }

 private:
  static constexpr std::string_view watch_ =
      "sourceName=\"Test’s Apple\u00A0Watch\" sourceVersion=\"11.1\" device=\"&lt;&lt;HKDevice: 0x301f2c0a0&gt;, "
      "name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,12, software:11.1&gt;\"";
  static constexpr std::string_view phone_ =
      "sourceName=\"Test’s iPhone\" sourceVersion=\"18.1\" device=\"&lt;&lt;HKDevice: 0x301f2c3c0&gt;, name:iPhone, "
      "manufacturer:Apple Inc., model:iPhone, hardware:iPhone15,2, software:18.1&gt;\"";

  void append(std::string_view text) { text_.append(text); }

  void flush(const Sink& sink) {
    written_.bytes += text_.size();
    sink(text_);
    text_.clear();
  }

  // "2016-01-01 07:00:00 +0200": the export's offset, summer and winter.
  static void append_date(std::string& to, Instant at) {
    const Instant local = at + std::chrono::hours{2};
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date{day};
    const auto second = std::chrono::duration_cast<std::chrono::seconds>(local - day).count();
    fmt::format_to(std::back_inserter(to), "{:04}-{:02}-{:02} {:02}:{:02}:{:02} +0200", static_cast<int>(date.year()),
                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), second / 3600,
                   second / 60 % 60, second % 60);
  }

  void append_dates(Instant start, Instant end) {
    append("\" creationDate=\"");
    append_date(text_, end + std::chrono::seconds{30});
    append("\" startDate=\"");
    append_date(text_, start);
    append("\" endDate=\"");
    append_date(text_, end);
  }

  // Leaves the tag open: ends before "/>" or ">".
  void record(std::string_view type, std::string_view source, std::string_view unit, Instant start, Instant end,
              std::string_view value) {
    append(" <Record type=\"HK");
    append(type);
    append("\" ");
    append(source);
    append(" unit=\"");
    append(unit);
    append_dates(start, end);
    append("\" value=\"");
    append(value);
    append("\"");
  }

  Instant at(std::int64_t seconds) const { return Instant{day_} + std::chrono::seconds{seconds}; }

  void one_day() {
    night();
    for (std::int64_t second = 0; second < 86'400; second += 240 + static_cast<std::int64_t>(random_.below(120))) {
      record("QuantityTypeIdentifierHeartRate", watch_, "count/min", at(second), at(second),
             std::to_string(50 + random_.below(90)));
      append(">\n  <MetadataEntry key=\"HKMetadataKeyHeartRateMotionContext\" value=\"0\"/>\n </Record>\n");
      ++written_.heart_rate_records;
    }
    for (std::int64_t second = 25'200; second < 79'200; second += 600) {
      record("QuantityTypeIdentifierActiveEnergyBurned", watch_, "kcal", at(second), at(second + 600),
             fmt::format("{:.3f}", 5 + 30 * random_.unit()));
      append("/>\n");
      if (random_.below(3) == 0) continue;
      for (const std::string_view source : {watch_, phone_}) {
        const auto count = 1 + random_.below(900);
        const std::int64_t from = second + static_cast<std::int64_t>(random_.below(60));
        record("QuantityTypeIdentifierStepCount", source, "count", at(from), at(from + 500), std::to_string(count));
        append("/>\n");
        record("QuantityTypeIdentifierDistanceWalkingRunning", source, "km", at(from), at(from + 500),
               fmt::format("{:.5f}", static_cast<double>(count) * 0.00072));
        append("/>\n");
        ++written_.steps_records;
        written_.steps += static_cast<double>(count);
      }
    }
    record("QuantityTypeIdentifierBodyMass", phone_, "kg", at(25'300), at(25'300),
           fmt::format("{:.1f}", 70 + 5 * random_.unit()));
    append("/>\n");
    variability();
    if (random_.below(3) == 0) workout();
  }

  void night() {
    constexpr std::array stages = {"AsleepCore", "AsleepDeep", "AsleepCore", "AsleepREM", "Awake"};
    std::int64_t second = 0;
    for (int i = 0; i < 20; ++i) {
      const auto length = 300 + 60 * static_cast<std::int64_t>(random_.below(30));
      append(" <Record type=\"HKCategoryTypeIdentifierSleepAnalysis\" ");
      append(watch_);
      append(" sourceRevision=\"1");  // keeps the shape of the other records
      append_dates(at(second), at(second + length));
      append("\" value=\"HKCategoryValueSleepAnalysis");
      append(stages[static_cast<std::size_t>(i) % stages.size()]);
      append("\">\n  <MetadataEntry key=\"HKTimeZone\" value=\"Europe/Berlin\"/>\n </Record>\n");
      second += length;
    }
    ++written_.nights;
  }

  void variability() {
    record("QuantityTypeIdentifierHeartRateVariabilitySDNN", watch_, "ms", at(10'000), at(10'060),
           fmt::format("{:.4f}", 20 + 60 * random_.unit()));
    append(">\n  <HeartRateVariabilityMetadataList>\n");
    for (int i = 0; i < 50; ++i) {
      append(fmt::format("   <InstantaneousBeatsPerMinute bpm=\"{}\" time=\"2:46:{:02}.{:02} AM\"/>\n",
                         50 + random_.below(20), i, random_.below(100)));
    }
    append("  </HeartRateVariabilityMetadataList>\n </Record>\n");
  }

  void workout() {
    const Instant start = at(61'200);
    const Instant end = at(64'200);
    append(" <Workout workoutActivityType=\"HKWorkoutActivityTypeRunning\" duration=\"50.0\" durationUnit=\"min\" ");
    append(watch_.substr(0, watch_.size() - 1));
    append_dates(start, end);
    append(
        "\">\n  <MetadataEntry key=\"HKTimeZone\" value=\"Europe/Berlin\"/>\n  <WorkoutStatistics "
        "type=\"HKQuantityTypeIdentifierDistanceWalkingRunning\" sum=\"");
    append(fmt::format("{:.4f}", 5 + 5 * random_.unit()));
    append("\" unit=\"km\"/>\n </Workout>\n");
    ++written_.workouts;
  }

  Random random_;
  std::chrono::sys_days day_{};
  std::string text_;
  Written written_;
};

}  // namespace syncwell::providers::apple_health
