// The Apple Health export as a source (provider key "apple_health_export"). Read only: an export.zip, an export.xml or
// a folder with them, named by Account::location. Each export is the complete history, without ids and deletions:
// the ledger recognises what was synced, and absence proves nothing.
// fetch() itself only checks the type. next() reads about 16 MiB of the export at a time and blocks while it does.
// Errors of next(): not_found, unreadable_input (no export). Damage inside an export is no error: what is sound comes,
// the page says `partial`, a warning names file, byte and reason.
#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace syncwell::providers::apple_health {

inline constexpr std::uint64_t max_bytes_per_page = 16 * 1024 * 1024;

[[nodiscard]] std::unique_ptr<DataProvider> make_apple_health_provider();

}  // namespace syncwell::providers::apple_health
