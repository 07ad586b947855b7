#include "app/distribution.hpp"

#include <gtest/gtest.h>
#include <prometheus/histogram.h>

#include <limits>

namespace syncwell::app {
namespace {

Distribution distribution_of(const std::vector<double>& observations) {
  prometheus::Histogram histogram(prometheus::Histogram::BucketBoundaries{1, 2, 4});
  for (const double each : observations) histogram.Observe(each);
  return Distribution(histogram.Collect().histogram);
}

TEST(Distribution, InterpolatesWithinTheBucket) {  // OBS: percentiles
  const auto even = distribution_of({1.2, 1.4, 1.6, 1.8});
  EXPECT_EQ(even.count(), 4U);
  EXPECT_DOUBLE_EQ(even.percentile(0.5).value(), 1.5);
  EXPECT_DOUBLE_EQ(even.percentile(1).value(), 2);
  const auto mixed = distribution_of({0.5, 0.5, 3, 3});
  EXPECT_DOUBLE_EQ(mixed.percentile(0.25).value(), 0.5);
  EXPECT_DOUBLE_EQ(mixed.percentile(0.5).value(), 1);
  EXPECT_DOUBLE_EQ(mixed.percentile(0.75).value(), 3) << "the empty bucket between them holds nothing";
  EXPECT_DOUBLE_EQ(mixed.percentile(0).value(), 0);
}

TEST(Distribution, SaysNothingOfNothingAndNoMoreThanItKnows) {
  EXPECT_EQ(Distribution().percentile(0.5), std::nullopt);
  EXPECT_EQ(distribution_of({}).percentile(0.5), std::nullopt);
  EXPECT_DOUBLE_EQ(distribution_of({100, 200}).percentile(0.5).value(), 4);
}

TEST(Distribution, TellsWhatCameSince) {
  const auto earlier = distribution_of({0.5, 3});
  const auto later = distribution_of({0.5, 3, 1.5, 1.5});
  const auto between = later.since(earlier);
  EXPECT_EQ(between.count(), 2U);
  EXPECT_DOUBLE_EQ(between.percentile(1).value(), 2);
  EXPECT_EQ(later.since(Distribution()).count(), 4U) << "there was none before";
  EXPECT_EQ(earlier.since(later).count(), 0U);
}

TEST(Distribution, AddsUp) {
  Distribution all;
  all.add(distribution_of({0.5}));
  all.add(distribution_of({1.5, 3}));
  EXPECT_EQ(all.count(), 3U);
  EXPECT_DOUBLE_EQ(all.percentile(1).value(), 4);
}

}  // namespace
}  // namespace syncwell::app
