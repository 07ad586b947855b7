#include "sim/profile.hpp"

#include <algorithm>
#include <array>

namespace syncwell::sim {
namespace {

constexpr std::array<Profile, 7> all{{
    {"mixed", 0.12, 0.08, 0.04, 0.03, 0.03, 0.03, 0.05, 0.02, 0.005, 0.3},
    {"network", 0.4, 0.01, 0, 0, 0, 0, 0.05, 0.01, 0.005, 0.3},
    {"crashes", 0.03, 0.4, 0, 0.02, 0, 0.03, 0.02, 0, 0, 0.1},
    {"disk", 0.03, 0.08, 0.25, 0, 0, 0, 0.02, 0, 0, 0.1},
    {"clocks", 0.05, 0.03, 0, 0.15, 0.2, 0, 0.02, 0.01, 0.02, 0.5},
    {"messages", 0.15, 0.05, 0.01, 0.05, 0, 0.2, 0.3, 0.01, 0, 0.1},
    {"grants", 0.1, 0.08, 0.01, 0.03, 0.01, 0, 0.02, 0.1, 0.03, 1},
}};

}  // namespace

std::span<const Profile> profiles() { return all; }

std::optional<Profile> find_profile(std::string_view name) {
  const auto found = std::ranges::find(all, name, &Profile::name);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

}  // namespace syncwell::sim
