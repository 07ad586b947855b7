#include "run.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <cstdio>

#include "base/io_runtime.hpp"

namespace syncwell::crash {

void say(const std::string& text) {
  fmt::print("{}\n", text);
  std::fflush(stdout);
}

ScenarioSettings scenario_settings(const TestSettings& settings, Duration time_limit) {
  boost::asio::io_context io(1);
  const IoRuntime clock(io);
  return {std::filesystem::absolute(settings.recordings), std::chrono::floor<std::chrono::days>(clock.now()),
          settings.seed, clock.steady_now() + time_limit};
}

Result<Run> outcome_of(Scenario& scenario, World& world) {
  auto state = scenario.state();
  if (!state) return fail(std::move(state.error()));
  auto holdings = read_holdings(std::move(*state), world.records());
  if (!holdings) return fail(std::move(holdings.error()));
  return Run{std::move(*holdings), scenario.counts(), scenario.connections().at("strava")};
}

Result<Run> run_undisturbed(World& world, const ScenarioSettings& settings, int rounds) {
  Scenario scenario(world, settings);
  auto done = scenario.prepare();
  while (done && scenario.counts().rounds < rounds) done = scenario.run_round(nullptr);
  if (!done) return fail(ErrorCode::internal, "even undisturbed: " + done.error().message);
  return outcome_of(scenario, world);
}

bool are_equal(const Run& disturbed, const Run& undisturbed) {
  say(fmt::format("undisturbed: {} jobs; {} points, {} activities, {} records in JSON", undisturbed.counts.jobs,
                  undisturbed.holdings.points, undisturbed.holdings.activities, undisturbed.holdings.lines));
  if (undisturbed.holdings.repetition) say("even undisturbed, " + *undisturbed.holdings.repetition);
  const auto different = first_difference(disturbed.holdings, undisturbed.holdings);
  say(different ? "DIFFERENT: " + *different : "equal");
  return !different && !undisturbed.holdings.repetition;
}

}  // namespace syncwell::crash
