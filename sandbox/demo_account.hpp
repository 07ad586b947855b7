// The demo person: plausible Google Health data made from a fixed seed, as the JSON that a seed takes.
// Pure functions, any thread. Every value is invented.
#pragma once

#include <boost/json.hpp>

#include "base/time.hpp"

namespace syncwell::sandbox {

inline constexpr int max_demo_days = 366;

enum class SleepPass { first_classic, second_stages };

// {settings, dataPoints:[…]} of the local days that end at `until`. The zone is Europe/Berlin.
[[nodiscard]] boost::json::object demo_data(Instant until, int days);
// The demo person's nights alone, with the same names in both passes.
[[nodiscard]] boost::json::object demo_sleep(Instant until, int days, SleepPass pass);

}  // namespace syncwell::sandbox
