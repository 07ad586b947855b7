#include "support/desk.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/log.hpp"
#include "store/attributes.hpp"
#include "store/sync_configs.hpp"
#include "support/drain.hpp"

namespace syncwell::support {
namespace {

using store::Case;
using store::CaseState;
using store::Incident;

constexpr std::size_t letters_per_page = 500;
constexpr std::size_t cases_per_round = 200;
constexpr Duration housekeeping_pause = std::chrono::minutes{5};
constexpr Duration forgotten_after = std::chrono::minutes{10};
constexpr Duration mismatch_before_sweep = std::chrono::seconds{30};
constexpr Duration look_again_at_queued_mail = std::chrono::minutes{1};

}  // namespace

std::string notice_id_of(const std::string& channel, const std::string& thing) { return channel + '|' + thing; }

bool needs_ticket(const Incident& incident) {
  return incident.action == name_of(Action::ticket) || incident.action == name_of(Action::reconnect);
}

Desk::Desk(DeskServices services, DeskProbes probes, DeskSettings settings)
    : services_(services),
      probes_(std::move(probes)),
      settings_(std::move(settings)),
      cases_(services.table),
      incidents_(services.table),
      alarms_(services.table),
      notices_(services.table),
      connections_(services.table),
      loop_(services.runtime.executor()) {}

Async<void> Desk::stop() {
  loop_.cancel_all();
  co_await loop_.wait_empty();
}

Async<void> Desk::run() {
  while (true) {
    auto done = co_await round();
    if (!done && done.error().code == ErrorCode::cancelled) co_return;
    if (!done) {
      log(LogLevel::warn, "a round of the support desk failed and is repeated",
          {{"error", name_of(done.error().code)}, {"detail", done.error().message}});
    }
    auto slept = co_await services_.runtime.sleep_for(settings_.round_pause);
    if (!slept) co_return;
  }
}

Async<Result<void>> Desk::round() {
  auto done = co_await take_dead_letters();
  if (done) done = co_await settle_those_on_their_way();
  if (!done) co_return done;
  auto page = co_await incidents_.list(true, store::max_open_incidents);
  if (!page) co_return fail(std::move(page.error()));
  const auto open_breakers = probes_.open_breakers();
  for (const auto& incident : page->incidents) {
    const bool is_out = std::ranges::find(open_breakers, incident.provider) != open_breakers.end();
    done = co_await drain(incident, is_out);
    if (!done) co_return done;
  }
  done = co_await keep_contact_clock();
  if (done) done = co_await write_tickets(page->incidents);
  if (!done) co_return done;
  auto depth = co_await services_.hot.depth();
  if (!depth) co_return fail(std::move(depth.error()));
  done = co_await sweep(*depth, page->incidents);
  if (done) done = co_await raise_alarms(*depth, std::move(page->incidents), open_breakers);
  if (!done || services_.runtime.now() < next_housekeeping_) co_return done;
  next_housekeeping_ = services_.runtime.now() + housekeeping_pause;
  co_return co_await send_forgotten_notices();
}

Async<Result<void>> Desk::take_dead_letters() {
  while (true) {
    auto letters = co_await services_.hot.dead_letters(letters_per_page, last_letter_);
    if (!letters) co_return fail(std::move(letters.error()));
    if (letters->empty()) co_return Result<void>{};
    std::string last = letters->back().id;
    auto taken = co_await services_.book.take(std::move(*letters));
    if (!taken) co_return taken;
    last_letter_ = std::move(last);
  }
}

Async<Result<void>> Desk::settle_those_on_their_way() {
  auto page = co_await cases_.on_their_way(store::max_get_items, settle_after_);
  if (!page) co_return fail(std::move(page.error()));
  settle_after_ = std::move(page->next);
  std::vector<store::Key> keys;
  for (const auto& entry : page->cases) keys.push_back(store::Jobs::key_of(entry.job_id));
  auto jobs = co_await services_.table.get_many(keys);
  if (!jobs) co_return fail(std::move(jobs.error()));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& entry = page->cases[i];
    const auto* item = store::find_item(*jobs, keys[i]);
    std::optional<store::Job> job;
    if (item != nullptr) job = store::Jobs::from(*item);
    const bool came_through = job && job->status == store::JobStatus::succeeded;
    auto settled = co_await services_.book.settle(entry, std::move(job), false);
    if (!settled) co_return settled;
    if (!came_through) continue;
    auto told = co_await tell_that_it_works(entry);
    if (!told) co_return told;
  }
  co_return Result<void>{};
}

