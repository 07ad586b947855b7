#include <gtest/gtest.h>

#include "sim/random_story.hpp"
#include "sim/single_faults.hpp"

namespace syncwell::sim {
namespace {

TEST(Simulation, SomeSeedsOfEachProfileKeepEveryPromise) {  // INT-1, INT-5, ALG-7 … ALG-9, LIFE
  std::uint64_t seed = 0;
  for (const Profile& profile : profiles()) {
    const auto report = random_story({.seed = ++seed, .profile = profile});
    EXPECT_FALSE(report.violation) << report.violation->what << "\n./dev sim --seed " << seed << " --profile "
                                   << profile.name;
    EXPECT_GT(report.jobs, 0U);
  }
}

TEST(Simulation, TheSameSeedRunsTheSameWayWhetherOrNotItTells) {
  const auto first = random_story({.seed = 77});
  const auto second = random_story({.seed = 77, .tells = true});
  EXPECT_EQ(first.hash, second.hash);
  EXPECT_EQ(first.calls, second.calls);
  EXPECT_EQ(first.lives, second.lives);
  EXPECT_NE(first.hash, random_story({.seed = 78}).hash);
}

TEST(Simulation, FindsAWorkerThatAcknowledgesFirst) {  // the canary: ALG-9 broken on purpose
  std::optional<Violation> found;
  for (std::uint64_t seed = 1; seed <= 40 && !found; ++seed) {
    const auto report = random_story({.seed = seed, .canary = true, .tells = true});
    found = report.violation;
    EXPECT_EQ(report.journal.empty(), !found) << "a violation comes with what led there";
  }
  EXPECT_TRUE(found);
}

TEST(Simulation, SomeFaultsAloneKeepEveryPromise) {  // every one of them: ./dev sim --single-faults
  constexpr std::size_t step = 37;
  const auto all = all_single_faults();
  EXPECT_GT(all.size(), 20 * step);
  for (std::size_t i = 0; i < all.size(); i += step) {
    const auto report = with_single_fault(all[i], false);
    EXPECT_FALSE(report.violation) << describe(all[i]) << ": " << report.violation->what;
  }
}

}  // namespace
}  // namespace syncwell::sim
