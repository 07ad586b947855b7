// The bytes of one file in pieces, unpacked when they are gzip (RFC 1952; told by the first bytes, not by the name).
// Blocking reads; one thread. Owns the file descriptor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace syncwell::providers::track {

inline constexpr std::uint64_t max_file_bytes = 512ULL * 1024 * 1024;      // on disk
inline constexpr std::uint64_t max_unpacked_bytes = 512ULL * 1024 * 1024;  // after gzip: a small file may hold a bomb
inline constexpr std::size_t chunk_bytes = 64 * 1024;

// The maximums can be lowered, for tests.
struct FileLimits {
  std::uint64_t file_bytes = max_file_bytes;
  std::uint64_t unpacked_bytes = max_unpacked_bytes;
};

class FileBytes {
 public:
  // unreadable_input: no regular file, empty, or not readable by us. not_found: no such file. too_large: past
  // limits.file_bytes. Messages do not name the file.
  [[nodiscard]] static Result<FileBytes> open(const std::filesystem::path& file, FileLimits limits = {});
  ~FileBytes();
  FileBytes(FileBytes&&) noexcept;
  FileBytes& operator=(FileBytes&&) noexcept;

  // The next piece, valid until the next call; empty at the end. unreadable_input: the disk or the gzip stream is
  // damaged. too_large: past limits.unpacked_bytes. After an error nothing more comes.
  [[nodiscard]] Result<std::string_view> next();

 private:
  struct State;
  explicit FileBytes(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace syncwell::providers::track
