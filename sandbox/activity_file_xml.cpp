// TCX and GPX by expat. A document type declaration is refused: no entity is ever expanded. Source: fit_gpx_tcx.md.
#include <expat.h>

#include <algorithm>
#include <memory>

#include "sandbox/activity_file.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

constexpr std::size_t max_xml_depth = 64;
constexpr std::size_t max_xml_text_bytes = 64 * 1024;

// Walks a document and keeps the path of local names and the text of the innermost element.
class XmlWalker {
 public:
  virtual ~XmlWalker() = default;

  // False: not well-formed, too deep, or with a DTD.
  bool walk(std::string_view bytes) {
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreate(nullptr),
                                                                              &XML_ParserFree);
    parser_ = parser.get();
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(
        parser_,
        [](void* self, const XML_Char* name, const XML_Char** attributes) {
          static_cast<XmlWalker*>(self)->start(name, attributes);
        },
        [](void* self, const XML_Char*) { static_cast<XmlWalker*>(self)->end(); });
    XML_SetCharacterDataHandler(parser_, [](void* self, const XML_Char* text, int length) {
      static_cast<XmlWalker*>(self)->characters({text, static_cast<std::size_t>(length)});
    });
    XML_SetStartDoctypeDeclHandler(parser_, [](void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
      XML_StopParser(static_cast<XmlWalker*>(self)->parser_, XML_FALSE);
    });
    return XML_Parse(parser_, bytes.data(), static_cast<int>(bytes.size()), 1) == XML_STATUS_OK;
  }

 protected:
  virtual void opened(std::string_view name, const XML_Char** attributes) = 0;
  virtual void closed(std::string_view name, std::string_view text) = 0;
  [[nodiscard]] bool inside(std::string_view name) const { return std::ranges::find(path_, name) != path_.end(); }
  [[nodiscard]] std::string_view parent() const {
    return path_.size() < 2 ? "" : std::string_view(path_[path_.size() - 2]);
  }

  static std::string_view attribute(const XML_Char** attributes, std::string_view name) {
    for (; *attributes != nullptr; attributes += 2) {
      if (name == attributes[0]) return attributes[1];
    }
    return {};
  }

 private:
  static std::string_view local_name(std::string_view name) {
    const auto colon = name.rfind(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
  }
  void start(const XML_Char* name, const XML_Char** attributes) {
    if (path_.size() >= max_xml_depth) {
      XML_StopParser(parser_, XML_FALSE);
      return;
    }
    path_.emplace_back(local_name(name));
    text_.clear();
    opened(path_.back(), attributes);
  }
  void end() {
    closed(path_.back(), text_);
    path_.pop_back();
    text_.clear();
  }
  void characters(std::string_view text) {
    if (text_.size() + text.size() > max_xml_text_bytes) {
      XML_StopParser(parser_, XML_FALSE);
      return;
    }
    text_ += text;
  }

  XML_Parser parser_ = nullptr;
  std::vector<std::string> path_;
  std::string text_;
};

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<Instant> time_of(std::string_view text) {
  const auto moment = parse_rfc3339(trimmed(text));
  return moment ? std::optional(moment->at) : std::nullopt;
}

std::string sport_of_name(std::string_view name) {
  std::string lower(trimmed(name));
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto has = [&lower](std::string_view part) { return lower.find(part) != std::string::npos; };
  if (has("run")) return "Run";
  if (has("bik") || has("cycl") || has("ride")) return "Ride";
  if (has("swim")) return "Swim";
  if (has("hik")) return "Hike";
  if (has("walk")) return "Walk";
  if (has("row")) return "Rowing";
  return lower.empty() ? "" : "Workout";
}

// Members of a point that mean the same in both formats.
void read_sensor(TrackPoint& point, std::string_view name, std::string_view parent, std::string_view text) {
  const auto value = parse_number(trimmed(text));
  if (!value) return;
  if (name == "ele" || name == "AltitudeMeters") point.altitude_m = value;
  if (name == "hr" || (name == "Value" && parent == "HeartRateBpm")) point.heart_rate_bpm = value;
  if (name == "cad" || name == "Cadence" || name == "RunCadence") point.cadence_rpm = value;
  if (name == "power" || name == "Watts") point.power_w = value;
  if (name == "atemp") point.temperature_c = value;
  if (name == "DistanceMeters") point.distance_m = value;
  if (name == "LatitudeDegrees") point.latitude_deg = value;
  if (name == "LongitudeDegrees") point.longitude_deg = value;
}

