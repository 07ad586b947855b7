#include "sim/simulation.hpp"

#include <gtest/gtest.h>

namespace syncwell::sim {
namespace {

TEST(Simulation, SomeSeedsKeepEveryPromise) {  // INT-1, INT-5, ALG-7 … ALG-9, LIFE
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const auto report = simulate({.seed = seed});
    EXPECT_EQ(report.violation, std::nullopt) << "./dev sim --seed " << seed;
    EXPECT_GT(report.jobs, 0U);
  }
}

TEST(Simulation, TheSameSeedRunsTheSameWay) {
  const auto first = simulate({.seed = 77});
  const auto second = simulate({.seed = 77});
  EXPECT_EQ(first.hash, second.hash);
  EXPECT_EQ(first.calls, second.calls);
  EXPECT_EQ(first.lives, second.lives);
  EXPECT_NE(first.hash, simulate({.seed = 78}).hash);
}

TEST(Simulation, FindsAWorkerThatAcknowledgesFirst) {  // the canary: ALG-9 broken on purpose
  bool found = false;
  for (std::uint64_t seed = 1; seed <= 40 && !found; ++seed) {
    found = simulate({.seed = seed, .canary = true}).violation.has_value();
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace syncwell::sim
