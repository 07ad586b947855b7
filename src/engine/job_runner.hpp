// One sync job from claim to finish (ALG-1, ALG-2, ALG-8, INT-3, DEC-10): takes the config's lease unless the job
// is done already, runs the sync, and in one transaction moves the cursor, closes the job record and gives the lease
// back.
// The queue message is the worker's business: the runner says what became of the job, the worker acknowledges last
// (ALG-9).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "bus/event_bus.hpp"
#include "engine/job_message.hpp"
#include "engine/outward_client.hpp"
#include "engine/progress_board.hpp"
#include "engine/sync_run.hpp"
#include "providers/registry.hpp"
#include "store/connections.hpp"
#include "store/jobs.hpp"

namespace syncwell::engine {

struct RunnerSettings {
  Duration job_time_limit = std::chrono::minutes{5};  // privacy bound: no job lasts longer (SPEC 3)
  Duration lease_time = std::chrono::seconds{90};     // renewed every third of it
  Duration conflict_threshold = default_conflict_threshold;
  Duration first_sync_window = std::chrono::hours{24 * 30};  // cloud sources without `since`: how far back to begin
  Duration busy_retry = std::chrono::seconds{5};  // another job of this sync is running: look again after this
  Observer* observer = nullptr;                   // null: nobody looks
  ProgressBoard* progress = nullptr;              // where the worker says how far its jobs are; null: nowhere
};

struct JobResult {
  Result<void> outcome{};
  RunReport report;
  bool duplicate = false;
  std::string failed_provider{};   // whose answer or data it was; empty: nobody's
  std::string data_type{};         // empty: it was not known yet
  std::optional<Instant> asked{};  // when the job was made
};

// What a running job holds and somebody has to keep from running out (worker.hpp). Lives at least as long as run().
class RunningJob {
 private:
  friend class JobRunner;
  std::optional<store::Lease> lease_;  // while it runs
};

// References outlive the runner. One runner serves many jobs of one thread at the same time.
class JobRunner {
 public:
  JobRunner(store::Table& table, vault::Vault& vault, bus::EventBus& bus, const providers::Registry& providers,
            net::HttpClient& http, RateLimiter& limiter, Breakers& breakers, store::Leases& leases, Runtime& runtime,
            RunnerSettings settings);

  // The job record says "running" while it runs and "succeeded" or "needs_reauth" afterwards; for every other error the
  // caller decides what becomes of it (see disposition.hpp) and says so with record_outcome().
  // Whoever calls it renews `running` at least every third of the lease time, and cancels the run when that fails or
  // when it has lasted for the job time limit.
  // `trace`: the attempt, where somebody observes.
  [[nodiscard]] Async<JobResult> run(JobMessage message, RunningJob& running,
                                     std::function<void(const RunReport&)> on_progress, TraceContext trace = {});
  // lease_lost, storage errors.
  [[nodiscard]] Async<Result<void>> renew(RunningJob& running);
  // What would be written, overwritten and skipped, and why. Writes nothing.
  [[nodiscard]] Async<JobResult> preview(store::SyncConfig config, Priority priority, Deadline deadline);
  // Says that a job has failed for good (SyncFailed). Before its message is dead-lettered; repeatable: the event's id
  // follows from the job and its attempts.
  [[nodiscard]] Async<Result<void>> announce_failure(JobMessage message, int attempts, Error error);
  // Puts status, attempts and error into the job record, and among its failures. `provider`: whose answer or data it
  // was.
  [[nodiscard]] Async<Result<void>> record_outcome(std::string job_id, store::JobStatus status, int attempts,
                                                   Error error, std::string provider = {});
  [[nodiscard]] const RunnerSettings& settings() const { return settings_; }

 private:
  struct Claimed;
  struct Endpoints;
  [[nodiscard]] Async<Result<std::optional<Claimed>>> claim(const JobMessage& message);
  [[nodiscard]] Async<Result<std::optional<Claimed>>> cancel(store::Job job);
  [[nodiscard]] Async<Result<void>> keep_decisions(std::string job_id, const RunReport& report);
  [[nodiscard]] Error busy(Error error) const;
  [[nodiscard]] Async<JobResult> sync(JobMessage message, Claimed claimed,
                                      std::function<void(const RunReport&)> on_progress, TraceContext trace);
  [[nodiscard]] Async<Result<std::unique_ptr<Endpoints>>> open(const store::SyncConfig& config, Priority priority,
                                                               TraceContext trace);
  [[nodiscard]] Async<std::string> state_of(const Endpoint& source, const store::SyncConfig& config);
  [[nodiscard]] TimeRange range_for(const store::SyncConfig& config, const store::SyncProgress& progress,
                                    const Endpoint& source) const;
  [[nodiscard]] Async<Result<void>> mark_needs_reauth(Endpoints& endpoints, const store::SyncConfig& config);
  [[nodiscard]] Async<Result<void>> finish(Claimed claimed, const RunReport& report);
  [[nodiscard]] Async<Result<void>> announce_success(store::Job job, std::optional<store::SyncConfig> config);

  store::Table& table_;
  vault::Vault& vault_;
  bus::EventBus& bus_;
  const providers::Registry& providers_;
  net::HttpClient& http_;
  RateLimiter& limiter_;
  Breakers& breakers_;
  store::Leases& leases_;
  Runtime& runtime_;
  RunnerSettings settings_;
  store::Jobs jobs_;
  store::SyncConfigs configs_;
  store::Connections connections_;
};

// Whether data of this type can travel this way at all (PROV-7): unsupported, with what would be right.
// `reading_opt_in` is the person's consent to a source whose terms make reading doubtful (PROV-9).
[[nodiscard]] Result<void> check_direction(const providers::Capabilities& source,
                                           const providers::Capabilities& destination, model::DataType type,
                                           bool reading_opt_in);

}  // namespace syncwell::engine
