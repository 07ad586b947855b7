#include "providers/gpx/gpx_points.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "providers/track/text_form.hpp"

namespace syncwell::providers::gpx {
namespace {

// Latitudes that no place has: OpenTracks and its ancestor MyTracks mark a stopped and a resumed recording with them.
constexpr double stop_mark_latitude_deg = 100;
constexpr double resume_mark_latitude_deg = 200;

constexpr std::array power_names = {"power", "PowerInWatts", "watts", "Watts", "Power"};
constexpr std::array heart_rate_names = {"hr", "heartrate", "HeartRateBpm"};
constexpr std::array cadence_names = {"cad", "cadence", "RunCadence"};
constexpr std::array temperature_names = {"atemp", "temp"};
constexpr std::array header_names = {"name", "type", "src", "activity", "typeTranslated"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<const char*, N>& names) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

PointListener::Element PointListener::classify(std::string_view name) const {
  if (point_depth_ != 0) return Element::text;
  if (track_depth_ == 0) return name == "trk" && open_.size() == 1 ? Element::track : Element::other;
  if (name == "trkseg" && open_.size() == track_depth_) return Element::segment;
  if (name == "trkpt" && open_.back() == Element::segment) return Element::point;
  return is_one_of(name, header_names) ? Element::text : Element::other;
}

void PointListener::start_element(std::string_view name, const xml::Attributes& attributes) {
  if (root_ == Root::none) {
    root_ = name == "gpx" ? Root::gpx : Root::other;
    creator_ = track::cut_title(attributes.get("creator").value_or(""));
  }
  const Element element = root_ == Root::gpx ? classify(name) : Element::other;
  open_.push_back(element);
  wants_text_ = element == Element::text;
  switch (element) {
    case Element::track:
      track_depth_ = open_.size();
      header_ = {};
      break;
    case Element::segment:
      sink_.segment_starts();
      break;
    case Element::point:
      start_point(attributes);
      break;
    case Element::other:
      if (root_ == Root::gpx && name == "wpt") ++waypoints_;
      if (root_ == Root::gpx && name == "rtept") ++route_points_;
      break;
    case Element::text:
      break;
  }
}

void PointListener::start_point(const xml::Attributes& attributes) {
  point_depth_ = open_.size();
  point_ = {};
  time_.reset();
  has_time_text_ = false;
  latitude_deg_ = track::parse_number(attributes.get("lat").value_or(""));
  longitude_deg_ = track::parse_number(attributes.get("lon").value_or(""));
}

void PointListener::end_element(std::string_view name, std::string_view text) {
  if (open_.empty()) return;
  const Element element = open_.back();
  const std::size_t depth = open_.size();
  switch (element) {
    case Element::point:
      end_point();
      point_depth_ = 0;
      break;
    case Element::track:
      sink_.track_ends(std::move(header_));
      header_ = {};
      track_depth_ = 0;
      break;
    case Element::text:
      if (point_depth_ != 0) {
        point_text(name, text, depth == point_depth_ + 1);
      } else {
        track_text(name, text, depth == track_depth_ + 1);
      }
      break;
    case Element::segment:
    case Element::other:
      break;
  }
  open_.pop_back();
}

void PointListener::end_point() {
  if (!time_) {
    ++(has_time_text_ ? findings_.unreadable_time : findings_.untimed);
    return;
  }
  point_.at = time_->at;
  if (latitude_deg_ == stop_mark_latitude_deg || latitude_deg_ == resume_mark_latitude_deg) {
    sink_.clock(latitude_deg_ == stop_mark_latitude_deg, point_.at);
    return;
  }
  point_.position = track::plausible_position(latitude_deg_, longitude_deg_);
  if (!point_.position) ++findings_.off_globe;
  sink_.point(point_, time_->offset);
}

template <class T>
void PointListener::take(std::optional<T>& value, std::string_view text, double minimum, double maximum) {
  if (text.empty() || value) return;
  const auto number = track::parse_number(text);
  if (number && *number >= minimum && *number <= maximum) {
    value = static_cast<T>(*number);
  } else if (number != 0.0) {  // a zero out of range is how devices write "none"
    ++findings_.implausible;
  }
}

void PointListener::point_text(std::string_view name, std::string_view text, bool direct) {
  if (direct && name == "time") {
    has_time_text_ = !text.empty();
    time_ = track::parse_time(text);
  } else if (direct && name == "ele") {
    take(point_.altitude_m, text, track::min_altitude_m, track::max_altitude_m);
  } else if (is_one_of(name, heart_rate_names)) {
    take(point_.sample.heart_rate_bpm, text, track::min_heart_rate_bpm, track::max_heart_rate_bpm);
  } else if (is_one_of(name, cadence_names)) {
    take(point_.sample.cadence_rpm, text, 0, track::max_cadence_rpm);
  } else if (is_one_of(name, temperature_names)) {
    take(point_.sample.temperature_c, text, track::min_temperature_c, track::max_temperature_c);
  } else if (is_one_of(name, power_names)) {
    take(point_.sample.power_w, text, 0, track::max_power_w);
  } else if (name == "speed") {
    take(point_.sample.speed_m_s, text, 0, track::max_speed_m_s);
  }
}

void PointListener::track_text(std::string_view name, std::string_view text, bool direct) {
  if (name == "name" && direct) header_.title = track::cut_title(text);
  if (name == "type" && direct) header_.type = track::cut_title(text);
  if (name == "src" && direct) header_.source = track::cut_title(text);
  if ((name == "activity" || name == "typeTranslated") && !direct) header_.activity = track::cut_title(text);
}

}  // namespace syncwell::providers::gpx
