// Reads GPX 1.0 and 1.1 (Topografix, schemas of 2002 and 2004) with Garmin's TrackPointExtension v1 and v2 (heart rate,
// cadence, temperature, speed) and power under the names in use. Each <trk> with times is one workout; segments become
// pauses. Routes, waypoints and tracks without times are no activities: one warning, nothing synced.
// Namespaces are not looked at: half of the files in the wild declare them wrongly or not at all.
// Times without a zone are read as UTC; "Z" says nothing about the local offset, so it stays unknown.
// Pure functions and single-threaded objects; memory is bounded by the maximums below.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "model/record.hpp"
#include "providers/track/decoder.hpp"

namespace syncwell::providers::gpx {

inline constexpr std::size_t max_tracks_per_file = 20'000;

// A decoder for one file (track/decoder.hpp). `own_id`: source_id and external_id of its first workout, if not empty.
[[nodiscard]] std::unique_ptr<track::Decoder> make_decoder(std::string own_id);

// The next bytes of a document, valid until the next call; empty at its end.
using NextChunk = std::function<Result<std::string_view>()>;

// Only the positions of a document, all tracks and segments in one list, sorted by time, one point per time: for Apple
// Health's workout-routes. Streams: never holds the document. What was dropped (points without time or off the globe,
// the rest of a damaged file) is told in `warnings`, if given.
// unreadable_input: no GPX, or damaged before the first sound point. An error of `next_chunk` is passed on.
[[nodiscard]] Result<std::vector<model::RoutePoint>> read_route(const NextChunk& next_chunk,
                                                                std::vector<std::string>* warnings = nullptr);
[[nodiscard]] Result<std::vector<model::RoutePoint>> read_route(std::string_view document,
                                                                std::vector<std::string>* warnings = nullptr);

}  // namespace syncwell::providers::gpx
