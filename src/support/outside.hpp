// Tells the world outside: pager, webhook, ticket system, mail (ARCH-13). Takes notices from their queue, reads what
// there is to tell as it is now, tells it, and again with growing pauses until it has arrived; meanwhile it is shown as
// undelivered. One that does not answer holds up no other. What a notice says twice does no harm: alarms have a key,
// tickets an external id; and mail to a person is marked as on its way before its last byte goes, so that after a crash
// between the two it is not sent a second time but shown as `unknown`.
// Everything happens on the runtime's thread; stop() before what it refers to goes.
#pragma once

#include <atomic>
#include <optional>
#include <set>
#include <string>

#include "base/task_group.hpp"
#include "net/http_client.hpp"
#include "net/mail.hpp"
#include "store/alarms.hpp"
#include "support/alarm_webhook.hpp"
#include "support/desk.hpp"
#include "support/pagerduty.hpp"
#include "support/people.hpp"
#include "support/zendesk.hpp"

namespace syncwell::support {

inline constexpr std::size_t max_notices_at_once = 16;
inline constexpr Duration notice_timeout = std::chrono::seconds{30};

struct OutsideSettings {
  std::optional<PagerDutySettings> pagerduty{};
  std::optional<AlarmWebhookSettings> webhook{};
  std::string operators_address{};  // who is mailed about alarms; empty: nobody
  std::string console_url{};        // "https://sync.example/console/": before the paths of alarms and tickets
};

// Since the process started. Written on its thread, read from any.
struct NoticeCounters {
  std::atomic<std::uint64_t> sent = 0;
  std::atomic<std::uint64_t> failed = 0;  // attempts
};

struct OutsideServices {  // references outlive it
  store::Table& table;
  queue::Queue& notices;
  CaseBook& book;
  People& people;
  net::HttpClient& http;
  net::MailTransport* mail;  // null: none is configured
  Zendesk* zendesk;          // null: none is configured
  Runtime& runtime;
  NoticeCounters& counters;
};

class Outside {
 public:
  Outside(OutsideServices services, OutsideSettings settings);
  void start() { loop_.spawn(run()); }
  [[nodiscard]] Async<void> stop();

 private:
  // How far the thing has been told of; or why not, and whether trying again may help.
  struct Told {
    Result<std::int64_t> change;
    bool may_pass = true;
  };
  [[nodiscard]] Async<void> run();
  [[nodiscard]] Async<void> handle(queue::Message message);
  [[nodiscard]] Async<Result<void>> deliver(const queue::Message& message);
  [[nodiscard]] Async<Told> tell(const store::Notice& notice);
  [[nodiscard]] Async<Told> tell_alarm(const store::Notice& notice);
  [[nodiscard]] Async<Result<void>> send_alarm(const std::string& channel, const Alarm& alarm);
  [[nodiscard]] Async<Told> tell_ticket(const store::Notice& notice);
  [[nodiscard]] Async<Result<std::string>> open_ticket(const store::Incident& incident);
  [[nodiscard]] Async<Told> tell_person(const store::Notice& notice);
  [[nodiscard]] Async<bool> mark_sending(store::ContactMessage& message);
  [[nodiscard]] Async<Told> send_mail(store::ContactMessage message, net::Mail mail);
  [[nodiscard]] Async<Told> write_ticket(store::ContactMessage message, net::Mail mail);
  [[nodiscard]] Async<Told> keep_outcome(store::ContactMessage message, store::ContactState state, Error error);
  [[nodiscard]] Async<Result<void>> set_state(store::ContactMessage& message, store::ContactState state,
                                              std::string error);
  [[nodiscard]] Async<Result<void>> record(store::Notice notice, const Told& told);

  OutsideServices services_;
  OutsideSettings settings_;
  store::Notices notices_;
  store::Alarms alarms_;
  store::Incidents incidents_;
  store::Contacts contacts_;
  std::set<std::string> at_work_;  // notices: one at a time each, so that what is told is told in order
  bool stopping_ = false;
  TaskGroup loop_;
  TaskGroup deliveries_;
};

// How long to wait after the n-th failed attempt (from 1), without jitter.
[[nodiscard]] Duration notice_pause(int attempts);

}  // namespace syncwell::support
