#include "app/key_files.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

namespace syncwell::app {
namespace {

constexpr std::size_t max_key_file_bytes = 4096;

std::string random_hex(std::size_t bytes) {
  std::string raw(bytes, '\0');
  randombytes_buf(raw.data(), raw.size());
  std::string hex(bytes * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(raw.data()), raw.size());
  hex.pop_back();
  return hex;
}

Error file_error(const std::filesystem::path& file) {
  const ErrorCode code = errno == EROFS || errno == EACCES    ? ErrorCode::storage_read_only
                         : errno == ENOSPC || errno == EDQUOT ? ErrorCode::storage_full
                                                              : ErrorCode::storage_failed;
  return {code, file.string() + ": " + std::strerror(errno)};
}

struct Descriptor {
  explicit Descriptor(int number) : value(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
  int value;
};

// The file's only line; nullopt where there is no file. One that exists and cannot be read is never drawn anew: that
// would lose what it holds.
Result<std::optional<std::string>> read_line(const std::filesystem::path& file) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.value < 0) {
    const int reason = errno;
    // A link that leads nowhere may lead to what comes back: a volume that is not mounted.
    if (reason == ENOENT && !std::filesystem::is_symlink(file)) return std::nullopt;
    errno = reason;
    return fail(file_error(file));
  }
  std::string content(max_key_file_bytes, '\0');
  const ssize_t size = ::read(descriptor.value, content.data(), content.size());
  if (size < 0) return fail(file_error(file));
  content.resize(std::min(content.find('\n'), static_cast<std::size_t>(size)));
  if (content.empty()) {
    return fail(ErrorCode::invalid_argument, file.string() + ": is empty; put it back, or delete it to draw a new one");
  }
  return content;
}

// Durable before it is used, since a vault key that is lost loses every secret.
Result<void> write_line(const std::filesystem::path& file, const std::string& line, const Descriptor& folder) {
  const std::string temporary = file.string() + ".new";
  const Descriptor descriptor(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (descriptor.value < 0) return fail(file_error(file));
  const std::string content = line + "\n";
  const bool written =
      ::write(descriptor.value, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
      ::fsync(descriptor.value) == 0 && ::rename(temporary.c_str(), file.c_str()) == 0 && ::fsync(folder.value) == 0;
  if (!written) return fail(file_error(file));
  return {};
}

Result<std::string> read_or_draw(const std::filesystem::path& file, std::size_t bytes) {
  const auto parent = file.parent_path();
  std::error_code error;
  if (std::filesystem::create_directories(parent, error)) {
    std::filesystem::permissions(parent, std::filesystem::perms::owner_all, error);
  }
  if (error) return fail(ErrorCode::storage_read_only, parent.string() + ": cannot be created: " + error.message());
  const Descriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.value < 0) return fail(file_error(parent));
  auto line = read_line(file);
  if (line && !*line) {
    // Of two processes that start together one draws. Where a folder cannot be locked, they must not start together.
    (void)::flock(folder.value, LOCK_EX);
    line = read_line(file);
  }
  if (!line) return fail(std::move(line.error()));
  if (*line) return std::move(**line);
  std::string drawn = random_hex(bytes);
  auto written = write_line(file, drawn, folder);
  if (!written) return fail(std::move(written.error()));
  return drawn;
}

}  // namespace

Result<std::array<unsigned char, 32>> vault_key(const std::filesystem::path& folder, const std::string& configured) {
  std::string hex = configured;
  if (hex.empty()) {
    auto drawn = read_or_draw(folder / "vault.key", 32);
    if (!drawn) return fail(std::move(drawn.error()));
    hex = *drawn;
  }
  std::array<unsigned char, 32> key{};
  std::size_t length = 0;
  const char* end = nullptr;
  if (sodium_hex2bin(key.data(), key.size(), hex.data(), hex.size(), nullptr, &length, &end) != 0 ||
      length != key.size() || end != hex.data() + hex.size()) {
    return fail(
        ErrorCode::invalid_argument,
        (configured.empty() ? (folder / "vault.key").string() : std::string("vault.key")) + " must be 64 hex digits");
  }
  sodium_memzero(hex.data(), hex.size());
  return key;
}

Result<std::string> admin_token(const std::filesystem::path& folder, const std::string& configured) {
  if (!configured.empty()) return configured;
  return read_or_draw(folder / "admin-token", 24);
}

}  // namespace syncwell::app
