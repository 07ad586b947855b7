#include "sim/fault_counts.hpp"

namespace syncwell::sim {
namespace {

constexpr std::array<std::string_view, fault_count> names = {
    "reset before commit",
    "reset after commit",
    "server error",
    "rate limited",
    "truncated answer",
    "drifted answer",
    "invalid unicode",
    "oversized answer",
    "endless pages",
    "slow answer",
    "revoked grant",
    "short-lived tokens",
    "crash",
    "power cut",
    "torn write",
    "disk full",
    "input/output error",
    "failed sync",
    "pause of the process",
    "clock jump",
    "frozen clock",
    "duplicate delivery",
    "unreadable message",
    "deadly message",
    "redrive while running",
    "purge while running",
    "edit during a sync",
    "late entry",
};

}  // namespace

std::string_view name_of(Fault fault) noexcept { return names[static_cast<std::size_t>(fault)]; }

void FaultCounts::add(const FaultCounts& other) {
  for (std::size_t i = 0; i < fault_count; ++i) counts_[i] += other.counts_[i];
}

}  // namespace syncwell::sim
