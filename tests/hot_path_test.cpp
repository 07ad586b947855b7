// The hot path with the real providers against the sandbox's imposters, in simulated time: OAuth, real recordings to
// Google Health and Strava, faults, and what must hold whatever happens.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <fstream>
#include <set>

#include "app/pkce.hpp"
#include "engine_world.hpp"
#include "providers/apple_health/apple_health_provider.hpp"
#include "providers/fit/fit_provider.hpp"
#include "providers/fit/fit_writer.hpp"
#include "providers/google_health/google_health_provider.hpp"
#include "providers/gpx/gpx_provider.hpp"
#include "providers/json/json_provider.hpp"
#include "providers/strava/strava_provider.hpp"
#include "providers/tcx/tcx_provider.hpp"
#include "sandbox_client.hpp"

namespace syncwell::tests {
namespace {

using namespace std::chrono_literals;
using model::DataType;
using store::JobStatus;
namespace json = boost::json;

const std::string data = SYNCWELL_SOURCE_DIR "/tests/data";

providers::CloudSettings at_sandbox(const std::string& path, std::string id, std::string secret) {
  const std::string base = std::string(sandbox_origin) + path;
  return {base, base, base, std::move(id), std::move(secret)};
}

class HotPath : public testing::Test {
 protected:
  HotPath() {
    client.use(world.runtime);
    using namespace syncwell::providers;  // NOLINT(google-build-using-namespace): seven folders
    world.providers.add(std::make_unique<google_health::GoogleHealthProvider>(
        at_sandbox("/google", "syncwell-google-client", "syncwell-google-secret"),
        google_health::ReadMethod::reconcile));
    world.providers.add(std::make_unique<strava::StravaProvider>(
        at_sandbox("/strava", "100001", "syncwell-strava-secret"), fit::encode_workout));
    world.providers.add(apple_health::make_apple_health_provider());
    world.providers.add(fit::make_provider());
    world.providers.add(gpx::make_provider());
    world.providers.add(tcx::make_provider());
    world.providers.add(std::make_unique<providers::json::JsonProvider>());
    connector.emplace(world.storage->table(), world.storage->vault(), world.providers, client, *world.limiter,
                      *world.breakers, world.runtime, std::vector<std::filesystem::path>{data, world.folder.path()});
    google = authorise("google_health");
    strava = authorise("strava");
  }

  // PROV-2: authorization page, redirect, code and verifier to the backend.
  std::string authorise(const std::string& provider) {
    const auto key = app::draw_proof_key();
    const auto start =
        world.complete(connector->start(world.user, provider, "http://127.0.0.1:9/callback", key.challenge)).value();
    const auto page = client.sandbox.handle({"GET", start.url}, world.runtime.now());
    const auto target = net::parse_target(page.headers.get("Location").value());
    const std::string id = "conn_" + provider;
    const auto connection = world.complete(connector->finish(
        world.user, id, {provider, target.parameter("code").value(), key.verifier, target.parameter("state").value()}));
    EXPECT_TRUE(connection) << connection.error().message;
    return id;
  }

  std::string files(const std::string& provider, const std::string& path) {
    const std::string id = "conn_" + provider + "_" + std::to_string(++connected_);
    const auto connection = world.complete(connector->connect_files(world.user, id, provider, path));
    EXPECT_TRUE(connection) << connection.error().message;
    return id;
  }

  void faults(const std::string& rules) {
    EXPECT_EQ(client.control("PUT", "/_sandbox/faults", R"({"rules":[)" + rules + "]}").status / 100, 2);
  }
  std::string state() { return client.control("GET", "/_sandbox/state?times=no").body; }
  std::string records_folder() const { return (world.folder.path() / "records").string(); }

  SandboxClient client;
  EngineWorld world{client};
  std::optional<engine::Connector> connector;
  std::string google;
  std::string strava;

