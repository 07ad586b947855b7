// Google Health: create, update, batchDelete. Requirements: google_health.md, Writing and Time model; INT-5, DEC-6.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sandbox/sandbox_test_support.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;
using testing::json_of;
using testing::World;

std::string weight_body(std::string_view id, std::string_view grams = "78100.5") {
  const std::string name = id.empty() ? "" : fmt::format(R"("name":"users/me/dataTypes/weight/dataPoints/{}",)", id);
  return fmt::format(R"({{{}"dataSource":{{"recordingMethod":"MANUAL","device":{{"displayName":"Scale"}}}},)"
                     R"("weight":{{"sampleTime":{{"physicalTime":"2026-03-28T06:30:00Z","utcOffset":"3600s"}},)"
                     R"("weightGrams":{}}}}})",
                     name, grams);
}

constexpr std::string_view sleep_body =
    R"({"name":"users/me/dataTypes/sleep/dataPoints/night-1","sleep":{"interval":{)"
    R"("startTime":"2026-03-27T22:00:00Z","startUtcOffset":"3600s","endTime":"2026-03-28T06:00:00Z","endUtcOffset":"3600s"},)"
    R"("type":"STAGES","stages":[)"
    R"({"startTime":"2026-03-27T22:00:00Z","startUtcOffset":"3600s","endTime":"2026-03-28T05:00:00Z","endUtcOffset":"3600s","type":"LIGHT"},)"
    R"({"startTime":"2026-03-28T05:00:00Z","startUtcOffset":"3600s","endTime":"2026-03-28T06:00:00Z","endUtcOffset":"3600s","type":"AWAKE"}]}})";

constexpr std::string_view exercise_body =
    R"({"name":"users/me/dataTypes/exercise/dataPoints/run-0001","exercise":{"interval":{)"
    R"("startTime":"2026-03-28T09:00:00Z","startUtcOffset":"3600s","endTime":"2026-03-28T09:30:00Z","endUtcOffset":"3600s"},)"
    R"("exerciseType":"RUNNING","displayName":"Run","activeDuration":"1750.5s",)"
    R"("metricsSummary":{"distanceMillimeters":5000000,"steps":4500}}})";

class GoogleHealthWrite : public ::testing::Test {
 protected:
  net::Response create(const std::string& type, std::string_view body) {
    return world.google("POST", "dataTypes/" + type + "/dataPoints", std::string(body));
  }
  net::Response patch(const std::string& type, const std::string& id, std::string_view body) {
    return world.google("PATCH", "dataTypes/" + type + "/dataPoints/" + id, std::string(body));
  }
  net::Response remove(const json::array& names, const std::string& parent = "-") {
    return world.google("POST", "dataTypes/" + parent + "/dataPoints:batchDelete",
                        to_text(json::object{{"names", names}}));
  }
  std::size_t count() {
    return json_of(world.control("GET", "state?provider=google_health&account=alice"))
        .at("google_health")
        .at("alice")
        .at("points")
        .to_number<std::size_t>();
  }

  World world;
};

TEST_F(GoogleHealthWrite, CreateAnswersAFinishedOperationWithThePoint) {
  const auto response = create("weight", weight_body("scale-0001"));
  ASSERT_EQ(response.status, 200) << response.body;
  const auto operation = json_of(response);
  EXPECT_EQ(operation.at("done"), true);
  EXPECT_TRUE(operation.at("name").as_string().starts_with("operations/"));
  const auto& point = operation.at("response");
  EXPECT_EQ(point.at("@type"), "type.googleapis.com/google.devicesandservices.health.v4.DataPoint");
  EXPECT_TRUE(point.at("name").as_string().ends_with("/dataTypes/weight/dataPoints/scale-0001"));
  EXPECT_EQ(point.at("weight").at("weightGrams"), 78100.5);
  EXPECT_EQ(to_text(point.at("weight").at("sampleTime").at("civilTime").at("time")), R"({"hours":7,"minutes":30})");
}

