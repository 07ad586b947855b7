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
constexpr double share_of_pauses = 0.18;
constexpr double share_of_kills_while_paused = 0.5;
constexpr std::uint64_t longest_pause_ms = 2500;  // leases and claimed messages run out after a second (world.cpp)
constexpr double share_of_power_cuts = 0.5;

}  // namespace

Killer::Killer(World& world, int kills, std::uint64_t seed, std::function<void(const KillerCounts&)> on_kill)
    : world_(world), most_(kills), random_(seed), torn_bytes_(seed + 2), on_kill_(std::move(on_kill)), thread_([this] {
        run();
      }) {}

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
  aimed_at_ =
      SteadyClock::now() + std::chrono::microseconds{static_cast<std::int64_t>(random_.unit() * longest_aim_us)};
  changed_.notify_all();
}

KillerCounts Killer::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

bool Killer::done() const {
  const std::lock_guard lock(mutex_);
  return counts_.kills >= most_ || failure_;
}

std::optional<std::string> Killer::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

Killer::SteadyClock::duration Killer::draw_gap() {
  const double mean_ms = random_.unit() < share_of_short_gaps ? mean_short_gap_ms : mean_long_gap_ms;
  const double gap_ms = std::min(longest_gap_ms, shortest_gap_ms - mean_ms * std::log(1.0 - random_.unit()));
  return std::chrono::microseconds{static_cast<std::int64_t>(gap_ms * 1000)};
}

std::optional<bool> Killer::wait_for_moment(std::unique_lock<std::mutex>& lock) {
  const auto at_random = SteadyClock::now() + draw_gap();
  while (!stopping_ && (jobs_running_ || aimed_at_)) {
    const bool aimed = aimed_at_ && *aimed_at_ < at_random;
    const auto next = aimed ? *aimed_at_ : at_random;
    if (SteadyClock::now() >= next) {
      if (aimed) aimed_at_.reset();
      return aimed || jobs_running_ ? std::optional(aimed) : std::nullopt;
    }
    changed_.wait_until(lock, next);
  }
  return std::nullopt;
}

bool Killer::pause(std::unique_lock<std::mutex>& lock) {
  const auto length = Duration{1 + static_cast<std::int64_t>(random_.below(longest_pause_ms))};
  const bool is_last = random_.unit() < share_of_kills_while_paused;
  world_.stop_server();
  changed_.wait_for(lock, length, [&] { return stopping_; });
  if (is_last) return true;
  world_.continue_server();
  ++counts_.pauses;
  if (length > World::lease_time) ++counts_.long_pauses;
  return false;
}

void Killer::kill(std::unique_lock<std::mutex>& lock) {
  const bool is_power_cut = random_.unit() < share_of_power_cuts;
  lock.unlock();
  world_.crash_server();
  std::optional<Result<TornTail>> cut;
  if (is_power_cut) cut = cut_power(world_.data_folder(), torn_bytes_);
  auto started = world_.start_server();
  lock.lock();
  ++counts_.kills;
  if (cut && *cut) ++counts_.power_cuts[static_cast<std::size_t>(**cut)];
  if (cut && !*cut) failure_ = cut->error().message;
  if (!started) failure_ = "the server did not start again: " + started.error().message;
}

void Killer::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && counts_.kills < most_ && !failure_) {
    changed_.wait(lock, [&] { return stopping_ || jobs_running_ || aimed_at_; });
    const auto aimed = wait_for_moment(lock);
    if (!aimed) continue;
    const bool pauses = random_.unit() < share_of_pauses;
    if (pauses && !pause(lock)) continue;
    kill(lock);
    counts_.aimed += *aimed;
    counts_.while_paused += pauses;
    aimed_at_.reset();
    on_kill_(counts_);
  }
}

}  // namespace syncwell::crash
