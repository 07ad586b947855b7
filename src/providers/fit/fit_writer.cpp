#include "providers/fit/fit_writer.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <vector>

#include "providers/fit/fit_clock.hpp"
#include "providers/fit/fit_identity.hpp"
#include "providers/fit/fit_message_writer.hpp"
#include "providers/fit/fit_profile.hpp"
#include "providers/fit/fit_sensors.hpp"
#include "providers/fit/fit_sport.hpp"
#include "providers/stable_order.hpp"

namespace syncwell::providers::fit {
namespace {

constexpr double semicircles_per_degree = 2147483648.0 / 180.0;
constexpr double max_semicircles = 2147483646.0;  // one more is "invalid"
constexpr FieldSpec timestamp{field_timestamp};

enum Local : std::uint8_t {
  local_file,
  local_device,
  local_sport,
  local_event,
  local_record,
  local_lap,
  local_session
};

std::optional<FitTime> fit_time(Instant at) {
  const std::int64_t seconds =
      std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count() - fit_epoch_unix_s;
  if (seconds < min_date_time || seconds >= invalid_u32) return std::nullopt;
  return static_cast<FitTime>(seconds);
}

double seconds_of(Duration duration) { return static_cast<double>(duration.count()) / 1000; }

std::optional<double> semicircles(double degrees) {
  return std::min(degrees * semicircles_per_degree, max_semicircles);
}

// Samples and route as one sequence of strictly ascending seconds.
std::vector<TrackPoint> merge_points(const model::Workout& workout) {
  std::vector<TrackPoint> points;
  for (const model::Sample& sample : workout.samples) {
    const auto time = fit_time(sample.at);
    if (!time) continue;
    TrackPoint& point = points.emplace_back();
    point.time = *time;
    point.heart_rate_bpm = sample.heart_rate_bpm;
    point.cadence_rpm = sample.cadence_rpm;
    point.power_w = sample.power_w;
    point.speed_m_s = sample.speed_m_s;
    point.temperature_c = sample.temperature_c;
    point.distance_m = sample.distance_m;
  }
  for (const model::RoutePoint& fix : workout.route) {
    const auto time = fit_time(fix.at);
    if (!time) continue;
    TrackPoint& point = points.emplace_back();
    point.time = *time;
    point.latitude_semicircles = static_cast<std::int32_t>(*semicircles(fix.latitude_deg));
    point.longitude_semicircles = static_cast<std::int32_t>(*semicircles(fix.longitude_deg));
    point.altitude_m = fix.altitude_m;
  }
  sort_stably(points, &TrackPoint::time);
  std::vector<TrackPoint> merged;
  for (const TrackPoint& point : points) {
    if (merged.empty() || merged.back().time != point.time) {
      merged.push_back(point);
      continue;
    }
    TrackPoint& last = merged.back();
    fill_sensors(last, point);
    if (!last.latitude_semicircles) {
      last.latitude_semicircles = point.latitude_semicircles;
      last.longitude_semicircles = point.longitude_semicircles;
      fill(last.altitude_m, point.altitude_m);
    }
  }
  return merged;
}

// Pauses inside the workout at the resolution of seconds: sorted, none empty, none touching another.
struct Stop {
  FitTime start = 0;
  FitTime end = 0;
};
std::vector<Stop> make_stops(const model::Workout& workout, FitTime start, FitTime end) {
  std::vector<Stop> stops;
  for (const model::Pause& pause : workout.pauses) {
    const Stop stop{std::max(fit_time(pause.start).value_or(end), start),
                    std::min(fit_time(pause.end).value_or(end), end)};
    if (stop.start < stop.end) stops.push_back(stop);
  }
  sort_stably(stops, &Stop::start);
  std::vector<Stop> merged;
  for (const Stop& stop : stops) {
    if (!merged.empty() && stop.start <= merged.back().end) {
      merged.back().end = std::max(merged.back().end, stop.end);
    } else {
      merged.push_back(stop);
    }
  }
  return merged;
}

// Which fields any record has.
struct Occurring {
  bool position = false, altitude = false, heart_rate = false, cadence = false, distance = false, speed = false,
       power = false, temperature = false;

  explicit Occurring(const std::vector<TrackPoint>& points) {
    for (const TrackPoint& point : points) {
      position |= point.latitude_semicircles.has_value();
      altitude |= point.altitude_m.has_value();
      heart_rate |= point.heart_rate_bpm.has_value();
      cadence |= point.cadence_rpm.has_value();
      distance |= point.distance_m.has_value();
      speed |= point.speed_m_s.has_value();
      power |= point.power_w.has_value();
      temperature |= point.temperature_c.has_value();
    }
  }
};

class ActivityWriter {
 public:
  explicit ActivityWriter(const model::Record& record)
      : record_(record),
        workout_(std::get<model::Workout>(record.payload)),
        start_(fit_time(record.time.start.at).value()),
        end_(fit_time(record.time.end.at).value()),
        sport_(sport_to_fit(workout_.sport)),
        points_(merge_points(workout_)),
        stops_(make_stops(workout_, start_, end_)) {}

