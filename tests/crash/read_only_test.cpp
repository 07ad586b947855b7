#include "read_only_test.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mounts.hpp"

namespace syncwell::crash {
namespace {

constexpr std::uintmax_t disk_bytes = 8ULL * 1024 * 1024;
constexpr Duration patience = std::chrono::seconds{20};
constexpr int exit_failed = 1;  // src/app/commands.hpp

// Exit code 1 and one line with the folder and what to look at.
Result<bool> is_refused_clearly(const World& world, const std::string& what) {
  auto server = LoggedProcess::start(world.program(), {"serve"}, world.environment(), world.log());
  if (!server) return fail(std::move(server.error()));
  auto code = server->wait_for_end(patience);
  const std::string output = server->output();
  const auto has = [&](const std::string& text) { return output.find(text) != std::string::npos; };
  const bool clear = code && *code == exit_failed && std::ranges::count(output, '\n') == 1 &&
                     has(world.data_folder()) && has("cannot be written") && has("check its owner");
  say(fmt::format("{}{}: exit code {}: {}", clear ? "" : "FAILED: ", what, code ? *code : -1,
                  output.substr(0, output.find('\n'))));
  return clear;
}

Result<bool> is_refused_while_mounted_so(const World& world) {
  auto mounted = set_read_only(world.data_folder(), true);
  if (!mounted) return fail(std::move(mounted.error()));
  auto refused = is_refused_clearly(world, "a read-only file system");
  mounted = set_read_only(world.data_folder(), false);
  if (!mounted) return fail(std::move(mounted.error()));
  return refused;
}

Result<bool> is_refused_with_read_only_file(const World& world) {
  const auto file = world.data_folder() / "syncwell.db";
  auto mounted = mount_file_read_only(file);
  if (!mounted) return fail(std::move(mounted.error()));
  auto refused = is_refused_clearly(world, "a read-only data file");
  mounted = unmount(file);
  if (!mounted) return fail(std::move(mounted.error()));
  return refused;
}

}  // namespace

Result<bool> run_read_only_test(const TestSettings& settings) {
  auto world = World::create(settings.program, settings.folder / "read-only");
  if (!world) return fail(std::move(world.error()));
  std::error_code error;
  std::filesystem::create_directory(world->data_folder(), error);
  auto mounted = mount_memory(world->data_folder(), disk_bytes);
  if (!mounted) return fail(std::move(mounted.error()));
  auto started = world->start_server();
  if (!started) return fail(std::move(started.error()));
  Scenario scenario(*world, scenario_settings(settings, patience));
  auto prepared = scenario.prepare();
  if (!prepared) return fail(std::move(prepared.error()));
  world->crash_server();
  auto system = is_refused_while_mounted_so(*world);
  if (!system) return fail(std::move(system.error()));
  auto file = is_refused_with_read_only_file(*world);
  if (!file) return fail(std::move(file.error()));
  started = world->start_server();
  if (!started) return fail(std::move(started.error()));
  app::ApiSession api(world->server(), scenario.token());
  auto kept = api.get("/v1/connections/" + scenario.connections().at("strava"));
  say(kept ? "writable again: it serves, and knows what it knew" : "FAILED: writable again: " + kept.error().message);
  return *system && *file && kept.has_value();
}

}  // namespace syncwell::crash
