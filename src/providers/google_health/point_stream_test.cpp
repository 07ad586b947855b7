#include "providers/google_health/point_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/virtual_runtime.hpp"
#include "providers/google_health/google_health_provider.hpp"
#include "providers/scripted_http_client.hpp"
#include "providers/test_files.hpp"

namespace syncwell::providers::google_health {
namespace {

using namespace std::chrono_literals;
using model::DataType;
using testing::HasSubstr;

std::string file(const char* name) {
  return read_test_file(std::string(SYNCWELL_SOURCE_DIR "/tests/data/api/google_health/") + name);
}

Async<Result<std::vector<model::Record>>> read_all(RecordStream& stream, std::size_t& pages) {
  std::vector<model::Record> records;
  while (true) {
    auto page = co_await stream.next();
    if (!page) co_return fail(std::move(page.error()));
    ++pages;
    EXPECT_LE(page->records.size(), max_page_records);
    for (auto& record : page->records) records.push_back(std::move(record));
    if (page->last) co_return records;
  }
}

class PointStreamTest : public testing::Test {
 protected:
  Result<std::vector<model::Record>> fetch(DataType type, ReadMethod totals = ReadMethod::list) {
    GoogleHealthProvider provider({"https://health.test", "https://a.test", "https://t.test", "id", "secret"}, totals);
    auto stream = provider.fetch({http, runtime, Deadline::after(runtime, 60s)}, {}, {type, range});
    EXPECT_TRUE(stream);
    return runtime.run(read_all(**stream, pages));
  }
  VirtualRuntime runtime;
  ScriptedHttpClient http;
  TimeRange range{parse_rfc3339("2026-03-28T00:00:00Z")->at, parse_rfc3339("2026-03-29T00:00:00Z")->at};
  std::size_t pages = 0;
};

TEST_F(PointStreamTest, FollowsPagesEvenOverAnEmptyOne) {  // ALG-3: an empty page with a token goes on
  http.answer(200, file("authored_steps_list_page1.json"))
      .answer(200, file("authored_steps_list_page2_empty_with_token.json"))
      .answer(200, file("authored_steps_list_page3_last.json"));
  const auto records = fetch(DataType::steps);
  ASSERT_TRUE(records);
  EXPECT_EQ(records->size(), 4u);
  EXPECT_EQ(records->at(0).source_id, "s3");
  EXPECT_EQ(records->at(3).source_id, "s0");
  ASSERT_EQ(http.requests.size(), 3u);
  EXPECT_EQ(http.requests[0].method, "GET");
  EXPECT_THAT(http.requests[0].url, testing::StartsWith("https://health.test/v4/users/me/dataTypes/steps/dataPoints?"));
  EXPECT_EQ(http.query(0, "pageSize"), "2000");
  EXPECT_EQ(http.query(0, "pageToken"), "(absent)");
  EXPECT_EQ(http.query(0, "filter"),
            "steps.interval.start_time >= \"2026-03-27T23:00:00Z\" AND "
            "steps.interval.start_time < \"2026-03-29T00:00:00Z\"");
  EXPECT_EQ(http.query(1, "pageToken"), "p2");
  EXPECT_EQ(http.query(2, "pageToken"), "p3");
  EXPECT_EQ(http.query(2, "filter"), http.query(0, "filter"));
}

TEST_F(PointStreamTest, ReconciledTotalsDoNotOverlap) {  // quirk 1: 1749, where the listed points sum up to 2506
  http.answer(200, file("authored_steps_reconcile.json"));
  const auto records = fetch(DataType::steps, ReadMethod::reconcile);
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 2u);
  EXPECT_NE(records->at(0).source_id, records->at(1).source_id);
  EXPECT_EQ(
      std::get<model::Quantity>(records->at(0).payload).value + std::get<model::Quantity>(records->at(1).payload).value,
      1749);
  EXPECT_EQ(http.path(0), "/v4/users/me/dataTypes/steps/dataPoints:reconcile");
}

TEST_F(PointStreamTest, OnlyTotalsAreReconciled) {
  http.answer(200, "{}");
  EXPECT_TRUE(fetch(DataType::weight, ReadMethod::reconcile));
  EXPECT_EQ(http.path(0), "/v4/users/me/dataTypes/weight/dataPoints");
}

TEST_F(PointStreamTest, SessionsComeInPagesOf25) {
  http.answer(200, file("authored_sleep_second_pass_stages.json"));
  const auto records = fetch(DataType::sleep);
  ASSERT_TRUE(records);
  EXPECT_EQ(records->size(), 1u);  // began the evening before: it overlaps
  EXPECT_EQ(http.query(0, "pageSize"), "25");
}

TEST_F(PointStreamTest, WhatTheWiderQuestionBringsBesidesIsLeftOut) {  // FetchRequest::range
  range = {parse_rfc3339("2026-03-28T11:15:00Z")->at, parse_rfc3339("2026-03-28T11:20:00Z")->at};
  http.answer(200, file("authored_steps_list_page1.json")).answer(200, "{}");
  const auto records = fetch(DataType::steps);
  ASSERT_TRUE(records);
  EXPECT_EQ(records->size(), 2u);  // not s1, which ends as the range begins
}

TEST_F(PointStreamTest, ARecordComesOncePerFetch) {  // new points shift the pages while we read
  auto first = file("authored_steps_list_page1.json");
  auto second = first;
  second.replace(second.find("\"p2\""), 4, "\"\"");
  http.answer(200, first).answer(200, second);
  EXPECT_EQ(fetch(DataType::steps)->size(), 3u);
}

TEST_F(PointStreamTest, AnEmptyRangeAsksNothing) {
  range.end = range.start;
  const auto records = fetch(DataType::steps);
  ASSERT_TRUE(records);
  EXPECT_TRUE(records->empty());
}

TEST_F(PointStreamTest, AnAnswerOfMoreThanAPageIsHandedOverInPages) {
  std::string body = R"({"dataPoints":[)";
  const std::size_t count = max_page_records * 2 + 1;
  for (std::size_t i = 0; i < count; ++i) {
    body += (i == 0 ? "" : ",") + std::string(R"({"name":"x/h)") + std::to_string(i) +
            R"(","heartRate":{"sampleTime":{"physicalTime":"2026-03-28T06:00:00Z"},"beatsPerMinute":"60"}})";
  }
  http.answer(200, body + "]}");
  EXPECT_EQ(fetch(DataType::heart_rate)->size(), count);
  EXPECT_EQ(pages, 3u);
}

