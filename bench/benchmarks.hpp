// The benchmarks by name. Each measures one promise of the system beside the raw limits of the machine, in the same
// run, and reports its figures. Run them one at a time, on the main thread, while the process has no other threads.
// Errors: whatever kept the benchmark from running (no space, no server program). A missed target is no error.
#pragma once

#include "base/error.hpp"
#include "figure.hpp"

namespace syncwell::bench {

[[nodiscard]] Result<void> measure_apple_health(Report& report);
[[nodiscard]] Result<void> measure_conflicts(Report& report);
[[nodiscard]] Result<void> measure_enqueue(Report& report);
[[nodiscard]] Result<void> measure_job_life_cycle(Report& report);
[[nodiscard]] Result<void> measure_idle_server(Report& report);
[[nodiscard]] Result<void> measure_scheduler_day(Report& report);

}  // namespace syncwell::bench
