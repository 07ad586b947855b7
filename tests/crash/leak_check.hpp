// What must not be found where the server has been: on its disk after a crash (DEC-8, DEC-11), in its memory when it is
// idle (DEC-11). Says what was searched; false: something was found.
#pragma once

#include <string>

#include "base/error.hpp"
#include "world.hpp"

namespace syncwell::crash {

// The server is dead. `connection`: an id that the data folder certainly names.
[[nodiscard]] Result<bool> is_tight(World& world, const std::string& connection);

// A server that has done its work and waits for more. True, and said, where the system forbids to look.
[[nodiscard]] Result<bool> forgets(World& world);

}  // namespace syncwell::crash
