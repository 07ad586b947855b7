#include "providers/gpx/gpx_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "providers/track/text_form.hpp"

namespace syncwell::providers::gpx {
namespace {

using track::escape_text;
using track::format_number;

constexpr int degree_digits = 9;
constexpr int value_digits = 3;
constexpr float max_byte_value = 255;  // of hr in the extension; cad ends at 254

constexpr std::string_view header =
    R"(<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="SyncWell" xmlns="http://www.topografix.com/GPX/1/1")"
    R"( xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1")"
    R"( xmlns:pwr="http://www.garmin.com/xmlschemas/PowerExtension/v1")"
    R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance")"
    R"( xsi:schemaLocation="http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/1/1/gpx.xsd">
)";

template <class T>
void fill(std::optional<T>& value, const std::optional<T>& other) {
  if (!value) value = other;
}

// The sensor values of each position: those of the same time, else those of the nearest sample that has no position
// of its own time.
std::vector<model::Sample> samples_at(const std::vector<model::RoutePoint>& route,
                                      const std::vector<model::Sample>& samples) {
  std::vector<model::Sample> result(route.size());
  const auto take = [](model::Sample& to, const model::Sample& from) {
    fill(to.heart_rate_bpm, from.heart_rate_bpm);
    fill(to.cadence_rpm, from.cadence_rpm);
    fill(to.power_w, from.power_w);
    fill(to.temperature_c, from.temperature_c);
  };
  std::vector<std::pair<std::size_t, const model::Sample*>> shifted;
  std::size_t next = 0;  // the first position not before the sample
  for (const model::Sample& sample : samples) {
    while (next < route.size() && route[next].at < sample.at) ++next;
    if (next < route.size() && route[next].at == sample.at) {
      take(result[next], sample);
      continue;
    }
    std::size_t nearest = std::min(next, route.size() - 1);
    if (next > 0 && (next == route.size() || sample.at - route[next - 1].at <= route[next].at - sample.at)) {
      nearest = next - 1;
    }
    if (std::chrono::abs(sample.at - route[nearest].at) <= max_sample_shift) shifted.emplace_back(nearest, &sample);
  }
  for (const auto& [index, sample] : shifted) take(result[index], *sample);
  return result;
}

void append_extensions(std::string& text, const model::Sample& sample) {
  std::string inner;
  if (sample.temperature_c) {
    inner += fmt::format("<gpxtpx:atemp>{}</gpxtpx:atemp>", format_number(*sample.temperature_c, value_digits));
  }
  if (sample.heart_rate_bpm && *sample.heart_rate_bpm >= 1) {
    inner +=
        fmt::format("<gpxtpx:hr>{}</gpxtpx:hr>", format_number(std::min(*sample.heart_rate_bpm, max_byte_value), 0));
  }
  if (sample.cadence_rpm && *sample.cadence_rpm >= 0) {
    inner +=
        fmt::format("<gpxtpx:cad>{}</gpxtpx:cad>", format_number(std::min(*sample.cadence_rpm, max_byte_value - 1), 0));
  }
  if (!inner.empty()) inner = fmt::format("<gpxtpx:TrackPointExtension>{}</gpxtpx:TrackPointExtension>", inner);
  if (sample.power_w && *sample.power_w >= 0) {
    inner += fmt::format("<pwr:PowerInWatts>{}</pwr:PowerInWatts>", format_number(*sample.power_w, 0));
  }
  if (!inner.empty()) text += fmt::format("<extensions>{}</extensions>", inner);
}

void append_point(std::string& text, const model::RoutePoint& point, const model::Sample& sample) {
  text += fmt::format(R"(<trkpt lat="{}" lon="{}">)", format_number(point.latitude_deg, degree_digits),
                      format_number(point.longitude_deg, degree_digits));
  if (point.altitude_m) text += fmt::format("<ele>{}</ele>", format_number(*point.altitude_m, value_digits));
  text += fmt::format("<time>{}</time>", format_rfc3339(point.at));
  append_extensions(text, sample);
  text += "</trkpt>\n";
}

std::string device_text(const model::Origin& origin) {
  std::string text = origin.device_manufacturer;
  if (!text.empty() && !origin.device_model.empty()) text += ' ';
  return text + origin.device_model;
}

void append_header(std::string& text, const model::Record& record, const model::Workout& workout) {
  text += fmt::format("<metadata><time>{}</time></metadata>\n<trk>", format_rfc3339(record.time.start.at));
  if (!workout.title.empty()) text += fmt::format("<name>{}</name>", escape_text(track::cut_title(workout.title)));
  if (const std::string device = device_text(record.origin); !device.empty()) {
    text += fmt::format("<src>{}</src>", escape_text(track::cut_title(device)));
  }
  text += fmt::format("<type>{}</type>\n", model::name_of(workout.sport));
}

}  // namespace

Result<std::string> encode_workout(const model::Record& record) {
  const auto* workout = std::get_if<model::Workout>(&record.payload);
  if (workout == nullptr) return fail(ErrorCode::unsupported, "a GPX file holds workouts only");
  if (workout->route.size() < 2)
    return fail(ErrorCode::unsupported, "a GPX file cannot hold a workout without a route");

  std::string text(header);
  append_header(text, record, *workout);
  text += "<trkseg>\n";
  const auto samples = samples_at(workout->route, workout->samples);
  auto pause = workout->pauses.begin();
  for (std::size_t i = 0; i < workout->route.size(); ++i) {
    // A segment ends where the clock stood still between two positions.
    bool paused = false;
    for (; pause != workout->pauses.end() && pause->end <= workout->route[i].at; ++pause) {
      paused = paused || (i > 0 && pause->end > workout->route[i - 1].at);
    }
    if (paused) text += "</trkseg>\n<trkseg>\n";
    append_point(text, workout->route[i], samples[i]);
  }
  return text + "</trkseg>\n</trk>\n</gpx>\n";
}

}  // namespace syncwell::providers::gpx
