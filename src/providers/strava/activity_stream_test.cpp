#include "providers/strava/activity_stream.hpp"

#include <gtest/gtest.h>

#include "base/virtual_runtime.hpp"
#include "providers/strava/recorded.hpp"
#include "providers/strava/strava_provider.hpp"

namespace syncwell::providers::strava {
namespace {

using namespace std::chrono_literals;

const std::string folder = SYNCWELL_SOURCE_DIR "/tests/data/api/strava/";

Async<Result<std::vector<model::Record>>> read_all(RecordStream& stream, bool& partial) {
  std::vector<model::Record> records;
  while (true) {
    auto page = co_await stream.next();
    if (!page) co_return fail(std::move(page.error()));
    partial = partial || page->partial;
    for (auto& record : page->records) records.push_back(std::move(record));
    if (page->last) co_return records;
  }
}

class ActivityStreamTest : public testing::Test {
 protected:
  Result<std::vector<model::Record>> fetch(bool summary_only = true) {
    StravaProvider provider({"https://strava.test", "https://strava.test", "https://strava.test", "id", "secret"}, {});
    FetchRequest request{model::DataType::workout, range, summary_only};
    auto stream = provider.fetch({http, runtime, Deadline::after(runtime, 60s)}, {}, request);
    EXPECT_TRUE(stream);
    return runtime.run(read_all(**stream, partial));
  }
  static std::string activity(int id, const char* start = "2025-10-18T12:00:00Z", const char* more = "") {
    return R"({"id":)" + std::to_string(id) + R"(,"start_date":")" + start +
           R"(","elapsed_time":600,"sport_type":"Run")" + more + "}";
  }
  VirtualRuntime runtime;
  ScriptedHttpClient http;
  TimeRange range{parse_rfc3339("2025-10-01T00:00:00Z")->at, parse_rfc3339("2025-11-01T00:00:00Z")->at};
  bool partial = false;
};

TEST_F(ActivityStreamTest, PagesUntilAnEmptyList) {  // ALG-3
  const auto recorded = read_recorded(folder + "client_athlete_activities.json")[0].response;
  http.answer(200, recorded.body, recorded.headers).answer(200, "[]");
  const auto records = fetch();
  ASSERT_TRUE(records);
  EXPECT_EQ(records->size(), 12u);  // of 30, those of October
  EXPECT_EQ(http.requests.size(), 2u);
  EXPECT_EQ(http.path(0), "/api/v3/athlete/activities");
  EXPECT_EQ(http.query(0, "after"), "1759190399");   // a day and a second before the range
  EXPECT_EQ(http.query(0, "before"), "1761955201");  // a second after it
  EXPECT_EQ(http.query(0, "page"), "1");
  EXPECT_EQ(http.query(1, "page"), "2");
  EXPECT_EQ(http.query(0, "per_page"), "200");
}

TEST_F(ActivityStreamTest, TakesEitherOrderAndEachActivityOnce) {
  http.answer(200, "[" + activity(2, "2025-10-19T12:00:00Z") + "," + activity(1) + "]")
      .answer(200, "[" + activity(1) + "," + activity(3) + "]")
      .answer(200, "[]");
  const auto records = fetch();
  ASSERT_TRUE(records);
  EXPECT_EQ(records->size(), 3u);
}

TEST_F(ActivityStreamTest, WhatOverlapsBelongs) {  // FetchRequest::range
  http.answer(200, "[" + activity(1, "2025-09-30T23:55:00Z") + "," + activity(2, "2025-09-30T23:50:00Z") + "," +
                       activity(3, "2025-11-01T00:00:00Z") + "," + activity(4, "2025-10-31T23:59:59Z") + "]")
      .answer(200, "[]");
  const auto records = fetch();
  ASSERT_EQ(records->size(), 2u);
  EXPECT_EQ(records->at(0).source_id, "1");
  EXPECT_EQ(records->at(1).source_id, "4");
}

TEST_F(ActivityStreamTest, NothingBefore1970IsAskedFor) {  // it breaks Strava's paging
  range = {min_instant, parse_rfc3339("1969-12-31T00:00:00Z")->at};
  EXPECT_TRUE(fetch()->empty());
  EXPECT_TRUE(http.requests.empty());
  range.end = parse_rfc3339("2025-11-01T00:00:00Z")->at;
  http.answer(200, "[]");
  EXPECT_TRUE(fetch());
  EXPECT_EQ(http.query(0, "after"), "0");
}

