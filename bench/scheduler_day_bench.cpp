// The schedule of a million people of both tiers through a simulated day (TRIG-3, TRIG-4): whether it is flat, keeps
// the tiers' bounds and leaves the idle alone, and what it costs. The scheduler and everything in schedule/ is the real
// one; see schedule_world.hpp for what is not.
//   1. a few people on SQLite: what a sync takes on the disk, what a poll costs there
//   2. everybody, in memory, for a day, each somewhere in their interval as after a month of service
//   3. some of them for two days, a week after they have all joined at the same moment
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <numeric>

#include "benchmarks.hpp"
#include "measuring.hpp"
#include "schedule_world.hpp"

namespace syncwell::bench {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint64_t default_users = 1'000'000;
constexpr std::uint64_t most_users_on_sqlite = 10'000;
constexpr std::uint64_t joiners_divisor = 20;
constexpr Duration sqlite_time = hours{1};
constexpr double most_of_mean = 1.5;
constexpr Duration tolerance = std::chrono::seconds{15};  // how often the schedule looks: SchedulerSettings
constexpr double polls_per_minute_window = 2000;          // what a minute of a million has: less is noise

double minutes_of(Duration duration) { return std::chrono::duration<double, std::ratio<60>>(duration).count(); }

double resident_mib() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  file >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

// Polls per second of the window with most of them, and their mean; what is left over at the end is not looked at.
struct Rate {
  double mean = 0;
  double most = 0;
};
Rate rate_of(const std::vector<std::uint32_t>& counts, std::size_t together) {
  Rate rate;
  std::size_t groups = 0;
  const double seconds = static_cast<double>(together) * std::chrono::duration<double>(window).count();
  for (std::size_t i = 0; i + together <= counts.size(); i += together, ++groups) {
    const auto begin = counts.begin() + static_cast<std::ptrdiff_t>(i);
    const double sum = std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(together), 0.0) / seconds;
    rate.mean += sum;
    rate.most = std::max(rate.most, sum);
  }
  rate.mean /= static_cast<double>(std::max<std::size_t>(groups, 1));
  return rate;
}

struct Numbers {
  std::array<std::array<std::uint64_t, 3>, 2> people{};  // by tier and habit
  std::array<Duration, 2> longest_gap{};                 // of the active, by tier
  std::uint32_t most_idle_polls = 0;
  std::uint64_t idle_polled_twice = 0;
};

Numbers count(const ScheduleWorld& world) {
  Numbers numbers;
  for (std::uint64_t number = 0; number < world.people().size(); ++number) {
    const Person person(number);
    const auto tier = static_cast<std::size_t>(person.tier());
    ++numbers.people.at(tier).at(static_cast<std::size_t>(person.habit()));
    const auto polls = world.people()[number].polls;
    if (person.habit() == Habit::active) {
      auto& longest = numbers.longest_gap.at(tier);
      longest = std::max(longest, world.longest_gap(number));
    } else if (person.habit() == Habit::idle) {
      numbers.most_idle_polls = std::max(numbers.most_idle_polls, polls);
      numbers.idle_polled_twice += polls > 1 ? 1 : 0;
    }
  }
  return numbers;
}

void add_rates(Report& report, const ScheduleWorld& world) {
  const auto& counts = world.polls_by_window();
  const double mean = rate_of(counts, 1).mean;
  report.add({"jobs per second, mean", mean, "/s", Better::lower});
  // A minute, or with fewer people as many as hold as much as a minute of a million does; and a sixth of that.
  const auto steps = static_cast<std::size_t>(std::max(1.0, polls_per_minute_window / mean / 60)) * 6;
  const auto name = [](std::size_t together) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(window).count() * static_cast<long>(together);
    return seconds < 60 ? fmt::format("{} s", seconds) : fmt::format("{} min", seconds / 60);
  };
  const Rate rate = rate_of(counts, steps);
  report.add({"busiest " + name(steps), rate.most, "/s", Better::lower});
  report.add({"busiest " + name(steps) + " / mean", rate.most / rate.mean, "", Better::lower, most_of_mean});
  const Rate fine = rate_of(counts, steps / 6);
  report.add({"busiest " + name(steps / 6) + " / mean", fine.most / fine.mean, "", Better::lower});
}

void add_bounds(Report& report, const ScheduleWorld& world) {
  const Numbers numbers = count(world);
  for (const auto tier : {store::Tier::pro, store::Tier::free}) {
    const Duration bound = schedule::longest_gap(schedule::floor_of(tier)) + tolerance;
    const auto gap = numbers.longest_gap.at(static_cast<std::size_t>(tier));
    report.add({fmt::format("longest without a sync, {} active", store::name_of(tier)), minutes_of(gap), "min",
                Better::lower, minutes_of(bound)});
  }
  report.add({"most polls of one idle", static_cast<double>(numbers.most_idle_polls), "", Better::lower, 1});
  report.add({"idle polled more than once", static_cast<double>(numbers.idle_polled_twice), "people", Better::lower});
}

