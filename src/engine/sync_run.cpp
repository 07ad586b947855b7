#include "engine/sync_run.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "model/json.hpp"
#include "providers/external_id.hpp"
#include "providers/outcome.hpp"

namespace syncwell::engine {
namespace {

using providers::is_our_external_id;
using providers::WriteOp;
using store::LedgerState;

// A window of more days than this reads the config's whole ledger instead of asking day by day.
constexpr std::size_t max_bucket_queries = 100;

Candidate candidate_of(const model::Record& record, bool changeable) {
  return {record.time.start.at, record.time.end.at, record.modified, record.source_id, changeable};
}

}  // namespace

SyncRun::SyncRun(const store::SyncConfig& config, Endpoint& source, Endpoint& destination, store::Table& table,
                 vault::Vault& vault, Runtime& runtime, store::Write fence, RunSettings settings)
    : config_(config),
      source_(source),
      destination_(destination),
      table_(table),
      ledger_(table),
      configs_(table),
      vault_(vault),
      runtime_(runtime),
      fence_(std::move(fence)),
      settings_(std::move(settings)) {}

TimeRange SyncRun::whole_days(TimeRange range) {
  return {std::chrono::floor<std::chrono::days>(range.start), std::chrono::ceil<std::chrono::days>(range.end)};
}

std::string SyncRun::bucket_of(Instant start) const {
  return vault_.digest("ledger-bucket", format_local_date(Moment{start, std::nullopt}));
}

std::string SyncRun::key_of(const model::Record& record) const {
  return vault_.digest("source-record", config_.source_connection + "\n" + record.source_id);
}

void SyncRun::decide(std::string record_id, std::string_view action, std::string_view reason) {
  if (report_.decisions.size() < max_reported_decisions) {
    report_.decisions.push_back({std::move(record_id), std::string(action), std::string(reason)});
  }
}

std::unexpected<Error> SyncRun::failed(const Endpoint& side, Error error) {
  failed_side_ = &side;
  return fail(std::move(error));
}

void SyncRun::warn(providers::Warning warning) {
  ++report_.counts.warnings;
  if (report_.warnings.size() < max_reported_warnings) report_.warnings.push_back(std::move(warning));
}

Async<Result<void>> SyncRun::run(TimeRange range, std::string cursor, Deadline deadline) {
  deadline_ = deadline;
  range_ = range;
  cursor_ = std::move(cursor);
  auto stream = source_.provider.fetch({source_.http, runtime_, deadline_}, source_.account,
                                       {config_.data_type, range, false, cursor_});
  if (!stream) co_return failed(source_, std::move(stream.error()));
  for (bool last = false; !last;) {
    auto page = co_await (*stream)->next();
    if (!page) co_return failed(source_, std::move(page.error()));
    last = page->last;
    if (!page->cursor.empty()) cursor_ = page->cursor;
    report_.partial = report_.partial || page->partial;
    auto done = co_await process_page(std::move(*page));
    if (!done) co_return fail(std::move(done.error()));
    if (settings_.on_progress) settings_.on_progress(report_);
  }
  if (!first_failure_ && source_.capability.absence_means_deleted && !report_.partial) {
    auto done = co_await propagate_deletions();
    if (!done) co_return fail(std::move(done.error()));
  }
  if (first_failure_) co_return fail(*first_failure_);
  co_return Result<void>{};
}

Async<Result<void>> SyncRun::process_page(providers::Page page) {
  for (auto& warning : page.warnings) warn(std::move(warning));
  auto pending = co_await select_pending(std::move(page.records));
  if (!pending) co_return fail(std::move(pending.error()));
  std::ranges::sort(*pending, {}, [](const Pending& p) {
    return std::tuple(p.record.time.start.at, p.record.time.end.at, std::string_view(p.record.source_id));
  });
  std::vector<Pending> cluster;
  Instant cluster_end = min_instant;
  for (auto& item : *pending) {
    if (!cluster.empty() && item.record.time.start.at - cluster_end > max_cluster_gap) {
      auto done = co_await process_cluster(std::exchange(cluster, {}));
      if (!done) co_return fail(std::move(done.error()));
      cluster_end = min_instant;
    }
    cluster_end = std::max(cluster_end, item.record.time.end.at);
    cluster.push_back(std::move(item));
  }
  if (!cluster.empty()) co_return co_await process_cluster(std::move(cluster));
  co_return Result<void>{};
}

// The records of a page that the ledger does not know in this form; counts the rest.
Async<Result<std::vector<SyncRun::Pending>>> SyncRun::select_pending(std::vector<model::Record> records) {
  const TimeRange wanted{config_.since.value_or(min_instant), config_.until.value_or(max_instant)};
  std::vector<Pending> pending;
  std::vector<std::string> keys;
  for (auto& record : records) {
    if (!providers::overlaps(record.time, wanted)) continue;
    if (const auto why = model::why_invalid(record)) {
      warn({record.source_id, "left out: " + *why});
      continue;
    }
    std::string key = key_of(record);
    // Without deletions to find, memory stays with the page: repetitions are then found by the ledger.
    if (!seen_.insert(key).second) continue;
    if (seen_.size() > max_records_per_run)
      co_return fail(ErrorCode::too_large, "more records than one run takes: narrow the time range");
    ++report_.counts.read;
    store::LedgerEntry entry;
    entry.source = key;
    entry.content = vault_.digest("content", model::content_for_digest(record));
    entry.bucket = bucket_of(record.time.start.at);
    entry.source_connection = config_.source_connection;
    entry.destination_connection = config_.destination_connection;
    keys.push_back(std::move(key));
    pending.push_back({std::move(record), std::move(entry)});
  }
  auto known = co_await ledger_.find(config_.id, std::move(keys));
  if (!known) co_return fail(std::move(known.error()));
  if (!source_.capability.absence_means_deleted) seen_.clear();

  std::vector<Pending> changed;
  std::vector<store::Write> echoes;
  for (auto& item : pending) {
    const auto found = known->find(item.entry.source);
    if (found == known->end()) {
      auto echo = co_await is_echo(item);
      if (!echo) co_return fail(std::move(echo.error()));
      if (*echo) {
        ++report_.counts.skipped;
        decide(item.record.source_id, "skip", "echo");
        item.entry.state = LedgerState::echo;
        item.entry.external_id.clear();
        item.entry.synced = runtime_.now();
        echoes.push_back(store::Ledger::put(config_.id, item.entry));
        continue;
      }
    } else if (found->second.state == LedgerState::echo) {
      ++report_.counts.skipped;
      continue;
    } else if (found->second.state == LedgerState::written && found->second.content == item.entry.content) {
      ++report_.counts.unchanged;
      continue;
    } else {
      item.entry.external_id = found->second.external_id;
      item.entry.destination_id = found->second.destination_id;
      item.edited = found->second.state == LedgerState::written;
      item.intended = found->second.state == LedgerState::intended;
    }
    changed.push_back(std::move(item));
  }
  auto recorded = co_await record(std::move(echoes));
  if (!recorded) co_return fail(std::move(recorded.error()));
  co_return changed;
}

// DEC-6. A copy that a SyncWell wrote into the source carries the external id of the record it is a copy of, round
// whatever ring it has travelled. It is an echo if that record lives at the destination, or did until it was deleted
// there, or was written there by another config already. Otherwise it travels on under the same external id.
Async<Result<bool>> SyncRun::is_echo(Pending& pending) {
  const model::Record& record = pending.record;
  std::string& external_id = pending.entry.external_id;
  if (is_our_external_id(record.external_id)) {
    external_id = record.external_id;
  } else if (is_our_external_id(record.source_id)) {
    external_id = record.source_id;
  } else if (source_.capability.can_write) {
    // Where the platform keeps no id of ours, the ledger knows the id that it gave to the copy.
    auto written = co_await ledger_.with_destination(config_.source_connection, record.source_id);
    if (!written) co_return fail(std::move(written.error()));
    if (!written->empty()) external_id = written->front().external_id;
  }
  if (external_id.empty()) {
    external_id.assign(providers::external_id_prefix)
        .append(vault_.digest("external-id", config_.source_connection + "\n" + record.source_id));
    co_return false;
  }
  auto found = co_await ledger_.with_external_id(external_id);
  if (!found) co_return fail(std::move(found.error()));
  co_return std::ranges::any_of(*found, [&](const store::LedgerEntry& entry) {
    return entry.source_connection == config_.destination_connection ||
           (entry.destination_connection == config_.destination_connection && entry.state == LedgerState::written);
  });
}

Async<Result<void>> SyncRun::process_cluster(std::vector<Pending> cluster) {
  auto existing = co_await fetch_destination(cluster);
  if (!existing) co_return fail(std::move(existing.error()));
  std::vector<std::size_t> fresh;
  auto plan = plan_known(cluster, *existing, fresh);
  auto dropped = co_await drop_own_copies(cluster, *existing);
  if (!dropped) co_return fail(std::move(dropped.error()));
  plan_fresh(cluster, fresh, *existing, plan);
  if (settings_.dry_run) {
    for (const Planned& planned : plan) {
      if (planned.only_record) continue;
      planned.op.kind == WriteOp::Kind::erase ? ++report_.counts.deleted : ++report_.counts.written;
    }
    co_return Result<void>{};
  }
  co_return co_await carry_out(cluster, std::move(plan));
}

// ALG-4. Widened by the threshold, because instants conflict at a distance (DEC-4).
Async<Result<std::vector<model::Record>>> SyncRun::fetch_destination(const std::vector<Pending>& cluster) {
  std::vector<model::Record> existing;
  if (!destination_.capability.can_read) co_return existing;
  TimeRange range{max_instant, min_instant};
  for (const Pending& pending : cluster) {
    range.start = std::min(range.start, pending.record.time.start.at);
    range.end = std::max(range.end, pending.record.time.end.at);
  }
  range.start -= settings_.conflict_threshold;
  range.end += settings_.conflict_threshold + Duration{1};
  auto stream = destination_.provider.fetch({destination_.http, runtime_, deadline_}, destination_.account,
                                            {config_.data_type, range, true});
  if (!stream) co_return failed(destination_, std::move(stream.error()));
  for (bool last = false; !last;) {
    auto page = co_await (*stream)->next();
    if (!page) co_return failed(destination_, std::move(page.error()));
    last = page->last;
    for (auto& warning : page->warnings) warn(std::move(warning));
    std::ranges::move(page->records, std::back_inserter(existing));
    if (existing.size() > max_records_per_run)
      co_return fail(ErrorCode::too_large, "the destination holds more records in this range than one run takes");
  }
  co_return existing;
}

// Edits, and records whose copy is already at the destination (INT-5). Takes the copies out of `existing`; puts the
// indices of what is really new into `fresh`.
std::vector<SyncRun::Planned> SyncRun::plan_known(std::vector<Pending>& cluster, std::vector<model::Record>& existing,
                                                  std::vector<std::size_t>& fresh) {
  std::map<std::string_view, std::size_t> copies;  // external id or destination id → index in existing
  for (std::size_t i = 0; i < existing.size(); ++i) {
    copies.emplace(existing[i].source_id, i);
    if (!existing[i].external_id.empty()) copies.emplace(existing[i].external_id, i);
  }
  std::set<std::size_t> taken;
  std::vector<Planned> plan;
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    Pending& pending = cluster[i];
    auto copy = pending.entry.destination_id.empty() ? copies.end() : copies.find(pending.entry.destination_id);
    if (copy == copies.end()) copy = copies.find(pending.entry.external_id);
    if (copy != copies.end()) {
      taken.insert(copy->second);
      pending.entry.destination_id = existing[copy->second].source_id;
    }
    if (copy == copies.end() && !pending.edited) {
      fresh.push_back(i);
      continue;
    }
    const bool can_update = destination_.capability.overwrite != providers::Overwrite::none;
    if (can_update && !pending.entry.destination_id.empty()) {
      decide(pending.record.source_id, "update", pending.edited ? "edited" : "already_there");
      plan.push_back({{WriteOp::Kind::update, pending.entry.external_id, pending.entry.destination_id, nullptr}, i});
      continue;
    }
    // Nothing to push: the copy stays as it is, and the ledger learns that this form of the record was seen.
    if (pending.edited) {
      ++report_.counts.skipped;
      ++report_.counts.conflicts;
      decide(pending.record.source_id, "skip", name_of(Reason::not_overwritable));
    } else {
      ++report_.counts.unchanged;
      decide(pending.record.source_id, "skip", "already_there");
    }
    plan.push_back({.op = {}, .pending = i, .only_record = true});
  }
  std::vector<model::Record> rest;
  for (std::size_t i = 0; i < existing.size(); ++i) {
    if (!taken.contains(i)) rest.push_back(std::move(existing[i]));
  }
  existing = std::move(rest);
  return plan;
}

