// Google Health: list, get, reconcile, limits. Requirements: google_health.md, Reading, Limits and errors, Quirks.
#include <fmt/format.h>

#include <set>

#include "sandbox/sandbox_test_support.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;
using testing::json_of;
using testing::World;

class GoogleHealthRead : public ::testing::Test {
 protected:
  void seed(std::string_view body, const std::string& account = "alice") {
    const auto response = world.control("PUT", "seed?provider=google_health&account=" + account, std::string(body));
    ASSERT_EQ(response.status, 200) << response.body;
  }
  // Step points of one minute each, from 2026-03-28T00:00Z.
  void seed_steps(int count) {
    json::array points;
    const Instant start = testing::at("2026-03-28T00:00:00Z");
    for (int i = 0; i < count; ++i) {
      const Instant from = start + std::chrono::minutes{i};
      points.push_back({{"name", fmt::format("users/me/dataTypes/steps/dataPoints/s{:05}", i)},
                        {"steps",
                         {{"interval",
                           {{"startTime", format_rfc3339(from)},
                            {"startUtcOffset", "3600s"},
                            {"endTime", format_rfc3339(from + std::chrono::minutes{1})},
                            {"endUtcOffset", "3600s"}}},
                          {"count", "7"}}}});
    }
    seed(to_text(json::object{{"dataPoints", points}}));
  }
  json::object list(const std::string& type, const std::string& query = {}) {
    const auto response = world.google("GET", "dataTypes/" + type + "/dataPoints" + query);
    EXPECT_EQ(response.status, 200) << response.body;
    return json_of(response).as_object();
  }
  static std::size_t size_of(const json::object& page) {
    return page.contains("dataPoints") ? page.at("dataPoints").as_array().size() : 0;
  }

  World world;
};

TEST_F(GoogleHealthRead, ListsNewestFirstWithSourcesAndCivilTimes) {
  for (const char* file : {"authored_steps_list_page1.json", "authored_steps_list_page3_last.json"}) {
    auto page = testing::read_json(std::string("api/google_health/") + file);
    page.as_object().erase("nextPageToken");
    seed(to_text(page));
  }
  const auto page = list("steps");
  const auto& points = page.at("dataPoints").as_array();
  ASSERT_EQ(points.size(), 4U);
  EXPECT_FALSE(page.contains("nextPageToken"));
  const auto recorded = testing::read_json("api/google_health/authored_steps_list_page1.json");
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& expected = recorded.at("dataPoints").as_array()[i];
    EXPECT_EQ(points[i].at("dataSource"), expected.at("dataSource"));
    EXPECT_EQ(points[i].at("steps").at("count"), expected.at("steps").at("count"));
    EXPECT_EQ(points[i].at("steps").at("interval").at("startTime"),
              expected.at("steps").at("interval").at("startTime"));
  }
  const auto& civil = points[3].at("steps").at("interval").at("civilStartTime");  // 10:45Z at +01:00
  EXPECT_EQ(to_text(civil), R"({"date":{"year":2026,"month":3,"day":28},"time":{"hours":11,"minutes":45}})");
  const auto& civil_end = points[3].at("steps").at("interval").at("civilEndTime");  // 12:00: no minutes
  EXPECT_EQ(to_text(civil_end.at("time")), R"({"hours":12})");
  EXPECT_EQ(points[0].at("name").as_string(),
            fmt::format("users/{}/dataTypes/steps/dataPoints/s3", GoogleHealth::health_user_id("alice")));
}

TEST_F(GoogleHealthRead, PagesUntilThereIsNoTokenAndSomePagesAreEmpty) {
  seed_steps(25);
  std::set<std::string> seen;
  std::string previous_start = "9999";
  std::string query = "?pageSize=4";
  int pages = 0;
  int empty_pages = 0;
  for (;;) {
    const auto page = list("steps", query);
    ++pages;
    if (size_of(page) == 0) {
      ++empty_pages;
    } else {
      for (const auto& point : page.at("dataPoints").as_array()) {
        EXPECT_TRUE(seen.insert(std::string(point.at("name").as_string())).second);
        const std::string start(point.at("steps").at("interval").at("startTime").as_string());
        EXPECT_LT(start, previous_start);
        previous_start = start;
      }
    }
    if (!page.contains("nextPageToken")) break;
    query = "?pageSize=4&pageToken=" + std::string(page.at("nextPageToken").as_string());
  }
  EXPECT_EQ(seen.size(), 25U);
  EXPECT_EQ(empty_pages, 2);  // pages 2 and 6
  EXPECT_EQ(pages, 9);
}

