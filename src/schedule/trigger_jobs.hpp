// Makes sure that a job of a sync is waiting to run, and never more than one (TRIG-2, TRIG-3, DEC-10).
//
// Order of writes, each durable before the next (no transaction spans table and queue):
//   1. the notified interval, where the next run would not read it anyway: SyncConfigs::rewind()
//   2. the job's record and the trigger that names it, in one transaction
//   3. the message on the hot queue
//   4. the mark that the message was sent, together with whatever the caller wants written `along`
// A crash between two of them: the caller's own cause (an event not acknowledged, a poll still due) comes again, finds
// the job waiting and unsent, and goes on at 3. A message that is sent twice is suppressed by the job's lock (INT-3).
// One thread.
#pragma once

#include <atomic>

#include "engine/job_message.hpp"
#include "queue/queue.hpp"
#include "schedule/counters.hpp"
#include "store/jobs.hpp"
#include "store/sync_configs.hpp"
#include "store/triggers.hpp"
#include "store/users.hpp"

namespace syncwell::schedule {

// A job that has waited longer than this since its message was sent may have lost it (dead-lettered by a crash before
// it began): its message is sent again.
inline constexpr Duration resend_after = std::chrono::hours{1};
// A notification that speaks of what is older than this is believed up to here: it would read years again.
inline constexpr Duration max_notified_history = std::chrono::hours{24 * 366};

inline constexpr std::string_view webhook_cause = "webhook";

struct JobRequest {
  std::string user;
  std::string config_id;
  std::string cause;  // store::scheduled_job, webhook_cause
  engine::Priority priority = engine::Priority::medium;
  std::optional<Instant> window_from{};
  std::optional<Instant> window_until{};
  Duration delay{0};  // of the message, at most queue::max_delay
};

class TriggerJobs {
 public:
  enum class Outcome {
    started,  // a new job waits, or the message of one that had none was sent
    merged,   // one waits already
    dropped,  // the sync is paused or gone, or its person is
  };

  struct Ensured {
    Outcome outcome = Outcome::dropped;
    std::string job_id{};  // that waits; empty where the request was dropped
  };

  // References outlive the object.
  TriggerJobs(store::Table& table, queue::Queue& hot_queue, Runtime& runtime, Counters& counters)
      : table_(table), queue_(hot_queue), runtime_(runtime), counters_(counters), configs_(table) {}

  // `along` is written with step 4, or alone where a job waits already; not where the request is dropped.
  // version_conflict: `along` did not hold; the job waits nevertheless. busy: others write the same sync all the time.
  // Storage errors: repeat.
  [[nodiscard]] Async<Result<Ensured>> ensure(JobRequest request, std::vector<store::Write> along = {});

 private:
  struct State;
  [[nodiscard]] Async<Result<State>> read(const JobRequest& request);
  [[nodiscard]] Async<Result<void>> make(State& state, const JobRequest& request);
  [[nodiscard]] Async<Result<void>> send(State& state, const JobRequest& request, std::vector<store::Write> along);
  [[nodiscard]] Async<Result<void>> write_all(std::vector<store::Write> writes);

  store::Table& table_;
  queue::Queue& queue_;
  Runtime& runtime_;
  Counters& counters_;
  store::SyncConfigs configs_;
};

}  // namespace syncwell::schedule
