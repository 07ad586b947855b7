// SUP-4, ARCH-13: mail through a real SMTP conversation, and what is known of it afterwards.
#include "net/curl_mail.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "net/loopback_test_world.hpp"
#include "net/smtp_transfer.hpp"

namespace syncwell::net {
namespace {

using namespace std::chrono_literals;
using State = MailOutcome::State;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// An SMTP server that says what the test wants, and nothing to QUIT. An empty reply: it says nothing more; "!": it
// hangs up.
class SmtpPeer {
 public:
  explicit SmtpPeer(LoopbackWorld& world)
      : world_(world), acceptor_(world.context, {boost::asio::ip::make_address("127.0.0.1"), 0}), hold_(world.context) {
    hold_.expires_at(std::chrono::steady_clock::time_point::max());
    serving_ = world.start(serve());
  }

  std::string greeting = "220 peer ready";
  std::map<std::string, std::string> replies{{"EHLO", "250-peer\r\n250-AUTH PLAIN\r\n250 SIZE"},
                                             {"HELO", "250 peer"},
                                             {"AUTH", "334 "},
                                             {"AHJl", "235 2.7.0 yes"},  // "\0re…", the user
                                             {"MAIL", "250 ok"},
                                             {"RCPT", "250 ok"},
                                             {"DATA", "354 go"},
                                             {".", "250 2.0.0 taken"}};
  std::vector<std::string> commands;  // and "." for the end of a message
  std::vector<std::string> messages;  // complete ones, dots taken off
  int connections = 0;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] bool heard(std::string_view command) const {
    return std::ranges::any_of(commands, [&](const std::string& one) { return one.starts_with(command); });
  }
  void stop() {
    stopped_ = true;
    acceptor_.close();
    hold_.cancel();
  }

 private:
  Async<bool> serve() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(test_awaiting);
      if (error) co_return true;
      ++connections;
      talks_.push_back(world_.start(talk(std::move(socket))));
    }
  }

  Async<void> hold() {
    if (!stopped_) (void)co_await hold_.async_wait(test_awaiting);
  }

  // False: hang up.
  Async<bool> say(boost::asio::ip::tcp::socket& socket, std::string text) {
    if (text == "!") co_return false;
    if (text.empty()) {
      co_await hold();
      co_return false;
    }
    text += "\r\n";
    const auto [error, bytes] = co_await boost::asio::async_write(socket, boost::asio::buffer(text), test_awaiting);
    co_return !error;
  }

  Async<bool> talk(boost::asio::ip::tcp::socket socket) {
    if (!co_await say(socket, greeting)) co_return false;
    std::string buffer;
    bool in_message = false;
    std::string message;
    for (;;) {
      const auto [error, bytes] =
          co_await boost::asio::async_read_until(socket, boost::asio::dynamic_buffer(buffer), "\r\n", test_awaiting);
      if (error) co_return false;
      std::string line = buffer.substr(0, bytes - 2);
      buffer.erase(0, bytes);
      if (in_message && line != ".") {
        message += (line.starts_with('.') ? line.substr(1) : line) + "\r\n";
        continue;
      }
      if (in_message) messages.push_back(std::exchange(message, {}));
      commands.push_back(line);
      if (line == "QUIT") {  // no answer: nobody may wait for it
        co_await hold();
        co_return true;
      }
      const std::string reply = replies[line.substr(0, 4)];
      in_message = !in_message && line == "DATA" && reply.starts_with("354");
      if (!co_await say(socket, reply)) co_return true;
    }
  }

  LoopbackWorld& world_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer hold_;
  bool stopped_ = false;
  std::shared_ptr<Started<bool>> serving_;
  std::vector<std::shared_ptr<Started<bool>>> talks_;
};

class CurlMailTest : public testing::Test {
 protected:
  ~CurlMailTest() override {
    transport.reset();
    peer.stop();
    world.context.restart();
    world.context.run();
  }