TEST_F(GoogleHealthRead, DefaultAndMaximumPageSizes) {
  seed_steps(1500);
  EXPECT_EQ(size_of(list("steps")), 1440U);
  EXPECT_EQ(size_of(list("steps", "?pageSize=100000")), 1500U);
  ASSERT_EQ(world.control("POST", "demo?account=alice&days=40&until=2026-03-28").status, 200);
  EXPECT_EQ(size_of(list("sleep", "?pageSize=1000")), 25U);
  EXPECT_EQ(size_of(list("sleep", "?pageSize=3")), 3U);
  EXPECT_EQ(world.google("GET", "dataTypes/steps/dataPoints?pageSize=-1").status, 400);
  EXPECT_EQ(world.google("GET", "dataTypes/steps/dataPoints?pageSize=x").status, 400);
}

TEST_F(GoogleHealthRead, ATokenBelongsToItsListing) {
  seed_steps(5);
  const std::string token(list("steps", "?pageSize=2").at("nextPageToken").as_string());
  EXPECT_EQ(world.google("GET", "dataTypes/distance/dataPoints?pageToken=" + token).status, 400);
  EXPECT_EQ(world.google("GET", "dataTypes/steps/dataPoints?pageToken=nonsense").status, 400);
  EXPECT_EQ(world.google("GET", "dataTypes/steps/dataPoints?pageToken=" + to_hex("a.b.c.d")).status, 400);
  const std::string digest = from_hex(token).value().substr(0, 16);
  const std::string past = digest + ".9223372036854775807.0.x";
  EXPECT_EQ(world.google("GET", "dataTypes/steps/dataPoints?pageSize=2&pageToken=" + to_hex(past)).status, 400);
}

TEST_F(GoogleHealthRead, FiltersByTheTypesMember) {
  seed_steps(60);
  const auto page =
      list("steps", "?filter=" + net::percent_encode(R"(steps.interval.start_time >= "2026-03-28T00:10:00Z" AND )"
                                                     R"(steps.interval.start_time < "2026-03-28T00:12:00Z")"));
  EXPECT_EQ(size_of(page), 2U);
  const auto civil =
      list("steps", "?filter=" + net::percent_encode(R"(steps.interval.civil_start_time >= "2026-03-28T01:58:00")"));
  EXPECT_EQ(size_of(civil), 2U);
}

TEST_F(GoogleHealthRead, AWrongFilterMemberAnswersAsRecorded) {
  const auto response =
      world.google("GET", "dataTypes/sleep/dataPoints?filter=" +
                              net::percent_encode(R"(sleep.interval.start_time >= "2026-03-28T00:00:00Z")"));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(json_of(response), testing::read_json("api/google_health/authored_error_400_filter.json"));
}

TEST_F(GoogleHealthRead, SleepIsFilteredByItsEnd) {
  seed(testing::read_file("api/google_health/authored_sleep_first_pass_classic.json"));
  const auto at_least = [&](const char* time) {
    return size_of(
        list("sleep", "?filter=" + net::percent_encode(std::string("sleep.interval.end_time >= \"") + time + "\"")));
  };
  EXPECT_EQ(at_least("2026-03-28T05:55:00Z"), 1U);
  EXPECT_EQ(at_least("2026-03-28T05:55:01Z"), 0U);
}

TEST_F(GoogleHealthRead, ASecondPassReplacesUnderTheSameName) {
  seed(testing::read_file("api/google_health/authored_sleep_first_pass_classic.json"));
  seed(testing::read_file("api/google_health/authored_sleep_second_pass_stages.json"));
  const auto page = list("sleep");
  ASSERT_EQ(size_of(page), 1U);
  const auto& sleep = page.at("dataPoints").as_array()[0].at("sleep");
  EXPECT_EQ(sleep.at("type"), "STAGES");
  EXPECT_EQ(sleep.at("updateTime"), "2026-03-28T06:40:55Z");
}

TEST_F(GoogleHealthRead, GetIsForIdentifiableTypesOnly) {
  seed(testing::read_file("api/google_health/authored_sleep_first_pass_classic.json"));
  seed_steps(1);
  EXPECT_EQ(world.google("GET", "dataTypes/sleep/dataPoints/sl1").status, 200);
  EXPECT_EQ(world.google("GET", "dataTypes/sleep/dataPoints/other").status, 404);
  EXPECT_EQ(world.google("GET", "dataTypes/steps/dataPoints/s00000").status, 400);
}

TEST_F(GoogleHealthRead, ReconcileMergesSourcesWithoutIdsAndSources) {
  seed(to_text([] {
    auto page = testing::read_json("api/google_health/authored_steps_list_page1.json");
    page.as_object().erase("nextPageToken");
    return page;
  }()));
  const auto response = world.google("GET", "dataTypes/steps/dataPoints:reconcile");
  ASSERT_EQ(response.status, 200);
  const auto points = json_of(response).at("dataPoints").as_array();
  ASSERT_EQ(points.size(), 2U);  // the watch's two; the phone's overlapping one is gone
  for (const auto& point : points) {
    EXPECT_EQ(point.at("dataPointName"), "");
    EXPECT_FALSE(point.as_object().contains("dataSource"));
    EXPECT_FALSE(point.as_object().contains("name"));
  }
  EXPECT_EQ(points[0].at("steps").at("count"), "812");
  EXPECT_EQ(points[1].at("steps").at("count"), "934");
  EXPECT_EQ(world.google("GET", "dataTypes/steps/dataPoints%3Areconcile").status, 200);
}

