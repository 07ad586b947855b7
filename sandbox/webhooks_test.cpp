// Webhooks of both imposters: subscriptions, handshakes, what is notified to whom, and how it is signed.
#include <gtest/gtest.h>

#include "sandbox/sandbox_test_support.hpp"
#include "sandbox/webhook_signature.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;
using testing::json_of;
using testing::World;

const std::string steps_point =
    R"({"steps":{"interval":{"startTime":"2026-03-01T08:00:00Z","startUtcOffset":"0s","endTime":"2026-03-01T08:05:00Z","endUtcOffset":"0s"},"count":"10"}})";
const std::string weight_point =
    R"({"weight":{"sampleTime":{"physicalTime":"2026-03-01T06:30:00Z","utcOffset":"3600s"},"weightGrams":78000}})";
const std::string run = R"({"id":77,"sport_type":"Run","start_date":"2026-03-01T08:00:00Z","elapsed_time":60})";

net::Request project_call(std::string method, std::string path, std::string body = {},
                          const std::string& token = "syncwell-google-project") {
  return {std::move(method),
          "/google/v4/projects/1234567890/subscribers" + std::move(path),
          {{"Authorization", "Bearer " + token}, {"Content-Type", "application/json"}},
          std::move(body)};
}

std::string subscriber(const std::string& policy = "AUTOMATIC", const std::string& types = R"(["steps","weight"])") {
  return R"({"endpointUri":"https://us.test/w","subscriberConfigs":[{"dataTypes":)" + types +
         R"(,"subscriptionCreatePolicy":")" + policy + R"("}],"endpointAuthorization":{"secret":"Bearer s"}})";
}

const net::Parameters strava_client{{"client_id", "100001"}, {"client_secret", "syncwell-strava-secret"}};

net::Parameters subscription() {
  net::Parameters form = strava_client;
  form.emplace_back("callback_url", "https://us.test/s?key=1");
  form.emplace_back("verify_token", "verify");
  return form;
}

net::Response seed(World& world, const std::string& provider, const std::string& body,
                   const std::string& account = "alice") {
  return world.control("PUT", "seed?provider=" + provider + "&account=" + account, body);
}

std::vector<net::Request> taken(World& world) { return world.sandbox.take_notifications(world.now); }

TEST(SandboxWebhooks, GoogleNotifiesOfSeedsWithIntervals) {
  World world;
  ASSERT_EQ(world.call(project_call("POST", "?subscriberId=main", subscriber())).status, 200);
  ASSERT_EQ(seed(world, "google_health", R"({"dataPoints":[)" + steps_point + "," + weight_point + "]}").status, 200);
  const auto requests = taken(world);
  ASSERT_EQ(requests.size(), 2U);
  for (const net::Request& request : requests) {
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://us.test/w");
    EXPECT_EQ(request.headers.get("Authorization"), "Bearer s");
    const auto data = json::parse(request.body).at(0).at("data");
    EXPECT_EQ(data.at("operation"), "UPSERT");
    EXPECT_EQ(std::string(data.at("healthUserId").as_string()), GoogleHealth::health_user_id("alice"));
    const auto interval = data.at("intervals").at(0).at("physicalTimeInterval");
    if (data.at("dataType") == "steps") EXPECT_EQ(interval.at("endTime"), "2026-03-01T08:05:00Z");
    if (data.at("dataType") == "weight") EXPECT_EQ(interval.at("startTime"), "2026-03-01T06:30:00Z");
  }
  EXPECT_TRUE(taken(world).empty());
}

TEST(SandboxWebhooks, GoogleNotifiesOfWritesAndDeletions) {
  World world;
  world.sandbox.google_health().subscribe("https://us.test/w", "Bearer s");
  ASSERT_EQ(world
                .google("POST", "dataTypes/weight/dataPoints",
                        R"({"name":"users/me/dataTypes/weight/dataPoints/abcd",)" + weight_point.substr(1))
                .status,
            200);
  ASSERT_EQ(world.google("PATCH", "dataTypes/weight/dataPoints/abcd", weight_point).status, 200);
  ASSERT_EQ(world
                .google("POST", "dataTypes/-/dataPoints:batchDelete",
                        R"({"names":["users/me/dataTypes/weight/dataPoints/abcd"]})")
                .status,
            200);
  const auto requests = taken(world);
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(json::parse(requests[1].body).at(0).at("data").at("operation"), "UPSERT");
  EXPECT_EQ(json::parse(requests[2].body).at(0).at("data").at("operation"), "DELETE");
  ASSERT_EQ(world.control("PUT", "options", R"({"google_health":{"notify_own_writes":false}})").status, 200);
  ASSERT_EQ(world.google("POST", "dataTypes/weight/dataPoints", weight_point).status, 200);
  EXPECT_TRUE(taken(world).empty());
}

