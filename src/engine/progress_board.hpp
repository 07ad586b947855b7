// How far the jobs that run have got, for whoever watches one: counts of records by job, never values. The worker
// writes after every page of a job and takes the job off the board when it is over; the API reads. Nothing here is
// durable: what a job has done in the end stands in its record (store/jobs.hpp).
// Thread-safe; returns at once; no errors. A board that is full leaves further jobs out: they are merely not watched.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "base/mutex.hpp"
#include "store/jobs.hpp"

namespace syncwell::engine {

inline constexpr std::size_t max_jobs_on_board = 20'000;

class ProgressBoard {
 public:
  void note(const std::string& job_id, const store::JobCounts& counts) {
    const MutexLock lock(mutex_);
    if (counts_.size() >= max_jobs_on_board && !counts_.contains(job_id)) return;
    counts_[job_id] = counts;
  }

  void forget(const std::string& job_id) {
    const MutexLock lock(mutex_);
    counts_.erase(job_id);
  }

  // nullopt: it does not run, or nothing is known of it yet.
  [[nodiscard]] std::optional<store::JobCounts> find(const std::string& job_id) const {
    const MutexLock lock(mutex_);
    const auto found = counts_.find(job_id);
    if (found == counts_.end()) return std::nullopt;
    return found->second;
  }

 private:
  mutable Mutex mutex_;
  std::unordered_map<std::string, store::JobCounts> counts_ SYNCWELL_GUARDED_BY(mutex_);
};

}  // namespace syncwell::engine