void add_costs(Report& report, const ScheduleWorld& world, Duration simulated) {
  const auto polls = static_cast<double>(std::max<std::uint64_t>(world.counters().polls, 1));
  report.add({"polls", polls, "", Better::lower});
  report.add({"held back", static_cast<double>(world.counters().held_back), "times", Better::lower});
  report.add({"worst lateness", static_cast<double>(world.counters().worst_lateness_ms) / 1000, "s", Better::lower});
  report.add({"schedule, processor time", world.schedule_seconds(), "s", Better::lower});
  const double share = world.schedule_seconds() / std::chrono::duration<double>(simulated).count();
  report.add({"schedule, share of a core", 100 * share, "%", Better::lower});
  report.add({"schedule, per poll", 1e6 * world.schedule_seconds() / polls, "µs", Better::lower});
  report.add({"stand-in for workers", world.worker_seconds(), "s", Better::lower});
}

std::string people_text(const ScheduleWorld& world) {
  const Numbers numbers = count(world);
  const auto tier = [&](store::Tier one) {
    const auto& people = numbers.people.at(static_cast<std::size_t>(one));
    return fmt::format("{} {} ({} active, {} now and then, {} idle)", people[0] + people[1] + people[2],
                       store::name_of(one), people[0], people[1], people[2]);
  };
  return tier(store::Tier::free) + ", " + tier(store::Tier::pro);
}

void measure_on_sqlite(Report& report, std::uint64_t users) {
  const ScratchFolder folder;
  ScheduleWorld world(users, folder.path() / "data");
  report.begin("scheduler_day", fmt::format("on SQLite, {} h of {}", sqlite_time / hours{1}, people_text(world)));
  const Stopwatch settling;
  world.settle(Beginning::spread);
  report.add({"settling, per person", 1e6 * settling.seconds() / static_cast<double>(users), "µs", Better::lower});
  const double before_mib = resident_mib();
  const auto before_bytes = static_cast<double>(world.stored_bytes());
  world.begin_measuring();
  const Stopwatch watch;
  world.simulate(sqlite_time);
  add_costs(report, world, sqlite_time);
  report.add({"wall time", watch.seconds(), "s", Better::lower});
  report.add({"data folder, per person", before_bytes / static_cast<double>(users), "bytes", Better::lower});
  report.add({"data folder, after", static_cast<double>(world.stored_bytes()) / 1e6, "MB", Better::lower});
  report.add({"memory, before", before_mib, "MiB", Better::lower});
  report.add({"memory, after", resident_mib(), "MiB", Better::lower});
}

struct Scenario {
  std::uint64_t users;
  Beginning beginning;
  Duration before;
  Duration measured;
  const char* description;
};

void measure_in_memory(Report& report, const Scenario& scenario) {
  ScheduleWorld world(scenario.users, std::nullopt);
  report.begin("scheduler_day",
               fmt::format("store in memory, {} h after {} h of {}, {}; {} jobs of the schedule at once, {} ms each",
                           scenario.measured / hours{1}, scenario.before / hours{1}, people_text(world),
                           scenario.description, most_jobs, job_time.count()));
  const Stopwatch watch;
  world.settle(scenario.beginning);
  const double settled_s = watch.seconds();
  const double settled_mib = resident_mib();
  const auto settled_bytes = static_cast<double>(world.stored_bytes());
  world.simulate(scenario.before);
  world.begin_measuring();
  const Stopwatch measuring;
  world.simulate(scenario.measured);
  const double took_s = measuring.seconds();
  add_rates(report, world);
  add_bounds(report, world);
  add_costs(report, world, scenario.measured);
  report.add({"wall time", took_s, "s", Better::lower});
  report.add({"settling and warm-up, wall time", watch.seconds() - took_s, "s", Better::lower});
  report.add({"of it, settling", settled_s, "s", Better::lower});
  report.add({"memory of all, settled", settled_mib, "MiB", Better::lower});
  report.add({"memory of all, after", resident_mib(), "MiB", Better::lower});
  report.add({"of it stored, settled", settled_bytes / 1e6, "MB", Better::lower});
  report.add({"of it stored, after", static_cast<double>(world.stored_bytes()) / 1e6, "MB", Better::lower});
}

}  // namespace

Result<void> measure_scheduler_day(Report& report) {
  const std::uint64_t users = number_from_environment("SYNCWELL_BENCH_USERS", default_users);
  measure_on_sqlite(report, std::min(users, most_users_on_sqlite));
  const std::uint64_t joiners = std::max<std::uint64_t>(users / joiners_divisor, 1);
  measure_in_memory(report, {users, Beginning::spread, hours{1}, hours{24}, "in the middle of their life"});
  measure_in_memory(report, {joiners, Beginning::at_once, hours{24 * 7}, hours{48}, "who have all joined at once"});
  return {};
}

}  // namespace syncwell::bench
