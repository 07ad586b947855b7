// Kills the server with SIGKILL at random moments and starts it again, on a thread of its own: while jobs run, and now
// and then a few milliseconds after a call was sent. Sometimes it stops the server first (SIGSTOP), for longer than
// leases last, and lets it go on or kills it as it stands; sometimes a kill is a power cut (power_cut.hpp).
// Every function may be called from any thread.
#pragma once

#include <array>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/random.hpp"
#include "disturbance.hpp"
#include "power_cut.hpp"
#include "world.hpp"

namespace syncwell::crash {

struct KillerCounts {
  int kills = 0;         // all of them
  int aimed = 0;         // at a call
  int while_paused = 0;  // kills of a stopped process
  int pauses = 0;        // after which the server went on
  int long_pauses = 0;   // of these, longer than a lease lasts
  std::array<int, torn_tails> power_cuts{};
};

class Killer final : public Disturbance {
 public:
  // `world` outlives the killer and is not touched by others while it lives. `kills` in all, then it rests. `on_kill`
  // is called on the killer's thread.
  Killer(World& world, int kills, std::uint64_t seed, std::function<void(const KillerCounts&)> on_kill);
  ~Killer() override;

  void set_jobs_running(bool running) override;
  void aim() override;
  [[nodiscard]] bool done() const override;
  [[nodiscard]] std::optional<std::string> failure() const override;
  // The server is dead, or was while it answered.
  [[nodiscard]] bool excuses(const Error& error) const override { return error.http_status == 0; }
  [[nodiscard]] KillerCounts counts() const;

 private:
  using SteadyClock = std::chrono::steady_clock;
  void run();
  [[nodiscard]] SteadyClock::duration draw_gap();
  // Waits for the next moment; true: it has come, and is one that was aimed.
  [[nodiscard]] std::optional<bool> wait_for_moment(std::unique_lock<std::mutex>& lock);
  // True: the server is stopped and to be killed so. False: it runs.
  [[nodiscard]] bool pause(std::unique_lock<std::mutex>& lock);
  void kill(std::unique_lock<std::mutex>& lock);

  World& world_;
  const int most_;
  Random random_;
  Random torn_bytes_;  // used on the killer's thread only, without the lock
  const std::function<void(const KillerCounts&)> on_kill_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool jobs_running_ = false;
  std::optional<SteadyClock::time_point> aimed_at_;
  KillerCounts counts_;
  std::optional<std::string> failure_;
  std::thread thread_;
};

}  // namespace syncwell::crash
