// The life of an account over the API: settings, tokens of the built-in issuer, reconnecting, deleting, exporting.
#include <gmock/gmock.h>

#include <fstream>

#include "api_world.hpp"

namespace syncwell::tests {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
namespace json = boost::json;

class AccountTest : public ApiWorld {
 protected:
  model::Record weight(const std::string& id) {
    model::Record record;
    record.type = model::DataType::weight;
    record.source_id = id;
    record.origin.provider = "scale";
    record.time.start = record.time.end = Moment{world.runtime.now() - 1h, UtcOffset{1h}};
    record.modified = world.runtime.now() - 1h;
    record.payload = model::Quantity{70};
    return record;
  }
  std::string text(const net::Response& answer, std::string_view name) {
    return std::string(body_of(answer).at(name).as_string());
  }
  std::string start_job(const std::string& config) {
    const auto answer = call("POST", "/v1/sync-jobs", json::serialize(json::object{{"syncConfigId", config}}),
                             world.runtime.random().uuid4());
    EXPECT_EQ(answer.status, 202) << answer.body;
    return text(answer, "id");
  }
  FakePlatform& platform(const std::string& key) { return dynamic_cast<FakePlatform&>(*world.providers.find(key)); }
  // Everything in the data folder, after a clean end.
  std::string stored_bytes() {
    api.reset();
    issuer.reset();
    world.stop();
    std::string bytes;
    for (const auto& entry : std::filesystem::directory_iterator(world.folder.path() / "data")) {
      std::ifstream file(entry.path(), std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(file), {});
    }
    return bytes;
  }
};

TEST_F(AccountTest, SettingsAreChangedInTheVersionThatWasSeen) {  // API, INT-4
  const auto me = call("GET", "/v1/users/me");
  EXPECT_EQ(me.status, 200);
  EXPECT_THAT(text(me, "id"), testing::StartsWith("usr_"));
  EXPECT_EQ(text(me, "tier"), "FREE");
  const auto changed =
      call("PUT", "/v1/users/me/settings", R"({"timeZone":"Europe/Berlin","locale":"de-DE","paused":true})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.headers.get("ETag"), "\"1\"");
  EXPECT_EQ(text(call("GET", "/v1/users/me"), "timeZone"), "Europe/Berlin");
  net::Request stale{
      "PUT", "/v1/users/me/settings", {{"Authorization", "Bearer secret-token"}, {"If-Match", "\"7\""}}, "{}"};
  EXPECT_EQ(world.complete(api->handle(stale)).status, 412);
  EXPECT_EQ(call("PUT", "/v1/users/me/settings", R"({"timeZone":"Berlin; drop"})").status, 400);
  EXPECT_EQ(call("PUT", "/v1/users/me/settings", R"({"paused":"yes"})").status, 400);
}

TEST_F(AccountTest, TheOperatorAddsPeopleAndGivesThemTokens) {  // API: built-in issuer
  EXPECT_EQ(as_operator("POST", "/admin/users/bob/tokens", "{}").status, 404) << "not added yet";
  EXPECT_EQ(as_operator("PUT", "/admin/users/bob", R"({"tier":"PRO"})").status, 201);
  EXPECT_EQ(as_operator("PUT", "/admin/users/bob", "{}").status, 200);
  const auto issued = as_operator("POST", "/admin/users/bob/tokens", R"({"lifetimeMinutes":5})");
  ASSERT_EQ(issued.status, 201);
  EXPECT_EQ(issued.headers.get("Cache-Control"), "no-store");
  identity::JwtAuthenticator real(world.storage->table(), world.storage->vault(), world.runtime, std::nullopt,
                                  issuer.get());
  const auto caller = world.complete(real.authenticate(text(issued, "token")));
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->user, world.storage->vault().digest("user", "bob"));
  for (const char* wrong : {R"({"lifetimeMinutes":0})", R"({"lifetimeMinutes":129601})", R"({"lifetimeMinutes":"5"})"})
    EXPECT_EQ(as_operator("POST", "/admin/users/bob/tokens", wrong).status, 400) << wrong;
  EXPECT_EQ(as_operator("PUT", "/admin/users/b%20b", "{}").status, 400);
  EXPECT_EQ(as_operator("PUT", "/admin/users/" + std::string(65, 'b'), "{}").status, 400);
  EXPECT_EQ(as_operator("PUT", "/admin/users/bob", R"({"tier":"GOLD"})").status, 400);
  EXPECT_EQ(call("PUT", "/admin/users/eve", "{}").status, 401) << "a user is no operator";
  EXPECT_EQ(as_operator("POST", "/admin/identity/invalidate").status, 204);
  EXPECT_EQ(call("GET", "/v1/users/me").status, 401);
}

