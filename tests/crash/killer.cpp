#include "killer.hpp"

#include <cmath>

namespace syncwell::crash {
namespace {

// Short gaps meet start-up and recovery, long ones let a Strava upload (a second at least) get through.
constexpr double shortest_gap_ms = 20;
constexpr double mean_short_gap_ms = 150;
constexpr double mean_long_gap_ms = 900;
constexpr double longest_gap_ms = 3000;
constexpr double share_of_short_gaps = 0.5;
constexpr double longest_aim_us = 12'000;

}  // namespace

Killer::Killer(World& world, int kills, std::uint64_t seed)
    : world_(world), most_(kills), random_(seed), thread_([this] { run(); }) {}

Killer::~Killer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Killer::set_jobs_running(bool running) {
  const std::lock_guard lock(mutex_);
  jobs_running_ = running;
  changed_.notify_all();
}

void Killer::aim() {
  const std::lock_guard lock(mutex_);
  aimed_at_ = Steady::now() + std::chrono::microseconds{static_cast<std::int64_t>(random_.unit() * longest_aim_us)};
  changed_.notify_all();
}

int Killer::kills() const {
  const std::lock_guard lock(mutex_);
  return kills_;
}

int Killer::aimed_kills() const {
  const std::lock_guard lock(mutex_);
  return aimed_kills_;
}

bool Killer::done() const {
  const std::lock_guard lock(mutex_);
  return kills_ >= most_ || failure_;
}

std::optional<std::string> Killer::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

Killer::Steady::duration Killer::draw_gap() {
  const double mean_ms = random_.unit() < share_of_short_gaps ? mean_short_gap_ms : mean_long_gap_ms;
  const double gap_ms = std::min(longest_gap_ms, shortest_gap_ms - mean_ms * std::log(1.0 - random_.unit()));
  return std::chrono::microseconds{static_cast<std::int64_t>(gap_ms * 1000)};
}

void Killer::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && kills_ < most_ && !failure_) {
    if (!jobs_running_ && !aimed_at_) {
      changed_.wait(lock);
      continue;
    }
    const auto at_random = Steady::now() + draw_gap();
    bool aimed = false;
    bool kill = false;
    while (!stopping_ && (jobs_running_ || aimed_at_)) {
      aimed = aimed_at_ && *aimed_at_ < at_random;
      const auto next = aimed ? *aimed_at_ : at_random;
      if (Steady::now() >= next) {
        kill = aimed || jobs_running_;
        break;
      }
      changed_.wait_until(lock, next);
    }
    if (!kill) {
      if (aimed_at_ && *aimed_at_ < Steady::now()) aimed_at_.reset();
      continue;
    }
    lock.unlock();
    world_.crash_server();
    auto started = world_.start_server();
    lock.lock();
    ++kills_;
    aimed_kills_ += aimed;
    aimed_at_.reset();
    if (!started) failure_ = started.error().message;
  }
}

}  // namespace syncwell::crash