TEST_F(GoogleHealthRead, ReconcileNamesSessionsAndKnowsSourceFamilies) {
  seed(testing::read_file("api/google_health/authored_sleep_first_pass_classic.json"));
  const auto all = json_of(world.google("GET", "dataTypes/sleep/dataPoints:reconcile"));
  EXPECT_NE(all.at("dataPoints").as_array()[0].at("dataPointName"), "");
  const std::string base = "dataTypes/sleep/dataPoints:reconcile?dataSourceFamily=users/me/dataSourceFamilies/";
  EXPECT_EQ(world.google("GET", base + "google-wearables").status, 200);
  EXPECT_EQ(world.google("GET", base + "mine").status, 400);
}

TEST_F(GoogleHealthRead, RollUpOnlyTypesCannotBeListed) {
  for (const char* type : {"total-calories", "calories-in-heart-rate-zone"}) {
    const auto response = world.google("GET", std::string("dataTypes/") + type + "/dataPoints");
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(json_of(response).at("error").at("status"), "INVALID_ARGUMENT");
  }
  EXPECT_EQ(world.google("GET", "dataTypes/nonsense/dataPoints").status, 400);
}

TEST_F(GoogleHealthRead, IdentityAndSettings) {
  seed(R"({"settings":{"timeZone":"America/New_York"}})");
  const auto identity = json_of(world.google("GET", "identity"));
  EXPECT_EQ(identity.at("healthUserId").as_string(), GoogleHealth::health_user_id("alice"));
  EXPECT_TRUE(identity.as_object().contains("legacyUserId"));
  const auto settings = json_of(world.google("GET", "settings"));
  EXPECT_EQ(settings.at("timeZone"), "America/New_York");
  EXPECT_EQ(settings.at("utcOffset"), "-14400s");  // summer time there since 8 March
}

TEST_F(GoogleHealthRead, NobodyReadsWithoutAValidTokenOrScope) {
  world.google_token = "wrong";
  const auto response = world.google("GET", "dataTypes/steps/dataPoints");
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(json_of(response).at("error").at("code"), 401);
  EXPECT_EQ(json_of(response).at("error").at("status"), "UNAUTHENTICATED");
  world.google_token = world.mint("google_health", "https://www.googleapis.com/auth/googlehealth.sleep.readonly");
  EXPECT_EQ(world.google("GET", "dataTypes/sleep/dataPoints").status, 200);
  const auto refused = world.google("GET", "dataTypes/steps/dataPoints");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(json_of(refused).at("error").at("status"), "PERMISSION_DENIED");
}

TEST_F(GoogleHealthRead, OtherUsersAreOutOfReach) {
  const auto id = GoogleHealth::health_user_id("alice");
  const auto get = [&](const std::string& user) {
    return world
        .call({.url = "/google/v4/users/" + user + "/dataTypes/steps/dataPoints",
               .headers = {{"Authorization", "Bearer " + world.google_token}}})
        .status;
  };
  EXPECT_EQ(get(id), 200);
  EXPECT_EQ(get(GoogleHealth::health_user_id("bob")), 403);
}

TEST_F(GoogleHealthRead, PerUserLimitOfAMinute) {
  for (int i = 0; i < 300; ++i) ASSERT_EQ(world.google("GET", "identity").status, 200);
  const auto refused = world.google("GET", "identity");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(json_of(refused).at("error").at("status"), "RESOURCE_EXHAUSTED");
  EXPECT_FALSE(refused.headers.get("Retry-After"));
  world.now += std::chrono::minutes{1};
  EXPECT_EQ(world.google("GET", "identity").status, 200);
}

TEST_F(GoogleHealthRead, UnknownPathsAndMethods) {
  for (const char* path : {"", "dataTypes", "dataTypes/steps", "dataTypes/steps/other",
                           "dataTypes/steps/dataPoints/a/b", "nothing", "dataTypes/steps/dataPoints:fly"}) {
    EXPECT_EQ(world.google("GET", path).status, 404) << path;
  }
  EXPECT_EQ(world.google("DELETE", "dataTypes/weight/dataPoints/abcd").status, 404);
  EXPECT_EQ(world.google("POST", "dataTypes/steps/dataPoints:rollUp", "{}").status, 501);
}

}  // namespace
}  // namespace syncwell::sandbox