Async<Result<void>> SyncRun::drop_own_copies(const std::vector<Pending>& cluster,
                                             std::vector<model::Record>& existing) {
  std::vector<Candidate> candidates;
  candidates.reserve(existing.size());
  for (const auto& record : existing) candidates.push_back(candidate_of(record, true));
  std::vector<Candidate> incoming;
  incoming.reserve(cluster.size());
  for (const Pending& pending : cluster) incoming.push_back(candidate_of(pending.record, true));
  std::set<std::size_t> own;
  std::set<std::size_t> asked;
  for (const Conflict& conflict : find_conflicts(incoming, candidates, settings_.conflict_threshold)) {
    const std::size_t i = conflict.destination;
    if (!asked.insert(i).second) continue;
    const model::Record& record = existing[i];
    auto entries = record.external_id.empty()
                       ? co_await ledger_.with_destination(config_.destination_connection, record.source_id)
                       : co_await ledger_.with_external_id(record.external_id);
    if (!entries) co_return fail(std::move(entries.error()));
    const bool ours = std::ranges::any_of(*entries, [&](const store::LedgerEntry& entry) {
      return entry.source_connection == config_.source_connection &&
             entry.destination_connection == config_.destination_connection &&
             (entry.state == LedgerState::written || entry.state == LedgerState::intended);
    });
    if (ours) own.insert(i);
  }
  std::vector<model::Record> rest;
  for (std::size_t i = 0; i < existing.size(); ++i) {
    if (!own.contains(i)) rest.push_back(std::move(existing[i]));
  }
  existing = std::move(rest);
  co_return Result<void>{};
}

