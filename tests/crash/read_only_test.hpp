// A data folder that cannot be written: the server does not start, and says in one line what, where and what to do.
#pragma once

#include "run.hpp"

namespace syncwell::crash {

// After enter_private_mounts(). False: not so, and said why. Errors: the test could not be made; unsupported.
[[nodiscard]] Result<bool> run_read_only_test(const TestSettings& settings);

}  // namespace syncwell::crash
