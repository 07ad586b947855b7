#include "sim/single_faults.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace syncwell::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array handler_faults{Fault::crash, Fault::power_cut, Fault::process_pause, Fault::clock_jump};
constexpr std::array disk_faults{Fault::disk_full, Fault::io_error, Fault::failed_sync, Fault::torn_write};
constexpr Duration busy_time = seconds{20};
constexpr Duration after_it = minutes{10};

bool concerns(std::span<const Fault> faults, Fault fault) { return std::ranges::find(faults, fault) != faults.end(); }

// A world in which one sync has happened, and both syncs of the ring have been asked for once more.
class SmallSync {
 public:
  explicit SmallSync(bool tells)
      : world_({.seed = 1,
                .workers = 2,
                .start = Instant{std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}},
                .tells = tells}) {
    // Every sync refreshes its tokens, and every refresh uses the old one up.
    auto& rules = world_.sandbox().google_health().oauth().rules();
    rules.access_token_life = minutes{6};
    rules.rotate_refresh_tokens = true;
    (void)world_.connect_ring(2);
    for (const std::size_t account : {0, 0, 1, 1}) world_.accounts().enter(account, world_.elapsed());
    request_both();
    world_.run_for(minutes{2});
    request_both();
    world_.run_for(minutes{2});
    world_.accounts().correct_oldest(world_.elapsed());
    world_.accounts().delete_oldest(world_.elapsed());
    for (const std::size_t account : {0, 1}) world_.accounts().enter(account, world_.elapsed());
    request_both();
  }

  World& world() { return world_; }

 private:
  void request_both() {
    for (const std::size_t sync : {0, 1}) world_.request(sync);
  }
  World world_;
};

int result_of(Fault fault) {
  switch (fault) {
    case Fault::disk_full:
      return SQLITE_FULL;
    case Fault::failed_sync:
      return SQLITE_IOERR_FSYNC;
    default:
      return SQLITE_IOERR_WRITE;
  }
}

void strike_handler(World& world, const SingleFault& fault) {
  auto& runtime = world.process().runtime();
  const Steady until = runtime.steady_now() + busy_time;
  for (std::uint64_t i = 0; i < fault.at && !world.process().is_dead(); ++i) {
    if (!runtime.run_one(until)) break;
  }
  world.faults().add(fault.fault);
  switch (fault.fault) {
    case Fault::power_cut:
      return world.crash(World::Ending::power_cut);
    case Fault::process_pause:
      return world.pause(minutes{3});
    case Fault::clock_jump:
      return world.shift_wall_clock(fault.at % 2 == 0 ? hours{5} : -hours{5});
    default:
      return world.crash(World::Ending::crash);
  }
}

}  // namespace

std::string describe(const SingleFault& fault) {
  const char* where = concerns(handler_faults, fault.fault) ? "after handler"
                      : concerns(disk_faults, fault.fault)  ? "at write or sync"
                                                            : "at call";
  return fmt::format("{} {} {}", name_of(fault.fault), where, fault.at);
}

std::vector<SingleFault> all_single_faults() {
  SmallSync sync(false);
  World& world = sync.world();
  const std::uint64_t calls_before = world.network().calls();
  const std::uint64_t operations_before = world.disk().operations;
  auto& runtime = world.process().runtime();
  const Steady until = runtime.steady_now() + busy_time;
  std::uint64_t handlers = 0;
  while (runtime.run_one(until)) ++handlers;
  std::vector<SingleFault> all;
  const auto add = [&](std::span<const Fault> faults, std::uint64_t places) {
    for (const Fault fault : faults) {
      for (std::uint64_t at = 0; at < places; ++at) all.push_back({fault, at});
    }
  };
  add(network_faults, world.network().calls() - calls_before);
  add(disk_faults, world.disk().operations - operations_before);
  add(handler_faults, handlers);
  return all;
}

WorldReport with_single_fault(const SingleFault& fault, bool tells) {
  SmallSync sync(tells);
  World& world = sync.world();
  world.journal().note("", "from here on: {}", describe(fault));
  if (concerns(handler_faults, fault.fault)) {
    strike_handler(world, fault);
  } else if (fault.fault == Fault::torn_write) {
    world.cut_power_within(fault.at);
  } else if (concerns(disk_faults, fault.fault)) {
    world.faults().add(fault.fault);
    world.disk().strike = {world.disk().operations + fault.at, result_of(fault.fault)};
  } else {
    world.network().strike(fault.fault, fault.at);
  }
  world.run_for(after_it);
  if (!world.violated()) world.settle();
  return world.report();
}

}  // namespace syncwell::sim