// Whoever was told that it failed is told that it works again.
Async<Result<void>> Desk::tell_that_it_works(Case entry) {
  auto told = co_await services_.people.was_written_to(entry.user, entry.incident_id, MessageKind::initial);
  if (!told) co_return fail(std::move(told.error()));
  if (!*told) co_return Result<void>{};
  auto written = co_await services_.people.write(std::move(entry), MessageKind::resolved);
  if (!written) co_return fail(std::move(written.error()));
  co_return Result<void>{};
}

Async<Result<void>> Desk::sweep(const queue::Depth& depth, const std::vector<Incident>& incidents) {
  std::uint64_t open = 0;
  for (const auto& incident : incidents)
    open += static_cast<std::uint64_t>(std::max<std::int64_t>(0, incident.count(CaseState::open)));
  const Instant now = services_.runtime.now();
  if (open == depth.dead) {
    mismatch_since_.reset();
    co_return Result<void>{};
  }
  if (!mismatch_since_) mismatch_since_ = now;
  if (now < *mismatch_since_ + mismatch_before_sweep) co_return Result<void>{};
  mismatch_since_ = now + housekeeping_pause;  // once in a while is enough
  co_return co_await sweep_cases();
}

Async<Result<void>> Desk::sweep_cases() {
  std::set<std::string> letters;
  for (std::string after;;) {
    auto page = co_await services_.hot.dead_letters(letters_per_page, after);
    if (!page) co_return fail(std::move(page.error()));
    if (page->empty()) break;
    for (const auto& letter : *page) letters.insert(letter.id);
    after = page->back().id;
  }
  std::optional<store::Key> after;
  do {
    auto page = co_await cases_.list({.state = CaseState::open}, store::max_get_items, std::move(after));
    if (!page) co_return fail(std::move(page.error()));
    for (const auto& entry : page->cases) {
      if (letters.contains(entry.dead_letter_id)) continue;
      auto job = co_await store::Jobs(services_.table).get(entry.job_id);
      if (!job) co_return fail(std::move(job.error()));
      auto settled = co_await services_.book.settle(entry, std::move(*job), false);
      if (!settled) co_return settled;
    }
    after = std::move(page->next);
  } while (after);
  co_return co_await recount();
}

// Cases that went with a person's erasure are still counted.
Async<Result<void>> Desk::recount() {
  auto open = co_await incidents_.list(true, store::max_open_incidents);
  if (!open) co_return fail(std::move(open.error()));
  for (const auto& incident : open->incidents) {
    std::array<std::int64_t, 4> counts{};
    std::optional<store::Key> after;
    do {
      auto page = co_await cases_.list({.incident = incident.id}, store::max_query_page, std::move(after));
      if (!page) co_return fail(std::move(page.error()));
      for (const auto& entry : page->cases) ++counts.at(static_cast<std::size_t>(entry.state));
      after = std::move(page->next);
    } while (after);
    if (counts == incident.counts) continue;
    auto corrected = co_await services_.book.correct(incident, counts);
    if (!corrected) co_return corrected;
  }
  co_return Result<void>{};
}

Async<Result<void>> Desk::drain(const Incident& incident, bool provider_is_out) {
  const auto plan = plan_drain(incident, services_.runtime.now(), provider_is_out);
  if (plan.redrive == 0) co_return Result<void>{};
  if (plan.window != incident.window) {
    auto changed = co_await services_.book.change_incident(
        incident.id, [window = plan.window](Incident& current) { current.window = window; });
    if (!changed) co_return changed;
  }
  auto waiting = co_await cases_.to_drain(incident.id, static_cast<std::size_t>(plan.redrive));
  if (!waiting) co_return fail(std::move(waiting.error()));
  for (const auto& entry : *waiting) {
    auto moved = co_await services_.book.redrive(entry.id, std::string(desk_name));
    if (!moved) co_return fail(std::move(moved.error()));
  }
  co_return Result<void>{};
}