TEST_F(AccountTest, AConnectionGoesWithItsSyncsAndItsGrant) {  // API: DELETE /connections/{id}
  platform("a").put(weight("weight-1"));
  const auto config = new_config();
  world.work_for(1s);
  (void)start_job(config);
  world.work_for(30s);
  EXPECT_EQ(call("DELETE", "/v1/connections/conn_a").status, 204);
  EXPECT_EQ(call("GET", "/v1/connections/conn_a").status, 404);
  EXPECT_EQ(body_of(call("GET", "/v1/connections")).at("connections").as_array().size(), 3U);
  EXPECT_EQ(call("POST", "/v1/sync-configs", config_body("conn_a", "conn_b"), "again").status, 400);
  world.work_for(5min);
  EXPECT_EQ(call("GET", "/v1/sync-configs/" + config).status, 404);
  EXPECT_EQ(call("DELETE", "/v1/connections/conn_a").status, 404);
  EXPECT_TRUE(world.complete(store::Ledger(world.storage->table()).all(config)).value().empty());
  EXPECT_EQ(platform("b").records().size(), 1U) << "what was written stays where it is";
}

TEST_F(AccountTest, AJobOfADeletedSyncIsCancelledAndNoDeadLetter) {  // API, ARCH-4
  const auto config = new_config();
  const auto job = start_job(config);
  EXPECT_EQ(call("DELETE", "/v1/sync-configs/" + config).status, 204);
  world.work_for(1min);
  EXPECT_EQ(text(call("GET", "/v1/sync-jobs/" + job), "status"), "cancelled");
  EXPECT_TRUE(world.dead_letters().empty());
}

TEST_F(AccountTest, ARunningJobHoldsItsErasureUpAndNothingIsLeftBehind) {  // API
  platform("a").put(weight("weight-1"));
  platform("a").latency = 20s;
  const auto config = new_config();
  (void)start_job(config);
  world.work_for(1s);
  EXPECT_EQ(call("DELETE", "/v1/sync-configs/" + config).status, 204);
  world.work_for(10min);
  EXPECT_TRUE(world.complete(store::Ledger(world.storage->table()).all(config)).value().empty());
  EXPECT_TRUE(
      world.complete(world.storage->table().query("config#" + config, "", 10, std::nullopt)).value().items.empty());
}

// Whoever deletes a sync that somebody edits, or that goes at this very moment, is not told that nothing happened.
TEST_F(AccountTest, ADeletionWinsAgainstWhatHappensMeanwhile) {  // API
  const auto config = new_config();
  auto stale = world.complete(store::SyncConfigs(world.storage->table()).get(world.user, config)).value().value();
  auto edited = stale;
  edited.paused = true;
  ASSERT_TRUE(world.complete(store::SyncConfigs(world.storage->table()).update(edited)));
  EXPECT_TRUE(world.complete(world.eraser->request_config(stale)));
  world.work_for(1min);
  EXPECT_EQ(call("GET", "/v1/sync-configs/" + config).status, 404);
}

