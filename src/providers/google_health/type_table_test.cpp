#include "providers/google_health/type_table.hpp"

#include <gtest/gtest.h>

#include <set>

#include "providers/provider.hpp"

namespace syncwell::providers::google_health {
namespace {

using model::DataType;

TimeRange range(const char* start, const char* end) { return {parse_rfc3339(start)->at, parse_rfc3339(end)->at}; }
const TimeRange morning = range("2026-03-28T06:00:00Z", "2026-03-28T12:00:00Z");

TEST(GoogleTypeTable, HasARowPerDataType) {
  for (const DataType type : model::all_data_types) EXPECT_EQ(row_of(type).type, type);
}

TEST(GoogleTypeTable, AsksEachTypeByTheOneMemberThatItsFilterTakes) {  // another member is a 400
  EXPECT_EQ(filter_for(row_of(DataType::steps), morning),
            "steps.interval.start_time >= \"2026-03-28T05:00:00Z\" AND "
            "steps.interval.start_time < \"2026-03-28T12:00:00Z\"");
  EXPECT_EQ(filter_for(row_of(DataType::heart_rate), morning),
            "heart_rate.sample_time.physical_time >= \"2026-03-28T06:00:00Z\" AND "
            "heart_rate.sample_time.physical_time < \"2026-03-28T12:00:00Z\"");
  EXPECT_EQ(
      filter_for(row_of(DataType::sleep), morning),
      "sleep.interval.end_time >= \"2026-03-28T06:00:00Z\" AND sleep.interval.end_time < \"2026-03-29T12:00:00Z\"");
  EXPECT_EQ(filter_for(row_of(DataType::workout), morning),
            "exercise.interval.civil_start_time >= \"2026-03-26T12:00:00\" AND "
            "exercise.interval.civil_start_time < \"2026-03-29T06:00:01\"");
  EXPECT_EQ(filter_for(row_of(DataType::resting_heart_rate), morning),
            "daily_resting_heart_rate.date >= \"2026-03-26\" AND daily_resting_heart_rate.date < \"2026-03-30\"");
}

TEST(GoogleTypeTable, FilterFieldsAreSnakeCaseOfTheCollection) {
  for (const TypeRow& row : all_rows()) {
    std::string snake(row.collection);
    for (char& c : snake) c = c == '-' ? '_' : c;
    EXPECT_TRUE(row.filter_field.starts_with(snake + ".")) << row.collection;
  }
}

TEST(GoogleTypeTable, TheWholeCalendarCanBeAskedFor) {
  for (const TypeRow& row : all_rows()) {
    const auto filter = filter_for(row, {min_instant, max_instant});
    EXPECT_NE(filter.find("\"1900-01-01"), std::string::npos) << filter;
    EXPECT_NE(filter.find("\"2200-01-01"), std::string::npos) << filter;
  }
}

TEST(GoogleTypeTable, PagesFitAndSessionsStayAtTheirMaximum) {
  for (const TypeRow& row : all_rows()) EXPECT_LE(row.page_size, max_page_records);
  EXPECT_EQ(row_of(DataType::sleep).page_size, 25u);
  EXPECT_EQ(row_of(DataType::workout).page_size, 25u);
}

TEST(GoogleTypeTable, WritesOnlyWhatCanBeIdentified) {  // PROV-7
  std::set<DataType> writable;
  for (const TypeRow& row : all_rows()) {
    if (row.writable) writable.insert(row.type);
  }
  EXPECT_EQ(writable, (std::set{DataType::workout, DataType::sleep, DataType::weight, DataType::body_fat}));
}

}  // namespace
}  // namespace syncwell::providers::google_health
