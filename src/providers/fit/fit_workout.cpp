#include "providers/fit/fit_workout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <ranges>

#include "providers/fit/fit_clock.hpp"
#include "providers/fit/fit_profile.hpp"
#include "providers/fit/fit_track.hpp"
#include "providers/stable_order.hpp"

namespace syncwell::providers::fit {
namespace {

using model::Sport;

constexpr double max_session_s = 60.0 * 24 * 3600;

Duration milliseconds_of(double seconds) { return Duration{std::llround(seconds * 1000)}; }

// A session with its borders and what lies in them; `points` is a range of the group's sorted points.
struct Span {
  Summary summary;
  Instant start{};
  Instant end{};
  std::size_t first_point = 0;
  std::size_t last_point = 0;  // one past
  std::string title;
  bool rebuilt = false;
};

std::optional<double> plausible_seconds(std::optional<double> seconds) {
  return seconds && *seconds >= 0 && *seconds <= max_session_s ? seconds : std::nullopt;
}

std::optional<FitTime> start_of(const Summary& summary) {
  if (summary.start) return summary.start;
  if (!summary.timestamp) return std::nullopt;
  const auto elapsed = plausible_seconds(summary.elapsed_s).value_or(0);
  return *summary.timestamp - static_cast<FitTime>(std::llround(elapsed));
}

// Start plus elapsed time; the message's own time where that is missing.
Instant end_of(const Summary& summary, Instant start) {
  const auto elapsed = plausible_seconds(summary.elapsed_s);
  if (elapsed && *elapsed > 0) return start + milliseconds_of(*elapsed);
  if (summary.timestamp && instant_of(*summary.timestamp) > start) return instant_of(*summary.timestamp);
  return start;
}

class GroupAssembler {
 public:
  GroupAssembler(ActivityPart group, FileWarnings& warnings, std::map<std::string, int>& indices, Workouts& out)
      : group_(std::move(group)), warnings_(warnings), indices_(indices), out_(out) {}

  void run() {
    const bool zone_unknown = shift_to_dates(group_, warnings_);
    sort();
    make_spans();
    assign_points();
    if (!zone_unknown) offset_ = find_offset();
    if (group_.data_lost) out_.partial = true;
    for (std::size_t i = 0; i < spans_.size(); ++i) add(i);
  }

 private:
  void sort() {
    sort_stably(group_.points, &TrackPoint::time);
    sort_stably(group_.timer_events, &TimerEvent::time);
    sort_stably(group_.laps, [](const Summary& lap) { return start_of(lap).value_or(0); });
  }

  void make_spans() {
    for (const Summary& summary : group_.sessions) {
      auto start = start_of(summary);
      if (!start && !group_.points.empty()) start = group_.points.front().time;
      if (!start) {
        warnings_.add(group_.position, "a session without any time; left out");
        out_.partial = true;
        continue;
      }
      Span span;
      span.summary = summary;
      span.start = instant_of(*start);
      span.end = end_of(summary, span.start);
      spans_.push_back(std::move(span));
    }
    set_titles();
    sort_stably(spans_, &Span::start);
    if (spans_.empty()) rebuild(0, group_.points.size());
  }

  // The device's name of the sport, in the order of the sessions.
  void set_titles() {
    if (group_.sports.size() != spans_.size()) return;
    for (std::size_t i = 0; i < spans_.size(); ++i) spans_[i].title = group_.sports[i].name;
  }

  // A workout without a session message: from the records first to last, the laps' or the sport message's sport.
  void rebuild(std::size_t first, std::size_t last) {
    const auto type = group_.identity.type;
    if (first >= last || (type && *type != file_id::type_activity)) return;
    Span span;
    span.rebuilt = true;
    span.first_point = first;
    span.last_point = last;
    span.start = instant_of(group_.points[first].time);
    span.end = instant_of(group_.points[last - 1].time);
    if (!group_.sports.empty()) {
      span.summary.sport = group_.sports.back().sport;
      span.title = group_.sports.back().name;
    } else if (!group_.laps.empty()) {
      span.summary.sport = group_.laps.back().sport;
    }
    spans_.push_back(std::move(span));
    warnings_.add(group_.position, "no session message for these records; the workout is rebuilt from them");
    out_.partial = true;
  }