TEST_F(AccountTest, WhoLeavesLeavesNothingBehind) {  // API: DELETE /users/me, provably
  platform("a").put(weight("weight-1"));
  ASSERT_EQ(call("PUT", "/v1/users/me/settings", R"({"locale":"de-DE"})").status, 200);
  const auto config = new_config();
  (void)start_job(config);
  world.work_for(30s);
  (void)call("POST", "/v1/export-jobs", "", "export");
  // A dead letter of theirs, too.
  (void)world
      .complete(world.storage->queue("hot").send(
          bus::to_json(engine::to_event({"job_x", world.user, config, "correlation"}, "event", world.runtime.now())),
          15min))
      .value();
  const std::string user = world.user;
  EXPECT_EQ(call("DELETE", "/v1/users/me").status, 202);
  EXPECT_EQ(call("GET", "/v1/users/me").status, 401) << "nobody by that name any more";
  world.work_for(20min);
  EXPECT_EQ(world.depth().dead, 0U);
  const auto bytes = stored_bytes();
  for (const auto& trace : {user, config, std::string("conn_a"), std::string("weight-1"), std::string("de-DE")})
    EXPECT_EQ(bytes.find(trace), std::string::npos) << trace;
}

TEST_F(AccountTest, AnErasureThatIsRepeatedDoesNoHarm) {  // API
  EXPECT_EQ(as_operator("DELETE", "/admin/users/usr_" + other_user()).status, 404);
  EXPECT_EQ(call("PUT", "/v1/users/me/settings", "{}", "", "other-token").status, 200);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(as_operator("DELETE", "/admin/users/usr_" + other_user()).status, 202);
  EXPECT_EQ(as_operator("PUT", "/admin/users/usr_" + other_user(), "{}").status, 409);
  world.work_for(5min);
  EXPECT_EQ(as_operator("DELETE", "/admin/users/usr_" + other_user()).status, 404);
  EXPECT_EQ(body_of(call("GET", "/v1/connections")).at("connections").as_array().size(), 4U) << "nobody else's";
}

TEST_F(AccountTest, AnExportHoldsEverythingAndSaysWhatItCannotHold) {  // API, DEC-11
  platform("a").put(weight("weight-1"));
  const auto config = new_config();
  (void)start_job(config);
  world.work_for(30s);
  const auto made = call("POST", "/v1/export-jobs", "", "key");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(call("POST", "/v1/export-jobs", "", "key").body, made.body) << "INT-2";
  EXPECT_EQ(call("POST", "/v1/export-jobs").status, 400) << "without a key";
  EXPECT_EQ(text(call("GET", "/v1/export-jobs/" + text(made, "id")), "url"), text(made, "url"));
  const auto zip = call("GET", text(made, "url"), "", "", "");
  ASSERT_EQ(zip.status, 200);
  EXPECT_EQ(zip.headers.get("Content-Type"), "application/zip");
  EXPECT_THAT(zip.body, testing::StartsWith("PK"));
  for (const char* name :
       {"README.txt", "account.json", "connections.json", "sync-configs.json", "sync-jobs.json", "ledger.json"})
    EXPECT_THAT(zip.body, HasSubstr(name));
  EXPECT_EQ(call("GET", text(made, "url") + "x", "", "", "").status, 404);
  EXPECT_EQ(call("GET", "/v1/exports/" + text(made, "id"), "", "", "").status, 404);
  world.runtime.run_for(1h);
  EXPECT_EQ(call("GET", text(made, "url"), "", "", "").status, 404) << "its hour is over";
}

TEST_F(AccountTest, DecisionsSayWhyARecordWentWhereItWent) {  // CON-6
  platform("a").put(weight("weight-1"));
  const auto config = new_config();
  const auto preview = call("POST", "/v1/sync-previews", json::serialize(json::object{{"syncConfigId", config}}));
  ASSERT_EQ(preview.status, 200) << preview.body;
  EXPECT_EQ(body_of(preview).at("decisions").as_array().size(), 1U);
  EXPECT_TRUE(platform("b").records().empty()) << "a preview writes nothing";
  const auto job = start_job(config);
  world.work_for(30s);
  const auto decisions = call("GET", "/v1/sync-jobs/" + job + "/decisions");
  ASSERT_EQ(decisions.status, 200);
  const auto first = body_of(decisions).at("decisions").as_array().at(0).as_object();
  EXPECT_EQ(first.at("recordId").as_string(), "weight-1");
  EXPECT_EQ(first.at("action").as_string(), "create");
  EXPECT_EQ(first.size(), 3U) << "no values";
  EXPECT_EQ(call("GET", "/v1/sync-jobs/job_x/decisions").status, 404);
}

}  // namespace
}  // namespace syncwell::tests