TEST_F(PointStreamTest, ADailyFetchAsksForTheZoneFirst) {
  http.answer(200, R"({"name":"users/me/settings","timeZone":"America/New_York","utcOffset":"-14400s"})")
      .answer(200, R"({"dataPoints":[{"dailyRestingHeartRate":{"date":{"year":2026,"month":3,"day":28},
                       "beatsPerMinute":"54"}}]})");
  const auto records = fetch(DataType::resting_heart_rate);
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 1u);
  EXPECT_EQ(format_rfc3339(records->at(0).time.start), "2026-03-28T00:00:00-04:00");
  EXPECT_EQ(http.path(0), "/v4/users/me/settings");
  EXPECT_EQ(http.path(1), "/v4/users/me/dataTypes/daily-resting-heart-rate/dataPoints");
}

TEST_F(PointStreamTest, WithoutConsentToTheSettingsTheZoneStaysUnknown) {
  http.answer(403, "{}").answer(200, R"({"dataPoints":[{"dailyRestingHeartRate":{"date":{"year":2026,"month":3,
    "day":28},"beatsPerMinute":"54"}}]})");
  const auto records = fetch(DataType::resting_heart_rate);
  ASSERT_TRUE(records);
  EXPECT_EQ(records->at(0).time.start.offset, std::nullopt);
}

TEST_F(PointStreamTest, ATransientFailureOfTheSettingsFailsTheFetch) {  // else the day would move at the next sync
  http.answer(503, "");
  EXPECT_EQ(fetch(DataType::resting_heart_rate).error().code, ErrorCode::provider_failed);
  http.answer(401, "");
  EXPECT_EQ(fetch(DataType::resting_heart_rate).error().code, ErrorCode::unauthenticated);
  http.answer(200, "<html>");
  EXPECT_EQ(fetch(DataType::resting_heart_rate).error().code, ErrorCode::provider_failed);
}