// DEC-6: what an app wrote is marked with its client id.
TEST_F(GoogleHealthWrite, WrittenPointsAreMarkedWithTheirApp) {
  const auto source = json_of(create("weight", weight_body("scale-0001"))).at("response").at("dataSource");
  EXPECT_EQ(source.at("platform"), "GOOGLE_WEB_API");
  EXPECT_EQ(source.at("application").at("webClientId"), "syncwell-google-client");
  EXPECT_EQ(source.at("application").at("googleWebClientId"), "syncwell-google-client");
  EXPECT_EQ(source.at("device").at("displayName"), "Scale");
  EXPECT_EQ(source.at("recordingMethod"), "MANUAL");
}

// INT-5
TEST_F(GoogleHealthWrite, ACreateWithAKnownIdIsRefused) {
  ASSERT_EQ(create("weight", weight_body("scale-0001")).status, 200);
  const auto again = create("weight", weight_body("scale-0001", "1"));
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(json_of(again).at("error").at("status"), "ALREADY_EXISTS");
  EXPECT_EQ(count(), 1U);
}

TEST_F(GoogleHealthWrite, WithoutAnIdTheServerGivesOne) {
  ASSERT_EQ(create("weight", weight_body("")).status, 200);
  ASSERT_EQ(create("weight", weight_body("")).status, 200);
  EXPECT_EQ(count(), 2U);
}

TEST_F(GoogleHealthWrite, IdsHave4To63LowerCaseLettersDigitsAndHyphens) {
  EXPECT_EQ(create("weight", weight_body("abc")).status, 400);
  EXPECT_EQ(create("weight", weight_body("abcd")).status, 200);
  EXPECT_EQ(create("weight", weight_body(std::string(63, 'a'))).status, 200);
  EXPECT_EQ(create("weight", weight_body(std::string(64, 'a'))).status, 400);
  EXPECT_EQ(create("weight", weight_body("Abcd")).status, 400);
  EXPECT_EQ(create("weight", weight_body("ab_cd")).status, 400);
  EXPECT_EQ(create("body-fat", weight_body("abcd-1")).status, 400);
}

TEST_F(GoogleHealthWrite, DerivedAndMeasuredTypesCannotBeWritten) {
  for (const char* type : {"daily-resting-heart-rate", "total-calories", "steps", "heart-rate"}) {
    const auto response = create(type, "{}");
    EXPECT_EQ(response.status, 400) << type;
    EXPECT_EQ(json_of(response).at("error").at("status"), "INVALID_ARGUMENT");
  }
}

TEST_F(GoogleHealthWrite, SleepAndExerciseGetTheirDerivedMembers) {
  const auto sleep = json_of(create("sleep", sleep_body)).at("response").at("sleep");
  EXPECT_EQ(sleep.at("summary").at("minutesInSleepPeriod"), "480");
  EXPECT_EQ(sleep.at("summary").at("minutesAsleep"), "420");
  EXPECT_EQ(sleep.at("summary").at("minutesAwake"), "60");
  EXPECT_EQ(sleep.at("metadata").at("processed"), true);
  EXPECT_EQ(sleep.at("createTime"), "2026-03-28T12:00:00Z");
  const auto exercise = json_of(create("exercise", exercise_body)).at("response").at("exercise");
  EXPECT_EQ(exercise.at("metricsSummary").at("steps"), "4500");                   // int64 as a string
  EXPECT_EQ(exercise.at("metricsSummary").at("distanceMillimeters"), 5000000.0);  // a double
  EXPECT_EQ(exercise.at("activeDuration"), "1750.500s");
  EXPECT_EQ(exercise.at("updateTime"), "2026-03-28T12:00:00Z");
}

