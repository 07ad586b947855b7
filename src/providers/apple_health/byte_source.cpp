#include "providers/apple_health/byte_source.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace syncwell::providers::apple_health {
namespace {

constexpr std::size_t archive_block_bytes = 256 * 1024;

class FileSource final : public ByteSource {
 public:
  explicit FileSource(int descriptor) : descriptor_(descriptor) {}
  ~FileSource() override { ::close(descriptor_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  Result<std::size_t> read(std::span<char> into) override {
    while (true) {
      const ssize_t count = ::read(descriptor_, into.data(), into.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return fail(ErrorCode::unreadable_input, "the file cannot be read to its end");
    }
  }

 private:
  int descriptor_;
};

class EntrySource final : public ByteSource {
 public:
  EntrySource(std::unique_ptr<ZipArchive> archive, std::string prefix)
      : archive_(std::move(archive)), prefix_(std::move(prefix)) {}

  Result<std::size_t> read(std::span<char> into) override {
    if (used_ >= prefix_.size()) return archive_->read(into);
    const std::size_t count = std::min(into.size(), prefix_.size() - used_);
    std::memcpy(into.data(), prefix_.data() + used_, count);
    used_ += count;
    return count;
  }

 private:
  std::unique_ptr<ZipArchive> archive_;
  std::string prefix_;
  std::size_t used_ = 0;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe must not block here
  if (descriptor < 0) {
    const bool absent = errno == ENOENT || errno == ENOTDIR;
    return fail(absent ? ErrorCode::not_found : ErrorCode::unreadable_input,
                absent ? "there is no such file" : "the file cannot be opened: check its permissions");
  }
  struct stat status{};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return fail(ErrorCode::unreadable_input, "this is not a regular file");
  }
  return std::make_unique<FileSource>(descriptor);
}

struct ZipArchive::State {
  State() : archive(archive_read_new()) {
    if (archive == nullptr) throw std::bad_alloc();
  }
  ~State() { archive_read_free(archive); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  struct archive* archive;
  std::size_t entries = 0;
  std::uint64_t unpacked = 0;
};

ZipArchive::ZipArchive(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipArchive::~ZipArchive() = default;

Result<std::unique_ptr<ZipArchive>> ZipArchive::open(const std::filesystem::path& path) {
  auto state = std::make_unique<State>();
  archive_read_support_format_zip(state->archive);
  if (archive_read_open_filename(state->archive, path.c_str(), archive_block_bytes) != ARCHIVE_OK) {
    return fail(ErrorCode::unreadable_input, "the ZIP archive cannot be opened");
  }
  return std::unique_ptr<ZipArchive>(new ZipArchive(std::move(state)));
}

Result<std::optional<std::string>> ZipArchive::next_entry() {
  while (true) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(state_->archive, &entry);
    if (status == ARCHIVE_EOF) return std::nullopt;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
      return fail(ErrorCode::unreadable_input, "the ZIP archive is damaged or cut off");
    }
    if (++state_->entries > max_archive_entries) {
      return fail(ErrorCode::unreadable_input,
                  fmt::format("the ZIP archive has more than {} entries", max_archive_entries));
    }
    const auto kind = archive_entry_filetype(entry);
    if (kind != AE_IFREG && kind != 0) continue;
    const char* name = archive_entry_pathname_utf8(entry);
    if (name == nullptr) name = archive_entry_pathname(entry);
    return std::string(name == nullptr ? "" : name);
  }
}

Result<std::size_t> ZipArchive::read(std::span<char> into) {
  const la_ssize_t count = archive_read_data(state_->archive, into.data(), into.size());
  if (count < 0) {
    const bool sealed = archive_read_has_encrypted_entries(state_->archive) > 0;
    return fail(ErrorCode::unreadable_input, sealed ? "the ZIP archive is encrypted: export again without a password"
                                                    : "the ZIP archive is damaged or cut off");
  }
  state_->unpacked += static_cast<std::uint64_t>(count);
  const auto packed = static_cast<std::uint64_t>(std::max<la_int64_t>(1, archive_filter_bytes(state_->archive, -1)));
  const bool bomb = state_->unpacked > ratio_grace_bytes && state_->unpacked / packed > max_compression_ratio;
  if (bomb || state_->unpacked > max_unpacked_bytes) {
    return fail(ErrorCode::unreadable_input,
                bomb ? fmt::format("the ZIP archive unpacks to more than {} times its size", max_compression_ratio)
                     : fmt::format("the ZIP archive unpacks to more than {} bytes", max_unpacked_bytes));
  }
  return static_cast<std::size_t>(count);
}

std::unique_ptr<ByteSource> continue_entry(std::unique_ptr<ZipArchive> archive, std::string prefix) {
  return std::make_unique<EntrySource>(std::move(archive), std::move(prefix));
}

}  // namespace syncwell::providers::apple_health
