#include "providers/gpx/gpx_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "providers/gpx/gpx_points.hpp"
#include "providers/track/identity.hpp"
#include "providers/track/sport_text.hpp"
#include "providers/track/text_form.hpp"
#include "providers/track/track_builder.hpp"

namespace syncwell::providers::gpx {
namespace {

constexpr int identity_digits = 7;  // of a position in degrees: a centimetre

Error not_gpx() { return {ErrorCode::unreadable_input, "not a GPX file: its root element is not <gpx>"}; }

std::string identity_text(const track::AssembledTrack& track) {
  std::string text = fmt::format("gpx {} {}", format_rfc3339(track.start), track.points);
  for (const auto& position : {track.first_position, track.last_position}) {
    if (!position) continue;
    text += fmt::format(" {} {}", track::format_number(position->latitude_deg, identity_digits),
                        track::format_number(position->longitude_deg, identity_digits));
  }
  return text;
}

void add(track::Findings& sum, const track::Findings& more) {
  sum.untimed += more.untimed;
  sum.unreadable_time += more.unreadable_time;
  sum.unsorted += more.unsorted;
  sum.duplicate += more.duplicate;
  sum.off_globe += more.off_globe;
  sum.implausible += more.implausible;
  sum.over_limit += more.over_limit;
}

class GpxDecoder final : public track::Decoder, private PointSink {
 public:
  explicit GpxDecoder(std::string own_id) : own_id_(std::move(own_id)) {}

  bool feed(std::string_view bytes, track::Batch& batch) override {
    if (auto fed = reader_.feed(bytes); !fed) damage_ = std::move(fed.error().message);
    move_ready(batch);
    return !damage_ && listener_.is_gpx();
  }

  Result<void> finish(track::Batch& batch, const std::optional<std::string>& damage) override {
    if (damage && !damage_) damage_ = damage;
    if (!listener_.is_gpx()) return fail(not_gpx());
    if (!damage_) {
      if (auto over = reader_.finish(); !over) damage_ = std::move(over.error().message);
    }
    if (damage_) {
      if (listener_.in_track()) close_track(listener_.open_header());
      batch.partial = true;
    }
    move_ready(batch);
    if (damage_ && workouts_ == 0) return fail(ErrorCode::unreadable_input, *damage_);
    if (damage_) batch.warnings.push_back(fmt::format("damaged, read up to there: {}", *damage_));
    report(batch);
    return {};
  }

 private:
  void segment_starts() override {
    // Empty segments are not kept, however many there are.
    if (segments_.empty() || !segments_.back().points.empty()) segments_.emplace_back();
  }

  void point(track::TrackPoint point, std::optional<UtcOffset> offset) override {
    if (points_ == track::max_points_per_workout) {
      ++findings_.over_limit;
      partial_ = true;
      return;
    }
    ++points_;
    if (std::exchange(stopped_, false)) {
      segment_starts();
      segments_.back().before = track::Break::stopped;
    }
    segments_.back().points.push_back(point);
    if (points_ == 1) start_offset_ = offset;
    end_offset_ = offset;
  }

  void clock(bool stopped, Instant at) override {
    // A resumed clock starts a segment with a point that has a time alone, a stopped one ends one.
    if (!stopped) stopped_ = true;
    point({.at = at}, end_offset_);
    if (stopped) stopped_ = true;
  }

  void track_ends(TrackHeader header) override { close_track(std::move(header)); }

  void close_track(TrackHeader header) {
    track::Findings found = std::exchange(findings_, {});
    const bool untimed = points_ == 0 && found.untimed + found.unreadable_time > 0;
    points_ = 0;
    stopped_ = false;
    auto track = track::assemble(std::exchange(segments_, {}), found, track::InferStops::yes);
    if (untimed) {
      ++untimed_tracks_;
      return;
    }
    if (track.points == 0) return;
    if (track.start == track.end) {
      ++instant_tracks_;
      return;
    }
    if (workouts_ == max_tracks_per_file) {
      ++tracks_over_limit_;
      return;
    }
    add(file_findings_, found);
    ++workouts_;
    ready_.push_back(make_record(std::move(track), std::move(header)));
  }

  model::Record make_record(track::AssembledTrack&& track, TrackHeader&& header) {
    model::Record record;
    record.type = model::DataType::workout;
    record.external_id = std::exchange(own_id_, {});
    record.source_id = record.external_id.empty() ? track::content_id(identity_text(track)) : record.external_id;
    record.origin.provider = "gpx";
    record.origin.application = listener_.creator();
    record.origin.device_model = std::move(header.source);
    record.origin.method = model::RecordingMethod::sensed;
    record.time = {{track.start, start_offset_}, {track.end, end_offset_}};

    model::Workout workout;
    auto sport = track::sport_from_text(header.type);
    if (!sport) sport = track::sport_from_text(header.activity);
    workout.sport = sport.value_or(model::Sport::other);
    workout.title = std::move(header.title);
    workout.timer = Duration{track.end - track.start} - track::paused_in(track.pauses, track.start, track.end);
    track::move_into(std::move(track), workout);
    record.payload = std::move(workout);
    return record;
  }

