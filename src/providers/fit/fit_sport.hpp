// FIT's sport and sub_sport numbers and our sports, both ways, as one table. Pure, any thread.
// Source: shared fact sheet; numbers above 48 from the newer published profile (MIT and BSD-3 readers, 2026).
#pragma once

#include <cstdint>

#include "model/record.hpp"

namespace syncwell::providers::fit {

struct FitSport {
  std::uint8_t sport = 0;
  std::uint8_t sub_sport = 0;
  bool operator==(const FitSport&) const = default;
};

inline constexpr std::uint8_t sport_transition = 3;
inline constexpr std::uint8_t sub_sport_virtual = 58;

// The pair first, then the sub_sport that means the same under any sport, then the sport alone; other otherwise.
[[nodiscard]] model::Sport sport_from_fit(FitSport sport) noexcept;
// generic for what FIT has no number for (handball), and for a transition: alone it would be no workout to a reader.
[[nodiscard]] FitSport sport_to_fit(model::Sport sport) noexcept;
// The profile's cycles are strides, two steps each.
[[nodiscard]] bool cycles_are_strides(model::Sport sport) noexcept;
// The place is made up or far from where the person is: positions say nothing about the local zone.
[[nodiscard]] bool is_virtual(FitSport sport) noexcept;

}  // namespace syncwell::providers::fit
