// Webhooks from end to end, without a network: the sandbox plays the provider, what it would send goes to the receiver.
// The sandbox signs with code of its own, so that both sides of every handshake and signature judge each other.
#include <gmock/gmock.h>
#include <boost/json.hpp>

#include "api/webhook_receiver.hpp"
#include "engine/connector.hpp"
#include "providers/google_health/google_health_provider.hpp"
#include "providers/strava/strava_provider.hpp"
#include "providers/test_signing_key.hpp"
#include "sandbox_client.hpp"
#include "store/test_table.hpp"

namespace syncwell::tests {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using api::WebhookOutcome;
using testing::ElementsAre;
using testing::SizeIs;

const std::string google_secret = "Bearer only-google-knows";
const std::string google_url = "https://us.test/webhooks/google_health";
const std::string strava_url = "https://us.test/webhooks/strava";

class RecordingBus final : public bus::EventBus {
 public:
  [[nodiscard]] Async<Result<void>> publish(bus::Event event) override {
    events.push_back(std::move(event));
    co_return Result<void>{};
  }
  [[nodiscard]] Async<Result<std::vector<bus::Event>>> undeliverable(std::size_t) override {
    co_return std::vector<bus::Event>{};
  }
  std::vector<bus::Event> events;
};

std::string no_file(const model::Record&) { return {}; }

class WebhookTest : public store::TableTest {
 protected:
  WebhookTest() {
    client.use(runtime);
    const std::string google = std::string(sandbox_origin) + "/google";
    const std::string strava = std::string(sandbox_origin) + "/strava";
    google_settings = {google, google, google, "syncwell-google-client", "syncwell-google-secret"};
    google_settings.webhooks.secret = google_secret;
    google_settings.webhooks.signature_public_key = key.public_pem();
    google_settings.webhooks.require_signature = true;
    google_settings.webhooks.project = "1234567890";
    google_settings.webhooks.credential = "syncwell-google-project";
    strava_settings = {strava, strava, strava, "100001", "syncwell-strava-secret"};
    strava_settings.webhooks.secret = "verify";
    strava_settings.webhooks.require_signature = true;
    registry.add(std::make_unique<providers::google_health::GoogleHealthProvider>(google_settings));
    registry.add(std::make_unique<providers::strava::StravaProvider>(strava_settings, no_file));
    client.sandbox.google_health().options().signing_key = key.private_pem();
  }

  // Lets `account` consent, and connects it for `user`.
  void connect(const std::string& provider, const std::string& account, const std::string& user) {
    const std::string verifier(43, 'v');
    const std::string challenge = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM";  // its S256
    auto started = runtime.run(connector.start(user, provider, "https://app.example/back", challenge));
    ASSERT_TRUE(started);
    const auto consent = runtime.run(client.send({"GET", started->url + "&login_hint=" + account}, in_a_minute()));
    ASSERT_TRUE(consent && consent->status == 302) << consent->body;
    const auto back = net::parse_target(std::string(consent->headers.get("Location").value()));
    auto connection = runtime.run(connector.finish(
        user, "conn_" + provider + "_" + user, {provider, back.parameter("code").value(), verifier, started->state}));
    ASSERT_TRUE(connection) << connection.error().message;
  }
  Deadline in_a_minute() { return Deadline::after(runtime, 1min); }
  net::Response receive(net::Request request) {
    const auto path = net::parse_target(request.url).path;
    request.url = request.url.substr(request.url.find("/webhooks/"));
    return runtime.run(receiver.receive(path.substr(std::string("/webhooks/").size()), std::move(request)));
  }
  // What `syncwell sandbox` does; the statuses that the provider got.
  std::vector<int> deliver() {
    std::vector<int> statuses;
    for (net::Request& request : client.sandbox.take_notifications(runtime.now()))
      statuses.push_back(receive(std::move(request)).status);
    return statuses;
  }
  bool passes_handshake(const net::Request& creation) {
    const auto handshake = client.sandbox.handshake_for(creation);
    if (!handshake) return false;
    std::vector<net::Response> answers;
    for (const auto& question : handshake->requests) answers.push_back(receive(question));
    return handshake->accepts(answers);
  }
  void seed(const std::string& provider, const std::string& account, const std::string& body) {
    ASSERT_EQ(client.control("PUT", "/_sandbox/seed?provider=" + provider + "&account=" + account, body).status, 200);
  }
  std::uint64_t count(const char* provider, WebhookOutcome outcome) {
    const auto counts = counters.counts();
    const auto found = counts.find({provider, outcome});
    return found == counts.end() ? 0 : found->second;
  }
  providers::CallContext context() { return {client, runtime, in_a_minute()}; }