Async<Result<void>> Desk::keep_contact_clock() {
  auto due = co_await cases_.to_contact(services_.runtime.now(), cases_per_round);
  if (!due) co_return fail(std::move(due.error()));
  for (auto& entry : *due) {
    auto looked = co_await look_at_clock(std::move(entry));
    if (!looked) co_return looked;
  }
  co_return Result<void>{};
}

// A sync begins where the last one that came through had begun, so that a later one has brought what this one left.
Async<Result<bool>> Desk::is_overtaken(const Case& entry) {
  if (entry.state != CaseState::open || entry.config_id.empty()) co_return false;
  auto progress = co_await store::SyncConfigs(services_.table).progress(entry.config_id);
  if (!progress) co_return fail(std::move(progress.error()));
  if (!progress->last_sync_time || *progress->last_sync_time <= entry.died) co_return false;
  // A job that died before it could say so is waited for: only a redrive gives it an end.
  auto job = co_await store::Jobs(services_.table).get(entry.job_id);
  if (!job) co_return fail(std::move(job.error()));
  co_return *job && (*job)->status == store::JobStatus::dead_lettered;
}

Async<Result<void>> Desk::look_at_clock(Case entry) {
  const Instant now = services_.runtime.now();
  auto overtaken = co_await is_overtaken(entry);
  if (!overtaken) co_return fail(std::move(overtaken.error()));
  if (*overtaken) {
    auto closed = co_await services_.book.overtake(entry.id);
    if (!closed) co_return fail(std::move(closed.error()));
    if (*closed != Moved::done) co_return Result<void>{};  // somebody else deals with it
    co_return co_await tell_that_it_works(std::move(entry));
  }
  if (entry.contact == "contacted" || entry.contact == "opted_out")
    co_return co_await services_.book.set_contact(entry.id, entry.contact, now + look_at_sync_pause);
  const int percent = settings_.contact.write_at_percent;
  std::string contact(contact_stage(entry.first_failed, entry.contact_due, now));
  Instant look = now + look_at_sync_pause;
  if (const auto next = next_contact_look(entry.first_failed, entry.contact_due, now, percent))
    look = std::min(look, *next);
  const bool asks = entry.category == name_of(Category::authentication);
  if (asks || is_time_to_write(entry.first_failed, entry.contact_due, now, percent)) {
    if (asks) {
      auto asked = co_await ask_to_reconnect(entry);
      if (!asked) co_return asked;
    }
    const auto kind = asks ? MessageKind::action_needed : MessageKind::initial;
    auto written = co_await services_.people.write(entry, kind);
    if (!written) co_return fail(std::move(written.error()));
    if (*written == Written::opted_out) {
      contact = "opted_out";
    } else if (*written == Written::queued || *written == Written::already) {
      auto sent = co_await services_.people.has_reached(entry.user, entry.incident_id, kind);
      if (!sent) co_return fail(std::move(sent.error()));
      if (*sent) contact = "contacted";
      if (!*sent) look = now + look_again_at_queued_mail;
    }
  }
  if (contact == "overdue" && entry.contact != contact) {
    log(LogLevel::warn, "a person has not heard of a failed sync in time",
        {{"caseId", entry.id}, {"correlationId", entry.correlation_id}});
  }
  co_return co_await services_.book.set_contact(entry.id, std::move(contact), look);
}

