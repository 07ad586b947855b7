// For tests: an SQLite VFS around the operating system's that counts syncs, fails on demand and knows what a power cut
// would leave. Writes that were not synced are kept with what they replaced, so that an image of the files without
// them can be taken at any time. Not for several threads.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"

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
  // The same where some of what was not synced had reached the disk: the first writes, as many as `random` says, and
  // half of the one after them. Says whether a write was torn like this.
  bool save_torn_image(const std::filesystem::path& from, const std::filesystem::path& to, Random& random) const;

  // How often the write-ahead log was synced.
  std::uint64_t log_syncs = 0;
  // From now on every sync fails with EIO / every write with ENOSPC.
  bool fail_syncs = false;
  bool fail_data_syncs = false;  // those of the data file alone
  bool disk_is_full = false;
  // From now on every write fails with EIO.
  bool fail_writes = false;
  // Writes and syncs so far, and one of them that fails alone, with an SQLite result code; `then` is called in the
  // middle of it, for who wants to see the files as they are at that moment.
  std::uint64_t operations = 0;
  struct Strike {
    std::uint64_t operation = 0;
    int result = 0;
    std::function<void()> then{};
  };
  std::optional<Strike> strike{};

 private:
  friend struct FaultFile;
  // What an unsynced write or truncation replaced: the bytes from `offset` to the end of the write or file.
  struct Replaced {
    std::int64_t offset = 0;
    std::int64_t file_size = 0;
    std::string bytes;
  };

  // The SQLite result that this operation fails with; nullopt: it happens.
  [[nodiscard]] std::optional<int> trouble();
  static void undo(const std::filesystem::path& file, const Replaced& replaced);

  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::map<std::string, std::vector<Replaced>> unsynced_;  // by path, oldest first
  std::map<std::string, std::array<int, 8>> log_locks_;    // by path: how many share each, or -1
};

}  // namespace syncwell::sqlite
