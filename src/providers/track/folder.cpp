#include "providers/track/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <system_error>

namespace syncwell::providers::track {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

bool has_extension(const fs::path& path, std::string_view extension) {
  std::string name = path.filename().string();
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string ending = fmt::format(".{}", extension);
  return name.ends_with(ending) || name.ends_with(ending + ".gz");
}

Error disk_error(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return {ErrorCode::storage_full, "no space left in the destination folder; make room and try again"};
    case EROFS:
    case EACCES:
    case EPERM:
      return {ErrorCode::storage_read_only, "the destination folder is not writable; check its permissions"};
    default:
      return {ErrorCode::storage_failed,
              fmt::format("writing to the destination folder failed: {}", std::generic_category().message(error))};
  }
}

// A descriptor that is closed when its scope ends.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) : value_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int value() const { return value_; }

 private:
  int value_;
};

int write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) content.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0 ? 0 : errno;
}

// The name is durable only when the folder is.
int sync_folder(const fs::path& folder) {
  const Descriptor descriptor(folder, O_RDONLY | O_DIRECTORY);
  if (descriptor.value() < 0) return errno;
  return ::fsync(descriptor.value()) == 0 || errno == EINVAL ? 0 : errno;
}

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

}  // namespace

Result<FileList> list_files(const fs::path& location, std::string_view extension) {
  std::error_code error;
  const fs::file_status status = fs::status(location, error);
  if (status.type() == fs::file_type::not_found) {
    return fail(ErrorCode::not_found, fmt::format("'{}' does not exist; name a file or a folder", location.string()));
  }
  FileList list;
  list.is_folder = status.type() == fs::file_type::directory;
  if (!list.is_folder) {
    list.files.push_back(location);
    return list;
  }
  fs::recursive_directory_iterator entry(location, fs::directory_options::skip_permission_denied, error);
  if (error) {
    return fail(ErrorCode::unreadable_input,
                fmt::format("'{}' cannot be listed: {}; check its permissions", location.string(), error.message()));
  }
  for (; entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (is_hidden(entry->path()) || entry.depth() >= max_folder_depth) {
      entry.disable_recursion_pending();
      continue;
    }
    std::error_code ignored;  // what is no file is told when it is opened
    if (!has_extension(entry->path(), extension) || entry->is_directory(ignored)) continue;
    if (list.files.size() == max_files) {
      list.warnings.push_back(fmt::format("more than {} files: the rest is not read", max_files));
      break;
    }
    list.files.push_back(entry->path());
  }
  if (error) list.warnings.push_back(fmt::format("not all of the folder can be listed: {}", error.message()));
  std::ranges::sort(list.files);
  return list;
}

Result<void> ensure_folder(const fs::path& folder) {
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (status.type() == fs::file_type::directory) return {};
  if (status.type() != fs::file_type::not_found) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("the destination '{}' is a file; name a folder", folder.string()));
  }
  error.clear();
  fs::create_directories(folder, error);
  if (error) return fail(disk_error(error.value()));
  return {};
}

Result<void> write_file(const fs::path& file, std::string_view content) {
  // The same name at every try: what a crash leaves behind is overwritten by the next one.
  const fs::path unfinished = folder_of(file) / fmt::format(".{}.part", file.filename().string());
  int error = 0;
  {
    const Descriptor descriptor(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
    if (descriptor.value() < 0) return fail(disk_error(errno));
    error = write_all(descriptor.value(), content);
  }
  if (error == 0 && ::rename(unfinished.c_str(), file.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(unfinished.c_str());
    return fail(disk_error(error));
  }
  if (const int unsynced = sync_folder(folder_of(file)); unsynced != 0) return fail(disk_error(unsynced));
  return {};
}

Result<void> remove_file(const fs::path& file) {
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) return fail(disk_error(errno));
  return {};
}

}  // namespace syncwell::providers::track