// ALG-5.
void SyncRun::plan_fresh(std::vector<Pending>& cluster, const std::vector<std::size_t>& fresh,
                         const std::vector<model::Record>& existing, std::vector<Planned>& plan) {
  const auto changeable = [&](const model::Record& record) {
    switch (destination_.capability.overwrite) {
      case providers::Overwrite::none:
        return false;
      case providers::Overwrite::own_records:
        return is_our_external_id(record.external_id) || is_our_external_id(record.source_id);
      case providers::Overwrite::any_record:
        return true;
    }
    return false;
  };
  std::vector<Candidate> incoming;
  incoming.reserve(fresh.size());
  for (const std::size_t i : fresh) incoming.push_back(candidate_of(cluster[i].record, true));
  std::vector<Candidate> there;
  there.reserve(existing.size());
  for (const auto& record : existing) there.push_back(candidate_of(record, changeable(record)));
  const auto decisions = resolve(incoming, there, settings_.strategy, settings_.conflict_threshold);
  for (std::size_t k = 0; k < fresh.size(); ++k) {
    Pending& pending = cluster[fresh[k]];
    const Decision& decision = decisions[k];
    report_.counts.conflicts += decision.reason != Reason::no_conflict;
    if (decision.action == Action::skip) {
      ++report_.counts.skipped;
      decide(pending.record.source_id, "skip", name_of(decision.reason));
      continue;
    }
    decide(pending.record.source_id, decision.update ? "update" : "create", name_of(decision.reason));
    if (decision.update) {
      pending.entry.destination_id = existing[*decision.update].source_id;
      plan.push_back(
          {{WriteOp::Kind::update, pending.entry.external_id, pending.entry.destination_id, nullptr}, fresh[k]});
    } else {
      plan.push_back({{WriteOp::Kind::create, pending.entry.external_id, "", nullptr}, fresh[k]});
    }
    for (const std::uint32_t erased : decision.erase) {
      decide(existing[erased].source_id, "delete", name_of(decision.reason));
      plan.push_back({{WriteOp::Kind::erase, "", existing[erased].source_id, nullptr}});
    }
  }
}

