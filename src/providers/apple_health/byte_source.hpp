// Where the bytes of an export come from: a plain file, or one entry of a ZIP archive, read as a stream (ZIP64 too,
// libarchive inside). Nothing is unpacked to disk (DEC-11). One owner, one thread; reads block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace syncwell::providers::apple_health {

// An honest export compresses 20:1 to 100:1; deflate cannot do more than 1032:1, which only bombs reach.
inline constexpr std::uint64_t max_compression_ratio = 1000;
inline constexpr std::uint64_t max_unpacked_bytes = std::uint64_t{64} << 30;
inline constexpr std::uint64_t ratio_grace_bytes = std::uint64_t{16} << 20;  // below that the ratio says nothing
inline constexpr std::size_t max_archive_entries = 200'000;

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills the front of `into`; 0: the end. unreadable_input: the archive is cut off, damaged, encrypted or past a
  // maximum, or the file cannot be read; what was read before is sound.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> into) = 0;
};

// not_found, or unreadable_input for what is no regular file.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_file(const std::filesystem::path& path);

// A ZIP archive, walked from entry to entry in its own order.
class ZipArchive {
 public:
  [[nodiscard]] static Result<std::unique_ptr<ZipArchive>> open(const std::filesystem::path& path);
  ~ZipArchive();
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;

  // Goes to the next regular file; its name, or nullopt after the last one. unreadable_input: damaged, cut off, or
  // more than max_archive_entries.
  [[nodiscard]] Result<std::optional<std::string>> next_entry();
  // Of the current entry; errors as ByteSource::read.
  [[nodiscard]] Result<std::size_t> read(std::span<char> into);

 private:
  struct State;
  explicit ZipArchive(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// `prefix` has been read from the archive's current entry already and comes first.
[[nodiscard]] std::unique_ptr<ByteSource> continue_entry(std::unique_ptr<ZipArchive> archive, std::string prefix);

}  // namespace syncwell::providers::apple_health
