// For the tests of this folder: everything that one fetch through the provider gives.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "providers/apple_health/apple_health_provider.hpp"
#include "providers/file_provider_fixture.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define SYNCWELL_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SYNCWELL_ADDRESS_SANITIZER
#endif
#endif
#ifdef SYNCWELL_ADDRESS_SANITIZER
#include <sanitizer/allocator_interface.h>
#endif

namespace syncwell::providers::apple_health {

// What this process has in memory. The address sanitizer keeps what was freed for a while, so it is asked instead.
inline std::uint64_t bytes_in_use() {
#ifdef SYNCWELL_ADDRESS_SANITIZER
  return __sanitizer_get_current_allocated_bytes();
#else
  std::ifstream status("/proc/self/statm");
  std::uint64_t total_pages = 0, resident_pages = 0;
  status >> total_pages >> resident_pages;
  return resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
#endif
}

struct FetchedExport : Fetched {
  std::size_t largest_page = 0;
  std::uint64_t most_bytes_in_use = 0;  // looked at with each page
};

// `keep_records`: false where an export is too large for that.
inline FetchedExport fetch_export(const std::filesystem::path& location, model::DataType type,
                                  TimeRange range = all_times, bool keep_records = true) {
  VirtualRuntime runtime;
  NoNetwork http;
  const auto provider = make_apple_health_provider();
  FetchedExport fetched;
  auto stream = provider->fetch({http, runtime, Deadline{}}, account_at(location), {type, range});
  if (!stream) {
    fetched.error = stream.error();
    return fetched;
  }
  while (true) {
    auto page = runtime.run((*stream)->next());
    if (!page) {
      fetched.error = page.error();
      return fetched;
    }
    ++fetched.pages;
    fetched.partial = fetched.partial || page->partial;
    fetched.most_bytes_in_use = std::max(fetched.most_bytes_in_use, bytes_in_use());
    fetched.largest_page = std::max(fetched.largest_page, page->records.size());
    for (auto& warning : page->warnings) fetched.warnings.push_back(std::move(warning));
    if (keep_records) {
      for (auto& record : page->records) fetched.records.push_back(std::move(record));
    }
    if (page->last) return fetched;
  }
}

inline std::filesystem::path sample(const std::string& name) {
  return std::filesystem::path(SYNCWELL_SOURCE_DIR) / "tests/data/apple_health" / name;
}

}  // namespace syncwell::providers::apple_health