  std::string write() {
    write_head();
    write_timeline();
    write_laps();
    write_session();
    write_activity();
    return out_.finish();
  }

 private:
  // A number of our own per record, so that two workouts of one moment are two files to an importer.
  [[nodiscard]] std::uint32_t serial_number() const {
    const std::string digest = digest_id({"serial", record_.source_id, record_.external_id});
    std::uint32_t serial = 0;
    std::from_chars(digest.data(), digest.data() + 8, serial, 16);
    return std::max(serial, std::uint32_t{1});
  }

  void write_head() {
    const std::uint32_t serial = serial_number();
    out_.begin(local_file, message_file_id);
    out_.put_enum(file_id::type, file_id::type_activity);
    out_.put_u16(file_id::manufacturer, manufacturer_development);
    out_.put_u16(file_id::product, own_product);
    out_.put({file_id::serial_number}, BaseType::uint32z, serial);
    out_.put_u32(file_id::time_created, start_);
    out_.put_text(file_id::product_name, own_product_name);
    out_.end();
    out_.begin(local_device, message_device_info);
    out_.put_u32(field_timestamp, start_);
    out_.put({device_info::device_index}, BaseType::uint8, 0);
    out_.put_u16(device_info::manufacturer, manufacturer_development);
    out_.put_u16(device_info::product, own_product);
    out_.put({device_info::serial_number}, BaseType::uint32z, serial);
    out_.put_text(device_info::product_name, own_product_name);
    out_.end();
    if (workout_.title.empty()) return;
    out_.begin(local_sport, message_sport);
    out_.put_enum(sport_message::sport, sport_.sport);
    out_.put_enum(sport_message::sub_sport, sport_.sub_sport);
    out_.put_text(sport_message::name, workout_.title);
    out_.end();
  }

  void write_timer(FitTime time, std::uint8_t type) {
    out_.begin(local_event, message_event);
    out_.put_u32(field_timestamp, time);
    out_.put_enum(event::event, event::timer);
    out_.put_enum(event::event_type, type);
    out_.end();
  }

  // Timer events and records by time; within a second the timer starts before the record and stops after it.
  void write_timeline() {
    write_timer(start_, event::start);
    std::size_t next = 0;
    const auto records_before = [&](FitTime time) {
      while (next < points_.size() && points_[next].time < time) write_record(points_[next++]);
    };
    for (const Stop& stop : stops_) {
      records_before(stop.start + 1);
      write_timer(stop.start, event::stop_all);
      records_before(stop.end);
      write_timer(stop.end, event::start);
    }
    records_before(end_ + 1);
    write_timer(end_, event::stop_all);
    records_before(invalid_u32);
  }

  // All records have the same fields, those that occur, so that one definition serves them all.
  void write_record(const TrackPoint& point) {
    out_.begin(local_record, message_record);
    out_.put(timestamp, BaseType::uint32, point.time);
    if (occurring_.position) {
      out_.put({record::latitude}, BaseType::sint32, point.latitude_semicircles);
      out_.put({record::longitude}, BaseType::sint32, point.longitude_semicircles);
    }
    if (occurring_.altitude) out_.put(record::enhanced_altitude, BaseType::uint32, point.altitude_m);
    if (occurring_.heart_rate) out_.put(record::heart_rate, BaseType::uint8, point.heart_rate_bpm);
    if (occurring_.cadence) write_cadence(point.cadence_rpm);
    if (occurring_.distance) out_.put(record::distance, BaseType::uint32, point.distance_m);
    if (occurring_.speed) out_.put(record::enhanced_speed, BaseType::uint32, point.speed_m_s);
    if (occurring_.power) out_.put(record::power, BaseType::uint16, point.power_w);
    if (occurring_.temperature) out_.put(record::temperature, BaseType::sint8, point.temperature_c);
    out_.end();
  }

  void write_cadence(std::optional<float> cadence) {
    std::optional<double> whole;
    std::optional<double> fraction;
    if (cadence && *cadence >= 0 && *cadence < 255) {
      const double steps = std::round(static_cast<double>(*cadence) * record::fractional_cadence.scale);
      whole = std::floor(steps / record::fractional_cadence.scale);
      fraction = steps / record::fractional_cadence.scale - *whole;
    }
    out_.put(record::cadence, BaseType::uint8, whole);
    out_.put(record::fractional_cadence, BaseType::uint8, fraction);
  }

  [[nodiscard]] double timer_s(double elapsed_s, FitTime start, FitTime end) const {
    double paused = 0;
    for (const Stop& stop : stops_) {
      const FitTime from = std::max(stop.start, start);
      const FitTime to = std::min(stop.end, end);
      if (from < to) paused += to - from;
    }
    return std::max(0.0, elapsed_s - paused);
  }

