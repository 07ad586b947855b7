// The vault key and the operator's token, kept as files of mode 0600 in the data folder when the configuration names
// none. A file is drawn only where there is none: one that is empty or cannot be read is an error, since drawing anew
// would lose what was sealed with it. Processes that start together draw one.
#pragma once

#include <array>
#include <filesystem>
#include <string>

#include "base/error.hpp"

namespace syncwell::app {

// 64 hex digits from `configured`, else from folder/vault.key, which is drawn when it is missing. invalid_argument: not
// 64 hex digits, or an empty file. storage_* for a file that cannot be read or written.
[[nodiscard]] Result<std::array<unsigned char, 32>> vault_key(const std::filesystem::path& folder,
                                                              const std::string& configured);
// `configured`, else the content of folder/admin-token, which is drawn when it is missing: what /admin asks for.
[[nodiscard]] Result<std::string> admin_token(const std::filesystem::path& folder, const std::string& configured);

}  // namespace syncwell::app
