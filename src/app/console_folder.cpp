#include "app/console_folder.hpp"

#include <array>

namespace syncwell::app {

Result<api::ConsoleFiles> open_console(const Configuration& configuration, const std::filesystem::path& program) {
  if (const auto& folder = configuration.text("console.folder"); !folder.empty())
    return api::ConsoleFiles::load(folder);
  // The program is in build/<preset>.
  const auto project = program.parent_path().parent_path().parent_path();
  for (const auto& folder :
       std::array{project / "console/dist", std::filesystem::path("/usr/share/syncwell/console")}) {
    std::error_code error;
    if (std::filesystem::exists(folder / "index.html", error)) return api::ConsoleFiles::load(folder);
  }
  return api::ConsoleFiles();
}

}  // namespace syncwell::app