  CurlMail& open(CurlMailSettings settings) {
    settings.url = fmt::format("smtp://127.0.0.1:{}/sync.example", peer.port());
    settings.from = {.address = "support@sync.example", .name = "SyncWell"};
    transport = std::make_unique<CurlMail>(world.runtime, std::move(settings));
    return *transport;
  }
  CurlMail& open_without_tls() { return open({.url = {}, .starttls = StartTls::none}); }
  MailOutcome send(Duration patience = 30s) {
    auto outcome = world.run(transport->send(mail, Deadline::after(world.runtime, patience)));
    EXPECT_THAT(outcome.error.message, Not(HasSubstr("alice")));
    EXPECT_THAT(outcome.error.message, Not(HasSubstr("example.org")));
    return outcome;
  }

  LoopbackWorld world;
  SmtpPeer peer{world};
  std::unique_ptr<CurlMail> transport;
  Mail mail{.message_id = "case-42.initial@sync.example",
            .to = "alice@example.org",
            .subject = "Störung",
            .text = "Hello,\n.\n..dots\nlast line\n"};
};

// SUP-4
TEST_F(CurlMailTest, AMailIsDelivered) {
  open_without_tls();
  const auto outcome = send();
  EXPECT_EQ(outcome.state, State::accepted) << outcome.error.message;
  EXPECT_EQ(peer.commands.at(0), "EHLO sync.example");
  EXPECT_TRUE(peer.heard("MAIL FROM:<support@sync.example>"));
  EXPECT_TRUE(peer.heard("RCPT TO:<alice@example.org>"));
  ASSERT_EQ(peer.messages.size(), 1U);
  const std::string& message = peer.messages[0];
  EXPECT_THAT(message, HasSubstr("\r\nMessage-ID: <case-42.initial@sync.example>\r\n"));
  EXPECT_THAT(message, HasSubstr("\r\nSubject: =?utf-8?B?U3TDtnJ1bmc=?=\r\n"));
  EXPECT_THAT(message, HasSubstr("\r\n\r\nHello,\r\n=2E\r\n=2E.dots\r\nlast line\r\n"));
}

// SUP-4: a large one comes whole, and one mail after the other.
TEST_F(CurlMailTest, ManyMailsComeWhole) {
  open_without_tls();
  mail.text.clear();
  while (mail.text.size() + 12 <= max_mail_text_bytes) mail.text += "\xc3\xa4 0123456.\n";
  const std::string mime = to_mime(mail, {.address = "support@sync.example", .name = "SyncWell"}, {}).value();
  const auto body = [](const std::string& text) { return text.substr(text.find("\r\n\r\n")); };
  std::vector<std::shared_ptr<Started<MailOutcome>>> sent;
  sent.reserve(max_waiting_mails + 2);
  for (int i = 0; i < 5; ++i) sent.push_back(world.start(transport->send(mail, Deadline::after(world.runtime, 30s))));
  for (const auto& one : sent) {
    world.run_until([&] { return one->value.has_value(); });
    EXPECT_EQ(one->value->state, State::accepted);
  }
  ASSERT_EQ(peer.messages.size(), 5U);
  for (const auto& message : peer.messages) EXPECT_EQ(body(message), body(mime));
}

// SUP-4: a refusal says whether the same mail has a chance later.
TEST_F(CurlMailTest, RefusalsAreCertain) {
  open_without_tls();
  struct Case {
    const char* command;
    const char* reply;
    ErrorCode code;
    bool permanent;
  };
  const std::vector<Case> cases{
      {"RCPT", "550 5.1.1 <alice@example.org>: unknown", ErrorCode::provider_rejected, true},
      {"RCPT", "550-5.1.1 no\r\n550 5.1.1 such alice", ErrorCode::provider_rejected, true},
      {"RCPT", "450 4.2.1 later", ErrorCode::provider_failed, false},
      {"RCPT", "421 closing", ErrorCode::provider_failed, false},
      {"RCPT", "552 full", ErrorCode::too_large, true},
      {"MAIL", "550 not from you", ErrorCode::provider_failed, false},
      {"MAIL", "530 5.7.0 log in", ErrorCode::unauthenticated, false},
      {"MAIL", "451 later", ErrorCode::provider_failed, false},
      {"DATA", "554 no", ErrorCode::provider_rejected, true},
      {"DATA", "451 later", ErrorCode::provider_failed, false},
      {".", "554 5.7.1 spam to alice@example.org", ErrorCode::provider_rejected, true},
      {".", "452 4.3.1 disk", ErrorCode::provider_failed, false},
  };
  const auto usual = peer.replies;
  for (const auto& one : cases) {
    peer.replies = usual;
    peer.replies[one.command] = one.reply;
    const auto outcome = send();
    EXPECT_EQ(outcome.state, State::not_sent) << one.reply;
    EXPECT_EQ(outcome.error.code, one.code) << one.reply;
    EXPECT_EQ(outcome.permanent, one.permanent) << one.reply;
    EXPECT_THAT(outcome.error.message, HasSubstr(std::string(one.reply).substr(0, 3)));
  }
}