 private:
  int connected_ = 0;
};

TEST_F(HotPath, AppleHealthWorkoutsSleepAndWeightReachGoogleHealth) {
  const auto apple = files("apple_health_export", data + "/apple_health/authored_ios18_new_york_dst_end.xml");
  for (const auto type : {DataType::workout, DataType::sleep, DataType::weight}) {
    const auto config = world.configure(apple, google, type);
    const auto first = world.sync(config);
    EXPECT_EQ(first.status, JobStatus::succeeded) << first.error_message;
    EXPECT_GT(first.counts.written, 0);
    const auto again = world.sync(config);
    EXPECT_EQ(again.counts.written, 0) << model::name_of(type);
    EXPECT_EQ(again.counts.unchanged, first.counts.read);
  }
}

TEST_F(HotPath, TheSameRideInThreeFormatsIsOneActivityAtStrava) {
  for (const auto* format : {"fit", "tcx", "gpx"}) {
    const auto from = files(format, data + "/" + format + "/same_ride_2020-06-01." + format);
    const auto job = world.sync(world.configure(from, strava, DataType::workout));
    EXPECT_EQ(job.status, JobStatus::succeeded) << format << ": " << job.error_message;
  }
  const auto held = json::parse(state()).at("strava").at("alice").at("activities").as_array();
  EXPECT_EQ(held.size(), 1U);
}

TEST_F(HotPath, GoogleHealthToJsonAndBackReachesAFixedPoint) {  // DEC-6
  client.control("POST", "/_sandbox/demo?account=alice&days=5");
  const auto folder = files("json", records_folder());
  const auto out = world.configure(google, folder, DataType::weight);
  const auto back = world.configure(folder, google, DataType::weight);
  const auto first = world.sync(out);
  EXPECT_EQ(first.status, JobStatus::succeeded) << first.error_message;
  EXPECT_GT(first.counts.written, 0);
  const std::string before = state();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(world.sync(back).counts.written, 0);
    EXPECT_EQ(world.sync(out).counts.written, 0);
  }
  EXPECT_EQ(state(), before);
}

TEST_F(HotPath, TheSecondPassOfANightReplacesTheFirst) {  // DEC-7
  client.control("POST", "/_sandbox/demo?account=alice&days=2");
  const auto config = world.configure(google, files("json", records_folder()), DataType::sleep);
  const auto first = world.sync(config);
  ASSERT_GT(first.counts.written, 0) << first.error_message;
  client.control("POST", "/_sandbox/demo/finish_sleep?account=alice&days=2");
  const auto second = world.sync(config);
  EXPECT_GT(second.counts.written, 0) << second.error_message;
  EXPECT_EQ(world.sync(config).counts.written, 0);
}

TEST_F(HotPath, ARateLimitStormOfTenMinutesSendsNothingToTheDeadLetterQueue) {  // DEC-1, PROV-3
  faults(
      R"({"match":{"provider":"google_health","path_prefix":"/google/v4"},"fault":{"kind":"status","status":429,"retry_after":"20"}})");
  const auto config = world.configure(google, files("json", records_folder()), DataType::weight);
  const auto id = world.request(config);
  world.work_for(10min);
  EXPECT_TRUE(world.dead_letters().empty());
  EXPECT_EQ(world.job(id).status, JobStatus::delayed);
  EXPECT_EQ(world.job(id).attempts, 0);
  client.control("DELETE", "/_sandbox/faults");
  world.work_for(5min);
  EXPECT_EQ(world.job(id).status, JobStatus::succeeded) << world.job(id).error_message;
}

TEST_F(HotPath, ABadRequestIsInTheDeadLetterQueueAfterOneTry) {  // DEC-3
  faults(R"({"match":{"provider":"google_health","path_prefix":"/google/v4"},"fault":{"kind":"status","status":400}})");
  world.request(world.configure(google, files("json", records_folder()), DataType::weight));
  const auto calls = client.calls;
  world.work_for(10min);
  ASSERT_EQ(world.dead_letters().size(), 1U);
  EXPECT_EQ(world.dead_letters()[0].reason, "provider_rejected");
  EXPECT_EQ(client.calls, calls + 1);
}

TEST_F(HotPath, A503ThatLastsCostsExactlyFiveTries) {  // LIFE, PROV-3
  faults(R"({"match":{"provider":"google_health","path_prefix":"/google/v4"},"fault":{"kind":"status","status":503}})");
  const auto id = world.request(world.configure(google, files("json", records_folder()), DataType::weight));
  const auto calls = client.calls;
  world.work_for(2h);
  EXPECT_EQ(client.calls, calls + 5);
  EXPECT_EQ(world.job(id).attempts, 5);
  EXPECT_EQ(world.job(id).status, JobStatus::dead_lettered);
}

TEST_F(HotPath, ARevokedGrantMarksTheConnectionAndSaysSo) {  // PROV-3
  store::Subscriptions subscriptions(world.storage->table());
  ASSERT_TRUE(world.complete(subscriptions.put({"sub_1", "https://team.example", {}, "sec_1"})));
  client.control("DELETE", "/_sandbox/tokens?provider=google_health&account=alice");
  const auto id = world.request(world.configure(google, files("json", records_folder()), DataType::weight));
  world.work_for(10min);
  EXPECT_EQ(world.job(id).status, JobStatus::needs_reauth) << world.job(id).error_message;
  EXPECT_TRUE(world.dead_letters().empty());
  const auto connection =
      world.complete(store::Connections(world.storage->table()).get(world.user, google)).value().value();
  EXPECT_EQ(connection.status, store::ConnectionStatus::needs_reauth);
  EXPECT_EQ(world.complete(world.storage->queue("deliveries").depth()).value().visible, 1U) << "ReAuthenticationNeeded";
}

TEST_F(HotPath, AnExpiredTokenIsRefreshedAndARotatedOneKept) {  // PROV-2
  const auto config = world.configure(files("fit", data + "/fit/garmin-fenix-5-run.fit"), strava, DataType::workout);
  world.runtime.run_for(7h);  // past Strava's six hours
  EXPECT_EQ(world.sync(config).status, JobStatus::succeeded);
  world.runtime.run_for(7h);
  EXPECT_EQ(world.sync(config).status, JobStatus::succeeded) << "the rotated refresh token was lost";
}

TEST_F(HotPath, AServerErrorWhileRefreshingIsNoRevokedConnection) {  // DESIGN 5
  const auto config = world.configure(files("fit", data + "/fit/garmin-fenix-5-run.fit"), strava, DataType::workout);
  world.runtime.run_for(7h);
  faults(R"({"match":{"path_prefix":"/strava/oauth/token","until_count":2},"fault":{"kind":"status","status":503}})");
  const auto id = world.request(config);
  world.work_for(10min);
  EXPECT_EQ(world.job(id).status, JobStatus::succeeded) << world.job(id).error_message;
}

// Uploads under a fault plan: everything arrives, nothing twice.
class HotPathFault : public HotPath, public testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(HotPathFault, EverythingArrivesOnce) {  // INT-1, INT-5, ALG-7
  const auto apple = files("apple_health_export", data + "/apple_health/authored_ios18_new_york_dst_end.xml");
  const auto fit = files("fit", data + "/fit/garmin-fenix-5-run.fit");
  faults(GetParam().second);
  std::set<std::string> jobs;
  for (const auto type : {DataType::workout, DataType::sleep, DataType::weight})
    jobs.insert(world.request(world.configure(apple, google, type)));
  jobs.insert(world.request(world.configure(fit, strava, DataType::workout)));
  world.work_for(2h);
  for (const auto& id : jobs) EXPECT_EQ(world.job(id).status, JobStatus::succeeded) << world.job(id).error_message;
  const std::string with_faults = state();

