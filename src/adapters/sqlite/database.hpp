// The data folder opened: the lock, the one writing connection, and read-only connections to the same file.
// DESIGN section 4: WAL, synchronous=FULL, only the writer checkpoints.
#pragma once

#include "adapters/sqlite/connection.hpp"
#include "adapters/sqlite/data_folder.hpp"

namespace syncwell::sqlite {

struct DatabaseOptions {
  std::filesystem::path folder;
  // The data file never grows past this; a write that would gets storage_full. 0: as far as the disk goes.
  std::uint64_t max_data_bytes = 0;
  // An SQLite VFS by name, for fault injection. Empty: the operating system's.
  std::string file_system;
};

class Database {
 public:
  // storage_in_use, storage_newer, storage_read_only, storage_full, storage_failed. A folder that is refused keeps its
  // data file byte for byte.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(DatabaseOptions options);

  [[nodiscard]] Connection& writer() { return *writer_; }
  [[nodiscard]] Result<std::unique_ptr<Connection>> open_reader() const;

 private:
  Database(DatabaseOptions options, DataFolder folder) : options_(std::move(options)), folder_(std::move(folder)) {}

  DatabaseOptions options_;
  DataFolder folder_;  // unlocked last
  std::unique_ptr<Connection> writer_;
};

}  // namespace syncwell::sqlite
