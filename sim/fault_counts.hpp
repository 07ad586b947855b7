// What the simulation does to the system, and how often it has: a fault that never happens proves nothing, so a run
// over many seeds fails when a counter stays zero.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace syncwell::sim {

enum class Fault {
  // Calls
  reset_before_commit,
  reset_after_commit,
  server_error,
  rate_limited,
  truncated_answer,
  drifted_answer,
  invalid_unicode,
  oversized_answer,
  endless_pages,
  slow_answer,
  revoked_grant,
  short_tokens,
  // The process and its disk
  crash,
  power_cut,
  torn_write,
  disk_full,
  io_error,
  failed_sync,
  process_pause,
  // Clocks
  clock_jump,
  frozen_clock,
  // Messages
  duplicate_delivery,
  unreadable_message,
  deadly_message,
  redrive_while_running,
  purge_while_running,
  // People
  edit_during_sync,
  late_entry,
};
inline constexpr std::size_t fault_count = static_cast<std::size_t>(Fault::late_entry) + 1;

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
