#include "app/key_files.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace syncwell::app {
namespace {

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

// The file's only line; drawn and durable before it is used, since a vault key that is lost loses every secret.
Result<std::string> read_or_draw(const std::filesystem::path& file, std::size_t bytes) {
  std::error_code error;
  if (std::filesystem::create_directories(file.parent_path(), error)) {
    std::filesystem::permissions(file.parent_path(), std::filesystem::perms::owner_all, error);
  }
  if (error)
    return fail(ErrorCode::storage_read_only, file.parent_path().string() + ": cannot be created: " + error.message());
  std::ifstream existing(file);
  std::string line;
  if (existing && std::getline(existing, line) && !line.empty()) return line;
  line = random_hex(bytes);
  const std::string temporary = file.string() + ".new";
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(file_error(file));
  const std::string content = line + "\n";
  const bool written = ::write(descriptor, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
                       ::fsync(descriptor) == 0;
  if (!written) {
    const Error failure = file_error(file);
    ::close(descriptor);
    return fail(failure);
  }
  ::close(descriptor);
  if (::rename(temporary.c_str(), file.c_str()) != 0) return fail(file_error(file));
  return line;
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

Result<std::string> api_token(const std::filesystem::path& folder, const std::string& configured) {
  if (!configured.empty()) return configured;
  return read_or_draw(folder / "api-token", 24);
}

Result<std::string> admin_token(const std::filesystem::path& folder, const std::string& configured) {
  if (!configured.empty()) return configured;
  return read_or_draw(folder / "admin-token", 24);
}

}  // namespace syncwell::app
