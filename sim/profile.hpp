// What a seed's hours are like: how likely each trouble is in each step. One seed draws one profile (swarm testing: a
// bug that many faults together would hide shows where a few of them rule).
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace syncwell::sim {

// Chances of one step of a few minutes.
struct Profile {
  std::string_view name;
  double network = 0;  // of other faults of calls from now on
  double crash = 0;
  double disk = 0;
  double pause = 0;
  double clock = 0;     // a jump or a stand-still
  double messages = 0;  // unreadable or deadly ones
  double desk = 0;      // somebody redrives or purges
  double revocation = 0;
  double day = 0;           // the machine is off for more than a day
  double short_tokens = 0;  // of the whole seed: tokens live for minutes, and refresh tokens rotate
};

[[nodiscard]] std::span<const Profile> profiles();
[[nodiscard]] std::optional<Profile> find_profile(std::string_view name);

}  // namespace syncwell::sim
