#include "providers/fit/fit_activity.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "providers/fit/fit_profile.hpp"

namespace syncwell::providers::fit {
namespace {

std::optional<float> narrow(std::optional<double> value) {
  if (!value) return std::nullopt;
  return static_cast<float>(*value);
}

// A living heart beats: zero is how many devices write "no signal".
std::optional<double> beating(std::optional<double> value) { return value && *value > 0 ? value : std::nullopt; }

std::optional<double> first_of(std::optional<double> preferred, std::optional<double> other) {
  return preferred ? preferred : other;
}

std::optional<double> first_of(const NativeValues& developer, const FieldSpec& spec, const Message& message) {
  return first_of(find_value(developer, spec.number), message.value(spec));
}

FitSport sport_of(const Message& message, std::uint8_t sport, std::uint8_t sub_sport) {
  return {message.u8(sport).value_or(0), message.u8(sub_sport).value_or(0)};
}

// Where sessions and laps hold what both of them have.
struct SummaryFields {
  std::uint8_t start_time, sport, sub_sport;
  FieldSpec elapsed, timer, distance, calories, average_heart_rate, maximum_heart_rate;
};
constexpr SummaryFields session_fields{
    session::start_time, session::sport,    session::sub_sport,          session::elapsed,           session::timer,
    session::distance,   session::calories, session::average_heart_rate, session::maximum_heart_rate};
constexpr SummaryFields lap_fields{
    lap::start_time, lap::sport,    lap::sub_sport,          lap::elapsed,           lap::timer,
    lap::distance,   lap::calories, lap::average_heart_rate, lap::maximum_heart_rate};

Summary read_summary(const Message& message, const NativeValues& developer, const SummaryFields& fields) {
  Summary summary;
  summary.start = message.u32(fields.start_time);
  summary.timestamp = message.timestamp();
  summary.sport = sport_of(message, fields.sport, fields.sub_sport);
  summary.has_sport = message.u8(fields.sport).has_value();
  summary.elapsed_s = message.value(fields.elapsed);
  summary.timer_s = message.value(fields.timer);
  summary.distance_m = first_of(developer, fields.distance, message);
  summary.energy_kcal = first_of(developer, fields.calories, message);
  summary.average_heart_rate_bpm = beating(first_of(developer, fields.average_heart_rate, message));
  summary.maximum_heart_rate_bpm = beating(first_of(developer, fields.maximum_heart_rate, message));
  return summary;
}

}  // namespace

void ActivityCollector::start_part(std::uint64_t position) {
  parts_.emplace_back().position = position;
  last_packed_distance_ = 0;
  packed_distance_m_ = 0;
}

void ActivityCollector::mark_data_lost() {
  if (!parts_.empty()) current().data_lost = true;
}

void ActivityCollector::message(const Message& message) {
  if (parts_.empty()) return;
  switch (message.global()) {
    case message_file_id:
      current().identity.read_file_id(message);
      current().has_file_id = true;
      break;
    case message_device_info:
      current().identity.read_device_info(message);
      break;
    case message_record:
      read_record(message);
      break;
    case message_session:
      read_session(message);
      break;
    case message_lap:
      read_lap(message);
      break;
    case message_event:
      read_event(message);
      break;
    case message_activity:
      read_activity(message);
      break;
    case message_sport:
      if (current().sports.size() < max_sessions) {
        current().sports.push_back(
            {sport_of(message, sport_message::sport, sport_message::sub_sport), message.text(sport_message::name)});
      }
      break;
    default:
      break;
  }
}

bool ActivityCollector::room(std::size_t size, std::size_t maximum, const char* what, const Message& message) {
  if (size < maximum) return true;
  if (size == maximum) {
    warnings_.add(message.position(), fmt::format("more than {} {}; the rest is left out", maximum, what));
  }
  overflowed_ = true;
  return false;
}

void ActivityCollector::read_record(const Message& message) {
  ++counts_.records;
  TrackPoint point;
  const NativeValues developer = developer_.native_values(message);
  const auto heart_rate = first_of(developer, record::heart_rate, message);
  point.latitude_semicircles = message.s32(record::latitude);
  point.longitude_semicircles = message.s32(record::longitude);
  if (point.latitude_semicircles && point.longitude_semicircles) ++counts_.positions;
  if (message.value(record::heart_rate)) ++counts_.heart_rates;
  // Accumulated over all messages, also over those without a time.
  unpack_speed_and_distance(message.bytes(record::compressed_speed_distance), point);
  if (!message.timestamp()) return;
  if (!room(points_++, max_track_points, "records", message)) return;

  point.time = *message.timestamp();
  point.heart_rate_bpm = narrow(beating(heart_rate));
  point.cadence_rpm = narrow(find_value(developer, record::cadence.number));
  if (const auto cadence = message.value(record::cadence); !point.cadence_rpm && cadence) {
    point.cadence_rpm = static_cast<float>(*cadence + message.value(record::fractional_cadence).value_or(0));
  }
  point.power_w = narrow(first_of(developer, record::power, message));
  auto speed =
      first_of(find_value(developer, record::enhanced_speed.number), find_value(developer, record::speed.number));
  if (!speed) speed = first_of(message.value(record::enhanced_speed), message.value(record::speed));
  if (speed) point.speed_m_s = narrow(speed);
  if (const auto distance = first_of(developer, record::distance, message)) point.distance_m = distance;
  point.temperature_c = narrow(message.value(record::temperature));
  point.altitude_m = narrow(first_of(message.value(record::enhanced_altitude), message.value(record::altitude)));
  current().points.push_back(point);
}

// Three bytes: 12 bits of speed (1/100 m/s) and 12 bits of distance (1/16 m) that roll over every 256 m.
void ActivityCollector::unpack_speed_and_distance(Bytes packed, TrackPoint& point) {
  if (packed.size() != 3 || std::ranges::all_of(packed, [](std::uint8_t byte) { return byte == 0xFF; })) return;
  const std::uint32_t speed = packed[0] | (packed[1] & 0x0FU) << 8U;
  const std::uint32_t distance = (packed[1] >> 4U) | static_cast<std::uint32_t>(packed[2]) << 4U;
  packed_distance_m_ += ((distance - last_packed_distance_) & 0xFFFU) / 16.0;
  last_packed_distance_ = distance;
  point.speed_m_s = static_cast<float>(speed) / 100.0F;
  point.distance_m = packed_distance_m_;
}

void ActivityCollector::read_session(const Message& message) {
  if (!room(counts_.sessions++, max_sessions, "sessions", message)) return;
  Summary summary = read_summary(message, developer_.native_values(message), session_fields);
  summary.moving_s = message.value(session::moving);
  summary.ascent_m = message.value(session::ascent);
  summary.cycles = message.value(session::cycles);
  current().sessions.push_back(summary);
}

void ActivityCollector::read_lap(const Message& message) {
  if (!room(laps_++, max_laps, "laps", message)) return;
  current().laps.push_back(read_summary(message, developer_.native_values(message), lap_fields));
}

void ActivityCollector::read_event(const Message& message) {
  if (message.u8(event::event) != event::timer || !message.timestamp()) return;
  const auto type = message.u8(event::event_type);
  const bool start = type == event::start;
  const bool stop =
      type == event::stop || type == event::stop_all || type == event::stop_disable || type == event::stop_disable_all;
  if (!start && !stop) return;
  if (stop) ++counts_.timer_stops;
  if (!room(events_++, max_timer_events, "timer events", message)) return;
  current().timer_events.push_back({*message.timestamp(), start});
}

void ActivityCollector::read_activity(const Message& message) {
  current().activity_time = message.timestamp();
  current().activity_local_time = message.u32(activity::local_timestamp);
}

}  // namespace syncwell::providers::fit
