// The disk under the data folder is a few megabytes of memory and fills up again and again. What the server accepted is
// done once there is room, what it refused (503, storage_full) was not accepted and never ran (INT-1, INT-2).
#pragma once

#include "run.hpp"

namespace syncwell::crash {

// After enter_private_mounts(). False: not so, and said why. Errors: the run could not be finished; unsupported.
[[nodiscard]] Result<bool> run_full_disk_test(const TestSettings& settings);

}  // namespace syncwell::crash
