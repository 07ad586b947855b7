#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "app/commands.hpp"

namespace syncwell::app {

std::optional<Configuration> CommandLine::configuration() const {
  auto loaded = Configuration::load(configuration_file, process_environment());
  if (!loaded) {
    report(loaded.error());
    return std::nullopt;
  }
  if (!data_folder.empty()) loaded->set("data_dir", data_folder, "option --data");
  return std::move(*loaded);
}

int report(const Error& error) {
  fmt::print(stderr, "syncwell: {}\n", error.message);
  return error.code == ErrorCode::invalid_argument || error.code == ErrorCode::unsupported ? exit_usage : exit_failed;
}

int run_command_line(int argc, const char* const* argv) {
  CommandLine line;
  line.app.require_subcommand(1);
  line.app.add_option("--config", line.configuration_file, "configuration file (TOML)")->envname("SYNCWELL_CONFIG");
  line.app.add_option("--data", line.data_folder, "folder for the database and the keys");
  line.app.fallthrough();
  add_server_commands(line);
  add_sandbox_command(line);
  add_sync_commands(line);
  add_connect_command(line);
  add_remote_commands(line);
  add_desk_commands(line);
  add_user_commands(line);
  add_webhook_commands(line);
  add_subscription_commands(line);
  add_demo_command(line);
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return line.app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  try {
    return line.run ? line.run() : exit_usage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "syncwell: {}\n", error.what());
    return exit_failed;
  }
}

}  // namespace syncwell::app
