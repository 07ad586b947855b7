// `syncwell serve`: the API on one thread, workers on others, one storage below them all. Stops on SIGTERM and SIGINT:
// no more claims and connections, running jobs get their grace, then what is left goes back to the queue.
#pragma once

#include "app/platform.hpp"

namespace syncwell::app {

struct ServerCallbacks {
  std::function<void(std::uint16_t port)> on_ready;
};

// Runs until a signal; the process's exit is the caller's business.
// `configuration_file`: what the platform's configuration was read from, and is watched (ARCH-9); may be empty.
[[nodiscard]] Result<void> serve(Platform& platform, const std::filesystem::path& configuration_file,
                                 ServerCallbacks callbacks);

}  // namespace syncwell::app
