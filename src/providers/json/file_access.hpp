// The few system calls of this folder as Results: open, read, write, sync. Blocking; every failure is an Error whose
// message names the file and what to do, never its content.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace syncwell::providers::json {

// Owns an open file; closes it.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor() { reset(); }
  FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  void reset();

 private:
  int descriptor_ = -1;
};

enum class Access { read, write };

// storage_full (ENOSPC, EDQUOT, EFBIG), storage_read_only (EACCES, EPERM, EROFS on writing), not_found (ENOENT),
// invalid_argument (ENOTDIR), storage_failed (everything else).
[[nodiscard]] Error error_of(int error_number, Access access, const std::string& path);

// Opens a regular file. unreadable_input for a folder, device, pipe or socket; never blocks on one.
[[nodiscard]] Result<FileDescriptor> open_file(const std::string& path, int flags, Access access, mode_t mode = 0600);

// Up to `size` bytes from `offset`; fewer only at the end of the file.
[[nodiscard]] Result<std::string> read_at(int descriptor, std::uint64_t offset, std::size_t size,
                                          const std::string& path);
[[nodiscard]] Result<void> write_at(int descriptor, std::uint64_t offset, std::string_view bytes,
                                    const std::string& path);
[[nodiscard]] Result<void> truncate_to(int descriptor, std::uint64_t size, const std::string& path);

// Durable when it returns: the file's content, and for a folder which names it holds.
[[nodiscard]] Result<void> sync_file(int descriptor, const std::string& path);
[[nodiscard]] Result<void> sync_folder(const std::string& folder);

// What tells that a file is another one or was changed.
struct FileSignature {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const FileSignature&) const = default;
};
[[nodiscard]] Result<FileSignature> signature_of(int descriptor, const std::string& path);

}  // namespace syncwell::providers::json
