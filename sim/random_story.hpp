// One seed: a few people's accounts in rings, a server process that is crashed, cut off, starved and lied to for some
// simulated hours, and then left alone. Everything is drawn from the seed, so the same seed and program run the same
// way to the last handler.
#pragma once

#include <optional>

#include "sim/profile.hpp"
#include "sim/world.hpp"

namespace syncwell::sim {

struct StorySettings {
  std::uint64_t seed = 1;
  std::optional<Profile> profile{};  // empty: the seed draws one
  bool canary = false;
  bool tells = false;
};

[[nodiscard]] WorldReport random_story(const StorySettings& settings);

}  // namespace syncwell::sim