TEST(SandboxWebhooks, GoogleNotifiesOnlyOfWhoConsentsAndWhatIsSubscribed) {
  World world;
  ASSERT_EQ(world.call(project_call("POST", "?subscriberId=main", subscriber("AUTOMATIC", R"(["steps"])"))).status,
            200);
  ASSERT_EQ(seed(world, "google_health", R"({"dataPoints":[)" + steps_point + "]}", "stranger").status, 200);
  ASSERT_EQ(seed(world, "google_health", R"({"dataPoints":[)" + weight_point + "]}").status, 200);
  EXPECT_TRUE(taken(world).empty());
}

TEST(SandboxWebhooks, GoogleManualSubscribersNameTheirUsers) {
  World world;
  ASSERT_EQ(world.call(project_call("POST", "?subscriberId=main", subscriber("MANUAL"))).status, 200);
  ASSERT_EQ(seed(world, "google_health", R"({"dataPoints":[)" + steps_point + "]}").status, 200);
  EXPECT_TRUE(taken(world).empty());
  const std::string user = R"({"user":"users/)" + GoogleHealth::health_user_id("alice") + R"("})";
  EXPECT_EQ(world.call(project_call("POST", "/main/subscriptions", user)).status, 200);
  EXPECT_EQ(world.call(project_call("POST", "/main/subscriptions", user)).status, 409);
  EXPECT_EQ(world.call(project_call("POST", "/main/subscriptions", "{}")).status, 400);
  ASSERT_EQ(seed(world, "google_health", R"({"dataPoints":[)" + steps_point + "]}").status, 200);
  EXPECT_EQ(taken(world).size(), 1U);
}

TEST(SandboxWebhooks, GoogleSubscribersAreListedAndEnded) {
  World world;
  EXPECT_EQ(world.call(project_call("GET", "", "", "wrong")).status, 401);
  EXPECT_EQ(world.call(project_call("POST", "?subscriberId=main", "{}")).status, 400);
  ASSERT_EQ(world.call(project_call("POST", "?subscriberId=main", subscriber())).status, 200);
  EXPECT_EQ(world.call(project_call("POST", "?subscriberId=main", subscriber())).status, 409);
  EXPECT_EQ(json_of(world.call(project_call("GET", ""))).at("subscribers").at(0).at("endpointUri"),
            "https://us.test/w");
  EXPECT_EQ(world.call(project_call("DELETE", "/main")).status, 200);
  EXPECT_EQ(world.call(project_call("DELETE", "/main")).status, 404);
}

TEST(SandboxWebhooks, GoogleHandshakeNeedsBothAnswers) {
  World world;
  const auto handshake = world.sandbox.handshake_for(project_call("POST", "?subscriberId=main", subscriber()));
  ASSERT_TRUE(handshake && handshake->requests.size() == 2);
  EXPECT_EQ(handshake->requests[0].body, R"({"type":"verification"})");
  EXPECT_EQ(handshake->requests[0].headers.get("Authorization"), "Bearer s");
  EXPECT_FALSE(handshake->requests[1].headers.get("Authorization"));
  EXPECT_TRUE(handshake->accepts({{201}, {401}}));
  EXPECT_TRUE(handshake->accepts({{201}, {403}}));
  for (const auto& [with, without] : {std::pair{200, 401}, {201, 201}, {401, 401}, {0, 0}, {201, 404}})
    EXPECT_FALSE(handshake->accepts({{with}, {without}})) << with;
  EXPECT_EQ(handshake->refusal.status, 400);
  world.sandbox.google_health().options().any_2xx_verifies = true;
  EXPECT_TRUE(
      world.sandbox.handshake_for(project_call("POST", "?subscriberId=main", subscriber()))->accepts({{204}, {401}}));
  EXPECT_FALSE(world.sandbox.handshake_for(project_call("GET", "")));
  EXPECT_FALSE(world.sandbox.handshake_for(project_call("POST", "", subscriber(), "wrong")));
}

