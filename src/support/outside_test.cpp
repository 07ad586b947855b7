// The world outside: what it is told, how often, and what happens while it does not answer (SUP-1, SUP-3, SUP-4,
// ARCH-13).
#include "support/outside.hpp"

#include <gmock/gmock.h>

#include "sandbox/pagerduty.hpp"
#include "sandbox/zendesk.hpp"
#include "support/desk_test_world.hpp"

namespace syncwell::support {
namespace {

using namespace std::chrono_literals;
using enum store::CaseState;

// PagerDuty and Zendesk as the sandbox plays them, a webhook receiver, and faults.
class World final : public net::HttpClient {
 public:
  explicit World(Runtime& runtime) : runtime_(runtime) {}
  [[nodiscard]] Async<Result<net::Response>> send(net::Request request, Deadline) override {
    ++calls;
    if (is_down) co_return fail(ErrorCode::connection_failed, "it is down");
    if (request.url.starts_with("https://hook.example/")) {
      webhooks.push_back(request.body);
      co_return net::Response{204};
    }
    const std::string path = request.url.substr(request.url.find('/', std::string_view("https://").size()));
    const std::string_view name = path.starts_with("/pagerduty") ? "/pagerduty" : "/zendesk";
    const auto target = net::parse_target(path.substr(name.size()));
    if (name == "/pagerduty") co_return pagerduty.handle(request, target);
    co_return zendesk.handle(request, target, runtime_.now());
  }
  sandbox::PagerDuty pagerduty;
  sandbox::Zendesk zendesk;
  std::vector<std::string> webhooks;
  bool is_down = false;
  std::size_t calls = 0;

 private:
  Runtime& runtime_;
};

class MailServer final : public net::MailTransport {
 public:
  explicit MailServer(Runtime& runtime) : runtime_(runtime) {}
  [[nodiscard]] Async<net::MailOutcome> send(net::Mail mail, Deadline, net::ConfirmMail confirm) override {
    ++attempts;
    if (hangs && !co_await runtime_.sleep_for(1h)) {
      co_return net::MailOutcome{net::MailOutcome::State::not_sent, {ErrorCode::cancelled, ""}};
    }
    if (next.state != net::MailOutcome::State::not_sent && !co_await confirm()) {
      co_return net::MailOutcome{net::MailOutcome::State::not_sent, {ErrorCode::cancelled, ""}};
    }
    auto outcome = next;
    if (outcome.state == net::MailOutcome::State::accepted) taken.push_back(std::move(mail));
    co_return outcome;
  }
  net::MailOutcome next{};
  bool hangs = false;  // before the message is complete
  std::vector<net::Mail> taken;
  int attempts = 0;

 private:
  Runtime& runtime_;
};

class OutsideTest : public DeskWorld {
 protected:
  OutsideTest() {
    settings.alarm_channels = {"pagerduty", "webhook"};
    start();
    go_out();
  }
  ~OutsideTest() override { stop(); }