// ALG-6.
Async<Result<void>> SyncRun::carry_out(std::vector<Pending>& cluster, std::vector<Planned> plan) {
  // One item of a transaction is the fence.
  const std::size_t batch_size =
      std::min(destination_.provider.capabilities().max_push_batch, store::max_transaction_items - 1);
  for (std::size_t begin = 0; begin < plan.size(); begin += batch_size) {
    const std::size_t count = std::min(batch_size, plan.size() - begin);
    auto done = co_await push_batch(cluster, std::span(plan).subspan(begin, count));
    if (!done) co_return fail(std::move(done.error()));
  }
  co_return Result<void>{};
}

Async<Result<void>> SyncRun::push_batch(std::vector<Pending>& cluster, std::span<Planned> batch) {
  std::vector<store::Write> intents;
  std::vector<WriteOp> ops;
  std::vector<std::size_t> op_index;
  std::vector<store::Write> outcomes;
  Instant changed_from = max_instant;  // nothing that we changed at the destination is older
  for (std::size_t i = 0; i < batch.size(); ++i) {
    Planned& planned = batch[i];
    if (planned.pending) {
      Pending& pending = cluster[*planned.pending];
      pending.entry.synced = runtime_.now();
      if (planned.only_record) {
        changed_from = std::min(changed_from, pending.record.time.start.at);  // by a run that ended before it said so
        pending.entry.state = LedgerState::written;
        outcomes.push_back(store::Ledger::put(config_.id, pending.entry));
        continue;
      }
      planned.op.record = &pending.record;
      pending.entry.state = LedgerState::intended;
      intents.push_back(store::Ledger::put(config_.id, pending.entry));
    }
    ops.push_back(planned.op);
    op_index.push_back(i);
  }
  auto intended = co_await record(std::move(intents));
  if (!intended) co_return fail(std::move(intended.error()));

  std::optional<Error> stop;
  providers::PushResult pushed;
  if (!ops.empty()) {
    pushed = co_await destination_.provider.push({destination_.http, runtime_, deadline_}, destination_.account,
                                                 config_.data_type, ops);
  }
  for (std::size_t k = 0; k < ops.size(); ++k) {
    const Planned& planned = batch[op_index[k]];
    const auto& outcome =
        k < pushed.outcomes.size()
            ? pushed.outcomes[k]
            : Result<providers::WriteDone>(fail(ErrorCode::internal, "the provider lost an operation"));
    const bool erases = ops[k].kind == WriteOp::Kind::erase;
    if (!outcome && outcome.error().code == ErrorCode::unsupported) {
      // This one record cannot be expressed at the destination (a workout without a route as GPX): not a failure.
      ++report_.counts.skipped;
      warn({planned.pending ? cluster[*planned.pending].record.source_id : ops[k].destination_id,
            outcome.error().message});
      continue;
    }
    if (!outcome && !(erases && outcome.error().code == ErrorCode::not_found)) {
      ++report_.counts.failed;
      failed_side_ = &destination_;
      if (!first_failure_) first_failure_ = outcome.error();
      if (!stop && retry_class_of(outcome.error().code) != RetryClass::permanent_request) stop = outcome.error();
      continue;
    }
    if (erases) {
      changed_from = std::min(changed_from, range_.start);  // the ledger does not say when it was
      ++report_.counts.deleted;
      if (planned.erased) {
        // A copy of it may be on its way round a ring: it is not to come back as something new (DEC-6).
        store::LedgerEntry tombstone = *planned.erased;
        tombstone.state = LedgerState::deleted;
        tombstone.destination_id.clear();
        tombstone.synced = runtime_.now();
        outcomes.push_back(store::Ledger::put(config_.id, tombstone));
      }
      continue;
    }
    Pending& pending = cluster[*planned.pending];
    changed_from = std::min(changed_from, pending.record.time.start.at);
    pending.entry.state = LedgerState::written;
    pending.entry.destination_id = outcome->destination_id;
    outcomes.push_back(store::Ledger::put(config_.id, pending.entry));
    outcome->already_existed ? ++report_.counts.unchanged : ++report_.counts.written;
  }
  if (changed_from < max_instant) {
    auto rewound = co_await rewind_readers(changed_from);
    if (!rewound) co_return fail(std::move(rewound.error()));
  }
  auto recorded = co_await record(std::move(outcomes));
  if (!recorded) co_return fail(std::move(recorded.error()));
  // A record that the destination rejects concerns that record alone; anything else would meet the rest as well.
  if (stop) co_return fail(*stop);
  co_return Result<void>{};
}

