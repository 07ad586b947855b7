// `kill -9` of the server at random moments of a demo-like run (README.md). Exit codes: 0 equal, 1 not, 2 usage.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <charconv>
#include <cstdio>
#include <optional>
#include <random>

#include "base/io_runtime.hpp"
#include "comparison.hpp"
#include "killer.hpp"
#include "leak_scan.hpp"
#include "scenario.hpp"
#include "world.hpp"

namespace syncwell::crash {
namespace {

constexpr int least_rounds = 3;
constexpr int most_rounds = 100;
constexpr int most_kills = 1000;
constexpr Duration time_limit = std::chrono::minutes{5};
constexpr int exit_equal = 0;
constexpr int exit_different = 1;
constexpr int exit_usage = 2;

struct Arguments {
  std::string program;
  std::filesystem::path recordings = "tests/data";
  int kills = 20;
  std::uint64_t seed = std::random_device{}();
};

template <class Number>
bool parse(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

std::optional<Arguments> parse_arguments(int count, char** texts) {
  Arguments arguments;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = texts[i];
    const std::string_view value = texts[i + 1];
    bool understood = true;
    if (name == "--syncwell") {
      arguments.program = value;
    } else if (name == "--recordings") {
      arguments.recordings = value;
    } else if (name == "--kills") {
      understood = parse(value, arguments.kills) && arguments.kills >= 0 && arguments.kills <= most_kills;
    } else if (name == "--seed") {
      understood = parse(value, arguments.seed);
    } else {
      understood = false;
    }
    if (!understood) return std::nullopt;
  }
  if (count % 2 == 0 || arguments.program.empty()) return std::nullopt;
  return arguments;
}

void say(const std::string& text) {
  fmt::print("{}\n", text);
  std::fflush(stdout);
}

struct Run {
  Holdings holdings;
  ScenarioCounts counts;
  std::string connection;  // one that the data folder names
};

// Rounds until `rounds` are done or, with a killer, until all kills are.
Result<Run> run_in(World& world, const ScenarioSettings& settings, int rounds, Killer* killer) {
  Scenario scenario(world, settings);
  auto done = scenario.prepare();
  const auto wants_more = [&] {
    if (killer == nullptr) return scenario.counts().rounds < rounds;
    return scenario.counts().rounds < least_rounds || (!killer->done() && scenario.counts().rounds < most_rounds);
  };
  while (done && wants_more()) done = scenario.run_round(killer);
  if (!done) return fail(std::move(done.error()));
  auto state = scenario.state();
  if (!state) return fail(std::move(state.error()));
  auto holdings = read_holdings(std::move(*state), world.records());
  if (!holdings) return fail(std::move(holdings.error()));
  return Run{std::move(*holdings), scenario.counts(), scenario.connections().at("strava")};
}

// What belongs to a person.
std::vector<Needle> personal_needles() {
  const double kilograms = seeded_weight_g / 1000;
  const auto bytes = [](double value) {
    const auto array = std::bit_cast<std::array<char, sizeof value>>(value);
    return std::string(array.data(), array.size());
  };
  return {{"the account's name", account_name},
          {"the account's name, encoded", net::percent_encode(account_name)},
          {"a weight in grams", "73119.86"},
          {"a weight in kilograms", "73.11986"},
          {"a weight in grams, binary", bytes(seeded_weight_g)},
          {"a weight in kilograms, binary", bytes(kilograms)}};
}

// What the server is configured with: it has to have that in memory, but nowhere else.
std::vector<Needle> configured_needles() {
  return {{"a client secret", "syncwell-google-secret"},
          {"a client secret", "syncwell-strava-secret"},
          {"the vault key", World::vault_key},
          {"the API token", World::api_token}};
}

Result<bool> is_tight(World& world, const std::string& connection) {
  auto needles = secrets_of(world);
  if (!needles) return fail(std::move(needles.error()));
  const std::size_t from_vault = needles->size();
  for (auto& needle : personal_needles()) needles->push_back(std::move(needle));
  for (auto& needle : configured_needles()) needles->push_back(std::move(needle));
  auto report = scan_for_leaks(world, *needles, connection);
  if (!report) return fail(std::move(report.error()));
  say(fmt::format("scanned {} files ({} KiB) for {} secrets of the vault and {} known values: {} found", report->files,
                  report->bytes / 1024, from_vault, needles->size() - from_vault, report->found.size()));
  for (const auto& leak : report->found) say("  LEAK " + leak);
  return report->found.empty();
}

// A server that has done its work and waits for more: neither records nor tokens are left in its memory (DEC-11).
Result<bool> forgets(World& world) {
  auto needles = secrets_of(world);
  if (!needles) return fail(std::move(needles.error()));
  // The server knows this folder from its configuration too.
  std::erase_if(*needles, [&](const Needle& needle) { return needle.bytes == world.records(); });
  for (auto& needle : personal_needles()) needles->push_back(std::move(needle));
  auto report = scan_memory(world, *needles, World::api_token);
  if (!report && report.error().code == ErrorCode::unsupported) {
    say("the memory of the idle server was NOT scanned: " + report.error().message);
    return true;
  }
  if (!report) return fail(std::move(report.error()));
  say(fmt::format("scanned the memory of the idle server ({} mappings, {} MiB) for {} secrets and values: {} found",
                  report->files, report->bytes / 1024 / 1024, needles->size(), report->found.size()));
  for (const auto& leak : report->found) say("  LEAK " + leak);
  return report->found.empty();
}

Result<bool> compare_runs(const Arguments& arguments, const std::filesystem::path& folder) {
  boost::asio::io_context io(1);
  const IoRuntime clock(io);
  const ScenarioSettings settings{std::filesystem::absolute(arguments.recordings),
                                  std::chrono::floor<std::chrono::days>(clock.now()), arguments.seed,
                                  clock.steady_now() + time_limit};
  const std::string program = std::filesystem::absolute(arguments.program);
  auto crashing = World::create(program, folder / "crashing");
  if (!crashing) return fail(std::move(crashing.error()));
  auto started = crashing->start_server();
  if (!started) return fail(std::move(started.error()));
  Result<Run> crashed = fail(ErrorCode::internal, "");
  int kills = 0;
  {
    Killer killer(*crashing, arguments.kills, arguments.seed);
    crashed = run_in(*crashing, settings, 0, &killer);
    kills = killer.kills();
    say(fmt::format("seed {}: {} kills ({} aimed at calls), {} rounds, {} jobs", arguments.seed, kills,
                    killer.aimed_kills(), crashed ? crashed->counts.rounds : 0, crashed ? crashed->counts.jobs : 0));
  }
  if (!crashed) return fail(std::move(crashed.error()));
  crashing->crash_server();
  say(fmt::format("{} calls repeated; {} points, {} activities, {} records in JSON", crashed->counts.repeated_calls,
                  crashed->holdings.points, crashed->holdings.activities, crashed->holdings.lines));
  auto tight = is_tight(*crashing, crashed->connection);
  if (!tight) return fail(std::move(tight.error()));

  auto quiet = World::create(program, folder / "undisturbed");
  if (!quiet) return fail(std::move(quiet.error()));
  started = quiet->start_server();
  if (!started) return fail(std::move(started.error()));
  auto undisturbed = run_in(*quiet, settings, crashed->counts.rounds, nullptr);
  if (!undisturbed) return fail(std::move(undisturbed.error()));
  auto forgotten = forgets(*quiet);
  if (!forgotten) return fail(std::move(forgotten.error()));
  say(fmt::format("undisturbed: {} jobs; {} points, {} activities, {} records in JSON", undisturbed->counts.jobs,
                  undisturbed->holdings.points, undisturbed->holdings.activities, undisturbed->holdings.lines));
  if (undisturbed->holdings.repetition) say("even undisturbed, " + *undisturbed->holdings.repetition);
  const auto different = first_difference(crashed->holdings, undisturbed->holdings);
  say(different ? "DIFFERENT: " + *different : "equal");
  if (kills < arguments.kills) say(fmt::format("only {} of {} kills were done", kills, arguments.kills));
  return !different && !undisturbed->holdings.repetition && *tight && *forgotten && kills == arguments.kills;
}

}  // namespace
}  // namespace syncwell::crash

int main(int count, char** texts) {
  using namespace syncwell::crash;  // NOLINT(google-build-using-namespace): the only user of this file's names
  const auto arguments = parse_arguments(count, texts);
  if (!arguments) {
    fmt::print(stderr,
               "usage: syncwell_crash_test --syncwell PATH [--kills 20] [--seed S] [--recordings tests/data]\n");
    return exit_usage;
  }
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("syncwell-crash-{}", ::getpid());
  auto equal = compare_runs(*arguments, folder);
  if (!equal) fmt::print("FAILED (seed {}): {}\n", arguments->seed, equal.error().message);
  if (equal && *equal) {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return exit_equal;
  }
  fmt::print("folders, databases and logs: {}\n", folder.string());
  return exit_different;
}
