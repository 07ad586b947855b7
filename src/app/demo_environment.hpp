// The environment in which `syncwell serve` runs against a sandbox: for the demo and for the crash test.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace syncwell::app {

// What the sandbox's Google Health shows with its notifications.
inline constexpr const char* demo_webhook_secret = "Bearer of-the-demo";

struct DemoEnvironment {
  std::string sandbox;                // "http://127.0.0.1:40123"
  std::filesystem::path data_folder;  // of the server
  std::vector<std::string> file_roots;
};

// "SYNCWELL_…=value", an entry per setting, with a port that the system chooses. Of entries with one name the first
// counts (configuration.hpp): put before these what is to differ.
[[nodiscard]] std::vector<std::string> to_environment(const DemoEnvironment& demo);

}  // namespace syncwell::app
