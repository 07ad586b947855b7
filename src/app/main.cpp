#include <sodium.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <exception>

#include "app/commands.hpp"

int main(int argc, char** argv) {
  using namespace syncwell::app;  // NOLINT(google-build-using-namespace): the one place that is the program
  spdlog::set_default_logger(spdlog::stderr_logger_mt("syncwell"));
  if (sodium_init() < 0) {
    std::fputs("syncwell: libsodium cannot start: there is no source of random numbers\n", stderr);
    return exit_failed;
  }
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
  add_demo_command(line);
  try {
    line.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return line.app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  try {
    return line.run ? line.run() : exit_usage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "syncwell: %s\n", error.what());
    return exit_failed;
  }
}
