// The two places where an export keeps its route files: a folder, and a ZIP archive. See RouteFiles.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "providers/apple_health/export_location.hpp"

namespace syncwell::providers::apple_health {

// `base`: where the export's XML lies. Never reads outside it, whatever the export says.
[[nodiscard]] std::unique_ptr<RouteFiles> routes_in_folder(std::filesystem::path base);

// `xml_entry`: the export's name in the archive. Walks the archive with a handle of its own; routes asked for in the
// archive's order cost one walk in all.
[[nodiscard]] std::unique_ptr<RouteFiles> routes_in_zip(std::filesystem::path archive, const std::string& xml_entry);

}  // namespace syncwell::providers::apple_health