TEST(SandboxWebhooks, GoogleFormsThatTheSheetCallsUnsureAreOptions) {
  World world;
  world.sandbox.google_health().subscribe("https://us.test/w", "Bearer s");
  ASSERT_EQ(world.control("PUT", "options", R"({"google_health":{"notify_as_object":true}})").status, 200);
  ASSERT_EQ(seed(world, "google_health", R"({"dataPoints":[)" + steps_point + "]}").status, 200);
  EXPECT_TRUE(json::parse(taken(world).at(0).body).is_object());
  EXPECT_EQ(
      world.control("PUT", "webhooks", R"({"google_health":{"url":"https://us.test","signing_key":"no key"}})").status,
      400);
}

TEST(SandboxWebhooks, StravaHandshakeWantsTheChallengeBack) {
  World world;
  const net::Request request{"POST",
                             "/strava/api/v3/push_subscriptions",
                             {{"Content-Type", "application/x-www-form-urlencoded"}},
                             net::encode_form(subscription())};
  const auto handshake = world.sandbox.handshake_for(request);
  ASSERT_TRUE(handshake && handshake->requests.size() == 1);
  EXPECT_EQ(handshake->requests[0].method, "GET");
  EXPECT_TRUE(handshake->requests[0].url.starts_with("https://us.test/s?key=1&hub.mode=subscribe"));
  const auto query = net::parse_target(handshake->requests[0].url);
  EXPECT_EQ(query.parameter("hub.verify_token"), "verify");
  const std::string challenge = query.parameter("hub.challenge").value();
  EXPECT_TRUE(handshake->accepts({{200, {}, R"({"hub.challenge":")" + challenge + "\"}"}}));
  EXPECT_FALSE(handshake->accepts({{200, {}, R"({"hub.challenge":"other"})"}}));
  EXPECT_FALSE(handshake->accepts({{201, {}, R"({"hub.challenge":")" + challenge + "\"}"}}));
  EXPECT_FALSE(handshake->accepts({{200, {}, "nonsense"}}));
  EXPECT_FALSE(handshake->accepts({{0}}));
  ASSERT_EQ(world.call(request).status, 201);
  EXPECT_FALSE(world.sandbox.handshake_for(request));  // refused anyway
}

TEST(SandboxWebhooks, StravaHasOneSubscriptionPerApplication) {
  World world;
  const std::string path = "/strava/api/v3/push_subscriptions";
  const auto made = world.post_form(path, subscription());
  ASSERT_EQ(made.status, 201);
  const std::string id = std::to_string(json_of(made).at("id").as_int64());
  EXPECT_EQ(world.post_form(path, subscription()).status, 400);
  EXPECT_EQ(world.post_form(path, {{"client_id", "100001"}, {"client_secret", "wrong"}}).status, 401);
  const std::string query = "?" + net::encode_form(strava_client);
  EXPECT_EQ(json_of(world.call({"GET", path + query})).at(0).at("callback_url"), "https://us.test/s?key=1");
  EXPECT_EQ(world.call({"DELETE", path + "/1" + query}).status, 404);
  EXPECT_EQ(world.call({"DELETE", path + "/" + id + query}).status, 204);
  EXPECT_EQ(json_of(world.call({"GET", path + query})).as_array().size(), 0U);
}

TEST(SandboxWebhooks, StravaSignsEventsWhenTheyLeave) {
  World world;
  world.sandbox.strava().subscribe("100001", "https://us.test/s");
  ASSERT_EQ(seed(world, "strava", R"({"activities":[)" + run + "]}").status, 200);
  world.now += std::chrono::hours{2};
  const auto requests = taken(world);
  ASSERT_EQ(requests.size(), 1U);
  const auto event = json::parse(requests[0].body);
  EXPECT_EQ(event.at("object_type"), "activity");
  EXPECT_EQ(event.at("aspect_type"), "create");
  EXPECT_EQ(event.at("object_id"), 77);
  EXPECT_EQ(event.at("owner_id").as_int64(), Strava::athlete_id("alice"));
  const std::string time =
      std::to_string(std::chrono::floor<std::chrono::seconds>(world.now).time_since_epoch().count());
  EXPECT_EQ(requests[0].headers.get("X-Strava-Signature"),
            "t=" + time + ",v1=" + hmac_hex("syncwell-strava-secret", time + "." + requests[0].body));
  world.sandbox.strava().options().sign_events = false;
  ASSERT_EQ(seed(world, "strava", R"({"activities":[)" + run + "]}").status, 200);
  const auto unsigned_requests = taken(world);
  EXPECT_EQ(json::parse(unsigned_requests.at(0).body).at("aspect_type"), "update");
  EXPECT_FALSE(unsigned_requests.at(0).headers.get("X-Strava-Signature"));
}

