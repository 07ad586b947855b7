// Where the web console's built files are.
#pragma once

#include <filesystem>

#include "api/console_files.hpp"
#include "app/configuration.hpp"

namespace syncwell::app {

// The folder of console.folder; without one, console/dist of the project that `program` was built in, or the folder of
// an installation. A console that is not built is no error: it is empty and says so to who asks for it.
// invalid_argument: the folder that was configured, or one that is there, cannot be used (console_files.hpp).
[[nodiscard]] Result<api::ConsoleFiles> open_console(const Configuration& configuration,
                                                     const std::filesystem::path& program);

}  // namespace syncwell::app
