#include "sandbox/demo_account.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view zone = "Europe/Berlin";
constexpr std::uint64_t demo_seed = 20'260'328;

std::string offset_text(Instant at) {
  return fmt::format("{}s", offset_in_zone(zone, at).value_or(UtcOffset{3600s}).east.count());
}

json::object interval_of(Instant start, Instant end) {
  return {{"startTime", format_rfc3339(start)},
          {"startUtcOffset", offset_text(start)},
          {"endTime", format_rfc3339(end)},
          {"endUtcOffset", offset_text(end)}};
}

json::object sample_time_of(Instant at) {
  return {{"physicalTime", format_rfc3339(at)}, {"utcOffset", offset_text(at)}};
}

json::object watch() {
  return {{"recordingMethod", "PASSIVELY_MEASURED"},
          {"device", {{"formFactor", "WATCH"}, {"manufacturer", "Google"}, {"displayName", "Pixel Watch 3"}}},
          {"platform", "FITBIT"}};
}

json::object phone() {
  return {{"recordingMethod", "PASSIVELY_MEASURED"},
          {"device", {{"formFactor", "PHONE"}, {"manufacturer", "Google"}, {"displayName", "Pixel 9"}}},
          {"application", {{"packageName", "com.google.android.apps.fitness"}}},
          {"platform", "HEALTH_CONNECT"}};
}

json::object scale() {
  return {{"recordingMethod", "ACTIVELY_MEASURED"},
          {"device", {{"formFactor", "SCALE"}, {"manufacturer", "Fitbit"}, {"displayName", "Aria Air"}}},
          {"platform", "FITBIT"}};
}

double tenths(double value) { return std::round(value * 10) / 10; }

// One local day, from its midnight. Its own Random, so that a day is the same in every range that holds it.
class Day {
 public:
  explicit Day(std::chrono::sys_days date)
      : date_(date), random_(demo_seed + static_cast<std::uint64_t>(date.time_since_epoch().count())) {
    const Instant guess{date};
    midnight_ = guess - offset_in_zone(zone, guess).value_or(UtcOffset{3600s}).east;
  }

  void add_to(json::array& points) {
    add_movement(points);
    add_heart(points);
    add_daily(points);
    add_weight(points);
    add_exercise(points);
  }

  void add_night_to(json::array& points, SleepPass pass) {
    Random random(random_.next() ^ 7);
    const Instant start = midnight_ - 75min + std::chrono::minutes{random.below(60)};
    const Instant end = start + 7h + std::chrono::minutes{random.below(80)};
    json::array stages;
    Instant at = start;
    constexpr std::array classic = {"ASLEEP", "RESTLESS", "ASLEEP", "AWAKE"};
    constexpr std::array staged = {"LIGHT", "DEEP", "LIGHT", "REM", "AWAKE"};
    Duration awake{0};
    for (std::size_t i = 0; at < end; ++i) {
      const std::string_view type = pass == SleepPass::first_classic ? classic[i % 4] : staged[i % 5];
      const bool short_one = type == "AWAKE" || type == "RESTLESS";
      Instant next = at + std::chrono::minutes{short_one ? 3 + random.below(7) : 20 + random.below(50)};
      if (next + 15min > end) next = end;
      json::object stage = interval_of(at, next);
      stage.emplace("type", type);
      stages.push_back(std::move(stage));
      if (short_one) awake += next - at;
      at = next;
    }
    const auto minutes = [](Duration time) {
      return fmt::format("{}", std::chrono::floor<std::chrono::minutes>(time).count());
    };
    const bool processed = pass == SleepPass::second_stages;
    json::object sleep{{"interval", interval_of(start, end)}, {"type", processed ? "STAGES" : "CLASSIC"}};
    sleep.emplace("stages", std::move(stages));
    json::object metadata{{"processed", processed}, {"nap", false}, {"manuallyEdited", false}, {"mainSleep", true}};
    if (processed) metadata.emplace("stagesStatus", "SUCCEEDED");
    sleep.emplace("metadata", std::move(metadata));
    sleep.emplace("summary", json::object{{"minutesInSleepPeriod", minutes(end - start)},
                                          {"minutesAsleep", minutes(end - start - awake)},
                                          {"minutesAwake", minutes(awake)}});
    sleep.emplace("createTime", format_rfc3339(end + 6min));
    sleep.emplace("updateTime", format_rfc3339(end + (processed ? 45min : 6min)));
    put(points, "sleep", "night", watch(), "sleep", std::move(sleep));
  }

 private:
  void put(json::array& points, std::string_view type, std::string_view label, json::object source,
           std::string_view member, json::object payload) const {
    const std::chrono::year_month_day day{date_};
    json::object point{{"name", fmt::format("users/me/dataTypes/{}/dataPoints/demo-{:04}{:02}{:02}-{}", type,
                                            static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                                            static_cast<unsigned>(day.day()), label)},
                       {"dataSource", std::move(source)}};
    point.emplace(json::string_view(member.data(), member.size()), std::move(payload));
    points.push_back(std::move(point));
  }

  // Quarters of an hour between 7 and 22 o'clock; the phone counts some of them too, and less.
  void add_movement(json::array& points) {
    for (int quarter = 28; quarter < 88; ++quarter) {
      if (random_.below(3) == 0) continue;
      const Instant start = midnight_ + quarter * 15min;
      const auto steps = static_cast<std::int64_t>(40 + random_.below(900));
      const auto count = [&](std::int64_t number) {
        return json::object{{"interval", interval_of(start, start + 15min)}, {"count", fmt::format("{}", number)}};
      };
      put(points, "steps", fmt::format("w{:02}", quarter), watch(), "steps", count(steps));
      if (quarter % 5 == 0) {
        put(points, "steps", fmt::format("p{:02}", quarter), phone(), "steps", count(steps * 9 / 10));
      }
      put(points, "distance", fmt::format("w{:02}", quarter), watch(), "distance",
          {{"interval", interval_of(start, start + 15min)}, {"millimeters", fmt::format("{}", steps * 740)}});
      if (quarter % 11 == 0) {
        put(points, "floors", fmt::format("w{:02}", quarter), watch(), "floors",
            count(static_cast<std::int64_t>(1 + random_.below(4))));
      }
    }
  }

