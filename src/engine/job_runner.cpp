#include "engine/job_runner.hpp"

#include <algorithm>

#include "store/decisions.hpp"

namespace syncwell::engine {

using store::JobStatus;

namespace {

constexpr int max_record_tries = 20;

}  // namespace

// Both ends of a sync with the clients that add their tokens. The order of the members is the order of dependence.
struct JobRunner::Endpoints {
  struct Side {
    store::Connection connection;
    std::optional<OutwardClient> application_client;  // for token refreshes
    std::optional<OutwardClient> client;
    std::optional<TokenSource> tokens;
    std::optional<Endpoint> endpoint;
  };
  Side source;
  Side destination;
};

JobRunner::JobRunner(store::Table& table, vault::Vault& vault, bus::EventBus& bus, const providers::Registry& providers,
                     net::HttpClient& http, RateLimiter& limiter, Breakers& breakers, store::Leases& leases,
                     Runtime& runtime, RunnerSettings settings)
    : table_(table),
      vault_(vault),
      bus_(bus),
      providers_(providers),
      http_(http),
      limiter_(limiter),
      breakers_(breakers),
      leases_(leases),
      runtime_(runtime),
      settings_(settings),
      jobs_(table),
      configs_(table),
      connections_(table) {}

// What a job needs to begin.
struct JobRunner::Claimed {
  store::Lease lease;
  store::Job job;
  store::SyncConfig config;
  store::SyncProgress progress;
  bool is_first = false;  // nothing was ever synced
};

Async<JobResult> JobRunner::run(JobMessage message, RunningJob& running,
                                std::function<void(const RunReport&)> on_progress, TraceContext trace) {
  auto claimed = co_await claim(message);
  if (!claimed) co_return JobResult{fail(std::move(claimed.error())), {}};
  if (!*claimed) co_return JobResult{{}, {}, true};
  running.lease_ = (*claimed)->lease;
  const Instant asked = (*claimed)->job.created;
  JobResult result = co_await sync(std::move(message), std::move(**claimed), std::move(on_progress), std::move(trace));
  result.asked = asked;
  if (!result.outcome) {
    // What could not be given back runs out by itself; the job's own error says more.
    (void)co_await leases_.release(*running.lease_);
  }
  running.lease_.reset();
  co_return result;
}

Async<Result<void>> JobRunner::renew(RunningJob& running) {
  if (!running.lease_) co_return Result<void>{};  // it is about to begin, or over
  auto renewed = co_await leases_.renew(*running.lease_, settings_.lease_time);
  if (!running.lease_) co_return Result<void>{};  // it ended meanwhile
  if (!renewed) co_return fail(std::move(renewed.error()));
  running.lease_ = std::move(*renewed);
  co_return Result<void>{};
}

// One look and one transaction (INT-3, DEC-10): the config's lease is ours and the job is running. nullopt: it is done.
Async<Result<std::optional<JobRunner::Claimed>>> JobRunner::claim(const JobMessage& message) {
  std::vector<store::Key> keys = store::SyncConfigs::progress_keys(message.config_id);
  const std::string lease_name = keys.front().partition;
  const store::Key job_key = store::Jobs::key_of(message.job_id);
  const store::Key config_key = store::SyncConfigs::key_of(message.user, message.config_id);
  std::ranges::move(store::Leases::keys_of(lease_name), std::back_inserter(keys));
  keys.push_back(job_key);
  keys.push_back(config_key);
  auto items = co_await table_.get_many(std::move(keys));
  if (!items) co_return fail(std::move(items.error()));
  store::Job job;
  if (const auto* stored = store::find_item(*items, job_key)) {
    job = store::Jobs::from(*stored);
    // INT-2: one key came with two bodies at the same moment; this message is of the one that was refused.
    if (job.config_id != message.config_id) co_return std::nullopt;
    if (job.status == JobStatus::succeeded) {
      // Whoever ran it may have ended before it could say so.
      auto told = co_await announce_success(std::move(job), std::nullopt);
      if (!told) co_return fail(std::move(told.error()));
      co_return std::nullopt;
    }
    if (job.status == JobStatus::cancelled) co_return std::nullopt;
  } else {  // the record expired, or the message is older than it: the message says all that is needed
    job.id = message.job_id;
    job.user = message.user;
    job.config_id = message.config_id;
    job.correlation_id = message.correlation_id;
    job.created = runtime_.now();
  }
  const auto* config_item = store::find_item(*items, config_key);
  if (config_item == nullptr) co_return co_await cancel(std::move(job));
  auto config = store::SyncConfigs::from(message.user, *config_item);
  if (!config) co_return fail(std::move(config.error()));
  auto take = leases_.taking(lease_name, *items, settings_.lease_time);
  if (!take) co_return fail(busy(std::move(take.error())));

  job.updated = runtime_.now();
  job.status = JobStatus::running;
  std::vector<store::Write> writes{std::move(*take), store::Jobs::begin(job)};
  auto versions = co_await table_.transact(std::move(writes));
  if (!versions) co_return fail(busy(std::move(versions.error())));
  co_return Claimed{leases_.taken(lease_name, versions->front(), settings_.lease_time), std::move(job),
                    std::move(*config), store::SyncConfigs::progress_from(message.config_id, *items)};
}

// The person deleted the sync while this job waited: nothing to do, and nothing went wrong. No record is made for it.
Async<Result<std::optional<JobRunner::Claimed>>> JobRunner::cancel(store::Job job) {
  if (job.version == 0) co_return std::nullopt;
  job.status = JobStatus::cancelled;
  job.updated = runtime_.now();
  auto cancelled = co_await jobs_.update(std::move(job));
  // Erased with its person, or the business of another delivery.
  if (!cancelled && cancelled.error().code != ErrorCode::version_conflict) co_return fail(std::move(cancelled.error()));
  co_return std::nullopt;
}

// Whoever finds the lease taken looks again soon: the other job may be over long before its lease would be.
Error JobRunner::busy(Error error) const {
  if (error.code != ErrorCode::version_conflict) return error;
  error.code = ErrorCode::busy;
  error.message = "another job of this sync is running";
  error.retry_after = std::min(error.retry_after.value_or(settings_.busy_retry), settings_.busy_retry);
  return error;
}

Async<JobResult> JobRunner::sync(JobMessage message, Claimed claimed, std::function<void(const RunReport&)> on_progress,
                                 TraceContext trace) {
  JobResult result;
  const store::SyncConfig& config = claimed.config;
  store::SyncProgress& progress = claimed.progress;
  result.data_type = model::name_of(config.data_type);
  auto endpoints = co_await open(config, message.priority, std::move(trace));
  if (!endpoints) {
    result.outcome = fail(std::move(endpoints.error()));
    co_return result;
  }

  Endpoint& source = *(*endpoints)->source.endpoint;
  Endpoint& destination = *(*endpoints)->destination.endpoint;
  const Instant began = runtime_.now();
  std::string state = co_await state_of(source, config);
  if (claimed.job.cause == store::scheduled_job && !state.empty() && state == progress.source_state &&
      !progress.rewound_to) {
    progress.last_sync_time = began;
    result.outcome = co_await finish(std::move(claimed), result.report);
    co_return result;
  }
  RunSettings settings{parse_strategy(config.strategy).value_or(Strategy::source_wins), settings_.conflict_threshold,
                       false, std::move(on_progress)};
  SyncRun run(config, source, destination, table_, vault_, runtime_, store::Leases::fence_check(claimed.lease),
              std::move(settings));
  result.outcome = co_await run.run(range_for(config, progress, source), progress.cursor,
                                    Deadline::after(runtime_, settings_.job_time_limit));
  result.report = run.report();
  if (const auto* side = run.failed_side(); !result.outcome && side != nullptr)
    result.failed_provider = side->provider.capabilities().key;
  if (auto kept = co_await keep_decisions(claimed.job.id, result.report); !kept && result.outcome)
    result.outcome = fail(std::move(kept.error()));
  if (result.outcome) {
    claimed.is_first = !progress.last_sync_time;
    // TRIG-4. What the first sync brings is history, no news.
    if (progress.last_sync_time)
      progress.velocity.add(runtime_.now(), result.report.counts.written + result.report.counts.deleted);
    progress.last_sync_time = began;  // the moment before the fetch began
    progress.cursor = run.cursor();
    progress.source_state = std::move(state);
    result.outcome = co_await finish(std::move(claimed), result.report);
  } else if (retry_class_of(result.outcome.error().code) == RetryClass::permanent_auth) {
    auto marked = co_await mark_needs_reauth(**endpoints, config);
    if (!marked) result.outcome = fail(std::move(marked.error()));
  }
  co_return result;
}

// TRIG-5: what the source's cheap look says, before the fetch begins. Another setting of the sync is another state.
Async<std::string> JobRunner::state_of(const Endpoint& source, const store::SyncConfig& config) {
  const providers::CallContext context{source.http, runtime_, Deadline::after(runtime_, settings_.job_time_limit)};
  auto state = co_await source.provider.state_of(context, source.account);
  // Whatever is wrong there, the fetch says it better.
  if (!state || state->empty()) co_return std::string();
  co_return std::to_string(config.version) + "/" + *state;
}

// CON-6: why each record went where it went, for who asks later. Also of an attempt that failed.
Async<Result<void>> JobRunner::keep_decisions(std::string job_id, const RunReport& report) {
  if (report.decisions.empty()) co_return Result<void>{};
  std::vector<store::Decision> decisions;
  const std::size_t kept =
      std::min(report.decisions.size(), store::max_kept_decisions + 1);  // one more says "truncated"
  decisions.reserve(kept);
  for (std::size_t i = 0; i < kept; ++i) {
    const auto& decision = report.decisions[i];
    decisions.push_back({decision.record_id, decision.action, decision.reason});
  }
  co_return co_await store::Decisions(table_).put(std::move(job_id), std::move(decisions), runtime_.now());
}

// ALG-8: the cursor and the job record move together, and only while the lease is ours; with them it is given back.
Async<Result<void>> JobRunner::finish(Claimed claimed, const RunReport& report) {
  store::Job& job = claimed.job;
  job.status = JobStatus::succeeded;
  job.counts = report.counts;
  job.partial = report.partial;
  job.first = claimed.is_first;
  job.error_code.clear();
  job.error_message.clear();
  job.updated = runtime_.now();
  std::vector<store::Write> writes{leases_.giving_back(claimed.lease),
                                   store::SyncConfigs::advance(job.config_id, claimed.progress), store::Jobs::end(job)};
  auto done = co_await table_.transact(std::move(writes));
  if (done) co_return co_await announce_success(std::move(job), std::move(claimed.config));
  if (done.error().code == ErrorCode::version_conflict)
    co_return fail(ErrorCode::lease_lost, "another worker has taken this sync over");
  co_return fail(std::move(done.error()));
}

// Only where something changed, or for the first time: nobody waits to hear that nothing did. Before the message is
// acknowledged, so that it is said at least once; the event's id follows from the job, so that a repetition is known.
Async<Result<void>> JobRunner::announce_success(store::Job job, std::optional<store::SyncConfig> config) {
  if (!job.first && job.counts.written + job.counts.deleted == 0) co_return Result<void>{};
  bus::Event event{job.id + "/succeeded", std::string(bus::sync_succeeded), "engine", runtime_.now()};
  event.data = {{"user", job.user},   {"config_id", job.config_id},    {"job_id", job.id},
                {"cause", job.cause}, {"written", job.counts.written}, {"deleted", job.counts.deleted},
                {"first", job.first}};
  if (config) {
    event.data["source_connection_id"] = config->source_connection;
    event.data["destination_connection_id"] = config->destination_connection;
  }
  co_return co_await bus_.publish(std::move(event));
}

Async<Result<void>> JobRunner::announce_failure(JobMessage message, int attempts, Error error) {
  bus::Event event{message.job_id + "/failed/" + std::to_string(attempts), std::string(bus::sync_failed), "engine",
                   runtime_.now()};
  event.data = {{"user", message.user},
                {"config_id", message.config_id},
                {"job_id", message.job_id},
                {"error_code", name_of(error.code)}};
  auto config = co_await configs_.get(message.user, message.config_id);
  if (config && *config) {
    event.data["source_connection_id"] = (*config)->source_connection;
    event.data["destination_connection_id"] = (*config)->destination_connection;
  }
  co_return co_await bus_.publish(std::move(event));
}

TimeRange JobRunner::range_for(const store::SyncConfig& config, const store::SyncProgress& progress,
                               const Endpoint& source) const {
  const auto& capabilities = source.provider.capabilities();
  const Instant now = runtime_.now();
  TimeRange range{config.since.value_or(min_instant),
                  std::min(now + std::chrono::hours{24}, config.until.value_or(max_instant))};
  if (capabilities.full_history_each_time) {
    range.end = config.until.value_or(max_instant);
  } else if (progress.last_sync_time) {
    // DEC-5. A wall clock that was ahead during the last sync is no reason to look at less than the usual window.
    Instant start = std::min(*progress.last_sync_time, now) - capabilities.look_back;
    if (progress.rewound_to) start = std::min(start, *progress.rewound_to);
    range.start = std::max(range.start, start);
  } else if (!config.since) {
    range.start = now - settings_.first_sync_window;
  }
  return source.capability.absence_means_deleted ? SyncRun::whole_days(range) : range;
}

Async<Result<std::unique_ptr<JobRunner::Endpoints>>> JobRunner::open(const store::SyncConfig& config, Priority priority,
                                                                     TraceContext trace) {
  auto endpoints = std::make_unique<Endpoints>();
  std::vector<std::string> ids{config.source_connection, config.destination_connection};
  auto connections = co_await connections_.get_many(config.user, std::move(ids));
  if (!connections) co_return fail(std::move(connections.error()));
  for (auto* side : {&endpoints->source, &endpoints->destination}) {
    const bool is_source = side == &endpoints->source;
    const auto found = std::ranges::find(
        *connections, is_source ? config.source_connection : config.destination_connection, &store::Connection::id);
    if (found == connections->end())
      co_return fail(ErrorCode::not_found, is_source ? "the source connection no longer exists"
                                                     : "the destination connection no longer exists");
    side->connection = *found;
    if (providers_.find(side->connection.provider) == nullptr) {
      co_return fail(ErrorCode::unsupported, "provider " + side->connection.provider +
                                                 " is not available; there are: " + providers_.key_list());
    }
    if (side->connection.status == store::ConnectionStatus::needs_reauth) {
      co_return fail(ErrorCode::unauthenticated,
                     "the connection to " + side->connection.provider + " has to be authorised again");
    }
  }
  auto* from = providers_.find(endpoints->source.connection.provider);
  auto* to = providers_.find(endpoints->destination.connection.provider);
  auto allowed = check_direction(from->capabilities(), to->capabilities(), config.data_type, config.reading_opt_in);
  if (!allowed) co_return fail(std::move(allowed.error()));
  std::vector<std::string> pointers{endpoints->source.connection.secret_pointer,
                                    endpoints->destination.connection.secret_pointer};
  auto secrets = co_await vault_.get_many(std::move(pointers));
  if (!secrets) co_return fail(std::move(secrets.error()));
  for (auto* side : {&endpoints->source, &endpoints->destination}) {
    auto* provider = side == &endpoints->source ? from : to;
    auto secret = account_secret_from_json(secrets->at(side == &endpoints->source ? 0 : 1).value);
    if (!secret) co_return fail(std::move(secret.error()));
    const std::string& id = side->connection.id;
    side->client.emplace(http_, limiter_, breakers_, runtime_, *provider, id, priority);
    side->client->set_observer(settings_.observer, trace);
    if (auto* oauth = provider->oauth()) {
      side->application_client.emplace(http_, limiter_, breakers_, runtime_, *provider, id, Priority::high);
      side->application_client->set_observer(settings_.observer, trace);
      side->tokens.emplace(vault_, leases_, runtime_, *side->application_client, *oauth, id,
                           side->connection.secret_pointer);
      side->client->set_tokens(&*side->tokens);
    }
    side->endpoint.emplace(*provider, *provider->capabilities().find(config.data_type),
                           providers::Account{id, secret->location, secret->provider_user_id}, *side->client);
  }
  co_return endpoints;
}

// PROV-3: the connection that was refused waits for its person.
Async<Result<void>> JobRunner::mark_needs_reauth(Endpoints& endpoints, const store::SyncConfig& config) {
  for (auto* side : {&endpoints.source, &endpoints.destination}) {
    if (!side->client->was_refused()) continue;
    side->connection.status = store::ConnectionStatus::needs_reauth;
    auto updated = co_await connections_.update(side->connection);
    // Somebody changed it meanwhile, a reconnect perhaps: that is newer than our refusal.
    if (!updated && updated.error().code != ErrorCode::version_conflict) co_return fail(std::move(updated.error()));
    bus::Event event{runtime_.random().uuid4(), std::string(bus::reauthentication_needed), "engine", runtime_.now()};
    event.data = {
        {"connection_id", side->connection.id}, {"provider", side->connection.provider}, {"user", config.user}};
    auto published = co_await bus_.publish(std::move(event));
    if (!published) co_return fail(std::move(published.error()));
  }
  co_return Result<void>{};
}

Async<JobResult> JobRunner::preview(store::SyncConfig config, Priority priority, Deadline deadline) {
  JobResult result;
  auto progress = co_await configs_.progress(config.id);
  if (!progress) co_return JobResult{fail(std::move(progress.error())), {}};
  auto endpoints = co_await open(config, priority, {});
  if (!endpoints) co_return JobResult{fail(std::move(endpoints.error())), {}};
  Endpoint& source = *(*endpoints)->source.endpoint;
  RunSettings settings{parse_strategy(config.strategy).value_or(Strategy::source_wins), settings_.conflict_threshold,
                       true};
  SyncRun run(config, source, *(*endpoints)->destination.endpoint, table_, vault_, runtime_, {}, std::move(settings));
  result.outcome = co_await run.run(range_for(config, *progress, source), progress->cursor, deadline);
  result.report = run.report();
  co_return result;
}

Async<Result<void>> JobRunner::record_outcome(std::string job_id, JobStatus status, int attempts, Error error,
                                              std::string provider) {
  for (int tries = 0; tries < max_record_tries; ++tries) {
    auto stored = co_await jobs_.get(job_id);
    if (!stored) co_return fail(std::move(stored.error()));
    // A second delivery that met the first one at work has nothing to say about a job that runs or has succeeded.
    const bool speaks_for_another =
        *stored && ((*stored)->status == JobStatus::succeeded ||
                    (error.code == ErrorCode::busy && (*stored)->status == JobStatus::running));
    if (!*stored || speaks_for_another) co_return Result<void>{};
    store::Job job = std::move(**stored);
    job.status = status;
    job.attempts = attempts;
    job.error_code = name_of(error.code);
    job.error_message = error.message;
    job.updated = runtime_.now();
    if (status != JobStatus::queued) {
      store::note_failure(
          job, {job.updated, job.updated, status, std::string(name_of(error.code)), provider, error.http_status});
    }
    auto saved = co_await jobs_.update(std::move(job));
    // Written meanwhile, perhaps by a delivery that was merely busy: without its outcome no message is acknowledged.
    if (saved || saved.error().code != ErrorCode::version_conflict) co_return saved;
  }
  co_return fail(ErrorCode::version_conflict, "others write this job's record all the time");
}

}  // namespace syncwell::engine
