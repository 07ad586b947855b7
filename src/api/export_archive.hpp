// What is held about a person, as a ZIP of JSON files (API: export jobs). Health data is not in it, because none is
// kept (DEC-11); it says so. Built when it is fetched: nothing of it is ever stored.
#pragma once

#include <string>

#include "store/connections.hpp"
#include "store/jobs.hpp"
#include "store/ledger.hpp"
#include "store/sync_configs.hpp"
#include "store/users.hpp"

namespace syncwell::api {

inline constexpr std::size_t max_exported_jobs = 10'000;
inline constexpr std::size_t max_exported_ledger_entries = 100'000;

// Errors: those of the store.
[[nodiscard]] Async<Result<std::string>> export_archive(store::Table& table, std::string user);

}  // namespace syncwell::api
