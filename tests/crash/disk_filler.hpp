// Fills the disk under the server's data folder at random moments while jobs run, and makes room again, on a thread of
// its own. Every function may be called from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "base/random.hpp"
#include "disturbance.hpp"

namespace syncwell::crash {

// Takes what room there is in the folder but for about `left_bytes`, with a file that make_room() deletes.
[[nodiscard]] Result<void> fill_disk(const std::filesystem::path& folder, std::uint64_t left_bytes);
void make_room(const std::filesystem::path& folder);

class DiskFiller final : public Disturbance {
 public:
  // Makes room when it is done and when it ends.
  DiskFiller(std::filesystem::path folder, int fills, std::uint64_t seed);
  ~DiskFiller() override;

  void set_jobs_running(bool running) override;
  void aim() override;
  [[nodiscard]] bool done() const override;
  [[nodiscard]] std::optional<std::string> failure() const override;
  // A refusal because there is no room: the call was not accepted.
  [[nodiscard]] bool excuses(const Error& error) const override;
  [[nodiscard]] int fills() const;

 private:
  using SteadyClock = std::chrono::steady_clock;
  void run();
  // Until then, or until the filler is to stop.
  void wait_until(std::unique_lock<std::mutex>& lock, SteadyClock::time_point then);

  const std::filesystem::path folder_;
  const int most_;
  Random random_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool jobs_running_ = false;
  bool aimed_ = false;
  int fills_ = 0;
  std::optional<std::string> failure_;
  std::thread thread_;
};

}  // namespace syncwell::crash