// SUP-3, category 3: it should not be here. The connection is what it would have been if the job had ended as it
// should.
Async<Result<void>> Desk::ask_to_reconnect(const Case& entry) {
  for (const auto& id : {entry.source_connection, entry.destination_connection}) {
    if (id.empty()) continue;
    auto connection = co_await connections_.get(entry.user, id);
    if (!connection) co_return fail(std::move(connection.error()));
    if (!*connection || (*connection)->provider != entry.provider ||
        (*connection)->status != store::ConnectionStatus::active || (*connection)->authorized > entry.died)
      continue;
    (*connection)->status = store::ConnectionStatus::needs_reauth;
    auto updated = co_await connections_.update(**connection);
    if (!updated && updated.error().code != ErrorCode::version_conflict) co_return updated;
    bus::Event event{entry.id + "/reconnect/" + id, std::string(bus::reauthentication_needed), "desk",
                     services_.runtime.now()};
    event.data = {{"connection_id", id}, {"provider", entry.provider}, {"user", entry.user}};
    auto published = co_await services_.bus.publish(std::move(event));
    if (!published) co_return published;
  }
  co_return Result<void>{};
}

Async<Result<void>> Desk::hear(bus::Event event) {
  if (event.type != bus::reauthentication_needed || event.source == "desk") co_return Result<void>{};
  const auto text = [&](const char* name) { return store::text_attribute(event.data, name); };
  auto connection = co_await connections_.get(text("user"), text("connection_id"));
  if (!connection) co_return fail(std::move(connection.error()));
  if (!*connection || (*connection)->status != store::ConnectionStatus::needs_reauth) co_return Result<void>{};
  auto written = co_await services_.people.ask_to_reconnect(text("user"), text("connection_id"), text("provider"),
                                                            (*connection)->authorized);
  if (!written) co_return fail(std::move(written.error()));
  co_return Result<void>{};
}

Async<Result<void>> Desk::raise_alarms(queue::Depth depth, std::vector<Incident> incidents,
                                       std::vector<std::string> open_breakers) {
  Observed observed{.incidents = std::move(incidents), .depth = depth, .open_breakers = std::move(open_breakers)};
  observed.refresh_failures = in_window(refresh_samples_, probes_.refresh_failures());
  observed.duplicates_suppressed = in_window(duplicate_samples_, probes_.duplicates_suppressed());
  auto late = co_await has_cases("late");
  auto overdue = co_await has_cases("overdue");
  auto undelivered = co_await notices_.list(store::NoticeState::undelivered, 1);
  auto known = co_await alarms_.list();
  if (!late || !overdue || !undelivered || !known)
    co_return fail(!late ? late.error() : !overdue ? overdue.error() : !known ? known.error() : undelivered.error());
  observed.contacts_late = *late;
  observed.contacts_overdue = *overdue;
  observed.has_undelivered = !undelivered->notices.empty();
  const Instant now = services_.runtime.now();
  const auto conditions = alarm_conditions(observed, services_.triage, now);
  for (auto& change : follow_alarms(std::move(*known), conditions, holding_, now)) {
    auto written = co_await services_.table.transact({store::Alarms::put(change.alarm)});
    if (!written && written.error().code == ErrorCode::version_conflict) continue;  // another desk
    if (!written) co_return fail(std::move(written.error()));
    if (!change.tell) continue;
    log(LogLevel::warn, change.alarm.active ? "an alarm is on" : "an alarm is over",
        {{"alarm", change.alarm.key}, {"severity", change.alarm.severity}, {"summary", change.alarm.summary}});
    for (const auto& channel : settings_.alarm_channels) {
      auto told = co_await tell(channel, change.alarm.key);
      if (!told) co_return told;
    }
  }
  co_return Result<void>{};
}

Async<Result<bool>> Desk::has_cases(std::string contact) {
  auto page = co_await cases_.list({.contact = std::move(contact)}, 1);
  if (!page) co_return fail(std::move(page.error()));
  co_return !page->cases.empty();
}

// How much a counter has grown within observation_window.
std::uint64_t Desk::in_window(std::vector<std::pair<Instant, std::uint64_t>>& samples, std::uint64_t count) const {
  const Instant now = services_.runtime.now();
  samples.emplace_back(now, count);
  while (samples.size() > 1 && samples[1].first <= now - observation_window) samples.erase(samples.begin());
  return count - std::min(count, samples.front().second);
}