// SUP-4, ARCH-13: nothing is sent twice: what certainly did not arrive is told from what may have.
TEST_F(CurlMailTest, WhatMayHaveArrivedIsUnknown) {
  open_without_tls();
  peer.replies["."] = "!";
  auto outcome = send();
  EXPECT_EQ(outcome.state, State::unknown);
  EXPECT_EQ(outcome.error.code, ErrorCode::connection_failed);
  EXPECT_FALSE(outcome.permanent);
  peer.replies["."] = "";
  outcome = send(300ms);
  EXPECT_EQ(outcome.state, State::unknown);
  EXPECT_EQ(outcome.error.code, ErrorCode::timeout);
  EXPECT_EQ(peer.messages.size(), 2U);
  // And the next one goes through.
  peer.replies["."] = "250 ok";
  EXPECT_EQ(send().state, State::accepted);
}

// SUP-4, ARCH-13: a server that fails before it has the whole message has none of it.
TEST_F(CurlMailTest, WhatWasNotCompleteIsNotSent) {
  open_without_tls();
  const auto usual = peer.replies;
  for (const char* command : {"EHLO", "MAIL", "RCPT", "DATA"}) {
    for (const char* end : {"!", ""}) {
      peer.replies = usual;
      peer.replies[command] = end;
      if (command == std::string("EHLO")) peer.replies["HELO"] = end;
      const auto outcome = send(*end == '!' ? 30s : 200ms);
      EXPECT_EQ(outcome.state, State::not_sent) << command << end;
      EXPECT_EQ(outcome.error.code, *end == '!' ? ErrorCode::connection_failed : ErrorCode::timeout) << command << end;
      EXPECT_FALSE(outcome.permanent);
    }
  }
  EXPECT_TRUE(peer.messages.empty());
  peer.replies = usual;
  EXPECT_EQ(send().state, State::accepted);
}

// SUP-4, ARCH-13: a mail that is given up while the server hesitates is not completed behind the caller's back.
TEST_F(CurlMailTest, AGivenUpMailIsNeverCompleted) {
  open_without_tls();
  peer.replies["DATA"] = "";
  const auto sending = world.start(transport->send(mail, Deadline::after(world.runtime, 30s)));
  world.run_until([&] { return peer.heard("DATA"); });
  sending->cancel();
  world.run_until([&] { return sending->value.has_value(); });
  EXPECT_EQ(sending->value->state, State::not_sent);
  EXPECT_EQ(sending->value->error.code, ErrorCode::cancelled);
  peer.replies["DATA"] = "354 go";
  EXPECT_EQ(send().state, State::accepted);
  EXPECT_EQ(peer.messages.size(), 1U);
}

// ARCH-13: the one step that decides.
TEST(MailGate, EndsOrIsGivenUpButNotBoth) {
  int asked = 0;
  MailGate ended([&] {
    ++asked;
    ended.let_pass();
  });
  EXPECT_TRUE(ended.pass());
  EXPECT_TRUE(ended.pass());
  EXPECT_EQ(asked, 1);
  EXPECT_FALSE(ended.give_up());
  EXPECT_TRUE(ended.given_up());
  EXPECT_TRUE(ended.passed());
  MailGate given_up([] {});
  given_up.let_pass();  // before anybody asked: nothing
  EXPECT_TRUE(given_up.give_up());
  EXPECT_TRUE(given_up.give_up());
  EXPECT_FALSE(given_up.pass());
  EXPECT_FALSE(given_up.passed());
  MailGate refused([&] { EXPECT_TRUE(refused.give_up()); });
  EXPECT_FALSE(refused.pass());
}

