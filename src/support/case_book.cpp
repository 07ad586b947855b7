#include "support/case_book.hpp"

#include <algorithm>

#include "bus/event_bus.hpp"
#include "store/attributes.hpp"
#include "store/sync_configs.hpp"
#include "store/users.hpp"

namespace syncwell::support {
namespace {

using store::Case;
using store::CaseState;
using store::Incident;

constexpr int max_tries = 20;

std::unexpected<Error> busy() { return fail(ErrorCode::busy, "others write this case or its incident all the time"); }

// The job that a dead letter is about; ids are empty where it is about none.
struct Named {
  std::string job_id;
  std::string user;
  std::string config_id;
  std::string correlation_id;
};

Named named_in(const queue::DeadLetter& letter) {
  const auto event = bus::event_from_json(letter.body);
  if (!event) return {};
  const auto text = [&](const char* name) { return store::text_attribute(event->data, name); };
  return {text("job_id"), text("user"), text("config_id"), text("correlation_id")};
}

std::string case_id_of(const Named& named, const queue::DeadLetter& letter) {
  return named.job_id.empty() ? "message_" + letter.id : named.job_id;
}

bool is_closed(CaseState state) { return state == CaseState::resolved || state == CaseState::archived; }

// Redriven by itself as often as it may be: it waits for a person.
bool is_exhausted(const Case& entry, const Incident& incident) {
  return entry.state == CaseState::open && !entry.drains && incident.action == name_of(Action::redrive);
}

void count(Incident& incident, const Case& entry, int by) {
  incident.count(entry.state) += by;
  if (is_exhausted(entry, incident)) incident.exhausted += by;
}

void close_if_over(Incident& incident, Instant now, std::vector<store::Write>& writes) {
  if (!is_over(incident)) return;
  incident.is_open = false;
  incident.resolved = now;
  incident.next_redrive.reset();
  writes.push_back(store::Incidents::close(incident));
}

void close_case(Case& entry, CaseState state) {
  entry.state = state;
  entry.drains = false;
  entry.dead_letter_id.clear();
  entry.contact_look.reset();
  if (entry.contact != "contacted" && entry.contact != "opted_out") entry.contact = "not_needed";
}

}  // namespace

bool is_over(const Incident& incident) {
  return incident.is_open && incident.count(CaseState::open) <= 0 && incident.count(CaseState::redriven) <= 0;
}

Async<Result<void>> CaseBook::take(std::vector<queue::DeadLetter> letters) {
  std::vector<store::Key> keys;
  keys.reserve(letters.size());
  for (const auto& letter : letters) keys.push_back(store::Cases::key_of(case_id_of(named_in(letter), letter)));
  for (std::size_t begin = 0; begin < keys.size(); begin += store::max_get_items) {
    const auto end = std::min(keys.size(), begin + store::max_get_items);
    auto known = co_await table_.get_many(
        {keys.begin() + static_cast<std::ptrdiff_t>(begin), keys.begin() + static_cast<std::ptrdiff_t>(end)});
    if (!known) co_return fail(std::move(known.error()));
    for (std::size_t i = begin; i < end; ++i) {
      const auto* item = store::find_item(*known, keys[i]);
      if (item != nullptr && store::text_attribute(item->attributes, "letter") == letters[i].id) continue;
      auto taken = co_await take_one(letters[i]);
      if (!taken) co_return taken;
    }
  }
  co_return Result<void>{};
}

Async<Result<void>> CaseBook::take_one(const queue::DeadLetter& letter) {
  for (int tries = 0; tries < max_tries; ++tries) {
    auto taken = co_await take_once(letter);
    if (!taken) co_return fail(std::move(taken.error()));
    if (*taken) co_return Result<void>{};
  }
  co_return busy();
}

Async<Result<Case>> CaseBook::examine(const queue::DeadLetter& letter) {
  const auto named = named_in(letter);
  Case entry;
  entry.id = case_id_of(named, letter);
  entry.dead_letter_id = letter.id;
  entry.code = letter.reason;
  entry.message = letter.message;
  entry.job_id = named.job_id;
  entry.user = named.user;
  entry.config_id = named.config_id;
  entry.correlation_id = named.correlation_id;
  entry.attempts = letter.receive_count;
  entry.died = letter.died;
  entry.first_failed = letter.died;
  std::vector<store::Key> keys;
  if (!named.job_id.empty()) keys.push_back(store::Jobs::key_of(named.job_id));
  if (!named.user.empty()) keys.push_back(store::Users::key_of(named.user));
  auto items = co_await table_.get_many(std::move(keys));
  if (!items) co_return fail(std::move(items.error()));
  if (const auto* item = store::find_item(*items, store::Jobs::key_of(named.job_id))) {
    const auto job = store::Jobs::from(*item);
    entry.data_type = job.data_type;
    entry.attempts = std::max(entry.attempts, job.attempts);
    entry.first_failed = store::first_failure(job).value_or(letter.died);
    if (!job.failures.empty()) {
      entry.provider = job.failures.back().provider;
      entry.http_status = job.failures.back().http_status;
    }
  }
  if (!named.config_id.empty()) {
    auto config = co_await store::SyncConfigs(table_).get(named.user, named.config_id);
    if (!config) co_return fail(std::move(config.error()));
    if (*config) {
      entry.source_connection = (*config)->source_connection;
      entry.destination_connection = (*config)->destination_connection;
      entry.data_type = name_of((*config)->data_type);
    }
  }
  const auto tier = store::Users::from(named.user, store::find_item(*items, store::Users::key_of(named.user))).tier;
  entry.contact_due = entry.first_failed + (tier == store::Tier::pro ? contact_.limit_pro : contact_.limit_free);
  co_return entry;
}

Async<Result<Incident>> CaseBook::incident_for(const Case& entry, const Rule& rule) {
  auto open = co_await incidents_.open_of(store::kind_of(entry));
  if (!open) co_return fail(std::move(open.error()));
  if (*open) co_return std::move(**open);
  Incident incident;
  incident.id = "inc_" + runtime_.random().uuid4();
  incident.kind = store::kind_of(entry);
  incident.rule = rule.name;
  incident.category = name_of(rule.category);
  incident.action = name_of(rule.action);
  incident.provider = entry.provider;
  incident.code = entry.code;
  incident.message = entry.message;
  incident.opened = runtime_.now();
  if (rule.action == Action::redrive) incident.next_redrive = runtime_.now() + rule.redrive_after;
  co_return incident;
}

Async<Result<std::vector<store::Write>>> CaseBook::leave_incident(const Case& before) {
  std::vector<store::Write> writes;
  auto left = co_await incidents_.get(before.incident_id);
  if (!left) co_return fail(std::move(left.error()));
  if (!*left || !(*left)->is_open) co_return writes;
  count(**left, before, -1);
  (*left)->count(CaseState::archived) += 1;
  close_if_over(**left, runtime_.now(), writes);
  writes.push_back(store::Incidents::put(**left));
  co_return writes;
}

// False: somebody else wrote meanwhile.
Async<Result<bool>> CaseBook::take_once(const queue::DeadLetter& letter) {
  auto examined = co_await examine(letter);
  if (!examined) co_return fail(std::move(examined.error()));
  Case& entry = *examined;
  auto before = co_await cases_.get(entry.id);
  if (!before) co_return fail(std::move(before.error()));
  if (*before && (*before)->dead_letter_id == letter.id) co_return true;
  const Rule& rule = triage_.judge({entry.code, entry.provider, entry.http_status, entry.message});
  entry.rule = rule.name;
  entry.category = name_of(rule.category);
  if (*before) {
    entry.version = (*before)->version;
    entry.redrives = (*before)->redrives;
    entry.notes = (*before)->notes;
    entry.first_failed = std::min(entry.first_failed, (*before)->first_failed);
    // Whoever has been told need not be told of the next try; a case that was closed begins its clock anew.
    if (!is_closed((*before)->state)) {
      entry.contact = (*before)->contact;
      entry.contact_due = (*before)->contact_due;
    }
  }
  const Instant now = runtime_.now();
  if (entry.contact != "contacted" && entry.contact != "opted_out") {
    entry.contact = contact_stage(entry.first_failed, entry.contact_due, now);
    entry.contact_look = now;
  }
  entry.drains = rule.action == Action::redrive && entry.redrives < rule.most_redrives;
  store::note(entry, {letter.died, "dead_lettered", std::string(desk_name), entry.code});
  auto incident = co_await incident_for(entry, rule);
  if (!incident) co_return fail(std::move(incident.error()));
  entry.incident_id = incident->id;
  std::vector<store::Write> writes;
  if (*before && (*before)->incident_id == incident->id) {
    count(*incident, **before, -1);
  } else if (*before) {
    auto left = co_await leave_incident(**before);
    if (!left) co_return fail(std::move(left.error()));
    writes = std::move(*left);
  }
  count(*incident, entry, +1);
  incident->last_death = std::max(incident->last_death, letter.died);
  if (rule.action == Action::redrive && entry.redrives > 0) {
    // It is not over yet: all the others need not find out one by one.
    incident->window = 0;
    incident->next_redrive = now + rule.redrive_after;
  }
  if (incident->version == 0) writes.push_back(store::Incidents::open(*incident));
  writes.push_back(store::Incidents::put(*incident));
  writes.push_back(store::Cases::put(entry, now));
  auto written = co_await table_.transact(std::move(writes));
  if (!written && written.error().code == ErrorCode::version_conflict) co_return false;
  if (!written) co_return fail(std::move(written.error()));
  // A second message of the same job: one of them is enough.
  if (*before && (*before)->state == CaseState::open) (void)co_await hot_.purge((*before)->dead_letter_id);
  co_return true;
}

Async<Result<Moved>> CaseBook::move(std::string id, Change change) {
  for (int tries = 0; tries < max_tries; ++tries) {
    auto moved = co_await move_once(id, change);
    if (moved || moved.error().code != ErrorCode::version_conflict) co_return moved;
  }
  co_return busy();
}

Async<Result<Moved>> CaseBook::move_once(const std::string& id, const Change& change) {
  auto found = co_await cases_.get(id);
  if (!found) co_return fail(std::move(found.error()));
  if (!*found) co_return Moved::not_found;
  Case& entry = **found;
  auto incident = co_await incidents_.get(entry.incident_id);
  if (!incident) co_return fail(std::move(incident.error()));
  if (*incident) count(**incident, entry, -1);
  const Moved moved = change(entry);
  if (moved != Moved::done) co_return moved;
  std::vector<store::Write> writes;
  if (*incident) {
    count(**incident, entry, +1);
    close_if_over(**incident, runtime_.now(), writes);
    writes.push_back(store::Incidents::put(**incident));
  }
  writes.push_back(store::Cases::put(entry, runtime_.now()));
  auto written = co_await table_.transact(std::move(writes));
  if (!written) co_return fail(std::move(written.error()));
  co_return Moved::done;
}

Async<Result<Moved>> CaseBook::redrive(std::string id, std::string by) {
  auto found = co_await cases_.get(id);
  if (!found) co_return fail(std::move(found.error()));
  if (!*found) co_return Moved::not_found;
  if (is_closed((*found)->state)) co_return Moved::closed;
  if ((*found)->state == CaseState::redriven) co_return Moved::already_redriven;
  const std::string letter = (*found)->dead_letter_id;
  // First the message: a case that says "open" of a job that runs is mended (settle()); the other way round it would
  // wait for ever.
  auto redriven = co_await hot_.redrive(letter);
  if (!redriven && redriven.error().code == ErrorCode::not_found) co_return Moved::still_running;
  if (!redriven) co_return fail(std::move(redriven.error()));
  auto moved = co_await move(std::move(id), [&, now = runtime_.now()](Case& entry) {
    // It may have died again meanwhile.
    if (entry.dead_letter_id != letter) return Moved::already_redriven;
    entry.state = CaseState::redriven;
    entry.dead_letter_id.clear();
    entry.drains = false;
    entry.redriven = now;
    ++entry.redrives;
    store::note(entry, {now, "redriven", by, ""});
    return Moved::done;
  });
  if (!moved) co_return moved;
  co_return Moved::done;
}

Async<Result<Moved>> CaseBook::archive(std::string id, std::string by, std::string why) {
  co_return co_await put_away(std::move(id), CaseState::archived, std::move(by), std::move(why));
}

Async<Result<Moved>> CaseBook::overtake(std::string id) {
  co_return co_await put_away(std::move(id), CaseState::resolved, std::string(desk_name), "a later sync came through");
}

Async<Result<Moved>> CaseBook::put_away(std::string id, CaseState state, std::string by, std::string why) {
  std::string letter;
  auto moved = co_await move(std::move(id), [&, now = runtime_.now()](Case& entry) {
    if (is_closed(entry.state)) return Moved::closed;
    if (entry.state == CaseState::redriven) return Moved::already_redriven;
    letter = entry.dead_letter_id;
    close_case(entry, state);
    store::note(entry, {now, std::string(name_of(state)), by, why});
    return Moved::done;
  });
  if (!moved || *moved != Moved::done) co_return moved;
  auto purged = co_await hot_.purge(letter);
  if (!purged && purged.error().code != ErrorCode::not_found) co_return fail(std::move(purged.error()));
  co_return Moved::done;
}

Async<Result<Moved>> CaseBook::annotate(std::string id, std::string by, std::string text) {
  co_return co_await move(std::move(id), [&, now = runtime_.now()](Case& entry) {
    store::note(entry, {now, "annotated", by, text});
    return Moved::done;
  });
}

Async<Result<Moved>> CaseBook::purge(std::string id) {
  for (int tries = 0; tries < max_tries; ++tries) {
    auto found = co_await cases_.get(id);
    if (!found) co_return fail(std::move(found.error()));
    if (!*found) co_return Moved::not_found;
    if ((*found)->state == CaseState::redriven) co_return Moved::already_redriven;
    if (!(*found)->dead_letter_id.empty()) {
      auto purged = co_await hot_.purge((*found)->dead_letter_id);
      if (!purged && purged.error().code != ErrorCode::not_found) co_return fail(std::move(purged.error()));
    }
    auto incident = co_await incidents_.get((*found)->incident_id);
    if (!incident) co_return fail(std::move(incident.error()));
    std::vector<store::Write> writes;
    if (*incident) {
      count(**incident, **found, -1);
      ++(*incident)->purged;
      close_if_over(**incident, runtime_.now(), writes);
      writes.push_back(store::Incidents::put(**incident));
    }
    writes.push_back(store::Cases::erase(**found));
    auto written = co_await table_.transact(std::move(writes));
    if (written) co_return Moved::done;
    if (written.error().code != ErrorCode::version_conflict) co_return fail(std::move(written.error()));
  }
  co_return busy();
}

Async<Result<void>> CaseBook::settle(Case entry, std::optional<store::Job> job, bool letter_is_there) {
  using enum store::JobStatus;
  const Instant now = runtime_.now();
  const auto version = entry.version;
  std::string why;
  CaseState state = entry.state;
  if (job && job->status == succeeded) {
    state = CaseState::resolved;
    why = "the job succeeded";
  } else if (job && job->status == needs_reauth) {
    state = CaseState::resolved;
    why = "the account has to be connected again; the person is asked to";
  } else if (job && job->status == cancelled) {
    state = CaseState::archived;
    why = "its sync was deleted";
  } else if (!job) {
    state = CaseState::archived;
    why = "nothing is known of its job any more";
  } else if (entry.state == CaseState::open && !letter_is_there) {
    // Its message left the dead-letter queue without us.
    state = job->status == dead_lettered ? CaseState::archived : CaseState::redriven;
    why = "its dead letter is gone";
  }
  if (state == entry.state || (entry.state == CaseState::open && letter_is_there)) co_return Result<void>{};
  auto moved = co_await move(entry.id, [&](Case& current) {
    if (current.version != version) return Moved::already_redriven;  // somebody was faster: the next look decides
    if (state == CaseState::redriven) {
      current.state = state;
      current.dead_letter_id.clear();
      current.drains = false;
      current.redriven = now;
    } else {
      close_case(current, state);
    }
    store::note(current, {now, std::string(name_of(state)), std::string(desk_name), why});
    return Moved::done;
  });
  if (!moved) co_return fail(std::move(moved.error()));
  co_return Result<void>{};
}

Async<Result<void>> CaseBook::set_contact(std::string id, std::string contact, std::optional<Instant> look) {
  auto moved = co_await move(std::move(id), [&, now = runtime_.now()](Case& entry) {
    if (is_closed(entry.state)) return Moved::closed;
    if (contact == "contacted" && entry.contact != contact)
      store::note(entry, {now, "contacted", std::string(desk_name), ""});
    entry.contact = contact;
    entry.contact_look = look;
    return Moved::done;
  });
  if (!moved) co_return fail(std::move(moved.error()));
  co_return Result<void>{};
}

Async<Result<void>> CaseBook::correct(Incident incident, std::array<std::int64_t, 4> counts) {
  incident.counts = counts;
  incident.exhausted = std::min(incident.exhausted, incident.count(CaseState::open));
  std::vector<store::Write> writes;
  close_if_over(incident, runtime_.now(), writes);
  writes.push_back(store::Incidents::put(incident));
  auto written = co_await table_.transact(std::move(writes));
  if (!written && written.error().code != ErrorCode::version_conflict) co_return fail(std::move(written.error()));
  co_return Result<void>{};
}

Async<Result<void>> CaseBook::change_incident(std::string id, std::function<void(Incident&)> change) {
  for (int tries = 0; tries < max_tries; ++tries) {
    auto incident = co_await incidents_.get(id);
    if (!incident) co_return fail(std::move(incident.error()));
    if (!*incident) co_return Result<void>{};
    change(**incident);
    auto written = co_await table_.transact({store::Incidents::put(**incident)});
    if (written) co_return Result<void>{};
    if (written.error().code != ErrorCode::version_conflict) co_return fail(std::move(written.error()));
  }
  co_return busy();
}

}  // namespace syncwell::support
