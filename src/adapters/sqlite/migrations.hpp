// The versions of the data file. PRAGMA user_version says which one a file has; a migration leads from one to the next,
// each in a transaction of its own. A migration is never edited once it was released: write the next one.
#pragma once

#include "adapters/sqlite/connection.hpp"

namespace syncwell::sqlite {

inline constexpr std::int64_t data_file_version = 1;
// PRAGMA application_id of our files ("SWel"): anything else in the folder is not touched.
inline constexpr std::int64_t data_file_application_id = 0x5357656c;

// Whose file it is, without writing to it. storage_newer: written by a newer SyncWell; storage_failed: not ours.
[[nodiscard]] Result<void> check_data_file(Connection& connection);

// Brings a file that passed the check to data_file_version.
[[nodiscard]] Result<void> migrate(Connection& connection);

}  // namespace syncwell::sqlite
