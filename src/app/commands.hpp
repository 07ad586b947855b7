// The subcommands of the program. Each adds itself to the command line and puts its work into `run`, which
// run_command_line() calls once everything was parsed. Exit codes: 0 ok, 1 failed, 2 usage.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

#include "app/configuration.hpp"

namespace syncwell::app {

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;

struct CommandLine {
  CLI::App app{"SyncWell moves health data between platforms, without losing, duplicating or keeping any."};
  std::string configuration_file;
  std::string data_folder;
  std::function<int()> run;

  // File, environment and the options that every command has. Prints what is wrong and gives nothing.
  [[nodiscard]] std::optional<Configuration> configuration() const;
};

void add_server_commands(CommandLine& line);        // serve, config, doctor, version
void add_sandbox_command(CommandLine& line);        // sandbox
void add_sync_commands(CommandLine& line);          // sync, preview
void add_connect_command(CommandLine& line);        // connect
void add_remote_commands(CommandLine& line);        // connections, jobs: through the API of a running server
void add_desk_commands(CommandLine& line);          // dlq, incidents, contacts, audit, staff: the support desk
void add_user_commands(CommandLine& line);          // users: people of the built-in issuer
void add_webhook_commands(CommandLine& line);       // webhooks
void add_subscription_commands(CommandLine& line);  // subscriptions: who is told what happens
void add_demo_command(CommandLine& line);           // demo

// All of the program but the start of its libraries: parses, runs the one command, and returns the exit code.
[[nodiscard]] int run_command_line(int argc, const char* const* argv);

// "syncwell: <what is wrong>" on stderr; returns the exit code that fits the error.
int report(const Error& error);

}  // namespace syncwell::app
