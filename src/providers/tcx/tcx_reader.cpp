#include "providers/tcx/tcx_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "providers/tcx/tcx_activity.hpp"
#include "providers/track/text_form.hpp"
#include "providers/xml/xml_reader.hpp"

namespace syncwell::providers::tcx {
namespace {

constexpr double max_timer_s = 1e10;  // longer than from min_instant to max_instant: what is written can be read
constexpr double max_energy_kcal = 1e6;
constexpr double max_steps = 1e9;

enum class Element {
  other,
  root,
  activity,
  lap,
  track,
  point,
  position,
  point_heart_rate,
  average_heart_rate,
  maximum_heart_rate,
  creator,
};

// Which elements have a meaning, by their parent. Extensions of a point and a lap are known by name at any depth.
Element classify(Element parent, std::string_view name) {
  switch (parent) {
    case Element::activity:
      if (name == "Lap") return Element::lap;
      if (name == "Creator") return Element::creator;
      break;
    case Element::lap:
      if (name == "Track") return Element::track;
      if (name == "AverageHeartRateBpm") return Element::average_heart_rate;
      if (name == "MaximumHeartRateBpm") return Element::maximum_heart_rate;
      break;
    case Element::track:
      if (name == "Trackpoint") return Element::point;
      break;
    case Element::point:
      if (name == "Position") return Element::position;
      if (name == "HeartRateBpm") return Element::point_heart_rate;
      break;
    default:
      break;
  }
  return Element::other;
}

class TcxDecoder final : public track::Decoder, private xml::Listener {
 public:
  explicit TcxDecoder(std::string own_id) : own_id_(std::move(own_id)) {}

  bool feed(std::string_view bytes, track::Batch& batch) override {
    if (auto fed = reader_.feed(bytes); !fed) damage_ = std::move(fed.error().message);
    move_ready(batch);
    return !damage_ && !other_root_;
  }

  Result<void> finish(track::Batch& batch, const std::optional<std::string>& damage) override {
    if (damage && !damage_) damage_ = damage;
    if (other_root_) {
      return fail(ErrorCode::unreadable_input, "not a TCX file: its root element is not <TrainingCenterDatabase>");
    }
    if (!damage_) {
      if (auto over = reader_.finish(); !over) damage_ = std::move(over.error().message);
    }
    if (damage_) {
      if (in_activity_) end_activity();
      batch.partial = true;
    }
    move_ready(batch);
    if (damage_ && workouts_ == 0) return fail(ErrorCode::unreadable_input, *damage_);
    if (damage_) batch.warnings.push_back(fmt::format("damaged, read up to there: {}", *damage_));
    report(batch);
    return {};
  }

 private:
  void start_element(std::string_view name, const xml::Attributes& attributes) override {
    if (open_.empty()) other_root_ = name != "TrainingCenterDatabase";
    Element element = Element::other;
    if (open_.empty()) {
      element = Element::root;
    } else if (!in_activity_ && name == "Activity" && !other_root_) {
      element = Element::activity;
    } else {
      element = classify(open_.back(), name);
    }
    open_.push_back(element);
    switch (element) {
      case Element::activity:
        activity_ = {};
        activity_.sport = track::cut_title(attributes.get("Sport").value_or(""));
        in_activity_ = true;
        break;
      case Element::lap:
        start_lap(attributes);
        break;
      case Element::track:
        // Empty tracks are not kept, however many there are.
        if (auto& tracks = lap_.tracks; tracks.empty() || !tracks.back().points.empty()) tracks.emplace_back();
        break;
      case Element::point:
        point_ = {};
        time_.reset();
        has_time_text_ = false;
        latitude_deg_.reset();
        longitude_deg_.reset();
        has_position_ = false;
        break;
      default:
        if (name == "Course" || name == "Workout") ++plans_;
        break;
    }
  }

  bool wants_text() override { return in_activity_ && open_.back() == Element::other; }

  void end_element(std::string_view name, std::string_view text) override {
    const Element element = open_.back();
    open_.pop_back();
    if (!in_activity_) return;
    switch (element) {
      case Element::activity:
        end_activity();
        break;
      case Element::lap:
        end_lap();
        break;
      case Element::point:
        end_point();
        break;
      case Element::position:
        has_position_ = true;
        break;
      case Element::other:
        take_text(open_.back(), name, text);
        break;
      default:
        break;
    }
  }

  void take_text(Element parent, std::string_view name, std::string_view text) {
    switch (parent) {
      case Element::activity:
        if (name == "Id") activity_.id = track::cut_title(text);
        if (name == "Notes") activity_.notes = track::cut_title(text);
        break;
      case Element::creator:
        if (name == "Name") activity_.device = track::cut_title(text);
        break;
      case Element::lap:
        take_lap_value(name, text);
        break;
      case Element::average_heart_rate:
        take_heart_rate(lap_.average_heart_rate_bpm, name, text);
        break;
      case Element::maximum_heart_rate:
        take_heart_rate(lap_.maximum_heart_rate_bpm, name, text);
        break;
      case Element::point_heart_rate:
        take_heart_rate(point_.sample.heart_rate_bpm, name, text);
        break;
      case Element::position:
        if (name == "LatitudeDegrees") latitude_deg_ = track::parse_number(text);
        if (name == "LongitudeDegrees") longitude_deg_ = track::parse_number(text);
        break;
      case Element::point:
        take_point_value(name, text);
        break;
      default:
        take_extension_value(name, text);
        break;
    }
  }

  void take_lap_value(std::string_view name, std::string_view text) {
    if (name == "TotalTimeSeconds") take(lap_.timer_s, text, 0, max_timer_s);
    if (name == "DistanceMeters") take(lap_.distance_m, text, 0, track::max_distance_m);
    if (name == "Calories") take(lap_.energy_kcal, text, 0, max_energy_kcal);
  }

