#include "kill_test.hpp"

#include <fmt/format.h>

#include <chrono>

#include "killer.hpp"
#include "leak_check.hpp"
#include "proxy.hpp"

namespace syncwell::crash {
namespace {

constexpr int least_rounds = 3;
// With so many kills every kind of trouble has to have happened.
constexpr int many_kills = 100;
// From here on one call is left to the server's own deadline, which takes a minute.
constexpr int least_kills_for_deadline = 20;
constexpr Duration time_limit = std::chrono::minutes{4};
constexpr Duration time_limit_per_kill = std::chrono::seconds{4};
constexpr auto progress_interval = std::chrono::seconds{5};

using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point began) {
  return std::chrono::duration<double>(SteadyClock::now() - began).count();
}

struct Trouble {
  KillerCounts killer;
  ProxyCounts network;
};

// What did happen, and what of it never did.
bool describe(const Trouble& trouble, const TestSettings& settings) {
  const auto& killer = trouble.killer;
  bool complete = true;
  const auto counted = [&](const std::string& name, int count) {
    complete = complete && count > 0;
    return fmt::format("{} {}", count, name);
  };
  say(fmt::format("killed: {} kills, {}, {}; {}, {}", killer.kills, counted("aimed at calls", killer.aimed),
                  counted("while stopped", killer.while_paused), counted("stops that went on", killer.pauses),
                  counted("of them past the lease", killer.long_pauses)));
  std::string text = "power cuts, by what stood behind the last commit:";
  for (std::size_t i = 0; i < torn_tails; ++i)
    text += (i == 0 ? " " : ", ") + counted(name_of(static_cast<TornTail>(i)), killer.power_cuts[i]);
  say(text);
  text = "calls to the providers:";
  for (std::size_t i = 0; i < network_troubles; ++i)
    text += (i == 0 ? " " : ", ") + counted(name_of(static_cast<NetworkTrouble>(i)), trouble.network.exchanges[i]);
  say(fmt::format("{}, {} ended by the deadline", text, trouble.network.ended_by_deadline));
  if (settings.kills >= many_kills && !complete) {
    say("FAILED: a kind of trouble never happened in a run that is long enough for all of them");
    return false;
  }
  if (settings.kills >= least_kills_for_deadline && trouble.network.ended_by_deadline == 0) {
    say("FAILED: no deadline ended a connection that was half open");
    return false;
  }
  return true;
}

// Rounds until all kills are done, then one without kills in which a call is left half open.
Result<Run> run_disturbed(World& world, const TestSettings& settings, Proxy& proxy, Trouble& trouble) {
  const auto began = SteadyClock::now();
  auto last_said = began;
  const auto progress = [&](const KillerCounts& counts) {
    if (SteadyClock::now() - last_said < progress_interval) return;
    last_said = SteadyClock::now();
    say(fmt::format("  {:.0f} s: {} of {} kills, {} stops", seconds_since(began), counts.kills, settings.kills,
                    counts.pauses));
  };
  Scenario scenario(world, scenario_settings(settings, time_limit + settings.kills * time_limit_per_kill));
  Killer killer(world, settings.kills, settings.seed, progress);
  auto done = scenario.prepare();
  proxy.set_trouble(true);
  while (done && (scenario.counts().rounds < least_rounds || !killer.done())) done = scenario.run_round(&killer);
  trouble.killer = killer.counts();
  const double seconds = seconds_since(began);
  say(fmt::format("{} kills in {:.0f} s ({:.2f} s each), {} rounds, {} jobs, {} calls repeated", trouble.killer.kills,
                  seconds, seconds / std::max(1, trouble.killer.kills), scenario.counts().rounds,
                  scenario.counts().jobs, scenario.counts().repeated_calls));
  if (done && settings.kills >= least_kills_for_deadline) {
    proxy.leave_next_to_deadline();
    done = scenario.run_round(nullptr);
  }
  trouble.network = proxy.counts();
  if (!done) return fail(std::move(done.error()));
  return outcome_of(scenario, world);
}

}  // namespace

Result<bool> run_kill_test(const TestSettings& settings) {
  auto world = World::create(settings.program, settings.folder / "crashing");
  if (!world) return fail(std::move(world.error()));
  auto proxy = Proxy::start(world->sandbox_port(), settings.seed + 3);
  if (!proxy) return fail(std::move(proxy.error()));
  world->send_calls_to((*proxy)->address());
  auto started = world->start_server();
  if (!started) return fail(std::move(started.error()));
  Trouble trouble;
  auto crashed = run_disturbed(*world, settings, **proxy, trouble);
  const bool complete = describe(trouble, settings);
  if (!crashed) return fail(std::move(crashed.error()));
  world->crash_server();
  say(fmt::format("{} points, {} activities, {} records in JSON", crashed->holdings.points,
                  crashed->holdings.activities, crashed->holdings.lines));
  auto tight = is_tight(*world, crashed->connection);
  if (!tight) return fail(std::move(tight.error()));

  auto quiet = World::create(settings.program, settings.folder / "undisturbed");
  if (!quiet) return fail(std::move(quiet.error()));
  started = quiet->start_server();
  if (!started) return fail(std::move(started.error()));
  const Duration limit = time_limit + settings.kills * time_limit_per_kill;
  auto undisturbed = run_undisturbed(*quiet, scenario_settings(settings, limit), crashed->counts.rounds);
  if (!undisturbed) return fail(std::move(undisturbed.error()));
  auto forgotten = forgets(*quiet);
  if (!forgotten) return fail(std::move(forgotten.error()));
  const bool equal = are_equal(*crashed, *undisturbed);
  return equal && complete && *tight && *forgotten && trouble.killer.kills == settings.kills;
}

}  // namespace syncwell::crash
