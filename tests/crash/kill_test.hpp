// The server is killed, stopped and cut off from power at random moments while the network between it and the providers
// fails; afterwards the destinations must hold what they hold after an undisturbed run (INT-1, INT-5, ALG-7).
#pragma once

#include "run.hpp"

namespace syncwell::crash {

// False: not so, and said why. Errors: the run could not be finished.
[[nodiscard]] Result<bool> run_kill_test(const TestSettings& settings);

}  // namespace syncwell::crash
