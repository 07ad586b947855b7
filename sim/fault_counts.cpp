#include "sim/fault_counts.hpp"

namespace syncwell::sim {
namespace {

constexpr std::array<std::string_view, fault_count> names = {
    "reset before commit", "reset after commit", "server error", "rate limited",
    "truncated answer",    "slow answer",        "crash",        "power cut",
    "disk full",           "failed sync",        "clock jump",   "duplicate delivery",
    "revoked grant",       "edit during a sync",
};

}  // namespace

std::string_view name_of(Fault fault) noexcept { return names[static_cast<std::size_t>(fault)]; }

void FaultCounts::add(const FaultCounts& other) {
  for (std::size_t i = 0; i < fault_count; ++i) counts_[i] += other.counts_[i];
}

}  // namespace syncwell::sim
