#include "providers/file_state.hpp"

#include <cstdint>
#include <string_view>

namespace syncwell::providers {
namespace {

namespace fs = std::filesystem;

// FNV-1a, 64 bit: fast, and the same everywhere.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return value;
}

std::uint64_t hash_of(const fs::directory_entry& file, std::error_code& error) {
  const auto size = file.file_size(error);
  if (error) return 0;
  const auto written = file.last_write_time(error).time_since_epoch().count();
  return hash(file.path().native() + '\n' + std::to_string(size) + '\n' + std::to_string(written));
}

}  // namespace

std::string state_of_files(const fs::path& location) {
  std::error_code error;
  const fs::directory_entry root(location, error);
  if (error || !root.exists(error)) return {};
  // A sum, since folders are listed in any order.
  std::uint64_t sum = 0;
  std::size_t files = 0;
  if (!root.is_directory(error)) {
    sum = hash_of(root, error);
    files = 1;
  } else {
    for (fs::recursive_directory_iterator at(location, error); !error && at != fs::recursive_directory_iterator();
         at.increment(error)) {
      if (!at->is_regular_file(error)) continue;
      sum += hash_of(*at, error);
      if (++files > max_watched_files) return {};
    }
  }
  return error ? std::string() : std::to_string(files) + "-" + std::to_string(sum);
}

}  // namespace syncwell::providers
