// The listener beneath both GPX readers: follows the document's structure and hands out tracks and points as they
// close. Element names come without prefix, so extensions are recognised by their local name wherever they stand in a
// point. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/track/track_builder.hpp"
#include "providers/xml/xml_reader.hpp"

namespace syncwell::providers::gpx {

// A <trk> without its points.
struct TrackHeader {
  std::string title;
  std::string type;    // <type>
  std::string source;  // <src>
  // The activity in an extension, where there is no <type> (Locus Map, OpenTracks).
  std::string activity;
};

class PointSink {
 public:
  virtual ~PointSink() = default;
  virtual void segment_starts() = 0;
  // A point with a time. `offset`: as the document tells it.
  virtual void point(track::TrackPoint point, std::optional<UtcOffset> offset) = 0;
  virtual void track_ends(TrackHeader header) = 0;
  // The clock was stopped (true) or started again at `at`: OpenTracks' points at latitude 100 and 200.
  virtual void clock(bool stopped, Instant at) = 0;
};

class PointListener final : public xml::Listener {
 public:
  // Both outlive the listener.
  PointListener(PointSink& sink, track::Findings& findings) : sink_(sink), findings_(findings) {}

  void start_element(std::string_view name, const xml::Attributes& attributes) override;
  void end_element(std::string_view name, std::string_view text) override;
  bool wants_text() override { return wants_text_; }

  // False once another root element than <gpx> was met: nothing of such a document is handed out.
  [[nodiscard]] bool is_gpx() const { return root_ != Root::other; }
  [[nodiscard]] bool has_root() const { return root_ != Root::none; }
  [[nodiscard]] const std::string& creator() const { return creator_; }
  [[nodiscard]] bool in_track() const { return track_depth_ != 0; }
  [[nodiscard]] const TrackHeader& open_header() const { return header_; }
  [[nodiscard]] std::size_t waypoints() const { return waypoints_; }
  [[nodiscard]] std::size_t route_points() const { return route_points_; }

 private:
  enum class Root { none, gpx, other };
  enum class Element { other, text, track, segment, point };

  Element classify(std::string_view name) const;
  void start_point(const xml::Attributes& attributes);
  void end_point();
  void point_text(std::string_view name, std::string_view text, bool direct);
  void track_text(std::string_view name, std::string_view text, bool direct);
  template <class T>
  void take(std::optional<T>& value, std::string_view text, double minimum, double maximum);

  PointSink& sink_;
  track::Findings& findings_;
  std::vector<Element> open_;
  Root root_ = Root::none;
  bool wants_text_ = false;
  std::string creator_;
  std::size_t track_depth_ = 0;  // depth of the open <trk>, of the open <trkpt>; 0: none
  std::size_t point_depth_ = 0;
  TrackHeader header_;
  track::TrackPoint point_;
  std::optional<double> latitude_deg_;
  std::optional<double> longitude_deg_;
  std::optional<Moment> time_;
  bool has_time_text_ = false;
  std::size_t waypoints_ = 0;
  std::size_t route_points_ = 0;
};

}  // namespace syncwell::providers::gpx