TEST(SandboxWebhooks, StravaTellsOfUploadsRenamingDeletionAndWithdrawal) {
  World world;
  world.sandbox.strava().subscribe("100001", "https://us.test/s");
  ASSERT_EQ(world.upload("fit", testing::read_file("fit/same_ride_2020-06-01.fit")).status, 201);
  EXPECT_TRUE(taken(world).empty());  // it is still being processed
  world.now += std::chrono::seconds{10};
  (void)world.strava("GET", "athlete");
  const auto created = taken(world);
  ASSERT_EQ(created.size(), 1U);
  const std::string id = std::to_string(json::parse(created[0].body).at("object_id").as_int64());
  ASSERT_EQ(world.strava("PUT", "activities/" + id, {{"name", "Morning"}}).status, 200);
  EXPECT_EQ(json::parse(taken(world).at(0).body).at("updates").at("title"), "Morning");
  ASSERT_EQ(world.control("DELETE", "data?provider=strava&account=alice&id=" + id).status, 200);
  EXPECT_EQ(json::parse(taken(world).at(0).body).at("aspect_type"), "delete");
  ASSERT_EQ(world.control("DELETE", "tokens?provider=strava&account=alice").status, 200);
  const auto withdrawn = json::parse(taken(world).at(0).body);
  EXPECT_EQ(withdrawn.at("object_type"), "athlete");
  EXPECT_EQ(withdrawn.at("updates").at("authorized"), "false");
  ASSERT_EQ(seed(world, "strava", R"({"activities":[)" + run + "]}").status, 200);
  EXPECT_TRUE(taken(world).empty());  // nobody consents any more
}

TEST(SandboxWebhooks, DeauthorisingByApiIsToldToo) {
  World world;
  world.sandbox.strava().subscribe("100001", "https://us.test/s");
  ASSERT_EQ(world.post_form("/strava/oauth/deauthorize", {{"access_token", world.strava_token}}).status, 200);
  EXPECT_EQ(taken(world).size(), 1U);
}

TEST(SandboxWebhooks, ControlSetsTargetsAndShowsDeliveries) {
  World world;
  const auto set = world.control("PUT", "webhooks",
                                 R"({"google_health":{"url":"http://127.0.0.1:1/w","secret":"Bearer s"},)"
                                 R"("strava":{"url":"http://127.0.0.1:1/s"}})");
  ASSERT_EQ(set.status, 200);
  EXPECT_GT(json_of(set).at("strava").at("subscription_id").as_int64(), 0);
  ASSERT_EQ(seed(world, "google_health", R"({"dataPoints":[)" + steps_point + "]}").status, 200);
  ASSERT_EQ(seed(world, "strava", R"({"activities":[)" + run + "]}").status, 200);
  EXPECT_EQ(json_of(world.control("GET", "webhooks")).at("waiting"), 2);
  for (auto& request : taken(world)) world.sandbox.note_delivery({std::move(request), 204, 1});
  const auto shown = json_of(world.control("GET", "webhooks"));
  EXPECT_EQ(shown.at("waiting"), 0);
  ASSERT_EQ(shown.at("delivered").as_array().size(), 2U);
  EXPECT_EQ(shown.at("delivered").at(0).at("status"), 204);
  EXPECT_EQ(json_of(world.control("DELETE", "webhooks")).at("delivered").as_array().size(), 0U);
  for (const char* bad : {"", "[]", R"({"garmin":{}})", R"({"strava":5})", R"({"strava":{"url":"ftp://x"}})"})
    EXPECT_EQ(world.control("PUT", "webhooks", bad).status, 400) << bad;
}

}  // namespace
}  // namespace syncwell::sandbox
