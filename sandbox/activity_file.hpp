// Minimal readers of the files that Strava takes: enough to say when, how long, how far and what, and to give streams.
// Written on their own, sharing nothing with the providers' readers, because they judge what our encoders write.
// Sources: FIT protocol and profile, TCX v2 and GPX 1.1 schemas as described in fit_gpx_tcx.md.
// Pure functions, any thread; every input is bounded; damaged input gives an error, never an exception.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace syncwell::sandbox {

inline constexpr std::size_t max_activity_file_bytes = 25 * 1024 * 1024;  // after decompression
inline constexpr std::size_t max_track_points = 200'000;

struct TrackPoint {
  Instant at{};
  std::optional<double> latitude_deg{};
  std::optional<double> longitude_deg{};
  std::optional<double> altitude_m{};
  std::optional<double> distance_m{};
  std::optional<double> heart_rate_bpm{};
  std::optional<double> cadence_rpm{};
  std::optional<double> power_w{};
  std::optional<double> temperature_c{};
};

struct ActivityFile {
  Instant start{};
  Duration elapsed{0};
  Duration moving{0};
  double distance_m = 0;
  double elevation_gain_m = 0;
  double energy_kcal = 0;
  std::string sport;  // "Run", "Ride" … as Strava's sport_type; empty where the file does not tell
  std::string device;
  std::vector<TrackPoint> points;  // in time order
};

enum class FileFault {
  damaged,       // CRC, length, XML, compression, or past a maximum
  wrong_format,  // the data is not of the data_type that was named
  no_activity,   // no session, lap or track in it
  no_times,      // a point or the whole lacks a time
};
[[nodiscard]] std::string_view message_of(FileFault fault);

// `data_type` is fit, fit.gz, tcx, tcx.gz, gpx or gpx.gz.
[[nodiscard]] bool is_activity_data_type(std::string_view data_type);
[[nodiscard]] std::expected<ActivityFile, FileFault> read_activity_file(std::string_view data_type,
                                                                        std::string_view bytes);

// The parts, for read_activity_file.
[[nodiscard]] std::expected<ActivityFile, FileFault> read_fit(std::string_view bytes);
[[nodiscard]] std::expected<ActivityFile, FileFault> read_tcx(std::string_view bytes);
[[nodiscard]] std::expected<ActivityFile, FileFault> read_gpx(std::string_view bytes);
// nullopt for data that is no gzip, is cut short, or grows past max_activity_file_bytes.
[[nodiscard]] std::optional<std::string> gunzip(std::string_view bytes);
// Great-circle distance.
[[nodiscard]] double distance_between_m(double latitude_1, double longitude_1, double latitude_2, double longitude_2);

}  // namespace syncwell::sandbox