// A ticket is opened with its incident, told when there are twice as many deaths, and solved with it.
Async<Result<void>> Desk::write_tickets(const std::vector<Incident>& incidents) {
  if (!settings_.has_tickets) co_return Result<void>{};
  auto unsolved = co_await incidents_.with_unsolved_ticket(cases_per_round);
  if (!unsolved) co_return fail(std::move(unsolved.error()));
  for (const auto* list : std::array<const std::vector<Incident>*, 2>{&incidents, &*unsolved}) {
    for (const auto& incident : *list) {
      if (!needs_ticket(incident)) continue;
      auto notice = co_await notices_.get(notice_id_of("zendesk", incident.id));
      if (!notice) co_return fail(std::move(notice.error()));
      const bool is_told = *notice && ((*notice)->state != store::NoticeState::sent ||
                                       (incident.is_open && incident.entries() < 2 * (*notice)->told));
      if (is_told) continue;
      auto told = co_await tell("zendesk", incident.id);
      if (!told) co_return told;
    }
  }
  co_return Result<void>{};
}

Async<Result<void>> Desk::tell(std::string channel, std::string thing) {
  const std::string id = notice_id_of(channel, thing);
  auto notice = co_await notices_.get(id);
  if (!notice) co_return fail(std::move(notice.error()));
  auto changed = notice->value_or(store::Notice{.id = id, .channel = channel, .thing = thing});
  changed.state = store::NoticeState::queued;
  changed.attempts = 0;
  changed.last_error.clear();
  changed.updated = services_.runtime.now();
  auto written = co_await services_.table.transact({store::Notices::put(changed)});
  // Somebody just reports how the last attempt went: what is new is told by the message below in any case.
  if (!written && written.error().code != ErrorCode::version_conflict) co_return fail(std::move(written.error()));
  auto sent = co_await services_.notices.send(id, Duration{0});
  if (!sent) co_return fail(std::move(sent.error()));
  co_return Result<void>{};
}

Async<Result<void>> Desk::tell_again(std::string notice_id) {
  auto notice = co_await notices_.get(notice_id);
  if (!notice) co_return fail(std::move(notice.error()));
  if (!*notice) co_return fail(ErrorCode::not_found, "there is no notice with this id");
  (*notice)->state = store::NoticeState::queued;
  (*notice)->attempts = 0;
  (*notice)->updated = services_.runtime.now();
  auto written = co_await services_.table.transact({store::Notices::put(**notice)});
  if (!written && written.error().code != ErrorCode::version_conflict) co_return fail(std::move(written.error()));
  auto sent = co_await services_.notices.send(std::move(notice_id), Duration{0});
  if (!sent) co_return fail(std::move(sent.error()));
  co_return Result<void>{};
}

// The process may have ended between a notice and its message.
Async<Result<void>> Desk::send_forgotten_notices() {
  auto page = co_await notices_.list(store::NoticeState::queued, store::max_query_page);
  if (!page) co_return fail(std::move(page.error()));
  for (const auto& notice : page->notices) {
    if (notice.updated > services_.runtime.now() - forgotten_after) continue;
    auto again = co_await tell_again(notice.id);
    if (!again) co_return again;
  }
  co_return Result<void>{};
}

Async<Result<std::uint64_t>> Desk::redrive_all(store::Cases::Filter filter, std::string by) {
  filter.state = CaseState::open;
  std::uint64_t redriven = 0;
  std::optional<store::Key> after;
  do {
    auto page = co_await cases_.list(filter, store::max_get_items, std::move(after));
    if (!page) co_return fail(std::move(page.error()));
    for (const auto& entry : page->cases) {
      auto moved = co_await services_.book.redrive(entry.id, by);
      if (!moved) co_return fail(std::move(moved.error()));
      redriven += *moved == Moved::done ? 1 : 0;
    }
    after = std::move(page->next);
  } while (after);
  co_return redriven;
}

}  // namespace syncwell::support
