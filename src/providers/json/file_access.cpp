#include "providers/json/file_access.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace syncwell::providers::json {

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    reset();
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

void FileDescriptor::reset() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

Error error_of(int error_number, Access access, const std::string& path) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return {ErrorCode::storage_full, fmt::format("{}: no room left for writing; free some space", path)};
    case EACCES:
    case EPERM:
    case EROFS:
      if (access == Access::write) {
        return {ErrorCode::storage_read_only, fmt::format("{}: cannot be written; check its permissions", path)};
      }
      return {ErrorCode::storage_failed, fmt::format("{}: cannot be read; check its permissions", path)};
    case ENOENT:
      return {ErrorCode::not_found, fmt::format("{}: does not exist", path)};
    case ENOTDIR:
      return {ErrorCode::invalid_argument, fmt::format("{}: a part of the path is not a folder", path)};
    default:
      return {ErrorCode::storage_failed,
              fmt::format("{}: {}", path, std::error_code(error_number, std::generic_category()).message())};
  }
}

Result<FileDescriptor> open_file(const std::string& path, int flags, Access access, mode_t mode) {
  FileDescriptor file(::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, mode));
  if (!file.is_open() && errno != EISDIR) return fail(error_of(errno, access, path));
  struct stat status{};
  if (file.is_open() && ::fstat(file.get(), &status) != 0) return fail(error_of(errno, access, path));
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::unreadable_input, fmt::format("{}: not a file", path));
  return file;
}

Result<std::string> read_at(int descriptor, std::uint64_t offset, std::size_t size, const std::string& path) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const auto count = ::pread(descriptor, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(error_of(errno, Access::read, path));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

Result<void> write_at(int descriptor, std::uint64_t offset, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto count = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(error_of(errno, Access::write, path));
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<void> truncate_to(int descriptor, std::uint64_t size, const std::string& path) {
  if (::ftruncate(descriptor, static_cast<off_t>(size)) != 0) return fail(error_of(errno, Access::write, path));
  return {};
}

Result<void> sync_file(int descriptor, const std::string& path) {
  if (::fsync(descriptor) != 0) return fail(error_of(errno, Access::write, path));
  return {};
}

Result<void> sync_folder(const std::string& folder) {
  const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) return fail(error_of(errno, Access::write, folder));
  return sync_file(descriptor.get(), folder);
}

Result<FileSignature> signature_of(int descriptor, const std::string& path) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return fail(error_of(errno, Access::read, path));
  return FileSignature{status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
                       static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec};
}

}  // namespace syncwell::providers::json
