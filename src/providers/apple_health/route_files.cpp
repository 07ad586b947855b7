#include "providers/apple_health/route_files.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "providers/gpx/gpx_reader.hpp"

namespace syncwell::providers::apple_health {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t route_block_bytes = 64 * 1024;
constexpr std::size_t max_listed_routes = 50'000;
constexpr std::size_t max_route_name_bytes = 512;

std::unexpected<Error> missing() { return fail(ErrorCode::not_found, "its file is not in the export"); }

// "/workout-routes/x.gpx" → "workout-routes/x.gpx"; empty for a path that leads out of the export.
std::string inner_path(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  const fs::path plain = fs::path(path).lexically_normal();
  if (plain.empty() || plain.is_absolute() || *plain.begin() == "..") return {};
  return plain.generic_string();
}

template <class Read>
Result<std::vector<model::RoutePoint>> read_points(Read read, std::vector<std::string>& warnings) {
  std::array<char, route_block_bytes> block;
  return gpx::read_route(
      [&]() -> Result<std::string_view> {
        const auto count = read(std::span<char>(block));
        if (!count) return fail(count.error());
        return std::string_view(block.data(), *count);
      },
      &warnings);
}

class FolderRoutes final : public RouteFiles {
 public:
  explicit FolderRoutes(fs::path base) : base_(std::move(base)) {}

  Result<std::vector<model::RoutePoint>> read(const std::string& path, std::vector<std::string>& warnings) override {
    const std::string inner = inner_path(path);
    if (inner.empty()) return fail(ErrorCode::unreadable_input, "its path leads out of the export");
    std::error_code error;
    // A symbolic link may lead out, too.
    const fs::path root = fs::canonical(base_.empty() ? fs::path(".") : base_, error);
    if (error) return missing();
    const fs::path file = fs::canonical(root / inner, error);
    if (error) return missing();
    if (std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first != root.end()) {
      return fail(ErrorCode::unreadable_input, "its path leads out of the export");
    }
    auto source = open_file(file);
    if (!source) return fail(source.error());
    return read_points([&](std::span<char> into) { return (*source)->read(into); }, warnings);
  }

 private:
  fs::path base_;
};

class ZipRoutes final : public RouteFiles {
 public:
  ZipRoutes(fs::path archive, const std::string& xml_entry) : path_(std::move(archive)) {
    const auto slash = xml_entry.rfind('/');
    if (slash != std::string::npos) folder_ = xml_entry.substr(0, slash + 1);
  }

  Result<std::vector<model::RoutePoint>> read(const std::string& path, std::vector<std::string>& warnings) override {
    const std::string inner = inner_path(path);
    if (inner.empty()) return fail(ErrorCode::unreadable_input, "its path leads out of the export");
    if (!listed_) list();
    const auto found = places_.find(folder_ + inner);
    if (found == places_.end()) return missing();
    if (auto moved = go_to(found->second); !moved) return fail(moved.error());
    return read_points([&](std::span<char> into) { return archive_->read(into); }, warnings);
  }

 private:
  // Where each entry stands; an archive that is cut off gives those before the cut.
  void list() {
    listed_ = true;
    auto archive = ZipArchive::open(path_);
    if (!archive) return;
    for (std::size_t place = 0;; ++place) {
      const auto entry = (*archive)->next_entry();
      if (!entry || !*entry) return;
      const std::string& name = **entry;
      if (!name.ends_with(".gpx") || name.size() > max_route_name_bytes) continue;
      if (places_.size() >= max_listed_routes) return;
      places_.try_emplace(name, place);
    }
  }

  Result<void> go_to(std::size_t place) {
    if (!archive_ || next_place_ > place) {
      auto archive = ZipArchive::open(path_);
      if (!archive) return fail(archive.error());
      archive_ = std::move(*archive);
      next_place_ = 0;
    }
    while (next_place_ <= place) {
      const auto entry = archive_->next_entry();
      if (!entry) return fail(entry.error());
      if (!*entry) return missing();
      ++next_place_;
    }
    return {};
  }

  fs::path path_;
  std::string folder_;
  bool listed_ = false;
  std::unordered_map<std::string, std::size_t> places_;
  std::unique_ptr<ZipArchive> archive_;
  std::size_t next_place_ = 0;  // of the entry that next_entry() gives
};

}  // namespace

std::unique_ptr<RouteFiles> routes_in_folder(fs::path base) { return std::make_unique<FolderRoutes>(std::move(base)); }

std::unique_ptr<RouteFiles> routes_in_zip(fs::path archive, const std::string& xml_entry) {
  return std::make_unique<ZipRoutes>(std::move(archive), xml_entry);
}

}  // namespace syncwell::providers::apple_health