// Once is no proof: a list that a provider cut short looks like one from which everything else was deleted.
Async<Result<void>> SyncRun::look_again(std::vector<store::LedgerEntry>& missing) {
  if (missing.empty()) co_return Result<void>{};
  auto stream = source_.provider.fetch({source_.http, runtime_, deadline_}, source_.account,
                                       {config_.data_type, range_, false, {}});
  if (!stream) co_return failed(source_, std::move(stream.error()));
  std::unordered_set<std::string> there;
  for (bool last = false; !last;) {
    auto page = co_await (*stream)->next();
    if (!page) co_return failed(source_, std::move(page.error()));
    last = page->last;
    for (const auto& record : page->records) there.insert(key_of(record));
    if (page->partial) missing.clear();
  }
  std::erase_if(missing, [&](const store::LedgerEntry& entry) { return there.contains(entry.source); });
  co_return Result<void>{};
}

// DEC-7. What the ledger knows in this window and the source no longer has.
Async<Result<void>> SyncRun::propagate_deletions() {
  auto missing = co_await known_in(range_);
  if (!missing) co_return fail(std::move(missing.error()));
  std::erase_if(*missing, [&](const store::LedgerEntry& entry) { return seen_.contains(entry.source); });
  auto looked = co_await look_again(*missing);
  if (!looked) co_return fail(std::move(looked.error()));
  std::vector<Planned> plan;
  std::vector<store::Write> forgotten;
  for (const store::LedgerEntry& entry : *missing) {
    if (entry.state == LedgerState::echo) {
      forgotten.push_back(store::Ledger::erase(config_.id, entry.source));
      continue;
    }
    const std::string& target = entry.destination_id.empty() ? entry.external_id : entry.destination_id;
    if (!destination_.capability.can_delete) {
      ++report_.counts.skipped;
      decide(target, "skip", "not_deletable");
      continue;
    }
    decide(target, "delete", "deleted_at_source");
    plan.push_back({{WriteOp::Kind::erase, entry.external_id, target, nullptr}, std::nullopt, entry});
  }
  if (settings_.dry_run) {
    report_.counts.deleted += static_cast<std::int64_t>(plan.size());
    co_return Result<void>{};
  }
  auto recorded = co_await record(std::move(forgotten));
  if (!recorded) co_return fail(std::move(recorded.error()));
  std::vector<Pending> none;
  co_return co_await carry_out(none, std::move(plan));
}

