// Finds the export behind a path that a person gave: an export.xml, an export.zip, or a folder that holds either.
// Names are localised by the phone ("Exportieren.xml"), so the file is known by its root element <HealthData>;
// export_cda.xml, routes, clinical records fall through. Of several exports the newest counts (each is the whole
// history). One owner, one thread; blocks.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/record.hpp"
#include "providers/apple_health/byte_source.hpp"

namespace syncwell::providers::apple_health {

inline constexpr std::size_t max_folder_files = 100'000;
inline constexpr int max_folder_depth = 4;
// The root element comes after the document type declaration (7 KiB) and before that.
inline constexpr std::size_t max_probe_bytes = 2 * 1024 * 1024;

// The GPX files beside an export.
class RouteFiles {
 public:
  virtual ~RouteFiles() = default;
  // `path` as the export prints it: "/workout-routes/route_2025-11-02_9.40am.gpx". not_found; unreadable_input for
  // what is no GPX or lies outside the export. Damage behind the first sound point is told in `warnings`.
  [[nodiscard]] virtual Result<std::vector<model::RoutePoint>> read(const std::string& path,
                                                                    std::vector<std::string>& warnings) = 0;
};

struct OpenExport {
  std::unique_ptr<ByteSource> xml;
  std::unique_ptr<RouteFiles> routes;
  std::string name;                // "export.zip: apple_health_export/export.xml", for warnings
  std::vector<std::string> notes;  // what was passed over
};

// not_found: nothing there, or no export in it. unreadable_input: something else, with what it looks like.
[[nodiscard]] Result<OpenExport> open_export(const std::filesystem::path& location);

// What the first bytes of a file show. `decided` is false when more bytes are needed.
struct Probe {
  bool decided = false;
  std::string root;         // name of the root element; empty: no XML
  std::string exported_at;  // value of ExportDate, where it has come by
};
[[nodiscard]] Probe probe(std::string_view bytes);

}  // namespace syncwell::providers::apple_health
