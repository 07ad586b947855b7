#include "sandbox/activity_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace syncwell::sandbox {
namespace {

constexpr std::array<std::string_view, 6> data_types = {"fit", "fit.gz", "tcx", "tcx.gz", "gpx", "gpx.gz"};

// What the summary lacks is worked out from the points.
void complete_from_points(ActivityFile& file) {
  double walked = 0;
  double climbed = 0;
  Duration moving{0};
  for (std::size_t i = 1; i < file.points.size(); ++i) {
    const TrackPoint& from = file.points[i - 1];
    const TrackPoint& to = file.points[i];
    double step = 0;
    if (from.latitude_deg && to.latitude_deg) {
      step = distance_between_m(*from.latitude_deg, *from.longitude_deg, *to.latitude_deg, *to.longitude_deg);
    } else if (from.distance_m && to.distance_m) {
      step = *to.distance_m - *from.distance_m;
    }
    walked += step;
    if (from.altitude_m && to.altitude_m) climbed += std::max(0.0, *to.altitude_m - *from.altitude_m);
    const Duration time = to.at - from.at;
    if (time <= std::chrono::seconds{30} && step > 0.1) moving += time;
  }
  if (file.distance_m <= 0) {
    const bool measured = !file.points.empty() && file.points.back().distance_m;
    file.distance_m = measured ? *file.points.back().distance_m : walked;
  }
  if (file.elevation_gain_m <= 0) file.elevation_gain_m = climbed;
  if (file.elapsed <= Duration{0} && !file.points.empty()) file.elapsed = file.points.back().at - file.start;
  if (file.moving <= Duration{0}) file.moving = moving > Duration{0} ? moving : file.elapsed;
}

}  // namespace

std::string_view message_of(FileFault fault) {
  switch (fault) {
    case FileFault::damaged:
      return "The file is malformed.";
    case FileFault::wrong_format:
      return "Unrecognized file type.";
    case FileFault::no_activity:
      return "No activity data in file.";
    case FileFault::no_times:
      return "Time information is missing from file.";
  }
  return "The file is malformed.";
}

bool is_activity_data_type(std::string_view data_type) {
  return std::ranges::find(data_types, data_type) != data_types.end();
}

std::expected<ActivityFile, FileFault> read_activity_file(std::string_view data_type, std::string_view bytes) {
  std::string plain;
  if (data_type.ends_with(".gz")) {
    auto unpacked = gunzip(bytes);
    if (!unpacked) return std::unexpected(FileFault::damaged);
    plain = std::move(*unpacked);
    bytes = plain;
  }
  if (bytes.size() > max_activity_file_bytes) return std::unexpected(FileFault::damaged);
  auto file = data_type.starts_with("fit")   ? read_fit(bytes)
              : data_type.starts_with("tcx") ? read_tcx(bytes)
                                             : read_gpx(bytes);
  if (!file) return file;
  if (file->start < min_instant || file->start > max_instant) return std::unexpected(FileFault::no_times);
  std::ranges::sort(file->points, {}, &TrackPoint::at);
  complete_from_points(*file);
  if (file->elapsed < Duration{0} || file->elapsed > std::chrono::days{30}) return std::unexpected(FileFault::damaged);
  return file;
}

std::optional<std::string> gunzip(std::string_view bytes) {
  constexpr int gzip_only = 16 + MAX_WBITS;
  z_stream stream{};
  if (inflateInit2(&stream, gzip_only) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it
  stream.avail_in = static_cast<uInt>(std::min(bytes.size(), max_activity_file_bytes));
  std::string plain;
  std::array<char, 16 * 1024> chunk{};
  int status = Z_OK;
  while (status == Z_OK && plain.size() <= max_activity_file_bytes) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    status = inflate(&stream, Z_NO_FLUSH);
    plain.append(chunk.data(), chunk.size() - stream.avail_out);
    if (status == Z_OK && stream.avail_in == 0 && stream.avail_out != 0) break;  // cut short
  }
  inflateEnd(&stream);
  if (status != Z_STREAM_END || plain.size() > max_activity_file_bytes) return std::nullopt;
  return plain;
}

double distance_between_m(double latitude_1, double longitude_1, double latitude_2, double longitude_2) {
  constexpr double earth_radius_m = 6'371'000;
  constexpr double radians = std::numbers::pi / 180;
  const double half_height = std::sin((latitude_2 - latitude_1) * radians / 2);
  const double half_width = std::sin((longitude_2 - longitude_1) * radians / 2);
  const double chord = half_height * half_height +
                       std::cos(latitude_1 * radians) * std::cos(latitude_2 * radians) * half_width * half_width;
  return 2 * earth_radius_m * std::asin(std::sqrt(std::clamp(chord, 0.0, 1.0)));
}

}  // namespace syncwell::sandbox
