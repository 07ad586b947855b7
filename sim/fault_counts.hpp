// What the simulation does to the system, and how often it has: a fault that never happens proves nothing, so a run
// over many seeds fails when a counter stays zero.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace syncwell::sim {

enum class Fault {
  reset_before_commit,
  reset_after_commit,
  server_error,
  rate_limited,
  truncated_answer,
  slow_answer,
  crash,
  power_cut,
  disk_full,
  failed_sync,
  clock_jump,
  duplicate_delivery,
  revoked_grant,
  edit_during_sync,
};
inline constexpr std::size_t fault_count = 14;

[[nodiscard]] std::string_view name_of(Fault fault) noexcept;

class FaultCounts {
 public:
  void add(Fault fault) { ++counts_[static_cast<std::size_t>(fault)]; }
  void add(const FaultCounts& other);
  [[nodiscard]] std::uint64_t of(Fault fault) const { return counts_[static_cast<std::size_t>(fault)]; }

 private:
  std::array<std::uint64_t, fault_count> counts_{};
};

}  // namespace syncwell::sim