  void go_out() {
    OutsideSettings channels;
    channels.pagerduty = {"https://events.example/pagerduty/v2/enqueue", sandbox::PagerDutyOptions{}.routing_key,
                          "test"};
    channels.webhook = {"https://hook.example/alarms", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"};
    channels.console_url = "https://sync.example/console/";
    outside.emplace(
        OutsideServices{table(), notices(), desk->book, desk->people, world, &mail, &zendesk, runtime, counters},
        channels);
    outside->start();
  }
  Async<bool> stopping() {
    co_await outside->stop();
    co_return true;
  }
  void stop() {
    if (!outside) return;
    (void)complete(stopping());
    outside.reset();
  }
  void restart() {
    stop();
    start();
    go_out();
  }
  void write_to_people_by_ticket() {
    for_people.channel = "zendesk";
    settings.has_tickets = false;  // of incidents
    restart();
  }
  [[nodiscard]] const sandbox::Zendesk::Ticket& ticket() const { return world.zendesk.tickets().begin()->second; }
  store::Notice notice(const std::string& id) {
    return complete(store::Notices(table()).get(id)).value().value_or(store::Notice{});
  }

  World world{runtime};
  MailServer mail{runtime};
  Zendesk zendesk{
      world,
      runtime,
      {"https://team.example/zendesk", sandbox::ZendeskOptions{}.agent_email, sandbox::ZendeskOptions{}.api_token}};
  NoticeCounters counters;
  std::optional<Outside> outside;
};

TEST_F(OutsideTest, AnOutageIsOnePageThatEndsWithIt) {  // SUP-1: no storms
  for (int i = 0; i < 20; ++i) fail_one(std::to_string(i), "user_" + std::to_string(i));
  work(1min);
  ASSERT_EQ(world.pagerduty.incidents().size(), 1U);
  EXPECT_EQ(world.pagerduty.incidents().front().triggers, 1U);
  EXPECT_EQ(world.webhooks.size(), 1U);
  EXPECT_TRUE(mail.taken.empty()) << "no mail before the delay";
  EXPECT_EQ(complete(desk->desk.redrive_all({}, "ada")), 20U);
  for (int i = 0; i < 20; ++i) come_through();
  work(2min);
  EXPECT_EQ(world.pagerduty.open_incident("outage/strava"), nullptr);
  EXPECT_EQ(world.pagerduty.incidents().size(), 1U);
  EXPECT_EQ(world.webhooks.size(), 2U);
}

TEST_F(OutsideTest, WhatIsDownIsToldLaterAndShownMeanwhile) {  // ARCH-13: retried durably, shown as undelivered
  world.is_down = true;
  fail_one("1");
  work(1min);
  EXPECT_EQ(notice("pagerduty|outage/strava").state, store::NoticeState::undelivered);
  EXPECT_GT(notice("pagerduty|outage/strava").attempts, 2);
  EXPECT_FALSE(notice("pagerduty|outage/strava").last_error.empty());
  restart();
  work(1min);
  world.is_down = false;
  work(10min);
  EXPECT_EQ(notice("pagerduty|outage/strava").state, store::NoticeState::sent);
  EXPECT_EQ(world.pagerduty.incidents().size(), 2U) << "the outage, and that the pager did not answer";
}

TEST_F(OutsideTest, WhatIsOverBeforeAnybodyHeardOfItIsNotTold) {  // SUP-1
  world.is_down = true;
  fail_one("1");
  work(5s);
  EXPECT_EQ(complete(desk->desk.redrive_all({}, "ada")), 1U);
  come_through();
  work(10min);
  world.is_down = false;
  work(2h);
  EXPECT_TRUE(std::ranges::none_of(world.pagerduty.incidents(),
                                   [](const auto& each) { return each.dedup_key == "outage/strava"; }));
}

TEST_F(OutsideTest, AMappingBugIsAnUrgentTicketWithTheFullMessageThatIsSolvedWithIt) {  // SUP-3, category 2
  accept("1");
  die(ErrorCode::mapping, 200, "google_health", "weight-7: `kg` is no number but \"<script>\"");
  work(10s);
  ASSERT_EQ(world.zendesk.tickets().size(), 1U);
  EXPECT_EQ(ticket().priority, "urgent");
  EXPECT_THAT(ticket().comments.front().body, testing::HasSubstr("weight-7: `kg` is no number but \"<script>\""));
  EXPECT_THAT(ticket().comments.front().body, testing::HasSubstr("https://sync.example/console/#/incidents/inc_"));
  fail_one("2", "somebody", ErrorCode::provider_failed);
  work(10s);
  EXPECT_EQ(world.zendesk.tickets().size(), 1U) << "an outage is no ticket";
  EXPECT_EQ(complete(desk->desk.redrive_all({.code = "mapping"}, "ada")), 1U);
  come_through();
  restart();
  work(10s);
  ASSERT_EQ(world.zendesk.tickets().size(), 1U);
  EXPECT_EQ(ticket().status, "solved");
}

TEST_F(OutsideTest, ATicketHearsWhenItGrows) {  // SUP-3
  fail_one("1", "somebody", ErrorCode::mapping);
  work(10s);
  ASSERT_EQ(world.zendesk.tickets().size(), 1U);
  EXPECT_EQ(ticket().comments.size(), 1U);
  for (int i = 2; i <= 9; ++i) fail_one(std::to_string(i), "somebody", ErrorCode::mapping);
  work(30s);
  EXPECT_EQ(ticket().comments.size(), 2U) << "once, not eight times";
}

TEST_F(OutsideTest, APersonIsWrittenToOnce) {  // SUP-4: nothing is sent twice
  has_address("somebody", "somebody@example.org", "de");
  for (int i = 0; i < 3; ++i) fail_one(std::to_string(i), "somebody", ErrorCode::mapping);
  work(2s);
  runtime.run_for(21h + 40min);
  work(5s);
  ASSERT_EQ(mail.taken.size(), 1U);
  EXPECT_EQ(mail.taken[0].to, "somebody@example.org");
  EXPECT_EQ(mail.taken[0].locale, "de");
  work(5min);
  restart();
  work(5min);
  EXPECT_EQ(mail.taken.size(), 1U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(entry("job_" + std::to_string(i)).contact, "contacted");
}

TEST_F(OutsideTest, AMailThatCertainlyDidNotLeaveIsSentAgain) {  // SUP-4
  has_address("somebody", "somebody@example.org");
  fail_one("1", "somebody", ErrorCode::mapping);
  work(2s);
  mail.next = {net::MailOutcome::State::not_sent, {ErrorCode::connection_failed, "it is down"}};
  EXPECT_EQ(complete(desk->people.write(entry("job_1"), MessageKind::initial)), Written::queued);
  work(1min);
  EXPECT_GT(mail.attempts, 1);
  EXPECT_EQ(messages("somebody").at(0).state, store::ContactState::queued);
  mail.next = {};
  work(10min);
  EXPECT_EQ(mail.taken.size(), 1U);
  EXPECT_EQ(messages("somebody").at(0).state, store::ContactState::sent);
}

TEST_F(OutsideTest, AMailOfWhichNobodyKnowsIsNotSentTwice) {  // SUP-4: a crash in the middle
  has_address("somebody", "somebody@example.org");
  fail_one("1", "somebody", ErrorCode::mapping);
  work(2s);
  mail.next = {net::MailOutcome::State::unknown, {ErrorCode::timeout, "no answer to the whole message"}};
  EXPECT_EQ(complete(desk->people.write(entry("job_1"), MessageKind::initial)), Written::queued);
  work(5min);
  restart();
  work(30min);
  EXPECT_EQ(mail.attempts, 1);
  EXPECT_EQ(messages("somebody").at(0).state, store::ContactState::unknown);
  const auto undelivered = complete(store::Notices(table()).list(store::NoticeState::undelivered, 10)).value();
  EXPECT_EQ(undelivered.notices.size(), 1U) << "and it is shown";
}

TEST_F(OutsideTest, ACrashBeforeTheMailIsCompleteSendsItOnceAfterwards) {  // SUP-4: one mail per person
  has_address("somebody", "somebody@example.org");
  fail_one("1", "somebody", ErrorCode::mapping);
  work(2s);
  mail.hangs = true;
  EXPECT_EQ(complete(desk->people.write(entry("job_1"), MessageKind::initial)), Written::queued);
  work(10s);
  EXPECT_EQ(mail.attempts, 1);
  EXPECT_EQ(messages("somebody").at(0).state, store::ContactState::queued);
  restart();
  mail.hangs = false;
  work(30min);
  EXPECT_EQ(mail.taken.size(), 1U);
  EXPECT_EQ(messages("somebody").at(0).state, store::ContactState::sent);
}

TEST_F(OutsideTest, ACrashAfterTheMailIsCompleteIsShownAndSendsNoOther) {  // SUP-4
  has_address("somebody", "somebody@example.org");
  fail_one("1", "somebody", ErrorCode::mapping);
  work(2s);
  stop();
  EXPECT_EQ(complete(desk->people.write(entry("job_1"), MessageKind::initial)), Written::queued);
  auto message = messages("somebody").at(0);
  message.state = store::ContactState::sending;  // and then the process was gone
  ASSERT_TRUE(complete(table().transact({store::Contacts::put(message)})));
  go_out();
  work(30min);
  EXPECT_EQ(mail.attempts, 0);
  EXPECT_EQ(messages("somebody").at(0).state, store::ContactState::unknown);
  EXPECT_EQ(complete(store::Notices(table()).list(store::NoticeState::undelivered, 10)).value().notices.size(), 1U);
}

TEST_F(OutsideTest, WhoOptsOutBeforeTheMailGoesGetsNone) {  // SUP-4
  has_address("somebody", "somebody@example.org");
  fail_one("1", "somebody", ErrorCode::mapping);
  work(2s);
  stop();
  EXPECT_EQ(complete(desk->people.write(entry("job_1"), MessageKind::initial)), Written::queued);
  auto profile = complete(store::Users(table()).get("somebody")).value();
  profile.contact_opt_out = true;
  ASSERT_TRUE(complete(store::Users(table()).put(profile)));
  go_out();
  work(1min);
  EXPECT_EQ(mail.attempts, 0);
  EXPECT_EQ(messages("somebody").at(0).state, store::ContactState::opted_out);
}

TEST_F(OutsideTest, APersonMayBeWrittenToByATicketOfTheirOwn) {  // SUP-4: create, solve; idempotent by external id
  write_to_people_by_ticket();
  has_address("somebody", "somebody@example.org", "de");
  fail_one("1", "somebody", ErrorCode::mapping);
  work(2s);
  EXPECT_EQ(complete(desk->people.write(entry("job_1"), MessageKind::initial)), Written::queued);
  work(5s);
  ASSERT_EQ(world.zendesk.tickets().size(), 1U);
  EXPECT_EQ(ticket().requester_email, "somebody@example.org");
  EXPECT_TRUE(ticket().comments.front().is_public);
  EXPECT_THAT(ticket().tags, testing::Contains("locale_de"));
  EXPECT_EQ(entry("job_1").contact, "contacted");
  EXPECT_EQ(complete(desk->desk.redrive_all({.code = "mapping"}, "ada")), 1U);
  come_through();
  work(10s);
  ASSERT_EQ(world.zendesk.tickets().size(), 1U);
  EXPECT_EQ(ticket().status, "solved");
  EXPECT_EQ(ticket().comments.size(), 2U);
  EXPECT_EQ(mail.attempts, 0);
}

TEST_F(OutsideTest, ACrashAfterAPersonsTicketWasOpenedOpensNoOther) {  // SUP-4
  write_to_people_by_ticket();
  has_address("somebody", "somebody@example.org");
  fail_one("1", "somebody", ErrorCode::mapping);
  work(2s);
  stop();
  EXPECT_EQ(complete(desk->people.write(entry("job_1"), MessageKind::initial)), Written::queued);
  const Ticket opened{.external_id = "contact-" + messages("somebody").at(0).id, .subject = "s", .body = "b"};
  ASSERT_TRUE(complete(zendesk.open(opened)));  // and then the process was gone
  go_out();
  work(5s);
  EXPECT_EQ(world.zendesk.tickets().size(), 1U);
  EXPECT_EQ(messages("somebody").at(0).state, store::ContactState::sent);
}

TEST_F(OutsideTest, ATicketSystemThatIsDownIsAskedAgainAndOneThatRefusesIsShown) {  // SUP-4, ARCH-13
  write_to_people_by_ticket();
  has_address("somebody", "somebody@example.org");
  fail_one("1", "somebody", ErrorCode::mapping);
  work(2s);
  world.is_down = true;
  EXPECT_EQ(complete(desk->people.write(entry("job_1"), MessageKind::initial)), Written::queued);
  work(30s);
  EXPECT_EQ(messages("somebody").at(0).state, store::ContactState::queued);
  world.is_down = false;
  work(5min);
  EXPECT_EQ(messages("somebody").at(0).state, store::ContactState::sent);
  has_address("other", "no address");
  fail_one("2", "other", ErrorCode::mapping);
  work(2s);
  EXPECT_EQ(complete(desk->people.write(entry("job_2"), MessageKind::initial)), Written::queued);
  work(1h);
  EXPECT_EQ(messages("other").at(0).state, store::ContactState::refused);
}

TEST_F(OutsideTest, OneThatRefusesForGoodIsNotAskedForEver) {  // ARCH-13
  has_address("somebody", "somebody@example.org");
  fail_one("1", "somebody", ErrorCode::mapping);
  work(2s);
  mail.next = {net::MailOutcome::State::not_sent, {ErrorCode::provider_rejected, "550"}, true};
  EXPECT_EQ(complete(desk->people.write(entry("job_1"), MessageKind::initial)), Written::queued);
  work(1h);
  EXPECT_EQ(mail.attempts, 1);
  EXPECT_EQ(messages("somebody").at(0).state, store::ContactState::refused);
}

TEST(NoticePause, GrowsToAnHour) {
  EXPECT_EQ(notice_pause(1), 5s);
  EXPECT_EQ(notice_pause(2), 10s);
  EXPECT_EQ(notice_pause(10), 2560s);
  EXPECT_EQ(notice_pause(11), 1h);
  EXPECT_EQ(notice_pause(60), 1h);
}

}  // namespace
}  // namespace syncwell::support