  void move_ready(track::Batch& batch) {
    std::ranges::move(ready_, std::back_inserter(batch.records));
    ready_.clear();
    batch.partial = batch.partial || std::exchange(partial_, false);
  }

  void report(track::Batch& batch) const {
    auto& warnings = batch.warnings;
    if (workouts_ == 0) {
      warnings.push_back(fmt::format(
          "no recorded activity in it ({} tracks without times, {} of a single moment, {} route points, {} waypoints): "
          "nothing to sync",
          untimed_tracks_, instant_tracks_, listener_.route_points(), listener_.waypoints()));
      return;
    }
    if (untimed_tracks_ > 0) {
      warnings.push_back(fmt::format("{} tracks without times are no activities: left out", untimed_tracks_));
    }
    if (instant_tracks_ > 0) {
      warnings.push_back(fmt::format("{} tracks of a single moment are no activities: left out", instant_tracks_));
    }
    if (tracks_over_limit_ > 0) {
      batch.partial = true;
      warnings.push_back(fmt::format("{} tracks past the maximum of {} in one file: left out", tracks_over_limit_,
                                     max_tracks_per_file));
    }
    std::ranges::move(track::describe(file_findings_), std::back_inserter(warnings));
  }

  std::string own_id_;
  track::Findings findings_;  // of the open track; the listener adds to it
  PointListener listener_{*this, findings_};
  xml::Reader reader_{listener_};
  std::optional<std::string> damage_;

  std::vector<track::Segment> segments_;
  std::size_t points_ = 0;
  bool stopped_ = false;  // the next point starts a segment after a stopped clock
  std::optional<UtcOffset> start_offset_;
  std::optional<UtcOffset> end_offset_;

  std::vector<model::Record> ready_;
  bool partial_ = false;
  track::Findings file_findings_;
  std::size_t workouts_ = 0;
  std::size_t untimed_tracks_ = 0;
  std::size_t instant_tracks_ = 0;
  std::size_t tracks_over_limit_ = 0;
};

// Keeps positions only.
class RouteSink final : public PointSink {
 public:
  explicit RouteSink(track::Findings& findings) : findings_(findings) {}

  void segment_starts() override {}
  void track_ends(TrackHeader) override {}
  void clock(bool, Instant) override {}
  void point(track::TrackPoint point, std::optional<UtcOffset>) override {
    if (!point.position) return;
    if (route_.size() == track::max_points_per_workout) {
      ++findings_.over_limit;
      return;
    }
    route_.push_back({point.at, point.position->latitude_deg, point.position->longitude_deg, point.altitude_m});
  }

  std::vector<model::RoutePoint> take() {
    std::ranges::sort(route_, {}, &model::RoutePoint::at);
    const auto repeated = std::ranges::unique(route_, {}, &model::RoutePoint::at);
    findings_.duplicate += repeated.size();
    route_.erase(repeated.begin(), repeated.end());
    return std::move(route_);
  }

 private:
  track::Findings& findings_;
  std::vector<model::RoutePoint> route_;
};

}  // namespace

std::unique_ptr<track::Decoder> make_decoder(std::string own_id) {
  return std::make_unique<GpxDecoder>(std::move(own_id));
}

Result<std::vector<model::RoutePoint>> read_route(const NextChunk& next_chunk, std::vector<std::string>* warnings) {
  track::Findings findings;
  RouteSink sink(findings);
  PointListener listener(sink, findings);
  xml::Reader reader(listener);
  Result<void> read{};
  while (read && listener.is_gpx()) {
    const auto chunk = next_chunk();
    if (!chunk) return fail(chunk.error());
    read = chunk->empty() ? reader.finish() : reader.feed(*chunk);
    if (chunk->empty()) break;
  }
  if (!listener.is_gpx()) return fail(not_gpx());
  auto route = sink.take();
  if (!read && route.empty()) return fail(read.error());
  if (warnings != nullptr) {
    if (!read) warnings->push_back(fmt::format("damaged, read up to there: {}", read.error().message));
    std::ranges::move(track::describe(findings), std::back_inserter(*warnings));
  }
  return route;
}

Result<std::vector<model::RoutePoint>> read_route(std::string_view document, std::vector<std::string>* warnings) {
  return read_route([&]() -> Result<std::string_view> { return std::exchange(document, std::string_view{}); },
                    warnings);
}

}  // namespace syncwell::providers::gpx