// SUP-4: what has to be written down before a mail can arrive is written down then: after the server has agreed to take
// it, before its end.
TEST_F(CurlMailTest, IsConfirmedBeforeItsEnd) {
  open_without_tls();
  int confirmed = 0;
  const auto confirm = [&](bool yes) -> ConfirmMail {
    return [&, yes]() -> Async<bool> {
      EXPECT_TRUE(peer.heard("DATA"));
      EXPECT_TRUE(peer.messages.empty());
      ++confirmed;
      co_return yes;
    };
  };
  const auto send_with = [&](bool yes) {
    return world.run(transport->send(mail, Deadline::after(world.runtime, 30s), confirm(yes)));
  };
  auto outcome = send_with(false);
  EXPECT_EQ(outcome.state, State::not_sent);
  EXPECT_EQ(outcome.error.code, ErrorCode::cancelled);
  EXPECT_TRUE(peer.messages.empty());
  EXPECT_EQ(send_with(true).state, State::accepted);
  EXPECT_EQ(peer.messages.size(), 1U);
  EXPECT_EQ(confirmed, 2);
  peer.replies["RCPT"] = "550 no";
  peer.messages.clear();
  EXPECT_EQ(send_with(true).state, State::not_sent);
  EXPECT_EQ(confirmed, 2) << "nothing to confirm";
}

// SUP-4: what nobody can send is refused for good, before anybody is asked.
TEST_F(CurlMailTest, ABadMailIsRefusedBeforeAnybodyIsAsked) {
  open_without_tls();
  mail.to = "alice";
  const auto outcome = send();
  EXPECT_EQ(outcome.state, State::not_sent);
  EXPECT_EQ(outcome.error.code, ErrorCode::invalid_argument);
  EXPECT_TRUE(outcome.permanent);
  EXPECT_EQ(peer.connections, 0);
}

// SUP-4: the way there. What the operator can mend is not the message's fault.
TEST_F(CurlMailTest, TheServersFaultsAreNotTheMessages) {
  open_without_tls();
  peer.greeting = "554 no service";
  auto outcome = send();
  EXPECT_EQ(outcome.state, State::not_sent);
  EXPECT_EQ(outcome.error.code, ErrorCode::provider_failed);
  EXPECT_FALSE(outcome.permanent);
  peer.greeting = "nonsense";
  outcome = send(300ms);
  EXPECT_EQ(outcome.state, State::not_sent);
  EXPECT_FALSE(outcome.permanent);
  peer.greeting = "220 ready";
  outcome = send(-1ms);
  EXPECT_EQ(outcome.state, State::not_sent);
  EXPECT_EQ(outcome.error.code, ErrorCode::timeout);
  peer.stop();
  world.context.poll();
  outcome = send();
  EXPECT_EQ(outcome.state, State::not_sent);
  EXPECT_EQ(outcome.error.code, ErrorCode::connection_failed);
}

// SUP-4: STARTTLS that is required and not offered: no mail, and no password.
TEST_F(CurlMailTest, NoMailWithoutTheTlsThatIsRequired) {
  open({.url = {}, .starttls = StartTls::required, .user = "u", .password = "p"});
  const auto outcome = send();
  EXPECT_EQ(outcome.state, State::not_sent);
  EXPECT_EQ(outcome.error.code, ErrorCode::connection_failed);
  EXPECT_FALSE(outcome.permanent);
  EXPECT_THAT(outcome.error.message, HasSubstr("STARTTLS"));
  EXPECT_FALSE(peer.heard("AUTH"));
  EXPECT_FALSE(peer.heard("MAIL"));
  open({.url = {}, .starttls = StartTls::opportunistic});
  EXPECT_EQ(send().state, State::accepted);
}

// SUP-4
TEST_F(CurlMailTest, LogsIn) {
  open({.url = {}, .starttls = StartTls::none, .user = "relay-user", .password = "secret"});
  EXPECT_EQ(send().state, State::accepted);
  EXPECT_TRUE(peer.heard("AUTH PLAIN"));
  peer.replies["AHJl"] = "535 5.7.8 wrong";
  auto outcome = send(2s);
  EXPECT_EQ(outcome.state, State::not_sent);
  EXPECT_EQ(outcome.error.code, ErrorCode::unauthenticated);
  EXPECT_FALSE(outcome.permanent);
  EXPECT_THAT(outcome.error.message, Not(HasSubstr("secret")));
  EXPECT_THAT(outcome.error.message, HasSubstr("535 5.7.8"));
}

