// What this machine does at best, without any of our code.
#pragma once

#include <filesystem>

#include "base/error.hpp"
#include "figure.hpp"

namespace syncwell::bench {

// memcpy of a buffer of 256 MiB, the best of several.
[[nodiscard]] RawLimit copy_limit();

// How often per second 4 KiB can be appended to a file in `folder` and made durable with fdatasync, one after another.
// storage_failed: the file cannot be written.
[[nodiscard]] Result<RawLimit> append_limit(const std::filesystem::path& folder);

// From fork to the end of /bin/true, the median of several. not_found: it does not start.
[[nodiscard]] Result<RawLimit> process_start_limit();

}  // namespace syncwell::bench
