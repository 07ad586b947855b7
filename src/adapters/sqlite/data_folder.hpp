// The data folder: created for its owner alone (0700, files 0600) and held by one process at a time through an
// flock on the file "syncwell.lock", which also names that process. The lock goes when the process ends, however it
// ends. Network file systems without flock are not supported.
#pragma once

#include <filesystem>

#include "base/error.hpp"

namespace syncwell::sqlite {

class DataFolder {
 public:
  // Creates the folder (and its parents) and an empty data file where they are missing.
  // storage_in_use (another process, named by its id), storage_read_only, storage_full, storage_failed.
  [[nodiscard]] static Result<DataFolder> lock(const std::filesystem::path& folder);
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();

  [[nodiscard]] std::filesystem::path data_file() const { return folder_ / "syncwell.db"; }

 private:
  DataFolder(std::filesystem::path folder, int lock_file) : folder_(std::move(folder)), lock_file_(lock_file) {}

  std::filesystem::path folder_;
  int lock_file_;
};

}  // namespace syncwell::sqlite