TEST_F(PointStreamTest, ErrorsKeepTheirClass) {  // PROV-3
  const std::vector<std::pair<int, ErrorCode>> cases = {
      {400, ErrorCode::provider_rejected}, {401, ErrorCode::unauthenticated}, {403, ErrorCode::forbidden},
      {429, ErrorCode::rate_limited},      {500, ErrorCode::provider_failed}, {504, ErrorCode::timeout},
      {302, ErrorCode::provider_failed}};
  for (const auto& [status, code] : cases) {
    http.answer(status, file("authored_error_400_filter.json"), {{"Retry-After", "9"}});
    const auto failed = fetch(DataType::steps);
    ASSERT_FALSE(failed) << status;
    EXPECT_EQ(failed.error().code, code);
    EXPECT_EQ(failed.error().http_status, status);
    EXPECT_THAT(failed.error().message, HasSubstr("INVALID_DATA_POINT_FILTER_DATA_TYPE_MEMBER"));
  }
  for (const auto code :
       {ErrorCode::timeout, ErrorCode::connection_failed, ErrorCode::cancelled, ErrorCode::circuit_open}) {
    http.fail_with(code);
    EXPECT_EQ(fetch(DataType::steps).error().code, code);
  }
}

TEST_F(PointStreamTest, AFailureOnALaterPageFailsTheFetch) {  // ALG-3: a failed fetch never advances the mark
  http.answer(200, file("authored_steps_list_page1.json")).answer(500, "");
  EXPECT_EQ(fetch(DataType::steps).error().code, ErrorCode::provider_failed);
}

TEST_F(PointStreamTest, HostileAnswersAreErrorsOfTheRightClass) {
  const auto page = file("authored_steps_list_page1.json");
  const std::vector<std::pair<std::string, ErrorCode>> cases = {
      {"", ErrorCode::provider_failed},
      {"<!doctype html><title>Sign in</title>", ErrorCode::provider_failed},
      {page.substr(0, page.size() / 2), ErrorCode::provider_failed},
      {std::string(100'000, '['), ErrorCode::provider_failed},
      {"{\"dataPoints\":[{\"name\":\"\xc3\x28\"}]}", ErrorCode::provider_failed},
      {"null", ErrorCode::mapping},
      {"[]", ErrorCode::mapping},
      // An empty list has no members at all. One under another name is not empty, and nothing was deleted (DEC-7).
      {R"({"dataPointsV2":[]})", ErrorCode::mapping},
      {R"({"dataPoints":{}})", ErrorCode::mapping},
      {R"({"dataPoints":"none"})", ErrorCode::mapping},
      {R"({"dataPoints":[null]})", ErrorCode::mapping},
      {R"({"dataPoints":[[]]})", ErrorCode::mapping},
      {R"({"nextPageToken":5})", ErrorCode::mapping},
      {R"({"nextPageToken":")" + std::string(max_page_token_bytes + 1, 'x') + R"("})", ErrorCode::mapping},
  };
  for (const auto& [body, code] : cases) {
    http.answer(200, body);
    const auto failed = fetch(DataType::steps);
    ASSERT_FALSE(failed) << body.substr(0, 80);
    EXPECT_EQ(failed.error().code, code) << body.substr(0, 80);
  }
}

TEST_F(PointStreamTest, NullsMeanNothingThere) {
  http.answer(200, R"({"dataPoints":null,"nextPageToken":null})");
  EXPECT_TRUE(fetch(DataType::steps)->empty());
}

TEST_F(PointStreamTest, APageThatAnnouncesItselfIsAnError) {
  http.answer(200, R"({"nextPageToken":"same"})").answer(200, R"({"nextPageToken":"same"})");
  EXPECT_EQ(fetch(DataType::steps).error().code, ErrorCode::provider_failed);
}

// Two tokens in turn, for ever.
class EndlessPages final : public net::HttpClient {
 public:
  Async<Result<net::Response>> send(net::Request, Deadline) override {
    ++calls;
    co_return net::Response{200, {}, R"({"nextPageToken":"t)" + std::to_string(calls % 2) + R"("})"};
  }
  std::uint32_t calls = 0;
};

TEST_F(PointStreamTest, EndlessPaginationEnds) {
  EndlessPages endless;
  PointStream stream({endless, runtime, Deadline::after(runtime, 60s)}, "https://health.test", row_of(DataType::steps),
                     range, ReadMethod::list);
  const auto failed = runtime.run(read_all(stream, pages));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::too_large);
  EXPECT_EQ(endless.calls, max_pages_per_fetch);
}

}  // namespace
}  // namespace syncwell::providers::google_health
