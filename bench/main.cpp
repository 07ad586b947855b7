// syncwell_bench [NAME] [--json]: measures, beside the raw limits of this machine. See README.md.
// Exit codes: 0 measured, whatever the figures are; 1 a benchmark could not run; 2 usage.
#include <fmt/format.h>
#include <sodium.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdio>
#include <exception>
#include <string_view>

#include "benchmarks.hpp"

namespace {

using syncwell::Result;
using syncwell::bench::Report;

struct Benchmark {
  std::string_view name;
  Result<void> (*measure)(Report&);
};

constexpr std::array<Benchmark, 6> benchmarks = {{{"apple_health", syncwell::bench::measure_apple_health},
                                                  {"conflicts", syncwell::bench::measure_conflicts},
                                                  {"enqueue", syncwell::bench::measure_enqueue},
                                                  {"job_life_cycle", syncwell::bench::measure_job_life_cycle},
                                                  {"idle_server", syncwell::bench::measure_idle_server},
                                                  {"scheduler_day", syncwell::bench::measure_scheduler_day}}};

int usage() {
  fmt::print(stderr, "usage: syncwell_bench [NAME] [--json]\nNAME is one of:");
  for (const auto& benchmark : benchmarks) fmt::print(stderr, " {}", benchmark.name);
  fmt::print(stderr, "; without it all are measured, one after another\n");
  return 2;
}

bool is_known(std::string_view name) {
  for (const auto& benchmark : benchmarks) {
    if (benchmark.name == name) return true;
  }
  return false;
}

bool measure(const Benchmark& benchmark, Report& report) {
  try {
    const auto measured = benchmark.measure(report);
    if (measured) return true;
    report.add_error(benchmark.name, measured.error().message);
  } catch (const std::exception& error) {
    report.add_error(benchmark.name, error.what());
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  bool as_json = false;
  std::string_view wanted;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--json") {
      as_json = true;
    } else if (wanted.empty() && is_known(argument)) {
      wanted = argument;
    } else {
      return usage();
    }
  }
  if (sodium_init() < 0) {
    fmt::print(stderr, "syncwell_bench: libsodium cannot start: there is no source of random numbers\n");
    return 1;
  }
  spdlog::set_level(spdlog::level::err);
  Report report(as_json);
  bool all_ran = true;
  for (const auto& benchmark : benchmarks) {
    if (wanted.empty() || wanted == benchmark.name) all_ran = measure(benchmark, report) && all_ran;
  }
  return all_ran ? 0 : 1;
}
