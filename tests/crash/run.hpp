// What the tests share: their settings, what a run leaves, and the comparison with a run that nobody disturbed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "comparison.hpp"
#include "scenario.hpp"
#include "world.hpp"

namespace syncwell::crash {

struct TestSettings {
  std::string program;
  std::filesystem::path recordings = "tests/data";
  std::filesystem::path folder;  // everything is below it
  int kills = 20;
  std::uint64_t seed = 1;
};

struct Run {
  Holdings holdings;
  ScenarioCounts counts;
  std::string connection;  // one that the data folder names
};

// A line on the standard output, at once.
void say(const std::string& text);

// The deadline begins now.
[[nodiscard]] ScenarioSettings scenario_settings(const TestSettings& settings, Duration time_limit);
// What the scenario has brought to the destinations.
[[nodiscard]] Result<Run> outcome_of(Scenario& scenario, World& world);
// As many rounds in a world of its own, whose server is running.
[[nodiscard]] Result<Run> run_undisturbed(World& world, const ScenarioSettings& settings, int rounds);
// Says so; false: they differ.
[[nodiscard]] bool are_equal(const Run& disturbed, const Run& undisturbed);

}  // namespace syncwell::crash
