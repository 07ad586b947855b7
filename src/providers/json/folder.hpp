// A folder of canonical records as a whole: the marker file that names it, and the lock that keeps writers apart.
//
// The marker `syncwell-folder.json` is {"format":"syncwell canonical records","version":1,"id":"<random uuid>"}. A
// folder that was deleted and made anew gets another id, so that what the ledger says about the old one does not count.
// Folders that people fill by hand have no marker until SyncWell writes to them.
#pragma once

#include <string>

#include "base/async.hpp"
#include "base/runtime.hpp"
#include "providers/json/file_access.hpp"

namespace syncwell::providers::json {

inline constexpr std::string_view marker_name = "syncwell-folder.json";
inline constexpr std::size_t max_marker_bytes = 64 * 1024;

// Fine when `folder` is one that can be looked into. invalid_argument: no path, or a file; not_found: does not exist.
[[nodiscard]] Result<void> check_folder(const std::string& folder);

// The id in the folder's marker. Errors: those of check_folder; not_found: no marker; unreadable_input: a marker that
// is none; storage_newer: a later version of this layout.
[[nodiscard]] Result<std::string> folder_identity(const std::string& folder);

// The same, but makes the folder (with its parents) and the marker where they are missing. When several programs do
// so at once, all get the same id. Errors: also storage_read_only, storage_full, storage_failed.
[[nodiscard]] Result<std::string> create_folder_identity(const std::string& folder, Random& random);

// Held while a file of the folder is written (exclusive) or its lines are counted (shared); between threads and
// processes. Ends with the object.
class FolderLock {
 public:
  enum class Mode { shared, exclusive };
  // Waits until the lock is free. A folder without a marker has no writers: its shared lock is always free.
  // storage_in_use: not free by the deadline; cancelled.
  [[nodiscard]] static Async<Result<FolderLock>> acquire(std::string folder, Mode mode, Runtime& runtime,
                                                         Deadline deadline);

 private:
  explicit FolderLock(FileDescriptor marker) : marker_(std::move(marker)) {}
  FileDescriptor marker_;
};

}  // namespace syncwell::providers::json