TEST_F(ActivityStreamTest, AFullReadHasDetailsAndStreams) {
  http.answer(200, "[" + activity(7) + "]")
      .answer(200, activity(7, "2025-10-18T12:00:00Z", R"(,"calories":377.0,"device_name":"Edge")"))
      .answer(200, R"({"time":{"data":[0,1]},"heartrate":{"data":[120,121]}})")
      .answer(200, "[]");
  const auto records = fetch(false);
  ASSERT_TRUE(records);
  const auto& workout = std::get<model::Workout>(records->at(0).payload);
  EXPECT_EQ(workout.energy_kcal, 377);
  EXPECT_EQ(workout.samples.size(), 2u);
  EXPECT_EQ(http.query(0, "per_page"), "30");
  EXPECT_EQ(http.path(1), "/api/v3/activities/7");
  EXPECT_EQ(http.path(2), "/api/v3/activities/7/streams");
  EXPECT_EQ(http.query(2, "key_by_type"), "true");
  EXPECT_NE(http.query(2, "keys").find("time,latlng"), std::string::npos);
}

TEST_F(ActivityStreamTest, AManualActivityHasNoStreams) {
  http.answer(200, "[" + activity(7) + "]")
      .answer(200, activity(7, "2025-10-18T12:00:00Z", R"(,"manual":true)"))
      .answer(200, "[" + activity(8) + "]")
      .answer(200, activity(8))
      .answer(404, "")
      .answer(200, "[]");
  EXPECT_EQ(fetch(false)->size(), 2u);
  EXPECT_FALSE(partial);
}

TEST_F(ActivityStreamTest, AnActivityThatWasJustAnnouncedIsAskedForAgain) {  // quirk 1
  const auto before = runtime.now();
  http.answer(200, "[" + activity(7) + "]").answer(404, R"({"message":"Record Not Found"})").answer(404, "");
  http.answer(200, activity(7)).answer(200, "{}").answer(200, "[]");
  EXPECT_EQ(fetch(false)->size(), 1u);
  EXPECT_EQ(runtime.now() - before, 3s);
  EXPECT_FALSE(partial);
}

TEST_F(ActivityStreamTest, AnActivityThatIsGoneKeepsItsSummary) {
  http.answer(200, "[" + activity(7) + "]");
  for (int i = 0; i <= not_found_retries; ++i) http.answer(404, "");
  http.answer(200, "[]");
  EXPECT_EQ(fetch(false)->size(), 1u);
  EXPECT_TRUE(partial);
}

TEST_F(ActivityStreamTest, AnotherActivityThanAskedForIsAMappingError) {
  http.answer(200, "[" + activity(7) + "]").answer(200, activity(8));
  EXPECT_EQ(fetch(false).error().code, ErrorCode::mapping);
}

TEST_F(ActivityStreamTest, ErrorsKeepTheirClass) {  // PROV-3
  const auto recorded = read_recorded(folder + "client_authorization_error.json")[0].response;
  http.answer(recorded.status, recorded.body, recorded.headers);
  EXPECT_EQ(fetch().error().code, ErrorCode::unauthenticated);
  for (const auto& [status, code] : std::vector<std::pair<int, ErrorCode>>{
           {403, ErrorCode::forbidden}, {404, ErrorCode::provider_rejected}, {500, ErrorCode::provider_failed}}) {
    http.answer(status, "");
    EXPECT_EQ(fetch().error().code, code);
    http.answer(200, "[" + activity(7) + "]").answer(200, activity(7)).answer(status == 404 ? 400 : status, "");
    EXPECT_EQ(fetch(false).error().code, code);
  }
  for (const auto code : {ErrorCode::timeout, ErrorCode::connection_failed, ErrorCode::cancelled}) {
    http.fail_with(code);
    EXPECT_EQ(fetch().error().code, code);
  }
}

TEST_F(ActivityStreamTest, HostileAnswersAreErrorsOfTheRightClass) {
  const auto page = "[" + activity(1) + "]";
  for (const auto& [body, code] :
       std::vector<std::pair<std::string, ErrorCode>>{{"", ErrorCode::provider_failed},
                                                      {"<html>", ErrorCode::provider_failed},
                                                      {page.substr(0, 20), ErrorCode::provider_failed},
                                                      {std::string(50'000, '['), ErrorCode::provider_failed},
                                                      {"[\"\xff\"]", ErrorCode::provider_failed},
                                                      {"{}", ErrorCode::mapping},
                                                      {"null", ErrorCode::mapping},
                                                      {"[null]", ErrorCode::mapping},
                                                      {"[[]]", ErrorCode::mapping},
                                                      {"5", ErrorCode::mapping}}) {
    http.answer(200, body);
    EXPECT_EQ(fetch().error().code, code) << body.substr(0, 40);
  }
  std::string many = "[";
  for (std::size_t i = 0; i <= max_page_records; ++i) many += (i == 0 ? "" : ",") + activity(static_cast<int>(i) + 1);
  http.answer(200, many + "]");
  EXPECT_EQ(fetch().error().code, ErrorCode::too_large);
}

TEST_F(ActivityStreamTest, EndlessPaginationEnds) {
  http.answer(200, "[" + activity(1) + "]").for_ever();
  EXPECT_EQ(fetch().error().code, ErrorCode::too_large);
  EXPECT_EQ(http.requests.size(), max_pages_per_fetch);
}

}  // namespace
}  // namespace syncwell::providers::strava
