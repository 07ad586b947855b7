#include "providers/google_health/exercise_type.hpp"

#include <gtest/gtest.h>

namespace syncwell::providers::google_health {
namespace {

using model::Sport;

TEST(ExerciseType, EverySportThatGoogleNamesComesBack) {
  int kept = 0;
  for (int i = 0; i <= static_cast<int>(Sport::driving); ++i) {
    const auto sport = static_cast<Sport>(i);
    const auto back = sport_of(exercise_type_of(sport));
    if (back == sport)
      ++kept;
    else
      EXPECT_TRUE(back == Sport::other || back == Sport::cycling || back == Sport::indoor_cycling ||
                  back == Sport::alpine_skiing)
          << model::name_of(sport);
  }
  EXPECT_GE(kept, 50);
}

TEST(ExerciseType, WordsThatAreNewAreOther) {
  EXPECT_EQ(sport_of("UNDERWATER_CHESS"), Sport::other);
  EXPECT_EQ(sport_of(""), Sport::other);
  EXPECT_EQ(sport_of("EXERCISE_TYPE_UNSPECIFIED"), Sport::other);
  EXPECT_EQ(exercise_type_of(Sport::other), "OTHER");
  EXPECT_EQ(exercise_type_of(Sport::driving), "OTHER");
}

TEST(ExerciseType, RelatedWordsFoldIntoOneSport) {
  EXPECT_EQ(sport_of("SPINNING"), Sport::indoor_cycling);
  EXPECT_EQ(sport_of("TREADMILL"), Sport::treadmill_running);
  EXPECT_EQ(sport_of("YOGA_VINYASA"), Sport::yoga);
}

}  // namespace
}  // namespace syncwell::providers::google_health
