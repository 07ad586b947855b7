// How loud something is said.
#pragma once

namespace syncwell {

enum class LogLevel { debug, info, warn, error };

}  // namespace syncwell
