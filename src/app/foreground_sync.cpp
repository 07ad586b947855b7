#include "app/foreground_sync.hpp"

#include "base/task_group.hpp"
#include "base/uuid.hpp"
#include "engine/disposition.hpp"
#include "engine/job_message.hpp"
#include "providers/json/folder.hpp"

namespace syncwell::app {
namespace {

constexpr std::string_view local_user = "local";

// The connection that a spec stands for; made here for files.
Async<Result<void>> ensure_connection(Platform& platform, Lane& lane, EndpointSpec spec, std::string id,
                                      std::string user) {
  store::Connections connections(platform.storage().table());
  auto existing = co_await connections.get(user, id);
  if (!existing) co_return fail(std::move(existing.error()));
  if (*existing) co_return Result<void>{};
  if (!spec.is_file) {
    co_return fail(ErrorCode::not_found, "no account \"" + spec.place + "\" of " + spec.provider +
                                             " is connected; connect it with: syncwell connect " + spec.provider + ":" +
                                             spec.place);
  }
  auto pointer =
      co_await platform.storage().vault().put(engine::to_json(engine::AccountSecret{spec.place, "", std::nullopt}));
  if (!pointer) co_return fail(std::move(pointer.error()));
  co_return co_await connections.add(
      {std::move(id), std::move(user), spec.provider, store::ConnectionStatus::active, *pointer, lane.runtime.now()});
}

// The config of this pair and type, as the request wants it now.
Async<Result<store::SyncConfig>> ensure_config(Platform& platform, Lane& lane, store::SyncConfig wanted) {
  store::SyncConfigs configs(platform.storage().table());
  auto existing = co_await configs.get(wanted.user, wanted.id);
  if (!existing) co_return fail(std::move(existing.error()));
  wanted.created = *existing ? (*existing)->created : lane.runtime.now();
  if (!*existing) {
    auto added = co_await configs.add(wanted);
    if (!added) co_return fail(std::move(added.error()));
    wanted.version = 1;
    co_return wanted;
  }
  wanted.version = (*existing)->version;
  auto version = co_await configs.update(wanted);
  if (!version) co_return fail(std::move(version.error()));
  wanted.version = *version;
  co_return wanted;
}

Async<void> run_job(Lane& lane, engine::JobMessage message, engine::RunningJob& running,
                    std::function<void(const engine::RunReport&)> on_progress, engine::JobResult& result) {
  result = co_await lane.runner.run(std::move(message), running, std::move(on_progress));
}

// Keeps the running job's lease until the job time limit. `ended`: why it could not go on.
Async<void> keep(Lane& lane, engine::RunningJob& running, Result<void>& ended) {
  const auto& settings = lane.runner.settings();
  const Steady end = lane.runtime.steady_now() + settings.job_time_limit;
  while (ended) {
    auto slept = co_await lane.runtime.sleep_until(std::min(end, lane.runtime.steady_now() + settings.lease_time / 3));
    if (!slept) co_return;
    if (lane.runtime.steady_now() >= end) {
      ended = fail(ErrorCode::timeout, "the job took longer than a job may take");
    } else {
      ended = co_await lane.runner.renew(running);
    }
  }
}

Async<TypeOutcome> sync_one(Platform& platform, Lane& lane, store::SyncConfig config, bool dry_run,
                            ForegroundCallbacks callbacks) {
  TypeOutcome result{config.data_type, {}, {}};
  const auto retry = platform.worker_settings().retry;
  const std::string job_id = "job_" + lane.runtime.random().uuid4();
  for (int attempts = 1;;) {
    engine::JobResult run;
    if (dry_run) {
      run = co_await lane.runner.preview(config, engine::Priority::high,
                                         Deadline::after(lane.runtime, lane.runner.settings().job_time_limit));
    } else {
      const engine::JobMessage message{job_id, config.user, config.id, job_id, engine::Priority::high};
      const auto on_progress = [&](const engine::RunReport& report) {
        if (callbacks.on_progress) callbacks.on_progress(config.data_type, report);
      };
      engine::RunningJob running;
      Result<void> kept;
      co_await until_first(run_job(lane, message, running, on_progress, run), keep(lane, running, kept));
      if (!kept && !run.outcome && run.outcome.error().code == ErrorCode::cancelled) run.outcome = kept;
    }
    result.outcome = run.outcome;
    result.report = std::move(run.report);
    if (result.outcome) co_return result;
    const auto disposition = engine::dispose(result.outcome, attempts, retry, lane.runtime.random());
    const bool again =
        disposition.kind == engine::Disposition::Kind::hide || disposition.kind == engine::Disposition::Kind::send_anew;
    if (!again || result.outcome.error().code == ErrorCode::cancelled) co_return result;
    if (disposition.attempt_used) ++attempts;
    if (callbacks.on_wait) callbacks.on_wait(config.data_type, disposition.delay, result.outcome.error());
    auto slept = co_await lane.runtime.sleep_for(disposition.delay);
    if (!slept) co_return result;
  }
}

}  // namespace

Result<std::string> connection_id_of(const EndpointSpec& spec, const vault::Vault& vault, Random& random,
                                     bool may_create) {
  std::string identity = spec.provider + ":" + spec.place;
  if (spec.provider == "json") {
    // A folder that was deleted and made anew is another destination: the ledger of the old one says nothing about it.
    auto id = may_create ? providers::json::create_folder_identity(spec.place, random)
                         : providers::json::folder_identity(spec.place);
    if (!id && id.error().code != ErrorCode::not_found) return fail(std::move(id.error()));
    if (id) identity = spec.provider + "#" + *id;
  }
  return "conn_" + uuid_from_digest(vault.digest("foreground-connection", identity));
}

Result<std::vector<model::DataType>> types_for(const ForegroundRequest& request, const providers::Registry& registry) {
  const auto& from = registry.find(request.from.provider)->capabilities();
  const auto& to = registry.find(request.to.provider)->capabilities();
  if (!request.types.empty()) {
    for (const auto type : request.types) {
      auto allowed = engine::check_direction(from, to, type, request.reading_consent);
      if (!allowed) return fail(std::move(allowed.error()));
    }
    return request.types;
  }
  std::vector<model::DataType> types;
  std::optional<Error> why_not;
  for (const auto type : model::all_data_types) {
    auto allowed = engine::check_direction(from, to, type, request.reading_consent);
    if (allowed) types.push_back(type);
    if (!allowed && from.find(type) != nullptr && from.find(type)->can_read) why_not = allowed.error();
  }
  if (types.empty()) {
    if (why_not) return fail(*why_not);
    return fail(ErrorCode::unsupported,
                "nothing that " + from.display_name + " gives can be written to " + to.display_name);
  }
  return types;
}

Async<Result<std::vector<TypeOutcome>>> run_foreground(Platform& platform, Lane& lane, ForegroundRequest request,
                                                       ForegroundCallbacks callbacks) {
  auto& vault = platform.storage().vault();
  const std::string user = vault.digest("user", local_user);
  auto types = types_for(request, lane.providers);
  if (!types) co_return fail(std::move(types.error()));
  auto from = connection_id_of(request.from, vault, lane.runtime.random(), false);
  if (!from) co_return fail(std::move(from.error()));
  auto to = connection_id_of(request.to, vault, lane.runtime.random(), !request.dry_run);
  if (!to) co_return fail(std::move(to.error()));
  auto source = co_await ensure_connection(platform, lane, request.from, *from, user);
  if (!source) co_return fail(std::move(source.error()));
  auto destination = co_await ensure_connection(platform, lane, request.to, *to, user);
  if (!destination) co_return fail(std::move(destination.error()));

  std::vector<TypeOutcome> outcomes;
  for (const auto type : *types) {
    store::SyncConfig config;
    config.id = "sync_" + uuid_from_digest(vault.digest("foreground-sync",
                                                        *from + "\n" + *to + "\n" + std::string(model::name_of(type))));
    config.user = user;
    config.source_connection = *from;
    config.destination_connection = *to;
    config.data_type = type;
    config.strategy = engine::name_of(request.strategy);
    config.since = request.since;
    config.until = request.until;
    config.reading_opt_in = request.reading_consent;
    auto ready = co_await ensure_config(platform, lane, std::move(config));
    if (!ready) co_return fail(std::move(ready.error()));
    outcomes.push_back(co_await sync_one(platform, lane, std::move(*ready), request.dry_run, callbacks));
  }
  co_return outcomes;
}

}  // namespace syncwell::app