  const auto held = json::parse(with_faults);
  const auto& points = held.at("google_health").at("alice");
  std::set<std::string> ids;
  std::size_t count = 0;
  for (const auto& [type, collection] : points.at("dataTypes").as_object()) {
    for (const auto& point : collection.at("points").as_array()) {
      json::object content = point.as_object();
      content.erase("name");
      content.erase("id");
      ids.insert(std::string(type) + json::serialize(content));
      ++count;
    }
  }
  EXPECT_EQ(count, 6U) << "2 workouts, 2 nights, 2 weighings";
  EXPECT_EQ(ids.size(), count) << "something is there twice";
  EXPECT_EQ(held.at("strava").at("alice").at("activities").as_array().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Wire, HotPathFault,
    testing::Values(
        std::pair{"503", R"({"match":{"probability":0.2},"fault":{"kind":"status","status":503}})"},
        std::pair{"429", R"({"match":{"probability":0.2},"fault":{"kind":"status","status":429}})"},
        std::pair{"429_with_nonsense",
                  R"({"match":{"probability":0.2},"fault":{"kind":"status","status":429,"retry_after":"soon"}})"},
        std::pair{"reset_before", R"({"match":{"probability":0.2},"fault":{"kind":"reset_before_commit"}})"},
        std::pair{"reset_after", R"({"match":{"probability":0.2},"fault":{"kind":"reset_after_commit"}})"},
        std::pair{"truncated", R"({"match":{"probability":0.2},"fault":{"kind":"truncated_json"}})"},
        std::pair{"slow", R"({"match":{"probability":0.1},"fault":{"kind":"slow_body"}})"},
        std::pair{"latency", R"({"match":{"probability":0.2},"fault":{"kind":"latency_ms","latency_ms":30000}})"}),
    [](const auto& instance) { return std::string(instance.param.first); });

TEST_F(HotPath, EveryFileOfTheDataFolderIsSyncedOrNamedInOneLine) {
  for (const auto* format : {"fit", "gpx", "tcx"}) {
    const auto from = files(format, data + "/" + format);
    const auto job = world.sync(world.configure(from, files("json", records_folder()), DataType::workout));
    EXPECT_EQ(job.status, JobStatus::succeeded) << format << ": " << job.error_message;
    EXPECT_GT(job.counts.written, 0);
  }
  for (const auto& entry : std::filesystem::directory_iterator(data + "/apple_health")) {
    if (entry.path().extension() != ".xml") continue;
    const auto from = files("apple_health_export", entry.path().string());
    const auto job = world.sync(world.configure(from, files("json", records_folder()), DataType::heart_rate));
    EXPECT_EQ(job.status, JobStatus::succeeded) << entry.path() << ": " << job.error_message;
  }
}

TEST_F(HotPath, NoTokenHealthValueOrUserIdIsInTheStoredBytes) {  // DEC-8, DEC-11
  client.control("POST", "/_sandbox/demo?account=alice&days=3");
  const auto apple = files("apple_health_export", data + "/apple_health/authored_ios18_new_york_dst_end.xml");
  for (const auto type : {DataType::workout, DataType::weight, DataType::sleep})
    world.sync(world.configure(apple, google, type));
  world.sync(world.configure(google, files("json", records_folder()), DataType::weight));
  const auto secret = world
                          .complete(world.storage->vault().get(
                              world.complete(store::Connections(world.storage->table()).get(world.user, google))
                                  .value()
                                  ->secret_pointer))
                          .value();
  const auto tokens = engine::account_secret_from_json(secret.value)->tokens.value();
  world.stop();
  std::string bytes;
  for (const auto& entry : std::filesystem::directory_iterator(world.folder.path() / "data")) {
    std::ifstream file(entry.path(), std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(file), {});
  }
  ASSERT_GT(bytes.size(), 10'000U);
  for (const std::string& canary : {tokens.access_token, tokens.refresh_token, std::string("somebody"),
                                    std::string("alice"), std::string("Apple Watch"), std::string("authored_ios18"),
                                    std::string("412.337"), std::string("2025-11-02"), std::string("HKQuantity")}) {
    EXPECT_EQ(bytes.find(canary), std::string::npos) << canary.substr(0, 6) << "…";
  }
}

}  // namespace
}  // namespace syncwell::tests