  void add_heart(json::array& points) {
    for (int hour = 0; hour < 24; ++hour) {
      const Instant at = midnight_ + std::chrono::hours{hour} + std::chrono::minutes{random_.below(60)};
      const std::uint64_t base = hour < 7 ? 52 : 68;
      put(points, "heart-rate", fmt::format("h{:02}", hour), watch(), "heartRate",
          {{"sampleTime", sample_time_of(at)}, {"beatsPerMinute", fmt::format("{}", base + random_.below(24))}});
      if (hour >= 1 && hour < 6) {
        put(points, "heart-rate-variability", fmt::format("h{:02}", hour), watch(), "heartRateVariability",
            {{"sampleTime", sample_time_of(at)},
             {"rootMeanSquareOfSuccessiveDifferencesMilliseconds", tenths(28 + random_.unit() * 30)}});
        put(points, "oxygen-saturation", fmt::format("h{:02}", hour), watch(), "oxygenSaturation",
            {{"sampleTime", sample_time_of(at)}, {"percentage", tenths(94.5 + random_.unit() * 4)}});
      }
    }
  }

  void add_daily(json::array& points) {
    const std::chrono::year_month_day day{date_};
    const json::object date{{"year", static_cast<int>(day.year())},
                            {"month", static_cast<int>(static_cast<unsigned>(day.month()))},
                            {"day", static_cast<int>(static_cast<unsigned>(day.day()))}};
    put(points, "daily-resting-heart-rate", "rest", watch(), "dailyRestingHeartRate",
        {{"date", date},
         {"beatsPerMinute", fmt::format("{}", 54 + random_.below(6))},
         {"dailyRestingHeartRateMetadata", {{"calculationMethod", "WITH_SLEEP"}}}});
    put(points, "daily-heart-rate-variability", "hrv", watch(), "dailyHeartRateVariability",
        {{"date", date}, {"averageHeartRateVariabilityMilliseconds", tenths(34 + random_.unit() * 12)}});
    put(points, "daily-oxygen-saturation", "spo2", watch(), "dailyOxygenSaturation",
        {{"date", date},
         {"averagePercentage", tenths(96 + random_.unit() * 2)},
         {"lowerBoundPercentage", 94.5},
         {"upperBoundPercentage", 98.5}});
  }

  void add_weight(json::array& points) {
    const Instant at = midnight_ + 7h + std::chrono::minutes{random_.below(40)};
    put(points, "weight", "morning", scale(), "weight",
        {{"sampleTime", sample_time_of(at)}, {"weightGrams", std::round(78'000 + random_.unit() * 1'200)}});
    put(points, "body-fat", "morning", scale(), "bodyFat",
        {{"sampleTime", sample_time_of(at)}, {"percentage", tenths(19 + random_.unit())}});
  }

  // A run or a walk on every second day.
  void add_exercise(json::array& points) {
    if (date_.time_since_epoch().count() % 2 != 0) return;
    const bool run = random_.below(2) == 0;
    const Instant start = midnight_ + 17h + std::chrono::minutes{30 + random_.below(60)};
    const std::chrono::minutes length{30 + random_.below(35)};
    const double distance_mm = static_cast<double>(length.count()) * (run ? 168'000 : 92'000);
    put(points, "exercise", "evening", watch(), "exercise",
        {{"interval", interval_of(start, start + length)},
         {"exerciseType", run ? "RUNNING" : "WALKING"},
         {"displayName", run ? "Run" : "Walk"},
         {"activeDuration", fmt::format("{}s", std::chrono::seconds{length}.count())},
         {"metricsSummary",
          {{"caloriesKcal", tenths(static_cast<double>(length.count()) * (run ? 11.2 : 5.1))},
           {"distanceMillimeters", distance_mm},
           {"steps", fmt::format("{}", length.count() * (run ? 165 : 112))},
           {"averageHeartRateBeatsPerMinute", fmt::format("{}", (run ? 142 : 104) + random_.below(12))}}},
         {"createTime", format_rfc3339(start + length + 2min)},
         {"updateTime", format_rfc3339(start + length + 2min)}});
  }

  std::chrono::sys_days date_;
  Instant midnight_{};
  Random random_;
};

template <class Action>
void for_each_day(Instant until, int days, Action action) {
  const auto last = std::chrono::floor<std::chrono::days>(until);
  const int count = std::clamp(days, 0, max_demo_days);
  for (int back = count; back > 0; --back) action(last - std::chrono::days{back});
}

}  // namespace

json::object demo_data(Instant until, int days) {
  json::object data = demo_sleep(until, days, SleepPass::first_classic);
  json::array& points = data.at("dataPoints").as_array();
  for_each_day(until, days, [&points](std::chrono::sys_days date) { Day(date).add_to(points); });
  data.emplace("settings", json::object{{"timeZone", zone}});
  return data;
}

json::object demo_sleep(Instant until, int days, SleepPass pass) {
  json::array points;
  for_each_day(until, days, [&](std::chrono::sys_days date) { Day(date).add_night_to(points, pass); });
  return {{"dataPoints", std::move(points)}};
}

}  // namespace syncwell::sandbox
