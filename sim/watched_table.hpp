// The table between the engine and the storage, which looks at every write: at most one holder of a lease at a time,
// nothing written to a ledger and no cursor moved without the lease (INT-3, DEC-10), and no cursor past a record that
// is not at the destination (ALG-8).
#pragma once

#include <map>
#include <set>

#include "sim/health_accounts.hpp"
#include "sim/journal.hpp"
#include "store/table.hpp"

namespace syncwell::sim {

class WatchedTable final : public store::Table {
 public:
  WatchedTable(Journal& journal, const HealthAccounts& accounts) : journal_(journal), accounts_(accounts) {}

  // The table of the process that lives from now on.
  void attach(store::Table& table, Runtime& runtime);
  // What still happens while a dead process is taken apart is nobody's business.
  void stop_watching() { watching_ = false; }
  // The wall clock jumped or everything stood still: leases have run out that nobody gave back.
  void time_was_disturbed() { leases_.clear(); }

  // As the last write or read of its record said; empty: not known to this process.
  [[nodiscard]] std::string status_of(const std::string& job) const;

  [[nodiscard]] Async<Result<std::optional<store::Item>>> get(store::Key key) override;
  [[nodiscard]] Async<Result<std::vector<store::Item>>> get_many(std::vector<store::Key> keys) override;
  [[nodiscard]] Async<Result<std::vector<std::uint64_t>>> transact(std::vector<store::Write> writes) override;
  [[nodiscard]] Async<Result<store::QueryPage>> query(std::string partition, std::string prefix, std::size_t limit,
                                                      std::optional<store::Key> after) override;
  [[nodiscard]] Async<Result<store::QueryPage>> query_index(std::string index, std::string partition,
                                                            std::string prefix, std::size_t limit,
                                                            std::optional<store::Key> after) override;
  [[nodiscard]] Async<Result<std::size_t>> count_index(std::string index, std::string partition,
                                                       std::size_t limit) override;

 private:
  struct Taken {
    std::uint64_t instead_of = 0;  // the version of the lease's item that it replaces
    Instant until{};
    bool held_by_another = false;
  };
  // What one transaction means for the rules. Others may commit between a transaction and what its caller does next, so
  // what it is judged by is looked up when it is handed over.
  struct Meaning {
    std::map<std::string, Taken> taken;                       // leases, by partition
    std::map<std::string, Instant> renewed;                   // until when
    std::set<std::string> held;                               // leases that have to be held for it to succeed
    std::set<std::string> needed;                             // leases that ought to be
    std::map<std::string, std::optional<Duration>> advanced;  // configs whose cursor moves; when their job began
    std::vector<std::string> begun;                           // configs whose job begins
    struct Status {
      std::size_t write = 0;
      std::string job;
      std::string status;
    };
    std::vector<Status> statuses;
  };
  struct Lease {
    std::uint64_t version = 0;
    Instant until{};
  };
  struct JobStatus {
    std::uint64_t version = 0;
    std::string status;
  };
  [[nodiscard]] Meaning meaning_of(const std::vector<store::Write>& writes) const;
  void has_happened(const Meaning& meaning, const std::vector<store::Write>& writes,
                    const std::vector<std::uint64_t>& versions);
  void saw(const store::Item& item);

  Journal& journal_;
  const HealthAccounts& accounts_;
  store::Table* table_ = nullptr;
  Runtime* runtime_ = nullptr;
  bool watching_ = false;
  std::map<std::string, Lease> leases_;    // by partition
  std::map<std::string, Duration> began_;  // config → when its job began
  std::map<std::string, JobStatus> jobs_;
};

}  // namespace syncwell::sim
