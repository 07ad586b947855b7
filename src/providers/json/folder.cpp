#include "providers/json/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <filesystem>

namespace syncwell::providers::json {
namespace {

constexpr std::string_view format_name = "syncwell canonical records";
constexpr std::int64_t layout_version = 1;
constexpr Duration lock_retry_interval{5};

std::string marker_path(const std::string& folder) { return folder + "/" + std::string(marker_name); }

std::string parent_of(const std::string& folder) {
  std::filesystem::path path = std::filesystem::path(folder).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  return path.has_parent_path() ? path.parent_path().string() : ".";
}

Result<void> make_folder(const std::string& folder) {
  std::error_code problem;
  const bool created = std::filesystem::create_directories(folder, problem);
  if (problem) return fail(error_of(problem.value(), Access::write, folder));
  if (!created) return {};
  ::chmod(folder.c_str(), S_IRWXU);  // health data: for its owner only; other rights are no reason to stop
  return sync_folder(parent_of(folder));
}

// Writes the marker under a name of its own and gives it the real one only if that is still free: whoever comes second
// finds the first one's, never half a marker.
Result<void> make_marker(const std::string& folder, Random& random) {
  const std::string id = random.uuid4();
  const std::string temporary = fmt::format("{}/.{}.{}.new", folder, marker_name, id);
  const std::string content =
      fmt::format("{{\"format\":\"{}\",\"version\":{},\"id\":\"{}\"}}\n", format_name, layout_version, id);
  auto file = open_file(temporary, O_WRONLY | O_CREAT | O_EXCL, Access::write);
  if (!file) return fail(std::move(file.error()));
  auto written = write_at(file->get(), 0, content, temporary);
  if (written) written = sync_file(file->get(), temporary);
  if (written && ::link(temporary.c_str(), marker_path(folder).c_str()) != 0 && errno != EEXIST) {
    written = fail(error_of(errno, Access::write, marker_path(folder)));
  }
  ::unlink(temporary.c_str());
  if (!written) return written;
  return sync_folder(folder);
}

}  // namespace

Result<void> check_folder(const std::string& folder) {
  if (folder.empty()) return fail(ErrorCode::invalid_argument, "json: no folder given");
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) {
    if (errno == ENOENT) return fail(ErrorCode::not_found, fmt::format("{}: the folder does not exist", folder));
    return fail(error_of(errno, Access::read, folder));
  }
  if (!S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: not a folder; give the folder that holds heart_rate.jsonl and so on", folder));
  }
  return {};
}

Result<std::string> folder_identity(const std::string& folder) {
  if (auto checked = check_folder(folder); !checked) return fail(std::move(checked.error()));
  const std::string path = marker_path(folder);
  const auto file = open_file(path, O_RDONLY, Access::read);
  if (!file) return fail(file.error());
  const auto text = read_at(file->get(), 0, max_marker_bytes, path);
  if (!text) return fail(text.error());
  boost::json::error_code ec;
  const auto document = boost::json::parse(*text, ec);
  const auto* marker = ec ? nullptr : document.if_object();
  const auto* format = marker == nullptr ? nullptr : marker->if_contains("format");
  const auto* version = marker == nullptr ? nullptr : marker->if_contains("version");
  const auto* id = marker == nullptr ? nullptr : marker->if_contains("id");
  if (format == nullptr || !format->is_string() ||
      format->get_string() != boost::json::string_view(format_name.data(), format_name.size()) || version == nullptr ||
      !version->is_int64() || id == nullptr || !id->is_string() || id->get_string().empty()) {
    return fail(ErrorCode::unreadable_input,
                fmt::format("{}: damaged; restore it, or delete it to have the folder taken for a new one", path));
  }
  if (version->get_int64() > layout_version) {
    return fail(ErrorCode::storage_newer, fmt::format("{}: written by a newer version of SyncWell", path));
  }
  return std::string(id->get_string().data(), id->get_string().size());
}

Result<std::string> create_folder_identity(const std::string& folder, Random& random) {
  auto identity = folder_identity(folder);
  if (identity || identity.error().code != ErrorCode::not_found) return identity;
  if (auto made = make_folder(folder); !made) return fail(std::move(made.error()));
  if (auto made = make_marker(folder, random); !made) return fail(std::move(made.error()));
  return folder_identity(folder);
}

Async<Result<FolderLock>> FolderLock::acquire(std::string folder, Mode mode, Runtime& runtime, Deadline deadline) {
  auto marker = open_file(marker_path(folder), O_RDONLY, Access::read);
  if (!marker) {
    if (mode == Mode::shared && marker.error().code == ErrorCode::not_found) co_return FolderLock(FileDescriptor());
    co_return fail(std::move(marker.error()));
  }
  const int operation = (mode == Mode::shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  while (::flock(marker->get(), operation) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) co_return fail(error_of(errno, Access::read, marker_path(folder)));
    if (deadline.remaining(runtime) == Duration{0}) {
      co_return fail(ErrorCode::storage_in_use, fmt::format("{}: in use by another program", folder));
    }
    if (auto slept = co_await runtime.sleep_for(lock_retry_interval); !slept) co_return fail(std::move(slept.error()));
  }
  co_return FolderLock(std::move(*marker));
}

}  // namespace syncwell::providers::json