  // By time: a record belongs to the last session that has begun.
  void assign_points() {
    if (spans_.size() == 1 && spans_.front().rebuilt) return;
    const auto time_of = [](const TrackPoint& point) { return instant_of(point.time); };
    const std::vector<TrackPoint>& points = group_.points;
    const auto lower = [&](Instant at) {
      return static_cast<std::size_t>(std::ranges::lower_bound(points, at, {}, time_of) - points.begin());
    };
    std::size_t assigned = 0;
    for (std::size_t i = 0; i < spans_.size(); ++i) {
      Span& span = spans_[i];
      const bool last = i + 1 == spans_.size();
      const Instant next = last ? max_instant : spans_[i + 1].start;
      span.first_point = lower(i == 0 ? span.start - session_tolerance : span.start);
      // A session that tells no length is as long as its records.
      if (span.end == span.start) set_end_from_points(span, lower(next));
      span.last_point = std::max(span.first_point, lower(std::min(next, span.end + session_tolerance)));
      assigned += span.last_point - span.first_point;
    }
    if (spans_.empty() || assigned == points.size()) return;
    const std::size_t tail = spans_.back().last_point;
    if (group_.data_lost && points.size() - tail > 1 && assigned > 0) {
      assigned += points.size() - tail;
      rebuild(tail, points.size());
    }
    if (assigned < points.size()) {
      warnings_.add(group_.position,
                    fmt::format("{} records lie outside of every session; left out", points.size() - assigned));
    }
  }

  void set_end_from_points(Span& span, std::size_t last) {
    if (last > span.first_point) span.end = std::max(span.start, instant_of(group_.points[last - 1].time));
  }

  std::optional<UtcOffset> find_offset() {
    const auto offset = local_offset(group_.activity_time, group_.activity_local_time);
    if (!offset || group_.identity.is_own() || group_.identity.manufacturer == manufacturer_zwift) return offset;
    if (std::ranges::any_of(spans_, [](const Span& span) { return is_virtual(span.summary.sport); })) return offset;
    const auto fix = std::ranges::find_if(group_.points, [](const TrackPoint& point) {
      return point.latitude_semicircles.value_or(0) != 0 && point.longitude_semicircles.value_or(0) != 0;
    });
    if (fix == group_.points.end()) return offset;
    const double longitude = *degrees(fix->longitude_semicircles);
    if (!is_implausible(*offset, longitude)) return offset;
    warnings_.add(group_.position, "the file's local time does not fit its positions; the offset is taken from them");
    return offset_by_longitude(longitude);
  }

  void add(std::size_t index) {
    Span& span = spans_[index];
    // Transitions count for the index, so that a record keeps its id whatever else the file holds.
    const int number = indices_[group_.identity.text(true)]++;
    DistanceState& distance = distance_;
    Track track =
        make_track(std::span(group_.points).subspan(span.first_point, span.last_point - span.first_point), distance);
    const Sport sport = sport_from_fit(span.summary.sport);
    if (sport == Sport::transition) return;

    model::Record record;
    record.type = model::DataType::workout;
    record.origin = group_.identity.origin();
    record.time = {{span.start, offset_}, {span.end, offset_}};
    model::Workout workout = summarise(span, sport);
    workout.samples = std::move(track.samples);
    workout.route = std::move(track.route);
    workout.laps = laps_of(index);
    workout.pauses = clip(make_pauses(group_.timer_events), span.start, span.end);
    if (!workout.timer) workout.timer = timer_of(span, workout.pauses);
    fill_from_samples(span, workout);
    record.source_id = id_of(span, workout, number);
    record.payload = std::move(workout);
    out_.records.push_back(std::move(record));
  }

  static model::Workout summarise(const Span& span, Sport sport) {
    const Summary& summary = span.summary;
    model::Workout workout;
    workout.sport = sport;
    workout.title = span.title;
    if (const auto timer = plausible_seconds(summary.timer_s)) workout.timer = milliseconds_of(*timer);
    if (const auto moving = plausible_seconds(summary.moving_s)) workout.moving = milliseconds_of(*moving);
    workout.distance_m = summary.distance_m;
    workout.energy_kcal = summary.energy_kcal;
    workout.elevation_gain_m = summary.ascent_m;
    workout.average_heart_rate_bpm = summary.average_heart_rate_bpm;
    workout.maximum_heart_rate_bpm = summary.maximum_heart_rate_bpm;
    if (summary.cycles && cycles_are_strides(sport)) workout.steps = *summary.cycles * 2;
    return workout;
  }

