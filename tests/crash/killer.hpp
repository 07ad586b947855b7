// Kills the server with SIGKILL at random moments and starts it again, on a thread of its own: while jobs run, and now
// and then a few milliseconds after a call was sent. Every function may be called from any thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/random.hpp"
#include "world.hpp"

namespace syncwell::crash {

class Killer {
 public:
  // `world` outlives the killer and is not touched by others while it lives. No more than `kills` in all.
  Killer(World& world, int kills, std::uint64_t seed);
  ~Killer();

  // Random kills happen only while jobs run.
  void set_jobs_running(bool running);
  // A kill within a few milliseconds: aimed at a call that is about to be made.
  void aim();

  [[nodiscard]] int kills() const;
  [[nodiscard]] int aimed_kills() const;
  [[nodiscard]] bool done() const;
  // Set when the server did not start again.
  [[nodiscard]] std::optional<std::string> failure() const;

 private:
  using Steady = std::chrono::steady_clock;
  void run();
  [[nodiscard]] Steady::duration draw_gap();

  World& world_;
  const int most_;
  Random random_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool jobs_running_ = false;
  std::optional<Steady::time_point> aimed_at_;
  int kills_ = 0;
  int aimed_kills_ = 0;
  std::optional<std::string> failure_;
  std::thread thread_;
};

}  // namespace syncwell::crash
