// Whether files have changed, without reading them (TRIG-5).
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace syncwell::providers {

inline constexpr std::size_t max_watched_files = 100'000;

// Differs when a file at or below `location` was written, added, removed or renamed. Empty where that cannot be told:
// nothing is there, something cannot be looked at, or there are too many. Blocks for as long as the listing takes.
[[nodiscard]] std::string state_of_files(const std::filesystem::path& location);

}  // namespace syncwell::providers
