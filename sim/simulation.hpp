// One seed: a few people's accounts in rings, a server process that is crashed, cut off, starved and lied to for some
// simulated hours, and then left alone. What must hold afterwards is checked; everything is drawn from the seed, so the
// same seed and program run the same way to the last handler.
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "sim/fault_counts.hpp"

namespace syncwell::sim {

struct SimulationSettings {
  std::uint64_t seed = 1;
  // Breaks a rule on purpose (ALG-9: the worker acknowledges first): the simulation has to find it.
  bool canary = false;
};

struct SimulationReport {
  std::optional<std::string> violation;
  FaultCounts faults;
  std::uint64_t jobs = 0;   // accepted
  std::uint64_t calls = 0;  // to the provider
  std::uint64_t lives = 1;  // of the process
  Duration simulated{0};
  std::uint64_t hash = 0;  // of the order in which everything happened
};

[[nodiscard]] SimulationReport simulate(SimulationSettings settings);

}  // namespace syncwell::sim