  void take_point_value(std::string_view name, std::string_view text) {
    if (name == "Time") {
      has_time_text_ = !text.empty();
      time_ = track::parse_time(text);
    }
    if (name == "AltitudeMeters") take(point_.altitude_m, text, track::min_altitude_m, track::max_altitude_m);
    if (name == "DistanceMeters") take(point_.sample.distance_m, text, 0, track::max_distance_m);
    if (name == "Cadence") take(point_.sample.cadence_rpm, text, 0, track::max_cadence_rpm);
  }

  // Somewhere below <Extensions> of a point or a lap.
  void take_extension_value(std::string_view name, std::string_view text) {
    if (std::ranges::find(open_, Element::point) != open_.end()) {
      if (name == "Speed") take(point_.sample.speed_m_s, text, 0, track::max_speed_m_s);
      if (name == "RunCadence") take(point_.sample.cadence_rpm, text, 0, track::max_cadence_rpm);
      if (name == "Watts") take(point_.sample.power_w, text, 0, track::max_power_w);
    } else if (name == "Steps" && std::ranges::find(open_, Element::lap) != open_.end()) {
      take(lap_.steps, text, 0, max_steps);
    }
  }

  template <class T>
  void take(std::optional<T>& value, std::string_view text, double minimum, double maximum) {
    if (text.empty() || value) return;
    const auto number = track::parse_number(text);
    if (number && *number >= minimum && *number <= maximum) {
      value = static_cast<T>(*number);
    } else if (number != 0.0) {  // a zero out of range is how devices write "none"
      ++findings_.points.implausible;
    }
  }

  template <class T>
  void take_heart_rate(std::optional<T>& value, std::string_view name, std::string_view text) {
    if (name == "Value") take(value, text, track::min_heart_rate_bpm, track::max_heart_rate_bpm);
  }

  void start_lap(const xml::Attributes& attributes) {
    lap_ = {};
    in_lap_ = true;
    lap_.start = track::parse_time(attributes.get("StartTime").value_or(""));
  }

  void end_point() {
    if (!time_) {
      ++(has_time_text_ ? findings_.points.unreadable_time : findings_.points.untimed);
      return;
    }
    if (activity_.points == track::max_points_per_workout) {
      ++findings_.points.over_limit;
      return;
    }
    ++activity_.points;
    point_.at = time_->at;
    point_.position = track::plausible_position(latitude_deg_, longitude_deg_);
    if (has_position_ && !point_.position) ++findings_.points.off_globe;
    activity_.end_offset = time_->offset;
    lap_.tracks.back().points.push_back(point_);
  }

  void end_lap() {
    in_lap_ = false;
    if (activity_.laps.size() == max_laps_per_activity) {
      ++laps_over_limit_;
      return;
    }
    for (auto* value : {&lap_.distance_m, &lap_.energy_kcal}) {
      if (*value == 0.0) value->reset();
    }
    activity_.laps.push_back(std::move(lap_));
    lap_ = {};
  }

  void end_activity() {
    if (in_lap_) end_lap();
    in_activity_ = false;
    if (activity_.laps.empty() || workouts_ == max_activities_per_file) {
      ++(activity_.laps.empty() ? empty_activities_ : activities_over_limit_);
      return;
    }
    auto record = make_record(std::move(activity_), own_id_, findings_);
    activity_ = {};
    if (!record || record->time.is_instant()) {
      ++empty_activities_;
      return;
    }
    own_id_.clear();
    ++workouts_;
    ready_.push_back(std::move(*record));
  }

  void move_ready(track::Batch& batch) {
    std::ranges::move(ready_, std::back_inserter(batch.records));
    ready_.clear();
  }

  void report(track::Batch& batch) const {
    auto& warnings = batch.warnings;
    if (workouts_ == 0) {
      warnings.push_back(
          fmt::format("no recorded activity in it ({} activities without duration, {} courses and planned workouts): "
                      "nothing to sync",
                      empty_activities_, plans_));
      return;
    }
    const auto add = [&](std::size_t count, std::string_view what) {
      if (count > 0) warnings.push_back(fmt::format("{} {}", count, what));
    };
    add(empty_activities_, "activities without duration: left out");
    add(activities_over_limit_, "activities past the maximum for one file: left out");
    add(laps_over_limit_, "laps past the maximum for one activity: left out");
    add(findings_.decreasing_distances, "distances less than the one before: dropped");
    std::ranges::move(track::describe(findings_.points), std::back_inserter(warnings));
    if (activities_over_limit_ + laps_over_limit_ + findings_.points.over_limit > 0) batch.partial = true;
  }

  std::string own_id_;
  xml::Reader reader_{*this};
  std::optional<std::string> damage_;
  bool other_root_ = false;
  std::vector<Element> open_;

  bool in_activity_ = false;
  bool in_lap_ = false;
  RawActivity activity_;
  RawLap lap_;
  track::TrackPoint point_;
  std::optional<Moment> time_;
  bool has_time_text_ = false;
  bool has_position_ = false;
  std::optional<double> latitude_deg_;
  std::optional<double> longitude_deg_;

  std::vector<model::Record> ready_;
  ActivityFindings findings_;
  std::size_t workouts_ = 0;
  std::size_t empty_activities_ = 0;
  std::size_t activities_over_limit_ = 0;
  std::size_t laps_over_limit_ = 0;
  std::size_t plans_ = 0;
};

}  // namespace

std::unique_ptr<track::Decoder> make_decoder(std::string own_id) {
  return std::make_unique<TcxDecoder>(std::move(own_id));
}

}  // namespace syncwell::providers::tcx
