// What is known of each sync job (for GET /sync-jobs and support: metadata only, SUP-2). A job's record is also the
// durable lock of the idempotency key that named it (INT-3): `running`, written by conditional write with the lease of
// its sync, says that the key is in progress; `succeeded` suppresses every further delivery for as long as the record
// lives. Job records expire after job_record_lifetime.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/table.hpp"

namespace syncwell::store {

inline constexpr Duration job_record_lifetime = std::chrono::hours{24 * 30};

// A look that the schedule took and that found nothing is not worth a month.
inline constexpr Duration quiet_job_record_lifetime = std::chrono::hours{24};

inline constexpr std::string_view scheduled_job = "schedule";  // Job::cause

inline constexpr std::string_view jobs_by_user_index = "jobs_by_user";

// `cancelled`: its sync was deleted before it ran.
enum class JobStatus {
  accepted,
  queued,
  running,
  delayed,
  retrying,
  succeeded,
  needs_reauth,
  dead_lettered,
  cancelled
};
[[nodiscard]] std::string_view name_of(JobStatus status) noexcept;
[[nodiscard]] JobStatus parse_job_status(std::string_view name) noexcept;  // unknown names: accepted

// Counts of records. Every record read is written, unchanged, skipped or failed.
struct JobCounts {
  std::int64_t read = 0;
  std::int64_t written = 0;  // created or updated
  std::int64_t deleted = 0;
  std::int64_t unchanged = 0;  // synced before, not edited since
  std::int64_t skipped = 0;    // kept out by a conflict, an echo, or what the destination cannot overwrite
  std::int64_t conflicts = 0;
  std::int64_t failed = 0;
  std::int64_t warnings = 0;
};

inline constexpr std::size_t max_job_failures = 10;  // kept of one job: the first, and the latest

// An attempt that did not succeed. Several in a row that ended alike are kept as one.
struct JobFailure {
  Instant at{};                             // of the first of them
  Instant last{};                           // of the last
  JobStatus outcome = JobStatus::retrying;  // what became of the job: `delayed` is no failure (DEC-1)
  std::string error_code{};
  std::string provider{};  // whose answer or data it was; empty: nobody's
  int http_status = 0;     // of its answer; 0: there was none
  int count = 1;
};

struct Job {
  std::string id;  // "job_" and a UUID; that of id_of() where a key names it
  std::string user;
  std::string config_id;
  std::string data_type;
  std::string correlation_id;
  std::string request_digest;  // INT-2: of the request body that made it
  JobStatus status = JobStatus::accepted;
  bool duplicate = false;  // suppressed: its idempotency key had been completed (INT-3)
  bool partial = false;    // the source was damaged: what was sound travelled
  int attempts = 0;
  JobCounts counts;
  std::string error_code;
  std::string error_message;
  Instant created{};
  Instant updated{};
  std::uint64_t version = 0;
  std::string cause{};                   // "manual", "webhook", "schedule"; empty: not told
  std::optional<Instant> window_from{};  // what the provider's notification spoke of
  std::optional<Instant> window_until{};
  std::vector<JobFailure> failures{};  // in the order in which they happened
  bool first = false;                  // it completed its sync for the first time: what it brought is the history
};

// Adds it to the job's failures, within max_job_failures.
void note_failure(Job& job, JobFailure failure);
// When the job failed for the first time; nullopt: it has only been delayed, if that.
[[nodiscard]] std::optional<Instant> first_failure(const Job& job);

class Jobs {
 public:
  explicit Jobs(Table& table) : table_(table) {}
  [[nodiscard]] Async<Result<std::optional<Job>>> get(std::string id);
  // For who reads it together with other items.
  [[nodiscard]] static Key key_of(const std::string& id);
  [[nodiscard]] static Job from(const Item& item);
  // Newest first, at most `limit`; the next page goes on after `next`.
  struct Page {
    std::vector<Job> jobs;
    std::optional<Key> next{};
  };
  [[nodiscard]] Async<Result<Page>> list(std::string user, std::size_t limit, std::optional<Key> after = {});
  [[nodiscard]] Async<Result<void>> add(Job job);  // already_exists
  // INT-3: the id of the job that an idempotency key names. `key`: its digest, scoped by user.
  [[nodiscard]] static std::string id_of(const std::string& key);
  // Part of a transaction: the record as the job begins, if nobody has written it since it was read (version 0: if
  // there is none); and as it ends, for the holder of the job's lease, whatever others wrote meanwhile.
  [[nodiscard]] static Write begin(const Job& job);
  [[nodiscard]] static Write end(const Job& job);
  // version_conflict where it was written since it was read.
  [[nodiscard]] Async<Result<void>> update(Job job);

 private:
  Table& table_;
};

}  // namespace syncwell::store
