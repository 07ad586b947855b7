// The real scheduler over a made-up population, in simulated time. What stands around it is as in the server, but for
// the workers: a job takes job_time, finds what its person's source has produced since, and is written down as the
// engine does (status, progress with velocity; where something changed, the schedule hears of it as the dispatcher
// would tell it). One thread.
#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "adapters/sqlite/storage.hpp"
#include "base/virtual_runtime.hpp"
#include "engine/job_message.hpp"
#include "memory_store.hpp"
#include "population.hpp"
#include "schedule/scheduler.hpp"

namespace syncwell::bench {

// What a job takes, and how exactly: the simulation lets the scheduler and the workers take turns.
inline constexpr Duration job_time = std::chrono::milliseconds{500};
inline constexpr Duration turn = std::chrono::milliseconds{250};
inline constexpr Duration window = std::chrono::seconds{10};  // in which polls are counted
inline constexpr std::size_t most_jobs = 128;                 // as in the server with its default settings

enum class Beginning {
  spread,   // everybody has been there for a month, and is somewhere in their interval
  at_once,  // all join at the same moment, and count as active until more is known
};

class ScheduleWorld {
 public:
  // Everything in memory; or on SQLite, in `folder`.
  ScheduleWorld(std::uint64_t users, std::optional<std::filesystem::path> folder);  // throws std::runtime_error
  ~ScheduleWorld();
  ScheduleWorld(const ScheduleWorld&) = delete;
  ScheduleWorld& operator=(const ScheduleWorld&) = delete;

  void settle(Beginning beginning);
  void simulate(Duration duration);
  // Forgets what has been measured; the time of everybody's last sync stays.
  void begin_measuring();

  // Of one person, since begin_measuring().
  struct Syncs {
    Instant last{};
    Duration longest_gap{0};
    std::uint32_t polls = 0;
  };
  [[nodiscard]] const std::vector<Syncs>& people() const { return people_; }
  // Between a person's last sync and now counts as well.
  [[nodiscard]] Duration longest_gap(std::uint64_t number) const;
  [[nodiscard]] const std::vector<std::uint32_t>& polls_by_window() const { return windows_; }
  [[nodiscard]] const schedule::Counters& counters() const { return counters_; }
  // Processor time of the schedule with its reads and writes; of the stand-in for the workers.
  [[nodiscard]] double schedule_seconds() const { return schedule_s_; }
  [[nodiscard]] double worker_seconds() const { return worker_s_; }
  [[nodiscard]] std::uint64_t stored_bytes() const;

 private:
  struct Running {
    Instant until;
    engine::JobMessage message;
  };
  struct Finished {
    std::string user;
    std::string config_id;
  };
  [[nodiscard]] store::Table& table();
  [[nodiscard]] queue::Queue& hot_queue();
  void complete(Async<void> task);
  [[nodiscard]] Async<void> settle_all(Beginning beginning);
  [[nodiscard]] Async<void> settle_one(std::uint64_t number, Beginning beginning);
  [[nodiscard]] Async<void> take_jobs();
  [[nodiscard]] Async<void> finish_jobs();
  [[nodiscard]] Async<void> finish(engine::JobMessage message);
  [[nodiscard]] Async<void> follow_up();
  void note_sync(const std::string& config_id);

  VirtualRuntime runtime_;
  sqlite::RuntimeClock clock_{runtime_};
  MemoryTable memory_table_{runtime_};
  MemoryQueue memory_queue_{runtime_};
  std::optional<std::filesystem::path> folder_;
  std::unique_ptr<sqlite::Storage> storage_;
  providers::Registry providers_;
  schedule::Counters counters_;
  std::optional<schedule::TriggerJobs> jobs_;
  std::optional<schedule::Scheduler> scheduler_;
  std::deque<Running> running_;
  std::vector<Finished> changed_;  // of which the schedule has not heard
  std::vector<Syncs> people_;
  std::vector<std::uint32_t> windows_;
  Instant measured_since_{};
  double schedule_s_ = 0;
  double worker_s_ = 0;
};

}  // namespace syncwell::bench
