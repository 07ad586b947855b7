#include <sodium.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>

#include "app/commands.hpp"

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("syncwell"));
  if (sodium_init() < 0) {
    std::fputs("syncwell: libsodium cannot start: there is no source of random numbers\n", stderr);
    return syncwell::app::exit_failed;
  }
  return syncwell::app::run_command_line(argc, argv);
}