TEST_F(GoogleHealthWrite, BadBodiesAreRefusedAndSayWhere) {
  for (
      const std::string& body :
      {std::string("{"), std::string("[]"), std::string("{}"), std::string(R"({"weight":5})"),
       std::string(R"({"weight":{"weightGrams":5}})"),
       std::string(R"({"weight":{"sampleTime":{"physicalTime":"2026-03-28T06:30:00Z"},"weightGrams":5}})"),
       std::string(R"({"weight":{"sampleTime":{"physicalTime":"yesterday","utcOffset":"0s"},"weightGrams":5}})"),
       std::string(
           R"({"weight":{"sampleTime":{"physicalTime":"2026-03-28T06:30:00Z","utcOffset":"70000s"},"weightGrams":5}})"),
       std::string(
           R"({"weight":{"sampleTime":{"physicalTime":"2026-03-28T06:30:00Z","utcOffset":"0s"},"weightGrams":"x"}})"),
       std::string(
           R"({"weight":{"sampleTime":{"physicalTime":"2026-03-28T06:30:00Z","utcOffset":"0s"},"weightGrams":5,"mood":1}})"),
       weight_body("abcd").insert(1, R"("height":{},)")}) {
    const auto response = create("weight", body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(json_of(response).at("error").at("status"), "INVALID_ARGUMENT");
  }
  EXPECT_EQ(count(), 0U);
  const auto offset =
      create("weight", R"({"weight":{"sampleTime":{"physicalTime":"2026-03-28T06:30:00Z"},"weightGrams":5}})");
  EXPECT_NE(offset.body.find("weight.sampleTime.utcOffset: required"), std::string::npos);
}

TEST_F(GoogleHealthWrite, SleepStagesMustFitTypeAndOrder) {
  const auto with = [](std::string_view from, std::string_view to) {
    std::string body(sleep_body);
    return body.replace(body.find(from), from.size(), to);
  };
  EXPECT_EQ(create("sleep", with("LIGHT", "RESTLESS")).status, 400);
  EXPECT_EQ(create("sleep", with(R"("type":"STAGES")", R"("type":"CLASSIC")")).status, 400);
  EXPECT_EQ(create("sleep", with("T05:00:00Z\",\"endUtc", "T05:30:00Z\",\"endUtc")).status, 400);  // overlap
  EXPECT_EQ(create("sleep", with("T06:00:00Z", "T05:59:00Z")).status, 400);  // a stage past the end
}

TEST_F(GoogleHealthWrite, PatchReplacesAndNeedsThePoint) {
  ASSERT_EQ(create("exercise", exercise_body).status, 200);
  world.now += std::chrono::minutes{30};
  std::string changed(exercise_body);
  changed.replace(changed.find("RUNNING"), 7, "WALKING");
  const auto response = patch("exercise", "run-0001", changed);
  ASSERT_EQ(response.status, 200) << response.body;
  const auto exercise = json_of(response).at("response").at("exercise");
  EXPECT_EQ(exercise.at("exerciseType"), "WALKING");
  EXPECT_EQ(exercise.at("createTime"), "2026-03-28T12:00:00Z");
  EXPECT_EQ(exercise.at("updateTime"), "2026-03-28T12:30:00Z");
  EXPECT_EQ(count(), 1U);
  const auto absent = patch("weight", "nothing-1", weight_body("nothing-1"));
  EXPECT_EQ(absent.status, 404);
  EXPECT_EQ(json_of(absent).at("error").at("status"), "NOT_FOUND");
  EXPECT_EQ(patch("exercise", "other-001", exercise_body).status, 400);  // the name in the body differs
}

TEST_F(GoogleHealthWrite, APatchMovesAPointInTheOrder) {
  ASSERT_EQ(create("weight", weight_body("scale-0001")).status, 200);
  std::string moved = weight_body("scale-0001");
  moved.replace(moved.find("2026-03-28T06"), 13, "2026-01-28T06");
  ASSERT_EQ(patch("weight", "scale-0001", moved).status, 200);
  const auto page = json_of(world.google("GET", "dataTypes/weight/dataPoints"));
  ASSERT_EQ(page.at("dataPoints").as_array().size(), 1U);
  EXPECT_EQ(page.at("dataPoints").as_array()[0].at("weight").at("sampleTime").at("physicalTime"),
            "2026-01-28T06:30:00Z");
}

TEST_F(GoogleHealthWrite, OtherAppsPointsCanBeReadButNotChanged) {
  SandboxOptions options;
  options.google_health.oauth.clients.push_back({"other-app", "other-secret"});
  world.sandbox = Sandbox(options);
  world.google_token = world.mint("google_health", testing::google_scopes, "&client_id=other-app");
  ASSERT_EQ(create("weight", weight_body("their-0001")).status, 200);
  ASSERT_EQ(world
                .control("PUT", "seed?provider=google_health&account=alice",
                         "{\"dataPoints\":[" + weight_body("scale-0001") + "]}")
                .status,
            200);
  world.google_token = world.mint("google_health", testing::google_scopes);
  EXPECT_EQ(world.google("GET", "dataTypes/weight/dataPoints/their-0001").status, 200);
  for (const char* id : {"their-0001", "scale-0001"}) {
    const auto refused = patch("weight", id, weight_body(""));
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(json_of(refused).at("error").at("status"), "PERMISSION_DENIED");
    EXPECT_EQ(remove({std::string("users/me/dataTypes/weight/dataPoints/") + id}).status, 403);
  }
}

TEST_F(GoogleHealthWrite, BatchDeleteIsAllOrNothing) {
  ASSERT_EQ(create("weight", weight_body("scale-0001")).status, 200);
  ASSERT_EQ(create("sleep", sleep_body).status, 200);
  const std::string weight = "users/me/dataTypes/weight/dataPoints/scale-0001";
  const std::string sleep = "users/" + GoogleHealth::health_user_id("alice") + "/dataTypes/sleep/dataPoints/night-1";
  EXPECT_EQ(remove({weight, "users/me/dataTypes/weight/dataPoints/nothing-1"}).status, 404);
  EXPECT_EQ(count(), 2U);
  EXPECT_EQ(remove({weight, sleep}, "weight").status, 400);  // one is not of the parent
  const auto response = remove({weight, sleep});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(json_of(response).at("done"), true);
  EXPECT_EQ(count(), 0U);
}

TEST_F(GoogleHealthWrite, BatchDeleteTakesTenThousandNamesAtMost) {
  json::array names;
  for (std::size_t i = 0; i < max_names_per_batch_delete; ++i) {
    names.push_back(json::string(fmt::format("users/me/dataTypes/weight/dataPoints/w-{:05}", i)));
  }
  EXPECT_EQ(remove(names).status, 404);
  names.push_back("users/me/dataTypes/weight/dataPoints/one-more");
  EXPECT_EQ(remove(names).status, 400);
  EXPECT_EQ(remove({}).status, 400);
  EXPECT_EQ(remove({5}).status, 400);
  EXPECT_EQ(remove({"weight"}).status, 400);
  EXPECT_EQ(remove({"users/someone/dataTypes/weight/dataPoints/scale-0001"}).status, 403);
}

TEST_F(GoogleHealthWrite, WritingNeedsTheWriteScope) {
  world.google_token = world.mint(
      "google_health", "https://www.googleapis.com/auth/googlehealth.health_metrics_and_measurements.readonly");
  EXPECT_EQ(create("weight", weight_body("scale-0001")).status, 403);
}

// Hostile input: bodies cut anywhere, and with any one character replaced, are answered, never fatal.
RC_GTEST_PROP(GoogleHealthWriteProperty, DamagedBodiesAreAnswered, ()) {
  World world;
  std::string body(*rc::gen::element(sleep_body, exercise_body));
  const std::string type = body.find("sleep") == std::string::npos ? "exercise" : "sleep";
  const auto position = *rc::gen::inRange<std::size_t>(0, body.size());
  if (*rc::gen::arbitrary<bool>()) {
    body.resize(position);
  } else {
    body[position] = *rc::gen::arbitrary<char>();
  }
  const auto response = world.google("POST", "dataTypes/" + type + "/dataPoints", body);
  RC_ASSERT(response.status == 200 || response.status == 400);
  RC_ASSERT(parse_json(response.body).has_value());
}

}  // namespace
}  // namespace syncwell::sandbox
