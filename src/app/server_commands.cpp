#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "app/commands.hpp"
#include "app/json_log.hpp"
#include "app/server.hpp"
#include "app/version.hpp"

namespace syncwell::app {
namespace {

// Tokens and health data pass through memory: no core file may keep them (DEC-11).
void forbid_core_dumps() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

// As many connections as the system lets us have.
void raise_open_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

int run_serve(const CommandLine& line) {
  auto configuration = line.configuration();
  if (!configuration) return exit_usage;
  forbid_core_dumps();
  raise_open_files();
  if (configuration->text("log.format") == "json") log_as_json();
  auto platform = Platform::open(std::move(*configuration));
  if (!platform) return report(platform.error());
  const std::string address = (*platform)->configuration().text("server.address");
  const std::string folder = (*platform)->configuration().data_folder().string();
  auto served = serve(**platform, line.configuration_file, {[&](std::uint16_t port) {
    fmt::print(
        "syncwell serves http://{}:{}  (data: {}; a token: syncwell users add NAME, syncwell users token NAME)\n",
        address, port, folder);
    std::fflush(stdout);
  }});
  return served ? exit_ok : report(served.error());
}

struct Check {
  std::string name;
  Result<std::string> outcome;
};

int run_doctor(const CommandLine& line) {
  auto configuration = line.configuration();
  if (!configuration) return exit_usage;
  std::vector<Check> checks;
  checks.push_back({"configuration", "valid"});
  const std::string folder = configuration->data_folder().string();
  const bool has_google = !configuration->text("providers.google_health.client_id").empty();
  const bool has_strava = !configuration->text("providers.strava.client_id").empty();
  auto platform = Platform::open(std::move(*configuration));
  checks.push_back(
      {"data folder " + folder, platform ? Result<std::string>("writable, database opens") : fail(platform.error())});
  checks.push_back(
      {"google_health",
       std::string(has_google ? "client id set"
                              : "no client id: set providers.google_health.client_id to connect accounts")});
  checks.push_back(
      {"strava",
       std::string(has_strava ? "client id set" : "no client id: set providers.strava.client_id to connect accounts")});
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  checks.push_back({"disk", error ? Result<std::string>(fail(ErrorCode::storage_failed, error.message()))
                                  : Result<std::string>(fmt::format("{} MiB free", space.available / (1024 * 1024)))});
  bool healthy = true;
  for (const auto& check : checks) {
    healthy = healthy && check.outcome.has_value();
    fmt::print("{:<6} {:<40} {}\n", check.outcome ? "ok" : "FAILED", check.name,
               check.outcome ? *check.outcome : check.outcome.error().message);
  }
  return healthy ? exit_ok : exit_failed;
}

}  // namespace

void add_server_commands(CommandLine& line) {
  auto* serve_command = line.app.add_subcommand("serve", "run the server: API, bus, queue and workers");
  serve_command->footer("Example: syncwell serve --config /etc/syncwell.toml");
  serve_command->callback([&line] { line.run = [&line] { return run_serve(line); }; });

  auto* config_command =
      line.app.add_subcommand("config", "print the configuration in force and where each value comes from");
  config_command->footer("Example: SYNCWELL_SERVER_PORT=9000 syncwell config");
  config_command->callback([&line] {
    line.run = [&line] {
      const auto configuration = line.configuration();
      if (!configuration) return exit_usage;
      fmt::print("{}", configuration->describe());
      return exit_ok;
    };
  });

  auto* doctor_command = line.app.add_subcommand("doctor", "check configuration, data folder and providers");
  doctor_command->footer("Example: syncwell doctor --data /var/lib/syncwell");
  doctor_command->callback([&line] { line.run = [&line] { return run_doctor(line); }; });

  auto* version_command = line.app.add_subcommand("version", "print the version");
  version_command->footer("Example: syncwell version");
  version_command->callback([&line] {
    line.run = [] {
      fmt::print("syncwell {}\n", version);
      return exit_ok;
    };
  });
}

}  // namespace syncwell::app
