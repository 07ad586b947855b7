#include "providers/apple_health/export_location.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "providers/apple_health/export_fields.hpp"
#include "providers/apple_health/route_files.hpp"
#include "providers/xml/xml_reader.hpp"

namespace syncwell::providers::apple_health {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t probe_block_bytes = 64 * 1024;
constexpr std::string_view export_root = "HealthData";
constexpr std::string_view advice =
    "give the export.zip that the Health app makes (profile picture, Export All Health Data), its export.xml, or the "
    "unpacked folder";

// Stops at the root element, or at ExportDate inside the right one.
class ProbeListener final : public xml::Listener {
 public:
  void start_element(std::string_view name, const xml::Attributes& attributes) override {
    if (result.root.empty()) {
      result.root = name;
      result.decided = name != export_root;
    } else if (!result.decided) {
      if (name == "ExportDate") result.exported_at = attributes.get("value").value_or("");
      result.decided = true;
    }
    if (result.decided) reader->suspend();
  }
  void end_element(std::string_view, std::string_view) override {}
  bool wants_text() override { return false; }

  Probe result;
  xml::Reader* reader = nullptr;
};

// Reads from `read` until the probe is decided or there is no more. `head` keeps what was read.
template <class Read>
Result<Probe> probe_stream(Read read, std::string& head) {
  Probe seen;
  while (!seen.decided && head.size() < max_probe_bytes) {
    const std::size_t before = head.size();
    head.resize(before + probe_block_bytes);
    const auto count = read(std::span<char>(head).subspan(before));
    head.resize(before + count.value_or(0));
    if (!count && head.empty()) return fail(count.error());
    if (!count || *count == 0) break;
    seen = probe(head);
  }
  return seen;
}

std::string_view looks_like(std::string_view head) {
  using namespace std::string_view_literals;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> known = {{
      {"\xFF\xD8\xFF"sv, "a JPEG picture"},
      {"\x89PNG"sv, "a PNG picture"},
      {"%PDF"sv, "a PDF document"},
      {"\x1F\x8B"sv, "a gzip file"},
      {"{"sv, "JSON"},
      {"[{"sv, "JSON"},
      {"7z\xBC\xAF"sv, "a 7-Zip archive"},
      {"Rar!"sv, "a RAR archive"},
  }};
  for (const auto& [magic, name] : known) {
    if (head.starts_with(magic)) return name;
  }
  return "neither XML nor a ZIP archive";
}

Error not_an_export(const Probe& seen, std::string_view head, const std::string& name) {
  if (head.empty()) return {ErrorCode::unreadable_input, fmt::format("{} is empty; {}", name, advice)};
  if (seen.root.empty()) {
    return {ErrorCode::unreadable_input,
            fmt::format("{} is no Apple Health export: it is {}; {}", name, looks_like(head), advice)};
  }
  constexpr std::size_t shown = 40;
  std::string_view hint;
  if (seen.root == "gpx") hint = " (a GPX track: use gpx:)";
  if (seen.root == "TrainingCenterDatabase") hint = " (a TCX activity: use tcx:)";
  if (seen.root == "ClinicalDocument") hint = " (the clinical copy beside the export)";
  return {ErrorCode::unreadable_input,
          fmt::format("{} is no Apple Health export: its root element is <{}>{}, not <HealthData>; {}", name,
                      seen.root.substr(0, shown), hint, advice)};
}

bool is_zip(std::string_view head) {
  return head.starts_with("PK\x03\x04") || head.starts_with("PK\x05\x06") || head.starts_with("PK\x07\x08");
}

struct Candidate {
  fs::path path;
  std::string entry;  // in a ZIP archive; empty for a plain file
  Instant exported_at = min_instant;
};

// An export's date is all that may stand in front of the damage in a file, so an unreadable one does not rule it out.
Candidate candidate_of(const fs::path& path, std::string entry, const Probe& seen) {
  return {path, std::move(entry), parse_export_date(seen.exported_at).value_or(min_instant)};
}

// Walks the archive to its export. `archive` is left at that entry, `head` holds what was read of it.
Result<Candidate> find_in_zip(const fs::path& path, ZipArchive& archive, std::string& head) {
  const std::string name = path.filename().string();
  std::size_t files = 0;
  while (true) {
    const auto entry = archive.next_entry();
    if (!entry)
      return fail(ErrorCode::unreadable_input, fmt::format("{}: {}; {}", name, entry.error().message, advice));
    if (!*entry) break;
    ++files;
    head.clear();
    const auto seen = probe_stream([&](std::span<char> into) { return archive.read(into); }, head);
    if (seen && seen->root == export_root) return candidate_of(path, **entry, *seen);
    if (!seen) return fail(ErrorCode::unreadable_input, fmt::format("{}: {}; {}", name, seen.error().message, advice));
  }
  return fail(ErrorCode::unreadable_input,
              fmt::format("{} holds {} files, but no Apple Health export; {}", name, files, advice));
}

Result<Candidate> look_at_file(const fs::path& path) {
  const std::string name = path.filename().string();
  auto file = open_file(path);
  if (!file) return fail(file.error().code, fmt::format("{}: {}; {}", name, file.error().message, advice));
  std::string head(4, '\0');
  const auto count = (*file)->read(head);
  if (!count) return fail(count.error());
  head.resize(*count);
  if (is_zip(head)) {
    auto archive = ZipArchive::open(path);
    if (!archive) return fail(archive.error().code, fmt::format("{}: {}; {}", name, archive.error().message, advice));
    return find_in_zip(path, **archive, head);
  }
  const auto seen = probe_stream([&](std::span<char> into) { return (*file)->read(into); }, head);
  if (!seen) return fail(seen.error());
  if (seen->root != export_root) return fail(not_an_export(*seen, head, name));
  return candidate_of(path, {}, *seen);
}

// Every .xml and .zip file below the folder, in the order of their names.
Result<std::vector<fs::path>> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  std::size_t count = 0;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (++count > max_folder_files) {
      return fail(ErrorCode::too_large,
                  fmt::format("the folder holds more than {} files; {}", max_folder_files, advice));
    }
    if (at.depth() >= max_folder_depth) at.disable_recursion_pending();
    std::string extension = at->path().extension().string();
    std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
    std::error_code ignored;
    if ((extension == ".xml" || extension == ".zip") && at->is_regular_file(ignored)) files.push_back(at->path());
  }
  if (error) return fail(ErrorCode::unreadable_input, "the folder cannot be read to its end: check its permissions");
  std::ranges::sort(files);
  return files;
}