  static Duration timer_of(const Span& span, const std::vector<model::Pause>& pauses) {
    Duration timer = span.end - span.start;
    for (const model::Pause& pause : pauses) timer -= pause.end - pause.start;
    return timer;
  }

  static void fill_from_samples(const Span& span, model::Workout& workout) {
    if (!workout.distance_m) {
      for (const model::Sample& sample : workout.samples) {
        if (sample.distance_m) workout.distance_m = sample.distance_m;
      }
    }
    if (!span.rebuilt) return;
    double sum = 0;
    double maximum = 0;
    std::size_t count = 0;
    for (const model::Sample& sample : workout.samples) {
      if (!sample.heart_rate_bpm) continue;
      sum += *sample.heart_rate_bpm;
      maximum = std::max<double>(maximum, *sample.heart_rate_bpm);
      ++count;
    }
    if (count == 0) return;
    workout.average_heart_rate_bpm = sum / static_cast<double>(count);
    workout.maximum_heart_rate_bpm = maximum;
  }

  std::vector<model::Lap> laps_of(std::size_t index) const {
    std::vector<model::Lap> laps;
    const Instant begin = index == 0 ? min_instant : spans_[index].start;
    const Instant end = index + 1 == spans_.size() ? max_instant : spans_[index + 1].start;
    for (const Summary& summary : group_.laps) {
      const auto start = start_of(summary);
      if (!start || instant_of(*start) < begin || instant_of(*start) >= end) continue;
      model::Lap lap;
      lap.start = instant_of(*start);
      lap.end = end_of(summary, lap.start);
      lap.distance_m = summary.distance_m;
      lap.energy_kcal = summary.energy_kcal;
      lap.average_heart_rate_bpm = summary.average_heart_rate_bpm;
      lap.maximum_heart_rate_bpm = summary.maximum_heart_rate_bpm;
      laps.push_back(lap);
    }
    return laps;
  }

  std::string id_of(const Span& span, const model::Workout& workout, int number) const {
    if (group_.identity.names_the_file()) {
      return digest_id({"workout", group_.identity.text(true), fmt::to_string(number)});
    }
    return digest_id({"workout by content", fmt::to_string(span.start.time_since_epoch().count()),
                      fmt::to_string(span.end.time_since_epoch().count()), std::string(name_of(workout.sport)),
                      fmt::to_string(workout.distance_m.value_or(0)), fmt::to_string(workout.samples.size())});
  }

  ActivityPart group_;
  FileWarnings& warnings_;
  std::map<std::string, int>& indices_;
  Workouts& out_;
  std::vector<Span> spans_;
  std::optional<UtcOffset> offset_;
  DistanceState distance_;
};

template <class T>
void append(std::vector<T>& target, std::vector<T>& source) {
  target.insert(target.end(), std::make_move_iterator(source.begin()), std::make_move_iterator(source.end()));
}

void merge(ActivityPart& group, ActivityPart& part) {
  append(group.sessions, part.sessions);
  append(group.laps, part.laps);
  append(group.points, part.points);
  append(group.timer_events, part.timer_events);
  append(group.sports, part.sports);
  group.data_lost = group.data_lost || part.data_lost;
  if (!group.activity_time) {
    group.activity_time = part.activity_time;
    group.activity_local_time = part.activity_local_time;
  }
}

// Straps and firmware append parts that continue the first one (no file_id, or the same one); two activities joined
// into one file bring a file_id each.
bool continues(const ActivityPart& group, const ActivityPart& part) {
  if (!part.has_file_id) return true;
  return part.identity.names_the_file() && part.identity.text(true) == group.identity.text(true);
}

}  // namespace

Workouts assemble_workouts(std::vector<ActivityPart> parts, FileWarnings& warnings) {
  std::vector<ActivityPart> groups;
  for (ActivityPart& part : parts) {
    if (!groups.empty() && continues(groups.back(), part)) {
      merge(groups.back(), part);
    } else {
      groups.push_back(std::move(part));
    }
  }
  Workouts workouts;
  std::map<std::string, int> indices;
  for (ActivityPart& group : groups) GroupAssembler(std::move(group), warnings, indices, workouts).run();
  return workouts;
}

}  // namespace syncwell::providers::fit
