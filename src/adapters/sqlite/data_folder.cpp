#include "adapters/sqlite/data_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "adapters/sqlite/sqlite_error.hpp"

namespace syncwell::sqlite {

namespace {

constexpr mode_t folder_mode = 0700;
constexpr mode_t file_mode = 0600;

class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

Result<void> create_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  if (const auto parent = folder.parent_path(); !parent.empty()) {
    std::filesystem::create_directories(parent, error);
    if (error) return fail(error_of_errno(error.value(), fmt::format("create {}", parent.string())));
  }
  if (::mkdir(folder.c_str(), folder_mode) != 0 && errno != EEXIST) {
    return fail(error_of_errno(errno, fmt::format("create the data folder {}", folder.string())));
  }
  return {};
}

Error in_use(const std::filesystem::path& folder, int lock_file) {
  std::array<char, 32> holder{};
  const auto length = ::pread(lock_file, holder.data(), holder.size() - 1, 0);
  std::string process = "another process";
  if (length > 0) {
    std::string digits;
    for (const char digit : std::string_view(holder.data(), static_cast<std::size_t>(length))) {
      if (digit < '0' || digit > '9') break;
      digits += digit;
    }
    if (!digits.empty()) process = "process " + digits;
  }
  return Error{ErrorCode::storage_in_use,
               fmt::format("the data folder {} is in use by {}; stop that process or choose another data folder",
                           folder.string(), process)};
}

// SQLite gives its -wal and -shm files the mode of the data file, so that is created here.
Result<void> create_data_file(const std::filesystem::path& folder, const std::filesystem::path& file) {
  const FileDescriptor data(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, file_mode));
  if (data.get() < 0) return fail(error_of_errno(errno, fmt::format("open {} for writing", file.string())));
  const FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) {
    return fail(error_of_errno(errno, fmt::format("sync the data folder {}", folder.string())));
  }
  return {};
}

}  // namespace

Result<DataFolder> DataFolder::lock(const std::filesystem::path& folder) {
  if (auto created = create_folder(folder); !created) return fail(std::move(created.error()));
  const auto path = folder / "syncwell.lock";
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, file_mode));
  if (file.get() < 0) return fail(error_of_errno(errno, fmt::format("open {} for writing", path.string())));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return fail(in_use(folder, file.get()));
    return fail(error_of_errno(errno, fmt::format("lock the data folder {}", folder.string())));
  }
  const std::string holder = fmt::format("{}\n", ::getpid());
  if (::ftruncate(file.get(), 0) != 0 ||
      ::pwrite(file.get(), holder.data(), holder.size(), 0) != static_cast<ssize_t>(holder.size())) {
    return fail(error_of_errno(errno, fmt::format("write {}", path.string())));
  }
  DataFolder locked(folder, file.release());
  if (auto created = create_data_file(folder, locked.data_file()); !created) return fail(std::move(created.error()));
  return locked;
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : folder_(std::move(other.folder_)), lock_file_(std::exchange(other.lock_file_, -1)) {}

DataFolder::~DataFolder() {
  if (lock_file_ >= 0) ::close(lock_file_);
}

}  // namespace syncwell::sqlite
