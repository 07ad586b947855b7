#include "model/data_type.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace syncwell::model {
namespace {

TEST(DataType, EveryNameReadsBackAsItsType) {
  std::set<std::string_view> names;
  for (const DataType type : all_data_types) {
    EXPECT_EQ(parse_data_type(name_of(type)), type) << name_of(type);
    names.insert(name_of(type));
  }
  EXPECT_EQ(names.size(), all_data_types.size());
}

TEST(DataType, TakesHyphensCapitalsAndOpenMhealthNames) {
  EXPECT_EQ(parse_data_type("Heart-Rate"), DataType::heart_rate);
  EXPECT_EQ(parse_data_type("step-count"), DataType::steps);
  EXPECT_EQ(parse_data_type("step_count"), DataType::steps);
  EXPECT_EQ(parse_data_type("body-weight"), DataType::weight);
  EXPECT_EQ(parse_data_type("body_fat_percentage"), DataType::body_fat);
  EXPECT_EQ(parse_data_type("physical-activity"), DataType::workout);
  EXPECT_EQ(parse_data_type("Workouts"), DataType::workout);
  EXPECT_EQ(parse_data_type("sleep-episode"), DataType::sleep);
}

TEST(DataType, RefusesWhatItDoesNotKnow) {
  for (const char* name : {"", "step", "steps ", "heart rate", "heartrates", "\xff", "steps\n"}) {
    EXPECT_EQ(parse_data_type(name), std::nullopt) << name;
  }
  EXPECT_EQ(parse_data_type(std::string_view("steps\0", 6)), std::nullopt);
}

TEST(DataType, OnlySessionsHaveNoUnit) {
  for (const DataType type : all_data_types) EXPECT_EQ(unit_of(type).empty(), is_session(type)) << name_of(type);
  EXPECT_EQ(unit_of(DataType::weight), "kg");
  EXPECT_EQ(unit_of(DataType::active_energy), "kcal");
}

TEST(DataType, TheListForPeopleNamesEveryType) {
  const std::string list = data_type_list();
  EXPECT_THAT(list, testing::StartsWith("steps, distance, "));
  for (const DataType type : all_data_types) EXPECT_THAT(list, testing::HasSubstr(std::string(name_of(type))));
}

}  // namespace
}  // namespace syncwell::model
