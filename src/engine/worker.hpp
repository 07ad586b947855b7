// The worker (ARCH-5): claims messages from the hot queue, runs their jobs side by side, keeps their leases alive, and
// does with each message what disposition.hpp says. It acknowledges last (ALG-9).
// Everything happens on the runtime's thread. stop() is idempotent: first no more claims and a grace time for running
// jobs, then they are cancelled; a cancelled job goes back to the queue without having used an attempt (DESIGN 4).
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>

#include "base/task_group.hpp"
#include "engine/disposition.hpp"
#include "engine/job_runner.hpp"
#include "queue/queue.hpp"

namespace syncwell::engine {

struct WorkerSettings {
  std::size_t concurrent_jobs = 64;
  Duration visibility_timeout = std::chrono::seconds{90};  // the queue's; extended every third of it while a job runs
  RetryPolicy retry{};
};

// What a worker has done since it started, for metrics. Written on the worker's thread, read from any.
struct WorkerCounters {
  std::atomic<std::uint64_t> running = 0;
  std::atomic<std::uint64_t> succeeded = 0;
  std::atomic<std::uint64_t> retried = 0;
  std::atomic<std::uint64_t> delayed = 0;
  std::atomic<std::uint64_t> dead_lettered = 0;
  std::atomic<std::uint64_t> needs_reauth = 0;
  std::atomic<std::uint64_t> duplicates_suppressed = 0;  // INT-3
};

class Worker {
 public:
  // References outlive the worker.
  Worker(queue::Queue& queue, JobRunner& runner, Runtime& runtime, WorkerSettings settings);

  // Starts claiming.
  void start();
  [[nodiscard]] Async<void> stop(Duration grace);
  [[nodiscard]] const WorkerCounters& counters() const { return counters_; }

 private:
  struct Job;
  using JobPointer = std::shared_ptr<Job>;

  // Each claimer has slots of its own, so that none waits for the others' jobs and a full batch does not hold up the
  // next one.
  [[nodiscard]] Async<void> claim(TaskGroup& slots);
  [[nodiscard]] Async<void> handle(JobPointer job);
  [[nodiscard]] Async<Result<void>> carry_out(const queue::Message& message, const JobMessage& job,
                                              const JobResult& result);
  // One timer for all jobs: renews what they hold, and stops those that take too long or have lost it.
  [[nodiscard]] Async<void> keep_alive();
  [[nodiscard]] Async<void> renew(JobPointer job);
  static void stop(Job& job, Error why);
  // Empty: nobody watches.
  [[nodiscard]] std::function<void(const RunReport&)> progress_of(const std::string& job_id) const;
  void observe(const Job& job, const JobMessage& message, const JobResult& result) const;
  static void tell(const JobMessage& job, const JobResult& result, const Disposition& disposition, int attempts);
  void count(const Disposition& disposition, bool duplicate);

  queue::Queue& queue_;
  JobRunner& runner_;
  Runtime& runtime_;
  WorkerSettings settings_;
  WorkerCounters counters_;
  std::size_t slots_per_claimer_;
  std::list<TaskGroup> slots_;
  TaskGroup claimers_;
  TaskGroup keeper_;
  TaskGroup renewals_;
  std::list<JobPointer> running_;  // the oldest first
  bool stopping_ = false;
};

}  // namespace syncwell::engine