Result<OpenExport> open_candidate(const Candidate& found) {
  OpenExport result;
  result.name = found.path.filename().string();
  if (found.entry.empty()) {
    auto file = open_file(found.path);
    if (!file) return fail(file.error());
    result.xml = std::move(*file);
    result.routes = routes_in_folder(found.path.parent_path());
    return result;
  }
  auto archive = ZipArchive::open(found.path);
  if (!archive) return fail(archive.error());
  std::string head;
  const auto again = find_in_zip(found.path, **archive, head);
  if (!again) return fail(again.error());
  result.name += ": " + found.entry;
  result.xml = continue_entry(std::move(*archive), std::move(head));
  result.routes = routes_in_zip(found.path, found.entry);
  return result;
}

}  // namespace

Probe probe(std::string_view bytes) {
  ProbeListener listener;
  xml::Reader reader(listener);
  listener.reader = &reader;
  const auto fed = reader.feed(bytes);
  if (!fed) listener.result.decided = true;
  return listener.result;
}

Result<OpenExport> open_export(const fs::path& location) {
  std::error_code error;
  if (!fs::is_directory(location, error)) {
    const auto found = look_at_file(location);
    if (!found) return fail(found.error());
    return open_candidate(*found);
  }
  const auto files = files_below(location);
  if (!files) return fail(files.error());
  std::optional<Candidate> best;
  std::size_t exports = 0;
  std::optional<Error> why_not;
  for (const auto& path : *files) {
    const auto found = look_at_file(path);
    if (!found) {
      why_not = found.error();
      continue;
    }
    ++exports;
    if (!best || found->exported_at > best->exported_at) best = *found;
  }
  if (!best) {
    if (files->size() == 1) return fail(*why_not);
    return fail(ErrorCode::not_found, fmt::format("the folder holds no Apple Health export; {}", advice));
  }
  auto opened = open_candidate(*best);
  if (opened && exports > 1) {
    opened->notes.push_back(fmt::format("the folder holds {} exports; only the newest is read", exports));
  }
  return opened;
}

}  // namespace syncwell::providers::apple_health
