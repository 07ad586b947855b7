// What is known of each sync job (for GET /sync-jobs and support: metadata only, SUP-2), and the durable lock per
// idempotency key (INT-3). Job records expire after job_record_lifetime.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/table.hpp"

namespace syncwell::store {

inline constexpr Duration job_record_lifetime = std::chrono::hours{24 * 30};
inline constexpr Duration completed_lock_lifetime = std::chrono::hours{24};

enum class JobStatus { accepted, queued, running, delayed, retrying, succeeded, needs_reauth, dead_lettered };
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

struct Job {
  std::string id;  // "job_" and a UUID
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
};

class Jobs {
 public:
  explicit Jobs(Table& table) : table_(table) {}
  [[nodiscard]] Async<Result<std::optional<Job>>> get(std::string id);
  // For who reads it together with other items.
  [[nodiscard]] static Key key_of(const std::string& id);
  [[nodiscard]] static Job from(const Item& item);
  // Newest first, at most `limit`.
  [[nodiscard]] Async<Result<std::vector<Job>>> list(std::string user, std::size_t limit);
  [[nodiscard]] Async<Result<void>> add(Job job);  // already_exists
  // Unconditional: only the holder of the job's lease writes it.
  [[nodiscard]] static Write put(const Job& job);
  // version_conflict where it was written since it was read.
  [[nodiscard]] Async<Result<void>> update(Job job);

  // INT-3. `key`: digest of the idempotency key.
  [[nodiscard]] static Key lock_key(const std::string& key);
  [[nodiscard]] static bool is_completed(const Item& lock);
  [[nodiscard]] static Write lock(const std::string& key, const std::string& job_id, bool completed, Instant expires);

 private:
  Table& table_;
};

}  // namespace syncwell::store