// What both readers collect.
class TrackWalker : public XmlWalker {
 public:
  std::expected<ActivityFile, FileFault> finish(bool well_formed, std::string_view root) {
    if (!well_formed) return std::unexpected(FileFault::damaged);
    if (root_ != root) return std::unexpected(FileFault::wrong_format);
    if (point_without_time_) return std::unexpected(FileFault::no_times);
    if (!has_track_) return std::unexpected(FileFault::no_activity);
    if (!file_.points.empty()) {
      const auto [first, last] = std::ranges::minmax_element(file_.points, {}, &TrackPoint::at);
      if (!has_start_) file_.start = first->at;
      file_.elapsed = std::max(file_.elapsed, Duration{last->at - file_.start});
    } else if (!has_start_) {
      return std::unexpected(FileFault::no_times);
    }
    return std::move(file_);
  }

 protected:
  void note_root(std::string_view name) {
    if (root_.empty()) root_ = name;
  }
  void start_point() {
    point_ = {};
    point_has_time_ = false;
  }
  // A member of a point that both formats may have, `time_name` being the one that tells its time.
  void read_point(std::string_view name, std::string_view time_name, std::string_view text) {
    if (const auto at = name == time_name ? time_of(text) : std::nullopt) {
      point_.at = *at;
      point_has_time_ = true;
    }
    read_sensor(point_, name, parent(), text);
  }
  void end_point() {
    point_without_time_ = point_without_time_ || !point_has_time_;
    if (!point_.latitude_deg || !point_.longitude_deg) {
      point_.latitude_deg.reset();
      point_.longitude_deg.reset();
    }
    if (file_.points.size() < max_track_points) file_.points.push_back(point_);
  }

  ActivityFile file_;
  TrackPoint point_;
  std::string root_;
  bool point_has_time_ = false;
  bool point_without_time_ = false;
  bool has_track_ = false;
  bool has_start_ = false;
};

class TcxWalker final : public TrackWalker {
  void opened(std::string_view name, const XML_Char** attributes) override {
    note_root(name);
    if (name == "Activity" && file_.sport.empty()) file_.sport = sport_of_name(attribute(attributes, "Sport"));
    if (name == "Lap") {
      has_track_ = true;
      const auto start = time_of(attribute(attributes, "StartTime"));
      if (start && (!has_start_ || *start < file_.start)) file_.start = *start;
      has_start_ = has_start_ || start.has_value();
    }
    if (name == "Trackpoint") start_point();
  }
  void closed(std::string_view name, std::string_view text) override {
    if (name == "Trackpoint") return end_point();
    if (inside("Trackpoint")) return read_point(name, "Time", text);
    if (parent() != "Lap") return;
    const double value = parse_number(trimmed(text)).value_or(0);
    if (name == "TotalTimeSeconds" && value >= 0 && value < 1e7) {
      const Duration time{static_cast<std::int64_t>(value * 1000)};
      file_.elapsed += time;
      file_.moving += time;
    }
    if (name == "DistanceMeters") file_.distance_m += value;
    if (name == "Calories") file_.energy_kcal += value;
  }
};

class GpxWalker final : public TrackWalker {
  void opened(std::string_view name, const XML_Char** attributes) override {
    note_root(name);
    if (name == "trkpt") {
      start_point();
      point_.latitude_deg = parse_number(attribute(attributes, "lat"));
      point_.longitude_deg = parse_number(attribute(attributes, "lon"));
      has_track_ = true;
    }
  }
  void closed(std::string_view name, std::string_view text) override {
    if (name == "trkpt") return end_point();
    if (inside("trkpt")) return read_point(name, "time", text);
    if (name == "type" && parent() == "trk" && file_.sport.empty()) file_.sport = sport_of_name(text);
  }
};

}  // namespace

std::expected<ActivityFile, FileFault> read_tcx(std::string_view bytes) {
  TcxWalker walker;
  const bool well_formed = walker.walk(bytes);
  return walker.finish(well_formed, "TrainingCenterDatabase");
}

std::expected<ActivityFile, FileFault> read_gpx(std::string_view bytes) {
  GpxWalker walker;
  const bool well_formed = walker.walk(bytes);
  return walker.finish(well_formed, "gpx");
}

}  // namespace syncwell::sandbox
