// The folder of a file provider: which files are there to read, and how files of ours get in and out.
// Blocking calls; nothing is kept between them. Health data is written only into the folder that the person named:
// the file that is being written stands beside its target, hidden, readable by its owner alone, and is gone afterwards.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace syncwell::providers::track {

inline constexpr std::size_t max_files = 200'000;
inline constexpr int max_folder_depth = 32;

struct FileList {
  std::vector<std::filesystem::path> files;  // sorted, so that every fetch has the same order
  std::vector<std::string> warnings;         // what could not be listed
  bool is_folder = false;
};

// `location` itself when it is a file, whatever its name; else every file below it named *.<extension> or
// *.<extension>.gz in any case, without hidden ones. Folder links are not followed.
// not_found: there is nothing at `location`. unreadable_input: it cannot be listed.
[[nodiscard]] Result<FileList> list_files(const std::filesystem::path& location, std::string_view extension);

// Creates `folder` where it does not exist. invalid_argument: it is a file. storage_*: the disk says no.
[[nodiscard]] Result<void> ensure_folder(const std::filesystem::path& folder);

// All or nothing: after success `file` holds `content` durably, after an error it is as it was.
// storage_full, storage_read_only, storage_failed.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& file, std::string_view content);

// Success when it is gone, also when it was before. storage_read_only, storage_failed.
[[nodiscard]] Result<void> remove_file(const std::filesystem::path& file);

}  // namespace syncwell::providers::track
