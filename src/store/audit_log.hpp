// The audit log (SUP-5, Q-06): who looked at what, and who did what, for what purpose. Append-only, and a chain: each
// entry's hash is SHA-256 over its own members and the hash before it, so that nothing can be changed, left out or put
// between others without the chain breaking there. Whoever can write the whole file can also forge a whole chain: keep
// the newest hash elsewhere from time to time, and verify() against it. Entries are kept until the operator removes
// them; they name staff, cases and incidents, never a person in clear.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/table.hpp"

namespace syncwell::store {

inline constexpr std::size_t max_audit_text_bytes = 500;  // of purpose and detail; longer ones are cut

struct AuditEntry {
  std::uint64_t sequence = 0;  // from 1, without gaps; set by append()
  Instant at{};
  std::string who{};     // a staff member's name, or "desk"
  std::string role{};    // at that time
  std::string action{};  // "dlq.view", "dlq.redrive" …
  std::string target{};  // an id
  std::string purpose{};
  std::string detail{};
  std::string hash{};  // hex; set by append()
};

class AuditLog {
 public:
  explicit AuditLog(Table& table) : table_(table) {}
  // Durable when it returns. Several may append at the same time. busy: others append all the time.
  [[nodiscard]] Async<Result<void>> append(AuditEntry entry);
  struct Page {
    std::vector<AuditEntry> entries;
    std::optional<std::uint64_t> next{};  // pass it on as `before`
  };
  // Newest first, those before a sequence number.
  [[nodiscard]] Async<Result<Page>> list(std::size_t limit, std::optional<std::uint64_t> before = {});

  struct Verdict {
    bool intact = true;
    std::uint64_t entries = 0;  // that are there
    std::string head{};         // the newest hash
    std::uint64_t broken_at = 0;
    std::string reason{};
  };
  // Reads the whole chain. `expected_head`: a hash that was kept elsewhere and must be in it; empty: none.
  [[nodiscard]] Async<Result<Verdict>> verify(std::string expected_head = {});

 private:
  Table& table_;
};

}  // namespace syncwell::store
