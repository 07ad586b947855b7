// Strava: uploads. Requirements: strava.md, Writing 1; the recorded client_create_upload*.json.
#include <gmock/gmock.h>

#include "sandbox/sandbox_test_support.hpp"

namespace syncwell::sandbox {
namespace {

using testing::json_of;
using testing::read_file;
using testing::read_json;
using testing::World;

std::string id_of(const net::Response& response) { return std::string(json_of(response).at("id_str").as_string()); }

std::vector<std::string> members_of(const boost::json::value& value) {
  std::vector<std::string> names;
  for (const auto& member : value.as_object()) names.emplace_back(member.key());
  return names;
}

class StravaUploads : public ::testing::Test {
 protected:
  StravaUploads() { world.now = testing::at("2026-03-28T12:00:00Z"); }
  boost::json::value poll(const std::string& id) { return json_of(world.strava("GET", "uploads/" + id)); }
  // Uploads and polls to the end.
  boost::json::value finish(const net::Response& response) {
    EXPECT_EQ(response.status, 201) << response.body;
    (void)poll(id_of(response));
    return poll(id_of(response));
  }

  World world;
  const std::string ride = read_file("fit/same_ride_2020-06-01.fit");
};

TEST_F(StravaUploads, GoesThroughTheRecordedStates) {
  const auto recorded = read_json("api/strava/client_create_upload.json");
  const auto body = [&recorded](std::size_t i) { return recorded.as_array()[i].at("response").at("body"); };
  const auto first = world.upload("fit", ride);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(members_of(json_of(first)), members_of(body(0)));
  EXPECT_EQ(json_of(first).at("status"), body(0).at("status"));
  EXPECT_TRUE(json_of(first).at("external_id").is_null());
  EXPECT_TRUE(json_of(first).at("activity_id").is_null());
  EXPECT_EQ(poll(id_of(first)).at("status"), body(1).at("status"));
  const auto ready = poll(id_of(first));
  EXPECT_EQ(ready.at("status"), body(2).at("status"));
  EXPECT_EQ(ready.at("external_id"), "ride.fit");  // defaults to the file name
  EXPECT_TRUE(ready.at("error").is_null());
  EXPECT_GT(ready.at("id").as_int64(), std::int64_t{1} << 31);
  EXPECT_GT(ready.at("activity_id").as_int64(), std::int64_t{1} << 31);
}

TEST_F(StravaUploads, TheActivityComesFromTheFileAndTheForm) {
  const auto ready = finish(world.upload("fit", ride,
                                         {{.name = "name", .value = "Nach Leiden"},
                                          {.name = "description", .value = "flach"},
                                          {.name = "external_id", .value = "sw-1"},
                                          {.name = "commute", .value = "1"}}));
  const auto activity =
      json_of(world.strava("GET", "activities/" + std::to_string(ready.at("activity_id").as_int64())));
  EXPECT_EQ(activity.at("name"), "Nach Leiden");
  EXPECT_EQ(activity.at("description"), "flach");
  EXPECT_EQ(activity.at("external_id"), "sw-1");
  EXPECT_EQ(activity.at("commute"), true);
  EXPECT_EQ(activity.at("manual"), false);
  EXPECT_EQ(activity.at("sport_type"), "Ride");
  EXPECT_EQ(activity.at("start_date"), "2020-06-01T14:52:40Z");
  EXPECT_EQ(activity.at("start_date_local"), "2020-06-01T16:52:40Z");  // the wall clock with the fake Z
  EXPECT_EQ(activity.at("timezone"), "(GMT+01:00) Europe/Berlin");     // not the offset of that day
  EXPECT_EQ(activity.at("utc_offset"), 7200.0);
  EXPECT_EQ(activity.at("upload_id"), ready.at("id"));
}

TEST_F(StravaUploads, IsReadyAfterItsTimeEvenWhenNobodyPolls) {
  const auto response = world.upload("fit", ride);
  EXPECT_EQ(json_of(world.strava("GET", "athlete/activities")).as_array().size(), 0U);
  world.now += std::chrono::seconds{8};
  EXPECT_EQ(json_of(world.strava("GET", "athlete/activities")).as_array().size(), 1U);
  EXPECT_EQ(poll(id_of(response)).at("status"), "Your activity is ready.");
}

TEST_F(StravaUploads, ADuplicateIsFoundByContentNotByExternalId) {
  const auto first = finish(world.upload("fit", ride, {{.name = "external_id", .value = "one"}}));
  const auto id = std::to_string(first.at("activity_id").as_int64());
  const auto second = finish(world.upload("gpx", read_file("gpx/same_ride_2020-06-01.gpx"),
                                          {{.name = "external_id", .value = "two"}}, "17611540601.gpx"));
  EXPECT_EQ(second.at("error").as_string(), "two duplicate of activity " + id);
  EXPECT_EQ(second.at("status"), "There was an error processing your activity.");
  EXPECT_TRUE(second.at("activity_id").is_null());
  EXPECT_TRUE(second.at("external_id").is_null());
  // The same external id with another content is no duplicate.
  const auto other =
      finish(world.upload("fit", read_file("fit/garmin-fenix-5-run.fit"), {{.name = "external_id", .value = "one"}}));
  EXPECT_TRUE(other.at("error").is_null());
}

TEST_F(StravaUploads, TheDuplicateErrorMatchesTheRecordedForm) {
  const auto recorded = read_json("api/strava/client_create_upload_file_with_error.json");
  const auto body = recorded.as_array()[2].at("response").at("body");
  EXPECT_THAT(std::string(body.at("error").as_string()), ::testing::MatchesRegex(".+ duplicate of activity [0-9]+"));
  (void)finish(world.upload("fit", ride));
  const auto again = finish(world.upload("fit", ride, {}, "17611540601.tcx"));
  EXPECT_EQ(members_of(again), members_of(body));
  EXPECT_EQ(again.at("status"), body.at("status"));
  EXPECT_THAT(std::string(again.at("error").as_string()),
              ::testing::MatchesRegex("17611540601.tcx duplicate of activity [0-9]+"));
}

TEST_F(StravaUploads, TheOlderDuplicateErrorHoldsALink) {
  ASSERT_EQ(world.control("PUT", "options", R"({"strava":{"duplicate_error_as_link":true}})").status, 200);
  (void)finish(world.upload("fit", ride));
  const auto again = finish(world.upload("fit", ride));
  EXPECT_THAT(std::string(again.at("error").as_string()),
              ::testing::MatchesRegex("ride.fit duplicate of <a href='/activities/[0-9]+' target='_blank'>.+</a>"));
}

TEST_F(StravaUploads, BadFilesFailWhileProcessing) {
  for (const auto& [data_type, file] : {std::pair("fit", "fit/derived_bad_file_crc.fit"),
                                        {"fit", "fit/authored_weight_scale.fit"},
                                        {"gpx", "gpx/cerknicko-without-times.gpx"},
                                        {"tcx", "gpx/same_ride_2020-06-01.gpx"}}) {
    const auto failed = finish(world.upload(data_type, read_file(file)));
    EXPECT_EQ(failed.at("status"), "There was an error processing your activity.") << file;
    EXPECT_TRUE(failed.at("error").is_string());
  }
}

TEST_F(StravaUploads, RequestsThatAreRefusedAtOnce) {
  EXPECT_EQ(world.upload("exe", ride).status, 400);
  EXPECT_EQ(world.upload("", ride).status, 400);
  EXPECT_EQ(world.upload("fit", "").status, 400);
  EXPECT_EQ(world.upload("fit", ride, {{.name = "sport_type", .value = "Quidditch"}}).status, 400);
  EXPECT_EQ(world.strava("POST", "uploads", {{"data_type", "fit"}}).status, 400);
  EXPECT_EQ(world.strava("GET", "uploads/1").status, 404);
  EXPECT_EQ(world.strava("GET", "uploads/x").status, 404);
  world.strava_token = world.mint("strava", "activity:read");
  const auto refused = world.upload("fit", ride);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(json_of(refused).at("errors").as_array()[0].at("field"), "activity:write_permission");
}

TEST_F(StravaUploads, ADeletedActivityIsToldInTheUpload) {
  const auto ready = finish(world.upload("fit", ride));
  const auto activity_id = std::to_string(ready.at("activity_id").as_int64());
  ASSERT_EQ(world.control("DELETE", "data?provider=strava&account=alice&id=" + activity_id).status, 200);
  const auto deleted = poll(std::string(ready.at("id_str").as_string()));
  EXPECT_EQ(deleted.at("status"), "The created activity has been deleted.");
  EXPECT_TRUE(deleted.at("activity_id").is_null());
}

TEST_F(StravaUploads, AnExternalIdMayComeBackWithItsDataType) {
  ASSERT_EQ(world.control("PUT", "options", R"({"strava":{"append_data_type_to_external_id":true}})").status, 200);
  EXPECT_EQ(finish(world.upload("fit", ride, {{.name = "external_id", .value = "sw-1"}})).at("external_id"),
            "sw-1.fit");
}

TEST_F(StravaUploads, FieldsThatAreNoUtf8AreLeftOut) {
  const auto ready = finish(world.upload("fit", ride, {{.name = "name", .value = "\xff\xfe"}}));
  const auto activity = world.strava("GET", "activities/" + std::to_string(ready.at("activity_id").as_int64()));
  EXPECT_EQ(json_of(activity).at("name"), "Afternoon Ride");
}

}  // namespace
}  // namespace syncwell::sandbox