  providers::TestSigningKey key;
  SandboxClient client;
  providers::CloudSettings google_settings;
  providers::CloudSettings strava_settings;
  providers::Registry registry;
  RecordingBus bus;
  engine::InProcessRateLimiter limiter{[this] { return runtime.now(); }, [this] { return runtime.steady_now(); }};
  engine::Breakers breakers{{}};
  engine::Connector connector{table(), storage->vault(), registry, client, limiter, breakers, runtime, {}};
  api::WebhookCounters counters;
  api::WebhookReceiver receiver{table(), storage->vault(), bus, registry, runtime, counters};
};

const std::string steps =
    R"({"dataPoints":[{"steps":{"interval":{"startTime":"2026-10-30T08:00:00Z","startUtcOffset":"0s","endTime":"2026-10-30T08:05:00Z","endUtcOffset":"0s"},"count":"10"}}]})";
const std::string run =
    R"({"activities":[{"id":77,"sport_type":"Run","start_date":"2026-10-30T08:00:00Z","elapsed_time":60}]})";

TEST_F(WebhookTest, ChangedDataAtGoogleReachesEveryConnectionOfTheAccount) {  // TRIG-2
  client.sandbox.google_health().subscribe(google_url, google_secret);
  connect("google_health", "alice", "user1");
  connect("google_health", "alice", "user2");
  connect("google_health", "bob", "user3");
  seed("google_health", "alice", steps);
  EXPECT_THAT(deliver(), ElementsAre(204));
  ASSERT_THAT(bus.events, SizeIs(2));
  for (const auto& event : bus.events) {
    EXPECT_EQ(event.type, bus::source_data_changed);
    EXPECT_EQ(json::serialize(event.data.at("data_types")), R"(["steps"])");
    EXPECT_EQ(event.data.at("from"), "2026-10-30T08:00:00Z");
    EXPECT_EQ(event.data.at("until"), "2026-10-30T08:05:00Z");
    EXPECT_NE(event.data.at("user"), "user3");
  }
}

TEST_F(WebhookTest, TheFormsThatGooglesPagesDisagreeAboutAllPass) {  // TRIG-2
  client.sandbox.google_health().subscribe(google_url, google_secret);
  connect("google_health", "alice", "user1");
  auto& options = client.sandbox.google_health().options();
  for (const bool other : {false, true}) {
    options.other_signature_header = options.notify_as_object = other;
    seed("google_health", "alice", steps);
    EXPECT_THAT(deliver(), ElementsAre(204));
  }
  const providers::TestSigningKey stranger;
  options.signing_key = stranger.private_pem();
  seed("google_health", "alice", steps);
  EXPECT_THAT(deliver(), ElementsAre(401));
  EXPECT_EQ(count("google_health", WebhookOutcome::accepted), 2U);
  EXPECT_EQ(count("google_health", WebhookOutcome::refused), 1U);
}

TEST_F(WebhookTest, GooglesSubscriberIsMadeAfterTheHandshake) {  // TRIG-2
  const json::object body{{"endpointUri", google_url},
                          {"endpointAuthorization", json::object{{"secret", google_secret}}}};
  net::Request creation{"POST",
                        "/google/v4/projects/1234567890/subscribers?subscriberId=x",
                        {{"Authorization", "Bearer syncwell-google-project"}},
                        json::serialize(body)};
  EXPECT_TRUE(passes_handshake(creation));
  creation.body = json::serialize(
      json::object{{"endpointUri", google_url}, {"endpointAuthorization", json::object{{"secret", "Bearer other"}}}});
  EXPECT_FALSE(passes_handshake(creation));
  auto* webhooks = registry.find("google_health")->webhooks();
  ASSERT_TRUE(runtime.run(webhooks->subscribe(context(), google_url)));
  EXPECT_EQ(runtime.run(webhooks->list(context()))->front().url, google_url);
  EXPECT_TRUE(runtime.run(webhooks->unsubscribe(context(), "syncwell")));
  EXPECT_TRUE(runtime.run(webhooks->list(context()))->empty());
}

TEST_F(WebhookTest, ANewActivityAtStravaIsTold) {  // TRIG-2
  auto* webhooks = registry.find("strava")->webhooks();
  const auto made = runtime.run(webhooks->subscribe(context(), strava_url));
  ASSERT_TRUE(made) << made.error().message;
  connect("strava", "alice", "user1");
  seed("strava", "alice", run);
  EXPECT_THAT(deliver(), ElementsAre(200));
  ASSERT_THAT(bus.events, SizeIs(1));
  EXPECT_EQ(json::serialize(bus.events[0].data.at("data_types")), R"(["workout"])");
  EXPECT_FALSE(bus.events[0].data.contains("from"));
  EXPECT_EQ(runtime.run(webhooks->list(context()))->front().id, made->id);
  EXPECT_TRUE(runtime.run(webhooks->unsubscribe(context(), made->id)));
  EXPECT_TRUE(runtime.run(webhooks->list(context()))->empty());
}

TEST_F(WebhookTest, StravasHandshakeKnowsTheVerifyToken) {  // TRIG-2
  const auto creation = [](const char* token) {
    return net::Request{"POST",
                        "/strava/api/v3/push_subscriptions",
                        {{"Content-Type", "application/x-www-form-urlencoded"}},
                        net::encode_form({{"client_id", "100001"},
                                          {"client_secret", "syncwell-strava-secret"},
                                          {"callback_url", strava_url},
                                          {"verify_token", token}})};
  };
  EXPECT_TRUE(passes_handshake(creation("verify")));
  EXPECT_FALSE(passes_handshake(creation("other")));
}

TEST_F(WebhookTest, AWithdrawnConsentAtStravaMarksTheConnection) {  // TRIG-2, PROV-3
  client.sandbox.strava().subscribe("100001", strava_url);
  connect("strava", "alice", "user1");
  runtime.run(runtime.sleep_for(2s)).value();
  ASSERT_EQ(client.control("DELETE", "/_sandbox/tokens?provider=strava&account=alice").status, 200);
  EXPECT_THAT(deliver(), ElementsAre(200));
  ASSERT_THAT(bus.events, SizeIs(1));
  EXPECT_EQ(bus.events[0].type, bus::reauthentication_needed);
  const auto connection = runtime.run(store::Connections(table()).get("user1", "conn_strava_user1"));
  EXPECT_EQ((*connection)->status, store::ConnectionStatus::needs_reauth);
}

TEST_F(WebhookTest, AnEventThatWasHeldBackIsRefused) {  // TRIG-2: replay
  client.sandbox.strava().subscribe("100001", strava_url);
  connect("strava", "alice", "user1");
  seed("strava", "alice", run);
  auto request = client.sandbox.take_notifications(runtime.now()).at(0);
  EXPECT_EQ(receive(request).status, 200);
  EXPECT_EQ(receive(request).status, 200);  // at once: taken twice, which does no harm
  runtime.run(runtime.sleep_for(10min)).value();
  EXPECT_EQ(receive(request).status, 401);
  EXPECT_THAT(bus.events, SizeIs(2));
}

}  // namespace
}  // namespace syncwell::tests
