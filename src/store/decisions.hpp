// What a job decided for each record, and why (GET /sync-jobs/{id}/decisions): the source's ids and reasons, never
// values. Kept beside the job's record for decisions_lifetime; what a later attempt of the job decided replaces it.
#pragma once

#include <string>
#include <vector>

#include "store/table.hpp"

namespace syncwell::store {

inline constexpr Duration decisions_lifetime = std::chrono::hours{24 * 7};
inline constexpr std::size_t max_kept_decisions = 10'000;  // per job; the rest is counted only
inline constexpr std::size_t decisions_per_item = 500;
inline constexpr std::size_t max_kept_record_id_bytes = 256;  // a longer id is cut

struct Decision {
  std::string record_id;
  std::string action;  // "create", "update", "delete", "skip"
  std::string reason;
};

class Decisions {
 public:
  explicit Decisions(Table& table) : table_(table) {}
  [[nodiscard]] Async<Result<void>> put(std::string job_id, std::vector<Decision> decisions, Instant now);

  struct Page {
    std::vector<Decision> decisions;
    bool truncated = false;  // there were more than max_kept_decisions
    std::optional<Key> next{};
  };
  // decisions_per_item at a time.
  [[nodiscard]] Async<Result<Page>> list(std::string job_id, std::optional<Key> after);

 private:
  Table& table_;
};

}  // namespace syncwell::store
