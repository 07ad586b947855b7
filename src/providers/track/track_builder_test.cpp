#include "providers/track/track_builder.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

namespace syncwell::providers::track {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Instant start{std::chrono::sys_days{std::chrono::year{2026} / 5 / 1}};

TrackPoint at(int second, std::optional<Position> position = {}, std::optional<float> altitude_m = {}) {
  return {.at = start + seconds{second}, .position = position, .altitude_m = altitude_m};
}

Segment segment(std::vector<TrackPoint> points, Break before = Break::gap) { return {std::move(points), before}; }

AssembledTrack build(std::vector<Segment> segments, InferStops infer_stops = InferStops::no) {
  Findings findings;
  return assemble(std::move(segments), findings, infer_stops);
}

TEST(TrackBuilder, DistanceIsTheGreatCircle) {
  EXPECT_NEAR(distance_between_m({0, 0}, {0, 1}), 111195.08, 0.01);
  EXPECT_NEAR(distance_between_m({52.5200, 13.4050}, {48.1374, 11.5755}), 504'300, 500);  // Berlin – Munich
  EXPECT_EQ(distance_between_m({1, 2}, {1, 2}), 0);
  EXPECT_NEAR(distance_between_m({10, 179.9995}, {10, -179.9995}), 109.5, 0.1);  // across the date line
  EXPECT_NEAR(distance_between_m({90, 0}, {-90, 0}), 20'015'115, 1);
}

TEST(TrackBuilder, NothingComesFromNothing) {
  EXPECT_EQ(build({}).points, 0U);
  EXPECT_EQ(build({segment({}), segment({})}).points, 0U);
  const auto one = build({segment({at(5, Position{1, 2})})});
  EXPECT_EQ(one.points, 1U);
  EXPECT_EQ(one.start, one.end);
  EXPECT_EQ(one.distance_m, std::nullopt);
}

TEST(TrackBuilder, NoiseIsNoClimb) {
  std::vector<TrackPoint> flat;
  for (int i = 0; i < 1000; ++i) flat.push_back(at(i, {}, i % 2 == 0 ? 100.0F : 102.5F));
  EXPECT_EQ(build({segment(flat)}).elevation_gain_m, 0);
  std::vector<TrackPoint> slope;
  for (int i = 0; i <= 1000; ++i) slope.push_back(at(i, {}, 100.0F + 0.25F * static_cast<float>(i)));
  EXPECT_NEAR(build({segment(slope)}).elevation_gain_m.value_or(0), 250, climb_threshold_m);
  EXPECT_EQ(build({segment({at(0, {}, 100.0F), at(1, {}, 50.0F), at(2, {}, 60.0F)})}).elevation_gain_m, 10);
  EXPECT_EQ(build({segment({at(0, {}, 100.0F), at(1)})}).elevation_gain_m, std::nullopt);
}

TEST(TrackBuilder, ALiftDuringAPauseIsNoClimb) {
  const auto track = build({segment({at(0, Position{1, 1}, 100.0F), at(1, Position{1, 1}, 100.0F)}),
                            segment({at(600, Position{2, 1}, 900.0F), at(601, Position{2, 1}, 900.0F)})});
  EXPECT_EQ(track.elevation_gain_m, 0);
  EXPECT_EQ(track.distance_m, 0);
}

TEST(TrackBuilder, BreaksBecomePausesAsTheSourceMeansThem) {
  const std::vector<TrackPoint> early = {at(0), at(10)};
  EXPECT_EQ(build({segment(early), segment({at(14)})}).pauses.size(), 0U);
  EXPECT_EQ(build({segment(early), segment({at(15)})}).pauses.size(), 1U);
  EXPECT_EQ(build({segment(early), segment({at(11)}, Break::stopped)}).pauses.size(), 1U);
  EXPECT_EQ(build({segment(early), segment({at(10)}, Break::stopped)}).pauses.size(), 0U);
  EXPECT_EQ(build({segment(early), segment({at(600)}, Break::none)}).pauses.size(), 0U);
}

TEST(TrackBuilder, SegmentsMayComeInAnyOrderAndOverlap) {
  Findings findings;
  const auto track = assemble({segment({at(100), at(110)}), segment({at(0), at(50)}), segment({at(40), at(60)})},
                              findings, InferStops::no);
  EXPECT_EQ(track.start, start);
  EXPECT_EQ(track.end, start + seconds{110});
  ASSERT_EQ(track.pauses.size(), 1U);
  EXPECT_EQ(track.pauses[0].start, start + seconds{60});
}

TEST(TrackBuilder, OnlyARecorderOfEverySecondIsHeldToItsBeat) {
  const auto pauses = [](int beat_s, int hole_s, int count) {
    std::vector<TrackPoint> points;
    for (int i = 0; i < count; ++i) points.push_back(at(i * beat_s + (i >= count / 2 ? hole_s : 0)));
    return build({segment(std::move(points))}, InferStops::yes).pauses.size();
  };
  EXPECT_EQ(pauses(1, 30, 40), 1U);
  EXPECT_EQ(pauses(1, 5, 40), 0U);    // a few lost points
  EXPECT_EQ(pauses(1, 30, 20), 0U);   // too few to tell
  EXPECT_EQ(pauses(5, 300, 40), 0U);  // a recorder that waits for movement
}

TEST(TrackBuilder, PausedTimeIsCountedWithinARange) {
  const std::vector<model::Pause> pauses = {{start, start + seconds{10}}, {start + seconds{20}, start + seconds{30}}};
  EXPECT_EQ(paused_in(pauses, start, start + seconds{40}), seconds{20});
  EXPECT_EQ(paused_in(pauses, start + seconds{5}, start + seconds{25}), seconds{10});
  EXPECT_EQ(paused_in(pauses, start + seconds{12}, start + seconds{15}), seconds{0});
}

// CON-6: whatever comes in, what goes out is sorted, without repetition, and loses no time.
RC_GTEST_PROP(TrackBuilder, TimesAreSortedAndUnique, ()) {
  std::vector<Segment> segments;
  std::set<Instant> times;
  for (int count = *rc::gen::inRange(1, 6); count > 0; --count) {
    Segment part;
    for (int points = *rc::gen::inRange(0, 30); points > 0; --points) {
      part.points.push_back(at(*rc::gen::inRange(0, 100), Position{1, 1}));
      times.insert(part.points.back().at);
    }
    part.before = static_cast<Break>(*rc::gen::inRange(0, 3));
    segments.push_back(std::move(part));
  }
  const auto track = build(std::move(segments), *rc::gen::element(InferStops::no, InferStops::yes));
  RC_ASSERT(track.points == times.size());
  RC_ASSERT(track.route.size() == times.size());
  RC_ASSERT(std::ranges::is_sorted(track.route, std::less{}, &model::RoutePoint::at));
  for (std::size_t i = 1; i < track.pauses.size(); ++i) RC_ASSERT(track.pauses[i - 1].end <= track.pauses[i].start);
  if (!times.empty()) RC_ASSERT(paused_in(track.pauses, track.start, track.end) <= track.end - track.start);
}

}  // namespace
}  // namespace syncwell::providers::track