std::unordered_set<std::string> SyncRun::buckets_of(Instant first_day, Instant end_day) const {
  std::unordered_set<std::string> buckets;
  for (Instant day = first_day; day < end_day; day += std::chrono::days{1}) buckets.insert(bucket_of(day));
  return buckets;
}

// Only days that the fetch covered whole: a record of a half-covered day may have been outside the range.
Async<Result<std::vector<store::LedgerEntry>>> SyncRun::known_in(TimeRange range) {
  const Instant first =
      std::chrono::ceil<std::chrono::days>(std::max(range.start, config_.since.value_or(min_instant)));
  const Instant end = std::chrono::floor<std::chrono::days>(std::min(range.end, config_.until.value_or(max_instant)));
  const auto buckets = buckets_of(first, end);
  std::vector<store::LedgerEntry> known;
  if (buckets.size() > max_bucket_queries) {
    auto all = co_await ledger_.all(config_.id);
    if (!all) co_return fail(std::move(all.error()));
    std::erase_if(*all, [&](const store::LedgerEntry& entry) {
      return !buckets.contains(entry.bucket) || entry.state == LedgerState::deleted;
    });
    co_return std::move(*all);
  }
  for (const std::string& bucket : buckets) {
    auto entries = co_await ledger_.in_bucket(config_.id, bucket);
    if (!entries) co_return fail(std::move(entries.error()));
    std::ranges::move(*entries, std::back_inserter(known));
  }
  co_return known;
}

Async<Result<void>> SyncRun::rewind_readers(Instant from) {
  auto configs = co_await configs_.list(config_.user);
  if (!configs) co_return fail(std::move(configs.error()));
  for (const store::SyncConfig& reader : *configs) {
    if (reader.source_connection != config_.destination_connection || reader.data_type != config_.data_type) continue;
    auto rewound = co_await configs_.rewind(reader.id, from);
    if (!rewound) co_return fail(std::move(rewound.error()));
  }
  co_return Result<void>{};
}

// Writes under the fence, in transactions of the allowed size. In a dry run: nothing.
Async<Result<void>> SyncRun::record(std::vector<store::Write> writes) {
  if (settings_.dry_run) co_return Result<void>{};
  for (std::size_t begin = 0; begin < writes.size(); begin += store::max_transaction_items - 1) {
    std::vector<store::Write> part{fence_};
    for (std::size_t i = begin; i < std::min(writes.size(), begin + store::max_transaction_items - 1); ++i) {
      part.push_back(std::move(writes[i]));
    }
    auto done = co_await table_.transact(std::move(part));
    if (!done) {
      if (done.error().code == ErrorCode::version_conflict) {
        co_return fail(ErrorCode::lease_lost, "another worker has taken this sync over");
      }
      co_return fail(std::move(done.error()));
    }
  }
  co_return Result<void>{};
}

}  // namespace syncwell::engine