  void write_lap(std::size_t index, FitTime start, FitTime end, double elapsed_s, const model::Lap& lap) {
    out_.begin(local_lap, message_lap);
    out_.put({field_message_index}, BaseType::uint16, static_cast<double>(index));
    out_.put_u32(field_timestamp, end);
    out_.put_enum(lap::event, event::lap_event);
    out_.put_enum(lap::event_type, event::stop);
    out_.put_u32(lap::start_time, start);
    out_.put(lap::elapsed, BaseType::uint32, elapsed_s);
    out_.put(lap::timer, BaseType::uint32, timer_s(elapsed_s, start, end));
    out_.put(lap::distance, BaseType::uint32, lap.distance_m);
    out_.put(lap::calories, BaseType::uint16, lap.energy_kcal);
    out_.put(lap::average_heart_rate, BaseType::uint8, lap.average_heart_rate_bpm);
    out_.put(lap::maximum_heart_rate, BaseType::uint8, lap.maximum_heart_rate_bpm);
    out_.put_enum(lap::sport, sport_.sport);
    out_.put_enum(lap::sub_sport, sport_.sub_sport);
    out_.end();
  }

  void write_laps() {
    for (const model::Lap& lap : workout_.laps) {
      const auto start = fit_time(lap.start);
      const auto end = fit_time(lap.end);
      if (!start || !end || *end < *start) continue;
      write_lap(laps_++, *start, *end, seconds_of(lap.end - lap.start), lap);
    }
    if (laps_ > 0) return;
    model::Lap whole;
    whole.distance_m = workout_.distance_m;
    whole.energy_kcal = workout_.energy_kcal;
    whole.average_heart_rate_bpm = workout_.average_heart_rate_bpm;
    whole.maximum_heart_rate_bpm = workout_.maximum_heart_rate_bpm;
    write_lap(laps_++, start_, end_, elapsed_s(), whole);
  }

  [[nodiscard]] double elapsed_s() const { return seconds_of(record_.time.end.at - record_.time.start.at); }

  [[nodiscard]] double total_timer_s() const {
    return workout_.timer ? seconds_of(*workout_.timer) : timer_s(elapsed_s(), start_, end_);
  }

  void write_session() {
    out_.begin(local_session, message_session);
    out_.put_u16(field_message_index, 0);
    out_.put_u32(field_timestamp, end_);
    out_.put_enum(session::event, event::session_event);
    out_.put_enum(session::event_type, event::stop);
    out_.put_u32(session::start_time, start_);
    out_.put_enum(session::sport, sport_.sport);
    out_.put_enum(session::sub_sport, sport_.sub_sport);
    out_.put(session::elapsed, BaseType::uint32, elapsed_s());
    out_.put(session::timer, BaseType::uint32, total_timer_s());
    std::optional<double> moving;
    if (workout_.moving) moving = seconds_of(*workout_.moving);
    out_.put(session::moving, BaseType::uint32, moving);
    out_.put(session::distance, BaseType::uint32, workout_.distance_m);
    std::optional<double> cycles;
    if (workout_.steps && cycles_are_strides(workout_.sport)) cycles = *workout_.steps / 2;
    out_.put(session::cycles, BaseType::uint32, cycles);
    out_.put(session::calories, BaseType::uint16, workout_.energy_kcal);
    out_.put(session::ascent, BaseType::uint16, workout_.elevation_gain_m);
    out_.put(session::average_heart_rate, BaseType::uint8, workout_.average_heart_rate_bpm);
    out_.put(session::maximum_heart_rate, BaseType::uint8, workout_.maximum_heart_rate_bpm);
    out_.put_u16(session::first_lap_index, 0);
    out_.put_u16(session::num_laps, static_cast<std::uint16_t>(std::min<std::size_t>(laps_, 0xFFFE)));
    out_.end();
  }

  void write_activity() {
    out_.begin(local_file, message_activity);
    out_.put_u32(field_timestamp, end_);
    out_.put(activity::total_timer_time, BaseType::uint32, total_timer_s());
    out_.put_u16(activity::num_sessions, 1);
    out_.put_enum(activity::type, 0);
    out_.put_enum(activity::event, event::activity_event);
    out_.put_enum(activity::event_type, event::stop);
    const auto offset = record_.time.start.offset ? record_.time.start.offset : record_.time.end.offset;
    std::optional<double> local;
    if (offset) local = static_cast<double>(end_) + static_cast<double>(offset->east.count());
    out_.put({activity::local_timestamp}, BaseType::uint32, local);
    out_.end();
  }

  const model::Record& record_;
  const model::Workout& workout_;
  FitTime start_;
  FitTime end_;
  FitSport sport_;
  std::vector<TrackPoint> points_;
  Occurring occurring_{points_};
  std::vector<Stop> stops_;
  std::size_t laps_ = 0;
  MessageWriter out_;
};

}  // namespace

std::optional<std::string> why_not_encodable(const model::Record& record) {
  if (!std::holds_alternative<model::Workout>(record.payload)) return "a FIT file that we write holds a workout";
  if (!fit_time(record.time.start.at) || !fit_time(record.time.end.at)) {
    return "FIT holds times from July 1998 to 2126 only";
  }
  return std::nullopt;
}

std::string encode_workout(const model::Record& record) {
  if (why_not_encodable(record)) return {};
  return ActivityWriter(record).write();
}

}  // namespace syncwell::providers::fit
