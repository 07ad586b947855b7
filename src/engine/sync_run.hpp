// Steps ALG-3 to ALG-7 of the synchronisation for one config: fetch the source, compare with the ledger and with the
// destination, resolve, push. It reads and writes nothing else; taking the job, advancing the cursor and acknowledging
// it belong to job_runner.hpp. A preview is the same run with `dry_run`: nothing is pushed and nothing recorded.
//
// Order of effects, for each batch: intent in the ledger → push → syncs that read there rewound → outcome in the
// ledger. A crash anywhere in between is repaired by the next run: intents without outcome are looked up at the
// destination by our stable external id. Memory: one page of source records, the destination records of that page's
// time range, and a digest per record read where deletions are to be found.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/runtime.hpp"
#include "engine/conflict.hpp"
#include "providers/provider.hpp"
#include "store/jobs.hpp"
#include "store/leases.hpp"
#include "store/ledger.hpp"
#include "store/sync_configs.hpp"
#include "vault/vault.hpp"

namespace syncwell::engine {

inline constexpr std::size_t max_records_per_run = 20'000'000;
inline constexpr std::size_t max_reported_warnings = 1000;
inline constexpr std::size_t max_reported_decisions = 100'000;
// Source records of a page that lie further apart than this are compared with the destination in separate fetches.
inline constexpr Duration max_cluster_gap = std::chrono::hours{24 * 30};

// One end of the sync, with the client that adds its tokens.
struct Endpoint {
  providers::DataProvider& provider;
  const providers::TypeCapability& capability;
  providers::Account account;
  net::HttpClient& http;
};

// What was decided for one record and why (CON-6, SYNC preview): ids and reasons, never values.
struct RecordDecision {
  std::string record_id;  // as the source calls it
  std::string action;     // "create", "update", "delete", "skip"
  std::string reason;     // a Reason's name, or "unchanged", "edited", "echo", "already_there", "deleted_at_source"
};

struct RunReport {
  store::JobCounts counts;
  bool partial = false;
  std::vector<providers::Warning> warnings;
  std::vector<RecordDecision> decisions;  // without the unchanged ones
};

struct RunSettings {
  Strategy strategy = Strategy::source_wins;
  Duration conflict_threshold = default_conflict_threshold;
  bool dry_run = false;
  // Called after every page, for progress; may be empty.
  std::function<void(const RunReport&)> on_progress{};
};

class SyncRun {
 public:
  // References outlive the run. `fence` is part of every ledger write.
  SyncRun(const store::SyncConfig& config, Endpoint& source, Endpoint& destination, store::Table& table,
          vault::Vault& vault, Runtime& runtime, store::Write fence, RunSettings settings);

  // Everything in `range` that should travel has travelled, or an error. The report is valid in both cases. An error of
  // one record's push fails the whole run (ALG-7) after the rest of its batch was recorded.
  [[nodiscard]] Async<Result<void>> run(TimeRange range, std::string cursor, Deadline deadline);
  [[nodiscard]] const RunReport& report() const { return report_; }
  // Whose answer, or whose data, made the last run fail; null: neither's (storage, time).
  [[nodiscard]] const Endpoint* failed_side() const { return failed_side_; }
  // The provider's cursor after a successful run (DEC-12).
  [[nodiscard]] const std::string& cursor() const { return cursor_; }

  // The window that deletions are found in has whole UTC days (see ledger buckets): widen a range to them.
  [[nodiscard]] static TimeRange whole_days(TimeRange range);

 private:
  // A source record that the ledger does not know in this form.
  struct Pending {
    model::Record record;
    store::LedgerEntry entry;  // what the ledger will say; destination_id known for edits
    bool edited = false;       // written before, with other content
    bool intended = false;     // a push may have happened
  };
  // One operation with the entry that is recorded once it is done.
  struct Planned {
    providers::WriteOp op;
    std::optional<std::size_t> pending{};        // index into the cluster; erasures have none
    std::optional<store::LedgerEntry> erased{};  // erasures that follow a deletion at the source: what was written
    bool only_record = false;  // nothing to push: the ledger learns that this form of the record was seen
  };

  [[nodiscard]] Async<Result<void>> process_page(providers::Page page);
  [[nodiscard]] Async<Result<std::vector<Pending>>> select_pending(std::vector<model::Record> records);
  [[nodiscard]] Async<Result<bool>> is_echo(Pending& pending);
  [[nodiscard]] Async<Result<void>> process_cluster(std::vector<Pending> cluster);
  [[nodiscard]] Async<Result<std::vector<model::Record>>> fetch_destination(const std::vector<Pending>& cluster);
  // Destination records that are copies of this config's own source records take no part in conflicts.
  [[nodiscard]] Async<Result<void>> drop_own_copies(const std::vector<Pending>& cluster,
                                                    std::vector<model::Record>& existing);
  [[nodiscard]] std::vector<Planned> plan_known(std::vector<Pending>& cluster, std::vector<model::Record>& existing,
                                                std::vector<std::size_t>& fresh);
  void plan_fresh(std::vector<Pending>& cluster, const std::vector<std::size_t>& fresh,
                  const std::vector<model::Record>& existing, std::vector<Planned>& plan);
  [[nodiscard]] Async<Result<void>> carry_out(std::vector<Pending>& cluster, std::vector<Planned> plan);
  [[nodiscard]] Async<Result<void>> push_batch(std::vector<Pending>& cluster, std::span<Planned> batch);
  [[nodiscard]] Async<Result<void>> propagate_deletions();
  // Reads the source once more and takes out of `missing` what is there after all.
  [[nodiscard]] Async<Result<void>> look_again(std::vector<store::LedgerEntry>& missing);
  [[nodiscard]] std::unordered_set<std::string> buckets_of(Instant first_day, Instant end_day) const;
  [[nodiscard]] Async<Result<std::vector<store::LedgerEntry>>> known_in(TimeRange range);
  // Those that read from our destination look again as far back as what we have changed there (DEC-5).
  [[nodiscard]] Async<Result<void>> rewind_readers(Instant from);
  [[nodiscard]] Async<Result<void>> record(std::vector<store::Write> writes);
  [[nodiscard]] std::string bucket_of(Instant start) const;
  [[nodiscard]] std::string key_of(const model::Record& record) const;
  void decide(std::string record_id, std::string_view action, std::string_view reason);
  void warn(providers::Warning warning);
  [[nodiscard]] std::unexpected<Error> failed(const Endpoint& side, Error error);

  const store::SyncConfig& config_;
  Endpoint& source_;
  Endpoint& destination_;
  store::Table& table_;
  store::Ledger ledger_;
  store::SyncConfigs configs_;
  vault::Vault& vault_;
  Runtime& runtime_;
  store::Write fence_;
  RunSettings settings_;
  Deadline deadline_{};
  TimeRange range_{};
  RunReport report_;
  std::unordered_set<std::string> seen_;  // ledger keys of the records of this fetch
  std::optional<Error> first_failure_;
  const Endpoint* failed_side_ = nullptr;
  std::string cursor_;
};

}  // namespace syncwell::engine
