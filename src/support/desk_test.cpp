// The desk at work by itself: cases, incidents, redriving, the contact clock, alarms (SUP-1 … SUP-5).
#include "support/desk.hpp"

#include <gmock/gmock.h>

#include "store/sync_configs.hpp"
#include "support/desk_test_world.hpp"

namespace syncwell::support {
namespace {

using namespace std::chrono_literals;
using enum store::CaseState;
using testing::ElementsAre;
using testing::IsEmpty;

using DeskTest = DeskWorld;

TEST_F(DeskTest, ADeadLetterBecomesACaseWithAllThatSupportNeeds) {  // SUP-2
  accept("1");
  runtime.run_for(1h);
  die(ErrorCode::mapping, 200, "google_health", "weight-7: `kg` is no number");
  runtime.run_for(1s);
  round();
  const auto found = entry("job_1");
  EXPECT_EQ(found.state, open);
  EXPECT_EQ(found.category, "bad_data");
  EXPECT_EQ(found.code, "mapping");
  EXPECT_EQ(found.provider, "google_health");
  EXPECT_EQ(found.http_status, 200);
  EXPECT_EQ(found.message, "weight-7: `kg` is no number");
  EXPECT_EQ(found.data_type, "workout");
  EXPECT_EQ(found.user, "somebody");
  EXPECT_EQ(found.config_id, "sync_1");
  EXPECT_EQ(found.correlation_id, "correlation_1");
  EXPECT_EQ(found.attempts, 5);
  EXPECT_EQ(found.first_failed, complete(store::Jobs(table()).get("job_1")).value()->failures.at(0).at);
  EXPECT_EQ(found.contact_due, found.first_failed + 24h);
}

TEST_F(DeskTest, WhatIsNoJobIsACaseToo) {  // SUP-2, LIFE: a message that kills its worker
  ASSERT_TRUE(complete(hot().send("no json", Duration{0})));
  auto received = complete(hot().receive(1, Duration{0})).value();
  ASSERT_TRUE(complete(hot().dead_letter(received[0].receipt, "unreadable_input", "no JSON")));
  round();
  const auto open_ones = incidents();
  ASSERT_EQ(open_ones.size(), 1U);
  EXPECT_EQ(open_ones[0].category, "bad_data");
  EXPECT_EQ(open_ones[0].count(open), 1);
}

TEST_F(DeskTest, AnOutageIsOneIncidentAndOneAlarm) {  // SUP-1, SUP-3
  for (int i = 0; i < 30; ++i) fail_one(std::to_string(i), "user_" + std::to_string(i));
  work(10s);
  const auto open_ones = incidents();
  ASSERT_EQ(open_ones.size(), 1U);
  EXPECT_EQ(open_ones[0].count(open), 30);
  EXPECT_EQ(open_ones[0].provider, "strava");
  ASSERT_EQ(alarms().size(), 1U);
  EXPECT_EQ(alarms()[0].key, "outage/strava");
  EXPECT_EQ(alarms()[0].change, 1);
  fail_one("other", "somebody", ErrorCode::mapping, 200);
  work(2s);
  EXPECT_EQ(incidents().size(), 2U) << "something else is another incident";
}

TEST_F(DeskTest, WhatAnOutageLeftGoesBackAfterItsTimeAndComesThrough) {  // SUP-3
  for (int i = 0; i < 10; ++i) fail_one(std::to_string(i));
  work(1min);
  EXPECT_EQ(dead(), 10U);
  work(1h - 2min);
  EXPECT_EQ(dead(), 10U) << "not before its time";
  for (int batch : {1, 2, 4, 3}) {
    work(2min);
    ASSERT_EQ(visible(), static_cast<std::uint64_t>(batch));
    for (int i = 0; i < batch; ++i) come_through();
  }
  work(2min);
  EXPECT_THAT(incidents(), IsEmpty());
  const auto resolved_one = incidents(false).at(0);
  EXPECT_EQ(resolved_one.count(resolved), 10);
  EXPECT_EQ(entry("job_3").state, resolved);
  EXPECT_THAT(alarms(), IsEmpty());
  EXPECT_EQ(dead(), 0U);
}

TEST_F(DeskTest, NothingGoesBackWhileTheBreakerIsOpen) {  // SUP-3, PROV-5
  fail_one("1");
  open_breakers = {"strava"};
  work(2h);
  EXPECT_EQ(dead(), 1U);
  open_breakers.clear();
  work(2s);
  EXPECT_EQ(visible(), 1U);
}

TEST_F(DeskTest, NothingLoopsForEver) {  // SUP-3: a ceiling
  auto rules = Triage::parse(R"(
[[rule]]
name = "outage"
codes = ["provider_failed"]
category = "outage"
action = "redrive"
redrive_after_minutes = 10
redrives = 2
)",
                             "test");
  ASSERT_TRUE(rules);
  desk = std::make_unique<SupportDesk>(
      SupportDeskServices{table(), hot(), notices(), storage->bus(), storage->vault(), runtime}, settings, for_people,
      DeskProbes{}, std::move(*rules));
  fail_one("1");
  for (int redrive = 1; redrive <= 2; ++redrive) {
    work(10min + 5s);
    ASSERT_EQ(visible(), 1U) << redrive;
    die(ErrorCode::provider_failed, 503);
    work(2s);
    EXPECT_EQ(entry("job_1").redrives, redrive);
  }
  work(2h);
  EXPECT_EQ(dead(), 1U) << "it waits for a person";
  EXPECT_EQ(incidents().at(0).exhausted, 1);
  EXPECT_EQ(alarms().at(0).severity, "critical");
  EXPECT_EQ(complete(desk->book.redrive("job_1", "ada")), Moved::done) << "a person may";
  come_through();
  work(2s);
  EXPECT_EQ(entry("job_1").state, resolved);
  EXPECT_EQ(incidents(false).at(0).exhausted, 0);
}

TEST_F(DeskTest, WhatDiesAgainHoldsTheOthersBack) {  // SUP-3
  for (int i = 0; i < 5; ++i) fail_one(std::to_string(i));
  work(1h + 5s);
  ASSERT_EQ(visible(), 1U);
  die(ErrorCode::provider_failed, 503);
  work(59min);
  EXPECT_EQ(dead(), 5U) << "one has found out for all";
  EXPECT_EQ(incidents().size(), 1U);
  EXPECT_EQ(incidents()[0].count(open), 5);
  work(2min);
  EXPECT_EQ(visible(), 1U);
}

TEST_F(DeskTest, AFurtherRedriveIsAClearConflict) {  // SUP-5
  fail_one("1");
  round();
  EXPECT_EQ(complete(desk->book.redrive("job_1", "ada")), Moved::done);
  EXPECT_EQ(complete(desk->book.redrive("job_1", "ada")), Moved::already_redriven);
  EXPECT_EQ(complete(desk->book.archive("job_1", "ada", "")), Moved::already_redriven);
  EXPECT_EQ(complete(desk->book.purge("job_1")), Moved::already_redriven);
  EXPECT_EQ(visible(), 1U) << "and no duplicate";
  come_through();
  round();
  EXPECT_EQ(complete(desk->book.redrive("job_1", "ada")), Moved::closed);
  EXPECT_EQ(complete(desk->book.redrive("job_0", "ada")), Moved::not_found);
  fail_one("2");
  round();
  EXPECT_EQ(complete(desk->book.archive("job_2", "ada", "known")), Moved::done);
  EXPECT_EQ(dead(), 0U);
  EXPECT_EQ(complete(desk->book.redrive("job_2", "ada")), Moved::closed);
  fail_one("3");
  round();
  ASSERT_TRUE(complete(hot().redrive(entry("job_3").dead_letter_id)));  // by another tool
  EXPECT_EQ(complete(desk->book.redrive("job_3", "ada")), Moved::still_running);
}

TEST_F(DeskTest, WhatWentWithoutTheDeskIsMended) {  // SUP-5: the dead-letter queue is the truth
  for (const char* id : {"1", "2", "3"}) fail_one(id);
  work(2s);
  ASSERT_TRUE(complete(hot().redrive(entry("job_1").dead_letter_id)));
  change_job("job_1", [](store::Job& job) { job.status = store::JobStatus::queued; });
  ASSERT_TRUE(complete(hot().purge(entry("job_2").dead_letter_id)));
  // As a person's erasure does it.
  ASSERT_TRUE(complete(hot().purge(entry("job_3").dead_letter_id)));
  ASSERT_TRUE(complete(table().erase(store::Cases::key_of("job_3"))));
  work(40s);
  EXPECT_EQ(entry("job_1").state, redriven);
  EXPECT_EQ(entry("job_2").state, archived);
  come_through();
  work(5s);
  EXPECT_EQ(entry("job_1").state, resolved);
  work(10min);
  EXPECT_THAT(incidents(), IsEmpty());
  EXPECT_THAT(alarms(), IsEmpty());
}

TEST_F(DeskTest, ARestartForgetsNothingAndRepeatsNothing) {  // SUP-1, SUP-2
  for (int i = 0; i < 3; ++i) fail_one(std::to_string(i));
  work(5s);
  start();
  fail_one("late");
  work(5s);
  ASSERT_EQ(incidents().size(), 1U);
  EXPECT_EQ(incidents()[0].count(open), 4);
  ASSERT_EQ(alarms().size(), 1U);
  EXPECT_EQ(alarms()[0].change, 1);
  EXPECT_EQ(entry("job_0").notes.size(), 1U);
}

TEST_F(DeskTest, TheClockWarnsInOrderAndThenTheDeskWrites) {  // SUP-4
  has_address("somebody", "somebody@example.org", "de-DE");
  accept("1");
  die(ErrorCode::mapping);
  work(1min);
  EXPECT_EQ(entry("job_1").contact, "running");
  EXPECT_THAT(messages("somebody"), IsEmpty());
  runtime.run_for(12h - 1min);
  work(1min);
  EXPECT_EQ(entry("job_1").contact, "half");
  runtime.run_for(7h + 12min);
  work(1min);
  EXPECT_EQ(entry("job_1").contact, "late");
  EXPECT_EQ(alarms().back().severity, "error");
  EXPECT_THAT(messages("somebody"), IsEmpty());
  runtime.run_for(2h + 24min);
  work(2s);
  const auto written = messages("somebody");
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(written[0].template_name, "initial");
  EXPECT_EQ(written[0].locale, "de");
  runtime.run_for(3h);
  work(5s);
  EXPECT_EQ(entry("job_1").contact, "overdue") << "written, but it has not arrived";
  EXPECT_EQ(messages("somebody").size(), 1U);
}

TEST_F(DeskTest, OnePersonGetsOneMessageAboutOneIncident) {  // SUP-4
  has_address("somebody", "somebody@example.org");
  for (int i = 0; i < 5; ++i) fail_one(std::to_string(i), "somebody", ErrorCode::mapping);
  work(2s);
  runtime.run_for(22h);
  work(10s);
  EXPECT_EQ(messages("somebody").size(), 1U);
}

TEST_F(DeskTest, WhoWantsNoMailGetsNone) {  // SUP-4: opt-outs
  has_address("somebody", "somebody@example.org", "en", true);
  fail_one("1", "somebody", ErrorCode::mapping);
  work(2s);
  runtime.run_for(22h);
  work(2s);
  EXPECT_THAT(messages("somebody"), IsEmpty());
  EXPECT_EQ(entry("job_1").contact, "opted_out");
  runtime.run_for(48h);
  work(2s);
  EXPECT_EQ(entry("job_1").contact, "opted_out") << "its clock stands";
}

TEST_F(DeskTest, ACaseWhoseSyncCameThroughLaterIsResolvedAndNobodyIsAlarmed) {  // SUP-3, SUP-4
  has_address("somebody", "somebody@example.org");
  for (const auto* id : {"1", "2"}) fail_one(id, "somebody", ErrorCode::mapping);
  work(2s);
  EXPECT_EQ(complete(desk->people.write(entry("job_2"), MessageKind::initial)), Written::queued);
  runtime.run_for(1h);
  for (const auto* id : {"sync_1", "sync_2"}) {
    store::SyncProgress progress;
    progress.last_sync_time = runtime.now();
    ASSERT_TRUE(complete(table().transact({store::SyncConfigs::advance(id, progress)})));
  }
  work(2h);
  for (const auto* id : {"job_1", "job_2"}) {
    EXPECT_EQ(entry(id).state, resolved) << id;
    EXPECT_EQ(entry(id).notes.back().text, "a later sync came through");
  }
  EXPECT_EQ(complete(hot().depth()).value().dead, 0U);
  runtime.run_for(24h);
  work(2s);
  std::vector<std::string> told;
  for (const auto& message : messages("somebody")) told.push_back(message.template_name);
  EXPECT_THAT(told, testing::UnorderedElementsAre("initial", "resolved")) << "who had heard of it hears the end";
}

TEST_F(DeskTest, ASyncThatCameThroughBeforeTheDeathLeavesItsCaseOpen) {  // SUP-3
  store::SyncProgress progress;
  progress.last_sync_time = runtime.now();
  ASSERT_TRUE(complete(table().transact({store::SyncConfigs::advance("sync_1", progress)})));
  runtime.run_for(1min);
  fail_one("1", "somebody", ErrorCode::mapping);
  work(3h);
  EXPECT_EQ(entry("job_1").state, open);
}

TEST_F(DeskTest, AJobThatDiedBeforeItCouldSaySoIsNotOvertaken) {  // SUP-3: only a redrive gives it an end
  const auto job = fail_one("1", "somebody", ErrorCode::mapping);
  change_job(job, [](store::Job& died) { died.status = store::JobStatus::accepted; });
  work(2s);
  store::SyncProgress progress;
  progress.last_sync_time = runtime.now();
  ASSERT_TRUE(complete(table().transact({store::SyncConfigs::advance("sync_1", progress)})));
  work(3h);
  EXPECT_EQ(entry("job_1").state, open);
}

TEST_F(DeskTest, WhoCannotBeReachedIsShownAsOverdue) {  // SUP-4
  fail_one("1", "somebody", ErrorCode::mapping);
  work(2s);
  runtime.run_for(25h);
  work(2s);
  EXPECT_EQ(entry("job_1").contact, "overdue");
  const auto on = alarms();
  EXPECT_TRUE(std::ranges::any_of(
      on, [](const auto& alarm) { return alarm.key == "contact-clock" && alarm.severity == "critical"; }));
}

TEST_F(DeskTest, ARefusedConsentAsksForAReconnectAtOnceAndFlagsTheBug) {  // SUP-3, category 3
  has_address("somebody", "somebody@example.org");
  store::SyncConfig config;
  config.id = "sync_1";
  config.user = "somebody";
  config.source_connection = "conn_s";
  config.destination_connection = "conn_d";
  ASSERT_TRUE(complete(store::SyncConfigs(table()).add(config)));
  store::Connections connections(table());
  for (const auto& [id, provider] :
       {std::pair<std::string, std::string>{"conn_s", "google_health"}, {"conn_d", "strava"}}) {
    store::Connection connection;
    connection.id = id;
    connection.user = "somebody";
    connection.provider = provider;
    ASSERT_TRUE(complete(connections.add(connection)));
  }
  fail_one("1", "somebody", ErrorCode::unauthenticated, 401);
  work(2s);
  EXPECT_EQ(complete(connections.get("somebody", "conn_d")).value()->status, store::ConnectionStatus::needs_reauth);
  EXPECT_EQ(complete(connections.get("somebody", "conn_s")).value()->status, store::ConnectionStatus::active);
  EXPECT_EQ(complete(storage->queue("events").depth()).value().visible, 1U) << "ReAuthenticationNeeded";
  const auto written = messages("somebody");
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(written[0].template_name, "action_needed");
  EXPECT_TRUE(needs_ticket(incidents().at(0)));
  EXPECT_TRUE(complete(store::Notices(table()).get("zendesk|" + incidents().at(0).id)).value());
}

TEST_F(DeskTest, WhoseConnectionNeedsThemIsAskedOnce) {  // PROV-3, SUP-4
  has_address("somebody", "somebody@example.org");
  store::Connection connection;
  connection.id = "conn_1";
  connection.user = "somebody";
  connection.provider = "strava";
  connection.status = store::ConnectionStatus::needs_reauth;
  ASSERT_TRUE(complete(store::Connections(table()).add(connection)));
  bus::Event event{"1", std::string(bus::reauthentication_needed), "engine", runtime.now()};
  event.data = {{"user", "somebody"}, {"connection_id", "conn_1"}, {"provider", "strava"}};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(complete(desk->desk.hear(event)));
  EXPECT_EQ(messages("somebody").size(), 1U);
  event.data["connection_id"] = "conn_2";
  EXPECT_TRUE(complete(desk->desk.hear(event)));
  EXPECT_EQ(messages("somebody").size(), 1U) << "there is no such connection any more";
}

TEST_F(DeskTest, WhoeverWasToldThatItFailedIsToldThatItWorksAgain) {  // SUP-4
  has_address("told", "told@example.org");
  has_address("untold", "untold@example.org");
  fail_one("1", "told", ErrorCode::mapping);
  fail_one("2", "untold", ErrorCode::mapping);
  round();
  EXPECT_EQ(complete(desk->people.write(entry("job_1"), MessageKind::initial)), Written::queued);
  EXPECT_EQ(complete(desk->people.write(entry("job_1"), MessageKind::initial)), Written::already);
  for (const char* id : {"job_1", "job_2"}) {
    ASSERT_EQ(complete(desk->book.redrive(id, "ada")), Moved::done);
    come_through();
  }
  work(2s);
  EXPECT_EQ(messages("told").size(), 2U);
  EXPECT_THAT(messages("untold"), IsEmpty());
}

TEST_F(DeskTest, AMessageIsShownAsItWouldBeSent) {  // SUP-4: preview
  has_address("somebody", "somebody@example.org", "de");
  fail_one("1");
  round();
  const auto german = complete(desk->people.preview(entry("job_1"), MessageKind::initial, "")).value();
  EXPECT_EQ(german.locale, "de");
  EXPECT_NE(german.body.find("job_1"), std::string::npos);
  const auto english = complete(desk->people.preview(entry("job_1"), MessageKind::initial, "en")).value();
  EXPECT_EQ(english.locale, "en");
  EXPECT_EQ(english.body.find("{{"), std::string::npos);
  EXPECT_EQ(english.body.find("example.org"), std::string::npos) << "no address";
  EXPECT_THAT(messages("somebody"), IsEmpty());
}

TEST_F(DeskTest, AllOfAFilterGoBackTogether) {  // SUP-5
  fail_one("1");
  fail_one("2", "somebody", ErrorCode::mapping);
  fail_one("3");
  round();
  EXPECT_EQ(complete(desk->desk.redrive_all({.code = "provider_failed"}, "ada")), 2U);
  EXPECT_EQ(entry("job_2").state, open);
  EXPECT_EQ(complete(desk->desk.redrive_all({}, "ada")), 1U);
  EXPECT_EQ(complete(desk->desk.redrive_all({}, "ada")), 0U);
  EXPECT_EQ(visible(), 3U);
}

TEST_F(DeskTest, ANoticeThatWasForgottenIsSentAfterAll) {  // SUP-1: a crash between notice and message
  fail_one("1");
  work(2s);
  auto sent = complete(notices().receive(10, Duration{0})).value();
  ASSERT_FALSE(sent.empty());
  for (const auto& message : sent) ASSERT_TRUE(complete(notices().remove(message.receipt)));
  runtime.run_for(11min);
  work(2s);
  EXPECT_FALSE(complete(notices().receive(10, Duration{0})).value().empty());
}

}  // namespace
}  // namespace syncwell::support
