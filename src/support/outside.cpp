#include "support/outside.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.hpp"

namespace syncwell::support {
namespace {

using store::ContactState;

constexpr Duration look_again_after_storage_error = std::chrono::seconds{1};
constexpr Duration while_another_tells_it = std::chrono::seconds{2};
constexpr Duration first_pause = std::chrono::seconds{5};
constexpr Duration longest_pause = std::chrono::hours{1};

// What the other side refuses for good is not asked again by itself.
bool may_pass(const Error& error) {
  const auto kind = retry_class_of(error.code);
  return kind == RetryClass::transient || kind == RetryClass::delayed || kind == RetryClass::cancelled;
}

Severity severity_of(std::string_view name) {
  for (const auto severity : {Severity::info, Severity::warning, Severity::error}) {
    if (name_of(severity) == name) return severity;
  }
  return Severity::critical;
}

// SUP-3: the full message, and what support needs to go on.
std::string ticket_body(const store::Incident& incident, const std::string& console_url) {
  const auto* entry = find_error(incident.code);
  return fmt::format(
      "{}\n\nProvider: {}\nError: {}{}\nCategory: {}\nTriage rule: {}\nDead letters so far: {}\nOpen it: "
      "{}#/incidents/{}\n",
      incident.message, incident.provider.empty() ? "(none)" : incident.provider, incident.code,
      entry == nullptr ? std::string() : fmt::format(" ({})", entry->meaning), incident.category, incident.rule,
      incident.entries(), console_url, incident.id);
}

}  // namespace

Duration notice_pause(int attempts) {
  const int doublings = std::clamp(attempts - 1, 0, 20);
  return std::min(longest_pause, first_pause * (std::int64_t{1} << doublings));
}

Outside::Outside(OutsideServices services, OutsideSettings settings)
    : services_(services),
      settings_(std::move(settings)),
      notices_(services.table),
      alarms_(services.table),
      incidents_(services.table),
      contacts_(services.table),
      loop_(services.runtime.executor()),
      deliveries_(services.runtime.executor()) {}

Async<void> Outside::stop() {
  stopping_ = true;
  loop_.cancel_all();
  co_await loop_.wait_empty();
  deliveries_.cancel_all();
  co_await deliveries_.wait_empty();
}

Async<void> Outside::run() {
  while (!stopping_) {
    co_await deliveries_.wait_below(max_notices_at_once);
    if (stopping_) co_return;
    const std::size_t most = std::min(queue::max_receive_batch, max_notices_at_once - deliveries_.size());
    auto messages = co_await services_.notices.receive(most, queue::max_wait);
    if (!messages) {
      if (messages.error().code == ErrorCode::cancelled) co_return;
      auto slept = co_await services_.runtime.sleep_for(look_again_after_storage_error);
      if (!slept) co_return;
      continue;
    }
    for (auto& message : *messages) deliveries_.spawn(handle(std::move(message)));
  }
}

// What fails here fails because of the store: the message shows itself again.
Async<void> Outside::handle(queue::Message message) {
  if (!at_work_.insert(message.body).second) {
    (void)co_await services_.notices.extend(message.receipt, while_another_tells_it);
    co_return;
  }
  (void)co_await deliver(message);
  at_work_.erase(message.body);
}

Async<Result<void>> Outside::deliver(const queue::Message& message) {
  auto notice = co_await notices_.get(message.body);
  if (!notice) co_return fail(std::move(notice.error()));
  // The person was erased, or it is too old to be of use.
  if (!*notice) co_return co_await services_.notices.remove(message.receipt);
  const auto told = co_await tell(**notice);
  if (!told.change && told.change.error().code == ErrorCode::cancelled)
    co_return co_await services_.notices.extend(message.receipt, Duration{0});
  const int attempts = ++(*notice)->attempts;
  auto recorded = co_await record(std::move(**notice), told);
  if (!recorded) co_return recorded;
  if (told.change) {
    ++services_.counters.sent;
    co_return co_await services_.notices.remove(message.receipt);
  }
  ++services_.counters.failed;
  const Error& error = told.change.error();
  if (!told.may_pass || attempts >= max_notice_attempts) {
    log(LogLevel::error, "a notice does not reach the world outside",
        {{"notice", message.body}, {"error", name_of(error.code)}, {"detail", error.message}});
    co_return co_await services_.notices.dead_letter(message.receipt, std::string(name_of(error.code)), error.message);
  }
  const Duration pause = std::max(notice_pause(attempts), error.retry_after.value_or(Duration{0}));
  co_return co_await services_.notices.extend(message.receipt, std::min(pause, queue::max_visibility));
}

Async<Result<void>> Outside::record(store::Notice notice, const Told& told) {
  notice.updated = services_.runtime.now();
  if (told.change) {
    notice.state = store::NoticeState::sent;
    notice.told = *told.change;
    notice.last_error.clear();
  } else {
    notice.state = store::NoticeState::undelivered;
    notice.last_error = told.change.error().message;
  }
  auto written = co_await services_.table.transact({store::Notices::put(notice)});
  // The desk has something newer to tell: its own message will.
  if (!written && written.error().code != ErrorCode::version_conflict) co_return fail(std::move(written.error()));
  co_return Result<void>{};
}

Async<Outside::Told> Outside::tell(const store::Notice& notice) {
  if (!notice.user.empty()) co_return co_await tell_person(notice);
  if (notice.channel == "zendesk") co_return co_await tell_ticket(notice);
  co_return co_await tell_alarm(notice);
}

Async<Outside::Told> Outside::tell_alarm(const store::Notice& notice) {
  auto record = co_await alarms_.get(notice.thing);
  if (!record) co_return Told{fail(std::move(record.error()))};
  if (!*record) co_return Told{notice.told};
  const auto& alarm = **record;
  // Raised and over before anybody was told: there is nothing to tell.
  if (notice.told == alarm.change || (notice.told == 0 && !alarm.active)) co_return Told{alarm.change};
  const Alarm told{.key = alarm.key,
                   .severity = severity_of(alarm.severity),
                   .summary = alarm.summary,
                   .console_url = settings_.console_url + alarm.console_path,
                   .playbook = alarm.playbook,
                   .since = alarm.since,
                   .occurrences = static_cast<std::uint64_t>(alarm.change),
                   .active = alarm.active};
  auto sent = co_await send_alarm(notice.channel, told);
  if (!sent) {
    const bool again = may_pass(sent.error());
    co_return Told{fail(std::move(sent.error())), again};
  }
  co_return Told{alarm.change};
}

Async<Result<void>> Outside::send_alarm(const std::string& channel, const Alarm& alarm) {
  const auto deadline = Deadline::after(services_.runtime, notice_timeout);
  if (channel == "mail" && services_.mail != nullptr && !settings_.operators_address.empty()) {
    net::Mail mail;
    mail.message_id = services_.runtime.random().uuid4() + "@alarm.syncwell.invalid";
    mail.to = settings_.operators_address;
    mail.subject = fmt::format("[SyncWell {}] {}", alarm.active ? name_of(alarm.severity) : "over", alarm.summary);
    mail.text = fmt::format("{}\n\nSince: {}\nLook: {}\n\n{}\n", alarm.summary, format_rfc3339(alarm.since),
                            alarm.console_url, alarm.playbook);
    auto outcome = co_await services_.mail->send(std::move(mail), deadline);
    // To the people on call twice is better than not at all.
    if (outcome.state == net::MailOutcome::State::accepted) co_return Result<void>{};
    co_return fail(std::move(outcome.error));
  }
  Result<net::Request> request = net::Request{};
  if (channel == "pagerduty" && settings_.pagerduty) {
    request = pagerduty_event(*settings_.pagerduty, alarm);
  } else if (channel == "webhook" && settings_.webhook) {
    request = alarm_webhook(*settings_.webhook, alarm, services_.runtime.now());
  } else {
    co_return Result<void>{};  // it was taken out of the configuration meanwhile
  }
  if (!request) co_return fail(std::move(request.error()));
  auto answer = co_await services_.http.send(std::move(*request), deadline);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return channel == "pagerduty" ? pagerduty_outcome(*answer) : alarm_webhook_outcome(*answer);
}

Async<Outside::Told> Outside::tell_ticket(const store::Notice& notice) {
  auto found = co_await incidents_.get(notice.thing);
  if (!found) co_return Told{fail(std::move(found.error()))};
  if (!*found || services_.zendesk == nullptr) co_return Told{notice.told};
  const auto& incident = **found;
  const auto failed = [](Error error) {
    const bool again = may_pass(error);
    return Told{fail(std::move(error)), again};
  };
  std::string ticket = incident.ticket_id;
  if (ticket.empty()) {
    auto opened = co_await open_ticket(incident);
    if (!opened) co_return failed(std::move(opened.error()));
    ticket = std::move(*opened);
    auto kept = co_await services_.book.change_incident(
        incident.id, [&ticket](store::Incident& current) { current.ticket_id = ticket; });
    if (!kept) co_return Told{fail(std::move(kept.error()))};
  } else if (incident.is_open && incident.entries() > notice.told) {
    auto told =
        co_await services_.zendesk->comment(ticket,
                                            fmt::format("{} dead letters by now, {} of them open.", incident.entries(),
                                                        incident.count(store::CaseState::open)),
                                            false);
    if (!told) co_return failed(std::move(told.error()));
  }
  if (!incident.is_open && !incident.ticket_solved) {
    auto solved = co_await services_.zendesk->solve(
        ticket, fmt::format("All {} dead letters of this incident are dealt with.", incident.entries()));
    if (!solved) co_return failed(std::move(solved.error()));
    auto kept = co_await services_.book.change_incident(incident.id,
                                                        [](store::Incident& current) { current.ticket_solved = true; });
    if (!kept) co_return Told{fail(std::move(kept.error()))};
  }
  co_return Told{incident.entries()};
}

Async<Result<std::string>> Outside::open_ticket(const store::Incident& incident) {
  Ticket ticket;
  ticket.external_id = incident.id;
  const bool is_bug_of_ours = incident.action == name_of(Action::reconnect);
  ticket.subject = fmt::format("[P1] {}: {} {}{}", incident.rule, incident.provider, incident.code,
                               is_bug_of_ours ? " in the dead-letter queue (bug: it should not be there)" : "");
  ticket.body = ticket_body(incident, settings_.console_url);
  ticket.priority = TicketPriority::urgent;
  ticket.tags = {"syncwell", incident.category, incident.code};
  if (is_bug_of_ours) ticket.tags.emplace_back("bug");
  co_return co_await services_.zendesk->open(std::move(ticket));
}

Async<Result<void>> Outside::set_state(store::ContactMessage& message, ContactState state, std::string error) {
  message.state = state;
  message.error = std::move(error);
  message.updated = services_.runtime.now();
  auto written = co_await services_.table.transact({store::Contacts::put(message)});
  if (!written) co_return fail(std::move(written.error()));
  message.version = written->front();
  co_return Result<void>{};
}

Async<Outside::Told> Outside::tell_person(const store::Notice& notice) {
  auto found = co_await contacts_.get(store::Contacts::key_of(notice.user, notice.about, notice.template_name));
  if (!found) co_return Told{fail(std::move(found.error()))};
  if (!*found || (*found)->state == ContactState::sent) co_return Told{std::int64_t{1}};
  auto& message = **found;
  if (message.state == ContactState::sending) {
    auto marked = co_await set_state(message, ContactState::unknown, "the process ended as the mail went out");
    if (!marked) co_return Told{fail(std::move(marked.error()))};
  }
  if (message.state == ContactState::unknown)
    co_return Told{
        fail(ErrorCode::internal, "the mail may have gone out or not: ask the mail server's log, or send again"),
        false};
  auto composed = co_await services_.people.compose(message);
  if (!composed) co_return Told{fail(std::move(composed.error()))};
  if (!composed->mail) {
    auto marked = co_await set_state(message, composed->why, "");
    if (!marked) co_return Told{fail(std::move(marked.error()))};
    co_return Told{std::int64_t{1}};
  }
  if (notice.channel == "zendesk") co_return co_await write_ticket(std::move(message), std::move(*composed->mail));
  co_return co_await send_mail(std::move(message), std::move(*composed->mail));
}

Async<bool> Outside::mark_sending(store::ContactMessage& message) {
  auto written = co_await set_state(message, ContactState::sending, "");
  co_return written.has_value();
}

Async<Outside::Told> Outside::send_mail(store::ContactMessage message, net::Mail mail) {
  if (services_.mail == nullptr)
    co_return Told{fail(ErrorCode::unsupported, "no mail server is configured (mail.url)"), false};
  // Until the message is complete at the mail server, a crash means that it is sent again.
  const auto confirm = [this, &message] { return mark_sending(message); };
  auto outcome =
      co_await services_.mail->send(std::move(mail), Deadline::after(services_.runtime, notice_timeout), confirm);
  using enum net::MailOutcome::State;
  const auto state = outcome.state == accepted  ? ContactState::sent
                     : outcome.state == unknown ? ContactState::unknown
                     : outcome.permanent        ? ContactState::refused
                                                : ContactState::queued;
  co_return co_await keep_outcome(std::move(message), state, std::move(outcome.error));
}

// A ticket of the person's own, whose text the ticket system mails to them; good news solves the ticket of the bad. A
// repetition finds the ticket, or finds it solved.
Async<Outside::Told> Outside::write_ticket(store::ContactMessage message, net::Mail mail) {
  if (services_.zendesk == nullptr)
    co_return Told{fail(ErrorCode::unsupported, "no ticket system is configured (zendesk.base_url)"), false};
  std::string first;
  if (message.template_name == name_of(MessageKind::resolved)) {
    auto told = co_await contacts_.get(
        store::Contacts::key_of(message.user, message.about, std::string(name_of(MessageKind::initial))));
    if (!told) co_return Told{fail(std::move(told.error()))};
    if (*told) first = (*told)->ticket_id;
  }
  Result<void> done;
  if (first.empty()) {
    Ticket ticket;
    ticket.external_id = "contact-" + message.id;
    ticket.subject = mail.subject;
    ticket.body = mail.text;
    ticket.tags = {"syncwell", "contact", message.template_name};
    ticket.requester = {mail.to, mail.to};
    ticket.locale = mail.locale;
    auto opened = co_await services_.zendesk->open(std::move(ticket));
    if (opened) {
      message.ticket_id = std::move(*opened);
    } else {
      done = fail(std::move(opened.error()));
    }
  } else {
    done = co_await services_.zendesk->solve(std::move(first), mail.text);
  }
  if (done) co_return co_await keep_outcome(std::move(message), ContactState::sent, {});
  if (done.error().code == ErrorCode::cancelled) co_return Told{fail(std::move(done.error()))};
  const auto state = may_pass(done.error()) ? ContactState::queued : ContactState::refused;
  co_return co_await keep_outcome(std::move(message), state, std::move(done.error()));
}

Async<Outside::Told> Outside::keep_outcome(store::ContactMessage message, ContactState state, Error error) {
  auto marked = co_await set_state(message, state, error.message);
  if (!marked) co_return Told{fail(std::move(marked.error()))};
  if (state != ContactState::sent) co_return Told{fail(std::move(error)), state == ContactState::queued};
  if (!message.case_id.empty()) {
    auto stopped =
        co_await services_.book.set_contact(message.case_id, "contacted", services_.runtime.now() + look_at_sync_pause);
    if (!stopped) co_return Told{fail(std::move(stopped.error()))};
  }
  co_return Told{std::int64_t{1}};
}

}  // namespace syncwell::support
