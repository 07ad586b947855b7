// Disks for the tests: mounts that only this process and its children see, and that vanish with them. As root, or as
// the root of a user namespace where the system allows one. Errors: unsupported where it allows neither; internal.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/error.hpp"

namespace syncwell::crash {

// Call first, and before there is a second thread.
[[nodiscard]] Result<void> enter_private_mounts();

// An empty file system in memory.
[[nodiscard]] Result<void> mount_memory(const std::filesystem::path& folder, std::uintmax_t bytes);
[[nodiscard]] Result<void> set_read_only(const std::filesystem::path& folder, bool read_only);
// One file of a writable folder, on top of itself.
[[nodiscard]] Result<void> mount_file_read_only(const std::filesystem::path& file);
[[nodiscard]] Result<void> unmount(const std::filesystem::path& path);

}  // namespace syncwell::crash
