#include "sim/random_story.hpp"

namespace syncwell::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t max_rings = 2;
constexpr std::size_t max_accounts_per_ring = 3;
constexpr std::size_t max_workers = 3;
constexpr int min_steps = 30;
constexpr int max_steps = 90;
constexpr Duration max_pause = minutes{4};
constexpr std::uint64_t max_handlers_before_crash = 400;
constexpr std::uint64_t max_operations_before_power_cut = 60;
constexpr double chance_of_change = 0.5;
constexpr double chance_of_request = 0.6;
constexpr double chance_of_duplicate = 0.15;
constexpr double chance_of_sign_in = 0.05;

Instant start_of(Random& random) {
  using std::chrono::sys_days;
  using std::chrono::year;
  // An ordinary evening, and the nights in which European and American clocks change.
  constexpr std::array days{year{2026} / 11 / 1, year{2026} / 10 / 24, year{2027} / 3 / 27, year{2027} / 12 / 31};
  return Instant{sys_days{days[random.below(days.size())]} + hours{20}};
}

class Story {
 public:
  explicit Story(const StorySettings& settings)
      : random_(settings.seed),
        profile_(settings.profile.value_or(profiles()[random_.below(profiles().size())])),
        world_(WorldSettings{settings.seed, 1 + random_.below(max_workers), start_of(random_), settings.canary,
                             settings.tells}) {}

  WorldReport run() {
    world_.journal().note("", "profile {}", profile_.name);
    if (happens(profile_.short_tokens)) {
      auto& rules = world_.sandbox().google_health().oauth().rules();
      rules.access_token_life = minutes{6 + random_.below(10)};
      rules.rotate_refresh_tokens = happens(0.5);
      world_.faults().add(Fault::short_tokens);
    }
    const std::size_t rings = 1 + random_.below(max_rings);
    bool connected = true;
    for (std::size_t ring = 0; ring < rings; ++ring)
      connected = connected && world_.connect_ring(2 + random_.below(max_accounts_per_ring - 1));
    if (connected) {
      for (auto steps = min_steps + random_.below(max_steps - min_steps); steps > 0 && !world_.violated(); --steps)
        step();
      if (!world_.violated()) world_.settle();
    }
    return world_.report();
  }

 private:
  bool happens(double chance) { return random_.unit() < chance; }
  double up_to(double most) { return random_.unit() * most; }
  Duration up_to(Duration most) {
    return Duration{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most.count())))};
  }
  std::size_t some_sync() { return random_.below(world_.syncs()); }

  void step() {
    if (happens(chance_of_change)) {
      if (world_.process().running_jobs() > 0) world_.faults().add(Fault::edit_during_sync);
      world_.accounts().change_something(world_.elapsed());
    }
    if (happens(chance_of_request)) world_.request(some_sync(), happens(chance_of_duplicate) ? 2 : 1);
    world_.ask_again();
    if (happens(profile_.network)) draw_network_faults();
    if (happens(profile_.revocation)) world_.revoke(some_sync());
    if (happens(profile_.messages)) happens(0.5) ? world_.send_unreadable_message() : world_.poison_a_job(random_);
    if (happens(profile_.desk)) happens(0.8) ? world_.redrive() : world_.purge_one(random_);
    draw_clocks();
    draw_disk_trouble();
    if (happens(profile_.crash)) {
      // Between any two handlers: at every await, and between a write and what follows it.
      world_.crash_after(random_.below(max_handlers_before_crash), max_pause,
                         happens(0.5) ? World::Ending::crash : World::Ending::power_cut);
    }
    if (happens(profile_.pause)) {
      world_.run_for(up_to(Duration{seconds{2}}));  // into the middle of something
      world_.faults().add(Fault::process_pause);
      world_.pause(seconds{1} + up_to(Duration{minutes{6}}));
    }
    if (happens(chance_of_sign_in)) world_.sign_in_again();
    if (happens(profile_.day)) {
      // Longer than a sync looks back: what is entered, or arrives round the ring, after that is late.
      world_.faults().add(Fault::late_entry);
      world_.switch_off_for(hours{20 + random_.below(20)});
    }
    world_.run_for(up_to(max_pause));
  }

  void draw_network_faults() {
    NetworkFaults faults;
    if (happens(0.7)) {
      for (const Fault fault : network_faults) {
        if (happens(0.35)) faults[fault] = up_to(fault == Fault::endless_pages ? 0.03 : 0.35);
      }
    }
    world_.network().set(std::move(faults));
  }

  void draw_clocks() {
    if (std::exchange(held_, false)) world_.hold_wall_clock(false);
    if (!happens(profile_.clock)) return;
    if (happens(0.3)) {
      world_.faults().add(Fault::frozen_clock);
      world_.hold_wall_clock(held_ = true);
    } else {
      world_.faults().add(Fault::clock_jump);
      world_.shift_wall_clock(minutes{static_cast<std::int64_t>(random_.below(600))} - hours{5});
    }
  }

  void draw_disk_trouble() {
    auto& disk = world_.disk();
    disk.disk_is_full = disk.fail_writes = false;
    if (happens(profile_.disk)) world_.cut_power_within(random_.below(max_operations_before_power_cut));
    if (!happens(profile_.disk)) return;
    constexpr std::array kinds{Fault::disk_full, Fault::io_error, Fault::failed_sync};
    const Fault kind = kinds[random_.below(kinds.size())];
    world_.faults().add(kind);
    disk.disk_is_full = kind == Fault::disk_full;
    disk.fail_writes = kind == Fault::io_error;
    disk.fail_syncs = kind == Fault::failed_sync;
  }

  Random random_;
  Profile profile_;
  World world_;
  bool held_ = false;  // the wall clock stands still
};

}  // namespace

WorldReport random_story(const StorySettings& settings) { return Story(settings).run(); }

}  // namespace syncwell::sim
