#include <fmt/format.h>

#include <cstdio>

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

}  // namespace syncwell::app
