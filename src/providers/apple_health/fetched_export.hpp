// For the tests of this folder: everything that one fetch through the provider gives.
#pragma once

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "base/virtual_runtime.hpp"
#include "providers/apple_health/apple_health_provider.hpp"

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

struct Fetched {
  std::vector<model::Record> records;
  std::vector<Warning> warnings;
  bool partial = false;
  std::size_t pages = 0;
  std::size_t largest_page = 0;
  std::uint64_t most_bytes_in_use = 0;  // looked at with each page
  std::optional<Error> error;
};

class NoHttp final : public net::HttpClient {
 public:
  Async<Result<net::Response>> send(net::Request, Deadline) override {
    co_return fail(ErrorCode::internal, "an export needs no network");
  }
};

inline Fetched fetch_export(const std::filesystem::path& location, model::DataType type,
                            TimeRange range = {min_instant, max_instant}, bool keep_records = true) {
  VirtualRuntime runtime;
  NoHttp http;
  const auto provider = make_apple_health_provider();
  Fetched fetched;
  auto stream =
      provider->fetch({http, runtime, Deadline{}},
                      {.connection_id = {}, .location = location.string(), .provider_user_id = {}}, {type, range});
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

// A folder that is gone with the test.
class ScratchFolder {
 public:
  ScratchFolder() {
    static std::atomic<int> number{0};
    path_ = std::filesystem::temp_directory_path() /
            ("syncwell_apple_" + std::to_string(::getpid()) + "_" + std::to_string(++number));
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::filesystem::path write(const std::string& name, std::string_view content) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::filesystem::path sample(const std::string& name) {
  return std::filesystem::path(SYNCWELL_SOURCE_DIR) / "tests/data/apple_health" / name;
}

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace syncwell::providers::apple_health
