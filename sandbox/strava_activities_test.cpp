// Strava: athlete, activities, streams, manual creation, update, limits. Requirements: strava.md, Reading, Writing,
// Limits.
#include <fmt/format.h>

#include "sandbox/sandbox_test_support.hpp"

namespace syncwell::sandbox {
namespace {

using testing::json_of;
using testing::read_json;
using testing::World;

class StravaActivities : public ::testing::Test {
 protected:
  // One run a day from 2026-03-01T08:00Z.
  void seed_runs(int count) {
    boost::json::array activities;
    for (int i = 0; i < count; ++i) {
      const Instant start = testing::at("2026-03-01T08:00:00Z") + std::chrono::days{i};
      activities.push_back({{"id", 12'000'000'000 + i},
                            {"name", fmt::format("Run {}", i)},
                            {"sport_type", "Run"},
                            {"start_date", format_rfc3339(start)},
                            {"elapsed_time", 1800},
                            {"distance", 5000.5}});
    }
    const auto body = to_text(boost::json::object{{"activities", activities}});
    ASSERT_EQ(world.control("PUT", "seed?provider=strava&account=alice", body).status, 200);
  }
  std::vector<std::string> names(const std::string& query) {
    const auto response = world.strava("GET", "athlete/activities" + query);
    EXPECT_EQ(response.status, 200) << response.body;
    std::vector<std::string> list;
    const auto body = json_of(response);
    for (const auto& activity : body.as_array()) list.emplace_back(activity.at("name").as_string());
    return list;
  }
  static net::Parameters manual() {
    return {{"name", "Lauf"},         {"sport_type", "Run"}, {"start_date_local", "2025-10-18 19:04:26 -0400"},
            {"elapsed_time", "1234"}, {"distance", "1000"},  {"description", "Test"},
            {"trainer", "false"}};
  }

  World world;
};

TEST_F(StravaActivities, NewestFirstUnlessAfterIsGiven) {
  seed_runs(4);
  using List = std::vector<std::string>;
  EXPECT_EQ(names(""), (List{"Run 3", "Run 2", "Run 1", "Run 0"}));
  const auto second = std::to_string(testing::at("2026-03-02T08:00:00Z").time_since_epoch().count() / 1000);
  EXPECT_EQ(names("?before=" + second), (List{"Run 0"}));
  EXPECT_EQ(names("?after=" + second), (List{"Run 2", "Run 3"}));
  EXPECT_EQ(names("?after=0&before=" + second), (List{"Run 0"}));
}

TEST_F(StravaActivities, PagesUntilAnEmptyList) {
  seed_runs(35);
  EXPECT_EQ(names("").size(), 30U);
  EXPECT_EQ(names("?page=2").size(), 5U);
  EXPECT_EQ(names("?page=3").size(), 0U);
  EXPECT_EQ(names("?per_page=200").size(), 35U);
  for (const char* bad : {"?per_page=201", "?per_page=0", "?page=0", "?page=x", "?before=x", "?after=1e3"}) {
    EXPECT_EQ(world.strava("GET", std::string("athlete/activities") + bad).status, 400) << bad;
  }
}

TEST_F(StravaActivities, SummaryAndDetailCarryTheRecordedMembers) {
  seed_runs(1);
  const auto recorded = read_json("api/strava/client_all_athlete_activities_latest.json");
  const auto expected = recorded.as_array()[0].at("response").at("body").as_array()[0];
  const auto list = json_of(world.strava("GET", "athlete/activities"));
  for (const char* name : {"resource_state",
                           "athlete",
                           "name",
                           "distance",
                           "moving_time",
                           "elapsed_time",
                           "total_elevation_gain",
                           "type",
                           "sport_type",
                           "id",
                           "start_date",
                           "start_date_local",
                           "timezone",
                           "utc_offset",
                           "map",
                           "trainer",
                           "commute",
                           "manual",
                           "private",
                           "visibility",
                           "flagged",
                           "gear_id",
                           "start_latlng",
                           "end_latlng",
                           "average_speed",
                           "has_heartrate",
                           "external_id"}) {
    ASSERT_TRUE(expected.as_object().contains(name)) << name;
    EXPECT_TRUE(list.as_array()[0].as_object().contains(name)) << name;
  }
  const auto detail = json_of(world.strava("GET", "activities/12000000000"));
  EXPECT_EQ(detail.at("resource_state"), 3);
  EXPECT_TRUE(detail.as_object().contains("calories"));
  EXPECT_EQ(detail.at("distance"), 5000.5);
}

TEST_F(StravaActivities, ManualActivityAsRecorded) {
  const auto recorded = read_json("api/strava/client_create_activity.json");
  const auto expected = recorded.as_array()[0].at("response").at("body");
  ASSERT_EQ(world.control("PUT", "seed?provider=strava&account=alice", R"({"athlete":{"timezone":"America/New_York"}})")
                .status,
            200);
  const auto response = world.strava("POST", "activities", manual());
  EXPECT_EQ(response.status, 201);
  const auto activity = json_of(response);
  for (const char* name :
       {"distance", "moving_time", "elapsed_time", "type", "sport_type", "start_date", "start_date_local", "timezone",
        "utc_offset", "manual", "start_latlng", "average_speed", "external_id", "upload_id"}) {
    EXPECT_EQ(activity.at(name), expected.at(name)) << name;
  }
  EXPECT_EQ(response.headers.get("X-ReadRateLimit-Usage"), ",");  // as recorded for a write
}

// NangoHQ #593: a retry makes a second one.
TEST_F(StravaActivities, ManualCreationIsNotIdempotent) {
  const auto first = json_of(world.strava("POST", "activities", manual()));
  const auto second = json_of(world.strava("POST", "activities", manual()));
  EXPECT_NE(first.at("id"), second.at("id"));
  EXPECT_EQ(names("").size(), 2U);
}

TEST_F(StravaActivities, ManualCreationNeedsItsFields) {
  for (const char* field : {"name", "sport_type", "start_date_local", "elapsed_time"}) {
    auto form = manual();
    std::erase_if(form, [field](const auto& one) { return one.first == field; });
    const auto response = world.strava("POST", "activities", form);
    EXPECT_EQ(response.status, 400);
    const auto error = json_of(response).at("errors").as_array()[0];
    EXPECT_EQ(error.at("field").as_string(), field);
    EXPECT_EQ(error.at("resource"), "Activity");
  }
  for (const auto& [field, value] : {std::pair("sport_type", "Fly"),
                                     {"start_date_local", "today"},
                                     {"elapsed_time", "-1"},
                                     {"elapsed_time", "99999999999"},
                                     {"distance", "nan"}}) {
    auto form = manual();
    std::erase_if(form, [name = field](const auto& one) { return one.first == name; });
    form.emplace_back(field, value);
    EXPECT_EQ(world.strava("POST", "activities", form).status, 400) << field;
  }
}

TEST_F(StravaActivities, UpdateChangesOnlyWhatIsGivenAndThereIsNoDelete) {
  seed_runs(1);
  const auto updated =
      json_of(world.strava("PUT", "activities/12000000000",
                           {{"name", "updated activity"}, {"sport_type", "TrailRun"}, {"hide_from_home", "1"}}));
  EXPECT_EQ(updated.at("name"), "updated activity");
  EXPECT_EQ(updated.at("sport_type"), "TrailRun");
  EXPECT_EQ(updated.at("type"), "Run");
  EXPECT_EQ(updated.at("hide_from_home"), true);
  EXPECT_EQ(updated.at("distance"), 5000.5);
  EXPECT_EQ(world.strava("PUT", "activities/12000000000", {{"sport_type", "x"}}).status, 400);
  EXPECT_EQ(world.strava("PUT", "activities/1", {{"name", "x"}}).status, 404);
  EXPECT_EQ(world.strava("DELETE", "activities/12000000000").status, 404);
  EXPECT_EQ(names("").size(), 1U);
}

TEST_F(StravaActivities, StreamsByTypeAndAsList) {
  const auto upload = world.upload("fit", testing::read_file("fit/same_ride_2020-06-01.fit"));
  world.now += std::chrono::seconds{10};
  const auto id = json_of(world.strava("GET", "uploads/" + std::string(json_of(upload).at("id_str").as_string())))
                      .at("activity_id");
  const std::string path = "activities/" + std::to_string(id.as_int64()) + "/streams";
  const auto recorded = read_json("api/strava/client_activity_streams.json").as_array()[0].at("response").at("body");
  const auto plain = json_of(world.strava("GET", path + "?key_by_type=true"));  // as recorded: distance alone
  ASSERT_TRUE(plain.as_object().contains("distance"));
  for (const auto& member : recorded.at("distance").as_object()) {
    EXPECT_TRUE(plain.at("distance").as_object().contains(member.key())) << member.key();
  }
  const auto streams = json_of(world.strava("GET", path + "?keys=time,latlng,heartrate,moving&key_by_type=true"));
  const auto size = streams.at("time").at("data").as_array().size();
  EXPECT_GT(size, 50U);
  EXPECT_EQ(streams.at("moving").at("data").as_array().size(), size);
  EXPECT_EQ(streams.at("time").at("data").as_array()[0], 0);
  EXPECT_EQ(streams.at("latlng").at("data").as_array()[0].as_array().size(), 2U);
  const auto list = json_of(world.strava("GET", path + "?keys=time"));
  EXPECT_EQ(list.as_array()[0].at("type"), "time");
  EXPECT_EQ(world.strava("GET", path + "?keys=&key_by_type=true").status, 400);
  EXPECT_EQ(world.strava("GET", path + "?keys=mood").status, 400);
}

TEST_F(StravaActivities, ScopesAndPrivacy) {
  ASSERT_EQ(world
                .control("PUT", "seed?provider=strava&account=alice",
                         R"({"activities":[{"id":12000000001,"sport_type":"Run","start_date":"2026-03-01T08:00:00Z",)"
                         R"("elapsed_time":60,"private":true}]})")
                .status,
            200);
  EXPECT_EQ(names("").size(), 1U);
  EXPECT_EQ(json_of(world.strava("GET", "activities/12000000001")).at("visibility"), "only_me");
  world.strava_token = world.mint("strava", "activity:read");
  EXPECT_EQ(names("").size(), 0U);
  EXPECT_EQ(world.strava("GET", "activities/12000000001").status, 404);
  EXPECT_EQ(world.strava("POST", "activities", manual()).status, 401);
  world.strava_token = world.mint("strava", "read");
  const auto refused = world.strava("GET", "athlete/activities");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(json_of(refused).at("message"), "Authorization Error");
}

TEST_F(StravaActivities, AnInvalidTokenAnswersInTheRecordedShape) {
  const auto recorded = read_json("api/strava/client_authorization_error.json").as_array()[0].at("response");
  world.strava_token = "wrong";
  const auto refused = world.strava("GET", "activities/1");
  EXPECT_EQ(refused.status, recorded.at("status").as_int64());
  EXPECT_EQ(json_of(refused).at("message"), recorded.at("body").at("message"));
  for (const char* name : {"resource", "field", "code"}) {
    EXPECT_TRUE(json_of(refused).at("errors").as_array()[0].as_object().contains(name));
  }
}

TEST_F(StravaActivities, ANewActivityMayBeHiddenOnce) {
  ASSERT_EQ(world.control("PUT", "options", R"({"strava":{"hide_new_activity_once":true}})").status, 200);
  const auto id = std::to_string(json_of(world.strava("POST", "activities", manual())).at("id").as_int64());
  const auto hidden = world.strava("GET", "activities/" + id);
  EXPECT_EQ(hidden.status, 404);
  EXPECT_EQ(json_of(hidden).at("message"), "Record Not Found");
  EXPECT_EQ(world.strava("GET", "activities/" + id).status, 200);
}

TEST_F(StravaActivities, AthleteWeightNeedsTheProfileScopes) {
  EXPECT_EQ(json_of(world.strava("PUT", "athlete", {{"weight", "71.5"}})).at("weight"), 71.5);
  EXPECT_EQ(world.strava("PUT", "athlete", {{"weight", "-1"}}).status, 400);
  world.strava_token = world.mint("strava", "read");
  EXPECT_FALSE(json_of(world.strava("GET", "athlete")).as_object().contains("weight"));
  EXPECT_EQ(world.strava("PUT", "athlete", {{"weight", "71.5"}}).status, 401);
}

// PROV-4
TEST_F(StravaActivities, LimitsCountPerAlignedWindowAndRefusedCallsCount) {
  world.now = testing::at("2026-03-28T12:14:00Z");
  for (int i = 0; i < 100; ++i) ASSERT_EQ(world.strava("GET", "athlete").status, 200);
  const auto refused = world.strava("GET", "athlete");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(json_of(refused).at("message"), "Rate Limit Exceeded");
  EXPECT_EQ(refused.headers.get("X-RateLimit-Limit"), "200,2000");
  EXPECT_EQ(refused.headers.get("X-RateLimit-Usage"), "101,101");
  EXPECT_EQ(refused.headers.get("X-ReadRateLimit-Limit"), "100,1000");
  EXPECT_EQ(refused.headers.get("X-ReadRateLimit-Usage"), "101,101");
  EXPECT_EQ(world.strava("POST", "activities", manual()).status, 201);  // writes have room
  for (int i = 0; i < 98; ++i) (void)world.strava("POST", "activities", {});
  EXPECT_EQ(world.strava("POST", "activities", manual()).status, 429);
  world.now = testing::at("2026-03-28T12:15:00Z");
  const auto after = world.strava("GET", "athlete");
  EXPECT_EQ(after.status, 200);
  EXPECT_EQ(after.headers.get("X-RateLimit-Usage"), "1,202");
}

TEST_F(StravaActivities, TheDayResetsAtMidnightUtc) {
  ASSERT_EQ(world.control("PUT", "options", R"({"strava":{"reads_per_day":2}})").status, 200);
  world.now = testing::at("2026-03-28T13:30:00Z");
  EXPECT_EQ(world.strava("GET", "athlete").status, 200);
  EXPECT_EQ(world.strava("GET", "athlete").status, 200);
  world.now = testing::at("2026-03-28T16:00:00Z");
  EXPECT_EQ(world.strava("GET", "athlete").status, 429);
  world.now = testing::at("2026-03-29T00:00:00Z");
  world.strava_token = world.mint("strava", testing::strava_scopes);
  EXPECT_EQ(world.strava("GET", "athlete").status, 200);
}

TEST_F(StravaActivities, LimitErrorsMayBeAText) {
  ASSERT_EQ(world.control("PUT", "options", R"({"strava":{"reads_per_day":0,"limit_errors_as_text":true}})").status,
            200);
  EXPECT_TRUE(json_of(world.strava("GET", "athlete")).at("errors").is_string());
}

TEST_F(StravaActivities, UnknownPaths) {
  for (const char* path : {"", "nothing", "activities", "activities/x", "activities/1/2/3", "uploads"}) {
    EXPECT_EQ(world.strava("GET", path).status, 404) << path;
  }
}

}  // namespace
}  // namespace syncwell::sandbox
