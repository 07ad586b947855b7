#include "providers/track/sport_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncwell::providers::track {
namespace {

using model::Sport;

TEST(SportText, TakesTheTextsInUse) {
  EXPECT_EQ(sport_from_text("running"), Sport::running);
  EXPECT_EQ(sport_from_text("Run"), Sport::running);
  EXPECT_EQ(sport_from_text("9"), Sport::running);
  EXPECT_EQ(sport_from_text("1"), Sport::cycling);
  EXPECT_EQ(sport_from_text("Biking"), Sport::cycling);
  EXPECT_EQ(sport_from_text("Trail Running"), Sport::trail_running);
  EXPECT_EQ(sport_from_text("E-Bike Ride"), Sport::e_biking);
  EXPECT_EQ(sport_from_text("Other"), Sport::other);
}

TEST(SportText, EveryNameOfTheModelIsUnderstood) {
  for (int i = 0; i <= static_cast<int>(Sport::driving); ++i) {
    const auto sport = static_cast<Sport>(i);
    EXPECT_EQ(sport_from_text(model::name_of(sport)), sport) << model::name_of(sport);
  }
}

TEST(SportText, FreeTextIsNoSport) {
  for (const char* text : {"", "...", "the category", "jkljkl", "99", "r\xC3\xBCn"}) {
    EXPECT_EQ(sport_from_text(text), std::nullopt) << text;
  }
  EXPECT_EQ(sport_from_text(std::string(1'000'000, 'r')), std::nullopt);
}

TEST(SportText, FamiliesAreWhatTcxKnows) {
  EXPECT_EQ(family_of(Sport::treadmill_running), SportFamily::running);
  EXPECT_EQ(family_of(Sport::virtual_cycling), SportFamily::cycling);
  EXPECT_EQ(family_of(Sport::walking), SportFamily::other);
}

}  // namespace
}  // namespace syncwell::providers::track
