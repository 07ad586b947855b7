#include "app/history.hpp"

#include <gtest/gtest.h>
#include <prometheus/histogram.h>

#include <boost/json.hpp>

namespace syncwell::app {
namespace {

namespace json = boost::json;

const Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}};

Distribution seconds(std::size_t count, double each) {
  prometheus::Histogram histogram(prometheus::Histogram::BucketBoundaries{1, 2, 4});
  for (std::size_t i = 0; i < count; ++i) histogram.Observe(each);
  return Distribution(histogram.Collect().histogram);
}

HistorySample sample(std::int64_t number) {
  HistorySample taken;
  taken.at = start + number * history_step;
  taken.jobs_succeeded = static_cast<std::uint64_t>(number) * 20;
  return taken;
}

json::array points(const History& history, std::string_view name) {
  const auto series = history.series();
  for (const auto& each : series.at("series").as_array()) {
    if (each.at("name").as_string() == name) return each.at("points").as_array();
  }
  ADD_FAILURE() << "no series " << name;
  return {};
}

TEST(History, ASeriesHasARateForEveryStep) {  // OBS: the console's curves
  History history;
  history.add(sample(0));
  EXPECT_TRUE(points(history, "jobsSucceeded").empty()) << "one sample is no step";
  history.add(sample(1));
  history.add(sample(2));
  const auto unix_start = start.time_since_epoch().count() / 1000;
  EXPECT_EQ(points(history, "jobsSucceeded"),
            (json::array{json::array{unix_start + 10, 2.0}, json::array{unix_start + 20, 2.0}}));
  EXPECT_EQ(history.series().at("stepSeconds").as_int64(), 10);
}

TEST(History, LevelsAreThoseOfTheMoment) {
  History history;
  history.add(sample(0));
  auto later = sample(1);
  later.queue_visible = 7;
  later.dead_letters = 3;
  later.queue_oldest_age_s = 12.345;
  history.add(later);
  EXPECT_EQ(points(history, "queueVisible").at(0).at(1).as_double(), 7);
  EXPECT_EQ(points(history, "deadLetters").at(0).at(1).as_double(), 3);
  EXPECT_EQ(points(history, "queueOldestAge").at(0).at(1).as_double(), 12.35);
}

TEST(History, APercentileIsThatOfItsStepAndHasNoPointWhereNothingHappened) {
  History history;
  auto first = sample(0);
  first.job_seconds = seconds(100, 3);
  auto second = sample(1);
  second.job_seconds = first.job_seconds;
  auto third = sample(2);
  third.job_seconds = second.job_seconds;
  third.job_seconds.add(seconds(10, 0.5));
  for (const auto& each : {first, second, third}) history.add(each);
  const auto p50 = points(history, "jobP50");
  ASSERT_EQ(p50.size(), 1U);
  EXPECT_EQ(p50.at(0).at(1).as_double(), 500) << "ten observations between 0 and 1 s, whatever came before";
  EXPECT_TRUE(points(history, "apiP95").empty());
}

TEST(History, ProvidersHaveSeriesAndFiguresOfTheirOwn) {
  History history;
  history.add(sample(0));
  auto second = sample(1);
  second.providers["strava"] = {.calls = 100, .errors = 5, .seconds = seconds(100, 1.5)};
  history.add(second);
  auto third = sample(2);
  third.providers["strava"] = {.calls = 110, .errors = 15, .seconds = second.providers["strava"].seconds};
  history.add(third);
  const auto errors = points(history, "providerErrors/strava");
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors.at(0).at(1).as_double(), 0.5);
  EXPECT_EQ(errors.at(1).at(1).as_double(), 1);
  EXPECT_EQ(points(history, "providerP95/strava").size(), 1U);
  const auto figures = history.of("strava");
  EXPECT_EQ(figures.calls, 110U);
  EXPECT_EQ(figures.errors, 15U);
  EXPECT_DOUBLE_EQ(figures.p50_ms.value(), 1500);
  EXPECT_EQ(history.of("nobody").calls, 0U);
  EXPECT_EQ(history.of("nobody").p95_ms, std::nullopt);
  EXPECT_EQ(History().of("strava").calls, 0U);
}

TEST(History, OnePointOrProviderTooManyGoes) {  // named maxima
  History history;
  for (std::int64_t i = 0; i <= static_cast<std::int64_t>(max_history_points); ++i) history.add(sample(i));
  EXPECT_EQ(points(history, "jobsSucceeded").size(), max_history_points);
  const auto oldest = points(history, "jobsSucceeded").at(0);
  auto last = sample(static_cast<std::int64_t>(max_history_points) + 1);
  for (std::size_t i = 0; i <= max_history_providers; ++i)
    last.providers["p" + std::to_string(100 + i)] = {.calls = 1, .errors = 1, .seconds = {}};
  history.add(last);
  EXPECT_EQ(points(history, "jobsSucceeded").size(), max_history_points);
  EXPECT_NE(points(history, "jobsSucceeded").at(0), oldest);
  EXPECT_EQ(history.of("p100").calls, 1U);
  EXPECT_EQ(history.of("p" + std::to_string(100 + max_history_providers)).calls, 0U);
}

}  // namespace
}  // namespace syncwell::app
