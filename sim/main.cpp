// syncwell_simulation: runs seeds of the simulation on all cores (README.md). Exit codes: 0 nothing found, 1 a
// violation, or a fault that never happened; 2 usage. With --canary: 0 found, 1 not.
#include <fmt/format.h>
#include <sodium.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "sim/random_story.hpp"
#include "sim/single_faults.hpp"

namespace syncwell::sim {
namespace {

constexpr int exit_good = 0;
constexpr int exit_violation = 1;
constexpr int exit_usage = 2;
constexpr std::uint64_t default_seeds = 1000;
constexpr std::chrono::seconds between_lines{5};

using Minutes = std::chrono::duration<double, std::ratio<60>>;

struct Arguments {
  std::uint64_t seeds = default_seeds;
  std::uint64_t first = 1;
  Minutes at_most{std::numeric_limits<double>::infinity()};  // no new seed is begun after this
  bool one = false;                                          // and its journal is printed
  bool canary = false;
  bool single_faults = false;  // instead of seeds: their numbers are places in the list of all single faults
  std::optional<Profile> profile{};
};

std::optional<std::uint64_t> number_from(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Arguments> parse_arguments(int count, char** texts) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = texts[i];
    if (name == "--canary") {
      arguments.canary = true;
    } else if (name == "--single-faults") {
      arguments.single_faults = true;
    } else if (i + 1 == count) {
      return std::nullopt;
    } else if (name == "--profile") {
      arguments.profile = find_profile(texts[++i]);
      if (!arguments.profile) return std::nullopt;
    } else if (const auto number = number_from(texts[++i]); !number) {
      return std::nullopt;
    } else if (name == "--seeds") {
      arguments.seeds = *number;
    } else if (name == "--minutes") {
      arguments.at_most = Minutes(*number);
    } else if (name == "--first") {
      arguments.first = *number;
    } else if (name == "--seed") {
      arguments.first = *number;
      arguments.seeds = 1;
      arguments.one = true;
    } else {
      return std::nullopt;
    }
  }
  return arguments;
}

// What all threads share.
class Campaign {
 public:
  explicit Campaign(Arguments arguments) : arguments_(std::move(arguments)) {
    if (!arguments_.single_faults) return;
    single_faults_ = all_single_faults();
    if (arguments_.one) {
      arguments_.first = std::min<std::uint64_t>(arguments_.first, single_faults_.size() - 1);
      return;
    }
    arguments_.first = 0;
    arguments_.seeds = single_faults_.size();
    fmt::print("{} single faults\n", arguments_.seeds);
  }

  void work() {
    while (!violation_found_ && std::chrono::steady_clock::now() - begun_ < arguments_.at_most) {
      const std::uint64_t number = next_++;
      if (number >= arguments_.seeds) return;
      const std::uint64_t seed = arguments_.first + number;
      add(seed, run(seed, arguments_.one));
    }
  }

  int conclude() {
    const std::scoped_lock lock(mutex_);
    line();
    fmt::print("faults:");
    bool all_happened = true;
    for (std::size_t i = 0; i < fault_count; ++i) {
      const auto count = faults_.of(static_cast<Fault>(i));
      all_happened = all_happened && count > 0;
      fmt::print("{} {} {}", i == 0 ? "" : ",", count, name_of(static_cast<Fault>(i)));
    }
    fmt::print("\n");
    if (arguments_.one) fmt::print("hash: {:016x}\n", last_hash_);
    if (arguments_.canary) {
      fmt::print("{}\n", violation_found_ ? "the broken rule was found" : "the broken rule was NOT found");
      return violation_found_ ? exit_good : exit_violation;
    }
    if (violation_found_) return exit_violation;
    const bool has_to_have_all = !arguments_.one && !arguments_.single_faults && !arguments_.profile;
    if (!all_happened && has_to_have_all) {
      fmt::print("a fault never happened: run more seeds\n");
      return exit_violation;
    }
    fmt::print("no violation\n");
    return exit_good;
  }

 private:
  [[nodiscard]] WorldReport run(std::uint64_t seed, bool tells) const {
    if (arguments_.single_faults) return with_single_fault(single_faults_[seed], tells);
    return random_story({seed, arguments_.profile, arguments_.canary, tells});
  }

  void add(std::uint64_t seed, const WorldReport& report) {
    const std::scoped_lock lock(mutex_);
    ++done_;
    faults_.add(report.faults);
    jobs_ += report.jobs;
    calls_ += report.calls;
    lives_ += report.lives;
    simulated_ += report.simulated;
    last_hash_ = report.hash;
    if (report.violation && !violation_found_) {
      violation_found_ = true;
      tell(seed, report);
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - last_line_ < between_lines) return;
    last_line_ = now;
    line();
  }

  // The same seed runs the same way: once more, now with its journal.
  void tell(std::uint64_t seed, const WorldReport& report) const {
    const auto told = arguments_.one ? report : run(seed, true);
    for (const auto& text : told.journal) fmt::print("  {}\n", text);
    if (arguments_.single_faults) fmt::print("with {}\n", describe(single_faults_[seed]));
    fmt::print("VIOLATION: {}\nreplay: ./dev sim {}--seed {}{}{}\n", report.violation->what,
               arguments_.single_faults ? "--single-faults " : "", seed,
               arguments_.profile ? fmt::format(" --profile {}", arguments_.profile->name) : "",
               arguments_.canary ? " --canary" : "");
  }
  void line() {
    fmt::print("{} seeds, {} jobs, {} calls, {} lives of the process, {:.1f} simulated hours\n", done_, jobs_, calls_,
               lives_, std::chrono::duration<double, std::ratio<3600>>(simulated_).count());
    std::fflush(stdout);
  }

  Arguments arguments_;
  std::vector<SingleFault> single_faults_;
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<bool> violation_found_ = false;
  std::mutex mutex_;
  FaultCounts faults_;
  std::uint64_t done_ = 0;
  std::uint64_t jobs_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t lives_ = 0;
  std::uint64_t last_hash_ = 0;
  Duration simulated_{0};
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_line_ = begun_;
};

}  // namespace
}  // namespace syncwell::sim

int main(int count, char** texts) {
  const auto arguments = syncwell::sim::parse_arguments(count, texts);
  if (!arguments || sodium_init() < 0) {
    std::string names;
    for (const auto& profile : syncwell::sim::profiles()) names.append(names.empty() ? "" : "|").append(profile.name);
    fmt::print(
        stderr,
        "usage: syncwell_simulation [--seeds N] [--minutes M] [--first S | --seed S] [--profile {}] [--single-faults] "
        "[--canary]\n",
        names);
    return syncwell::sim::exit_usage;
  }
  spdlog::set_level(spdlog::level::off);  // what goes wrong here is meant to
  syncwell::sim::Campaign campaign(*arguments);
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
    threads.emplace_back([&campaign] { campaign.work(); });
  threads.clear();
  return campaign.conclude();
}
