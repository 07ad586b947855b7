// For tests: an SQLite VFS around the operating system's that counts syncs, fails on demand and knows what a power cut
// would leave. Writes that were not synced are kept with what they replaced, so that an image of the files without
// them can be taken at any time. Not for several threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace syncwell::sqlite {

class FaultFileSystem {
 public:
  // Registers itself under `name`, which goes into StorageOptions::file_system. Outlives the storage.
  explicit FaultFileSystem(std::string name);
  FaultFileSystem(const FaultFileSystem&) = delete;
  FaultFileSystem& operator=(const FaultFileSystem&) = delete;
  ~FaultFileSystem();

  [[nodiscard]] const std::string& name() const { return name_; }
  // Copies a data folder as a power cut would leave it: all that was synced, nothing else.
  void save_power_cut_image(const std::filesystem::path& from, const std::filesystem::path& to) const;

  // How often the write-ahead log was synced.
  std::uint64_t log_syncs = 0;
  // From now on every sync fails with EIO / every write with ENOSPC.
  bool fail_syncs = false;
  bool fail_data_syncs = false;  // those of the data file alone
  bool disk_is_full = false;

 private:
  friend struct FaultFile;
  // What an unsynced write or truncation replaced: the bytes from `offset` to the end of the write or file.
  struct Replaced {
    std::int64_t offset = 0;
    std::int64_t file_size = 0;
    std::string bytes;
  };

  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::map<std::string, std::vector<Replaced>> unsynced_;  // by path, oldest first
};

}  // namespace syncwell::sqlite
