// For tests: a storage in a temporary folder and simulated time, and temporary folders.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "adapters/sqlite/storage.hpp"
#include "base/virtual_runtime.hpp"

namespace syncwell::sqlite {

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() / fmt::format("syncwell-{}-{}", ::getpid(), next_number())) {
    std::filesystem::create_directories(path_);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  static int next_number() {
    static std::atomic<int> number{0};
    return ++number;
  }
  std::filesystem::path path_;
};

inline std::array<unsigned char, master_key_bytes> test_key(unsigned char first = 0) {
  std::array<unsigned char, master_key_bytes> key{};
  for (auto& byte : key) byte = first++;
  return key;
}

inline StorageOptions test_options(const std::filesystem::path& folder) {
  StorageOptions options;
  options.folder = folder;
  options.master_key = test_key();
  options.queues = {{"hot", {std::chrono::seconds{60}, 3}}};
  return options;
}

}  // namespace syncwell::sqlite
