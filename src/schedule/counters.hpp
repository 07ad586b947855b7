// What the schedule has done since the process started, for metrics. Written on its thread, read from any.
#pragma once

#include <atomic>
#include <cstdint>

namespace syncwell::schedule {

struct Counters {
  std::atomic<std::uint64_t> polls = 0;         // jobs that the schedule started
  std::atomic<std::uint64_t> webhook_jobs = 0;  // jobs that notifications started
  std::atomic<std::uint64_t> merged = 0;        // met a job that waits already
  std::atomic<std::uint64_t> dropped = 0;       // of a paused, deleted or leaving sync, or of one that cannot run
  std::atomic<std::uint64_t> spared = 0;        // polls that a sync for another reason has made needless
  std::atomic<std::uint64_t> held_back = 0;     // times that the schedule waited because the workers were busy
  std::atomic<std::uint64_t> repaired = 0;      // put too far ahead by a clock that was wrong
  std::atomic<std::uint64_t> lateness_ms = 0;   // of all polls together, after when they were due
  std::atomic<std::uint64_t> worst_lateness_ms = 0;
};

}  // namespace syncwell::schedule