// SUP-4: the process can stop while a server hangs; nobody waits for ever, nothing runs on.
TEST_F(CurlMailTest, DestructionEndsWhatWaitsAndRuns) {
  open_without_tls();
  peer.replies["."] = "";
  std::vector<std::shared_ptr<Started<MailOutcome>>> sent;
  sent.reserve(max_waiting_mails + 2);
  for (int i = 0; i < 3; ++i) sent.push_back(world.start(transport->send(mail, Deadline::after(world.runtime, 1h))));
  world.run_until([&] { return peer.messages.size() == 1; });
  transport.reset();
  for (const auto& one : sent) world.run_until([&] { return one->value.has_value(); });
  EXPECT_EQ(sent[0]->value->state, State::unknown);
  EXPECT_EQ(sent[1]->value->state, State::not_sent);
  EXPECT_EQ(sent[2]->value->state, State::not_sent);
  for (const auto& one : sent) EXPECT_EQ(one->value->error.code, ErrorCode::cancelled);
  EXPECT_EQ(peer.connections, 1);
}

// SUP-4: one past the maximum of mails that wait.
TEST_F(CurlMailTest, WhatIsTooMuchIsNotSent) {
  open_without_tls();
  peer.replies["MAIL"] = "";
  std::vector<std::shared_ptr<Started<MailOutcome>>> sent;
  sent.reserve(max_waiting_mails + 2);
  const auto deadline = Deadline::after(world.runtime, 1h);
  for (std::size_t i = 0; i < max_waiting_mails + 2; ++i) sent.push_back(world.start(transport->send(mail, deadline)));
  world.run_until([&] { return sent.back()->value.has_value(); });
  EXPECT_EQ(sent.back()->value->state, State::not_sent);
  EXPECT_EQ(sent.back()->value->error.code, ErrorCode::connection_failed);
  EXPECT_FALSE(sent[max_waiting_mails]->value);
  transport.reset();
  for (const auto& one : sent) world.run_until([&] { return one->value.has_value(); });
}

// SUP-4: settings that cannot work, or would give a password away.
TEST(CurlMailSettings, AreChecked) {
  const auto problem = [](CurlMailSettings settings) {
    if (settings.from.address.empty()) settings.from.address = "a@b.example";
    const auto checked = check(settings);
    return checked ? std::string() : checked.error().message;
  };
  EXPECT_EQ(problem({.url = "smtp://relay.example:587"}), "");
  EXPECT_EQ(problem({.url = "smtp://relay.example/me.example"}), "");
  EXPECT_EQ(problem({.url = "smtps://relay.example", .user = "u"}), "");
  EXPECT_EQ(problem({.url = "smtp://relay.example", .user = "u"}), "");
  EXPECT_EQ(problem({.url = "smtp://127.0.0.1:25", .starttls = StartTls::none, .user = "u"}), "");
  for (const char* url : {"", "relay.example", "http://relay.example", "smtp://", "smtp://a b"}) {
    EXPECT_THAT(problem({.url = url}), HasSubstr("smtp://host:port")) << url;
  }
  EXPECT_THAT(problem({.url = "smtp://u:p@relay.example"}), HasSubstr("stand apart"));
  EXPECT_THAT(problem({.url = "smtp://relay.example", .starttls = StartTls::none, .user = "u"}), HasSubstr("in clear"));
  EXPECT_THAT(problem({.url = "smtp://relay.example", .starttls = StartTls::opportunistic, .user = "u"}),
              HasSubstr("in clear"));
  EXPECT_THAT(problem({.url = "smtp://relay.example", .from = {.address = "me"}}), HasSubstr("no mail address"));
  EXPECT_THAT(problem({.url = "smtp://relay.example", .from = {.address = "a@b", .name = "a\nb"}}), HasSubstr("name"));
}

}  // namespace
}  // namespace syncwell::net
