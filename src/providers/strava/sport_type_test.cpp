#include "providers/strava/sport_type.hpp"

#include <gtest/gtest.h>

namespace syncwell::providers::strava {
namespace {

using model::Sport;

TEST(StravaSportType, SportsComeBack) {
  int kept = 0;
  for (int i = 0; i <= static_cast<int>(Sport::driving); ++i) {
    const auto sport = static_cast<Sport>(i);
    const auto strava = strava_sport_of(sport);
    const auto back = sport_of(strava.sport_type, strava.trainer);
    kept += back == sport ? 1 : 0;
    if (back != sport) {
      EXPECT_TRUE(back == Sport::other || back == Sport::swimming) << model::name_of(sport);
    }
  }
  EXPECT_GE(kept, 40);
}

TEST(StravaSportType, TheTrainerFlagTellsIndoorsFromOutdoors) {
  EXPECT_EQ(sport_of("Run", false), Sport::running);
  EXPECT_EQ(sport_of("Run", true), Sport::treadmill_running);
  EXPECT_EQ(sport_of("Ride", true), Sport::indoor_cycling);
  EXPECT_EQ(sport_of("VirtualRide", true), Sport::virtual_cycling);
  EXPECT_EQ(sport_of("Yoga", true), Sport::yoga);
  EXPECT_TRUE(strava_sport_of(Sport::treadmill_running).trainer);
  EXPECT_FALSE(strava_sport_of(Sport::running).trainer);
}

TEST(StravaSportType, UnknownWordsAreOther) {
  EXPECT_EQ(sport_of("Padel", false), Sport::other);
  EXPECT_EQ(sport_of("", true), Sport::other);
  EXPECT_EQ(strava_sport_of(Sport::other).sport_type, "Workout");
  EXPECT_EQ(strava_sport_of(Sport::driving).sport_type, "Workout");
}

}  // namespace
}  // namespace syncwell::providers::strava
