// FIT (flexible and interoperable data transfer): header, definition and data messages, CRC-16. Only the messages and
// fields that an activity list needs: file_id, session, record. Source: fit_gpx_tcx.md.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>

#include "sandbox/activity_file.hpp"

namespace syncwell::sandbox {
namespace {

constexpr Instant fit_epoch{std::chrono::sys_days{std::chrono::year{1989} / 12 / 31}};

std::uint16_t crc16(std::string_view bytes) {
  constexpr std::array<std::uint16_t, 16> table = {0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
                                                   0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400};
  std::uint16_t crc = 0;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    for (const unsigned nibble : {unsigned{byte} & 15U, unsigned{byte} >> 4U}) {
      crc = static_cast<std::uint16_t>((crc >> 4) ^ table[(crc ^ nibble) & 15U]);
    }
  }
  return crc;
}

struct FieldDefinition {
  std::uint8_t number = 0;
  std::uint8_t size = 0;
  std::uint8_t base_type = 0;
};

struct Definition {
  std::uint16_t message = 0;
  bool big_endian = false;
  std::vector<FieldDefinition> fields;
  std::size_t size = 0;  // of a data message, developer fields included
};

using Values = std::map<std::uint8_t, std::int64_t>;  // valid integers of one message, by field number

std::uint64_t read_unsigned(std::string_view bytes, bool big_endian) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t index = big_endian ? i : bytes.size() - 1 - i;
    value = (value << 8) | static_cast<std::uint8_t>(bytes[index]);
  }
  return value;
}

// nullopt for the type's invalid value and for types that are no integer.
std::optional<std::int64_t> read_integer(std::string_view bytes, const FieldDefinition& field, bool big_endian) {
  const std::uint8_t type = field.base_type & 0x1f;
  constexpr std::array<std::size_t, 17> sizes = {1, 1, 1, 2, 2, 4, 4, 1, 4, 8, 1, 2, 4, 1, 8, 8, 8};
  if (type >= sizes.size() || type == 7 || type == 8 || type == 9 || bytes.size() < sizes[type]) return std::nullopt;
  const std::size_t size = sizes[type];
  const std::uint64_t raw = read_unsigned(bytes.substr(0, size), big_endian);
  const std::uint64_t all_ones = size == 8 ? ~0ULL : (1ULL << (size * 8)) - 1;
  const bool is_signed = type == 1 || type == 3 || type == 5 || type == 14;
  const bool zero_is_invalid = type == 10 || type == 11 || type == 12 || type == 16;
  if (zero_is_invalid ? raw == 0 : raw == (is_signed ? all_ones >> 1 : all_ones)) return std::nullopt;
  if (is_signed && (raw & (all_ones ^ (all_ones >> 1))) != 0) return static_cast<std::int64_t>(raw | ~all_ones);
  return static_cast<std::int64_t>(raw);
}

std::string sport_of(std::int64_t sport, std::int64_t sub_sport) {
  switch (sport) {
    case 1:
      return sub_sport == 3 ? "TrailRun" : "Run";
    case 2:
      if (sub_sport == 8) return "MountainBikeRide";
      if (sub_sport == 46) return "GravelRide";
      return sub_sport == 58 ? "VirtualRide" : "Ride";
    case 5:
      return "Swim";
    case 10:
      return "WeightTraining";
    case 11:
      return "Walk";
    case 12:
      return "NordicSki";
    case 13:
      return "AlpineSki";
    case 14:
      return "Snowboard";
    case 15:
      return "Rowing";
    case 17:
      return "Hike";
    case 21:
      return "EBikeRide";
    case 37:
      return "StandUpPaddling";
    case 41:
      return "Kayaking";
    default:
      return "Workout";
  }
}

double semicircles_to_degrees(std::int64_t value) { return static_cast<double>(value) * (180.0 / 2147483648.0); }

class FitReader {
 public:
  explicit FitReader(std::string_view data) : rest_(data) {}

  std::expected<ActivityFile, FileFault> read() {
    while (!rest_.empty()) {
      if (!read_message()) return std::unexpected(FileFault::damaged);
    }
    if (file_type_ && *file_type_ != 4) return std::unexpected(FileFault::no_activity);
    if (!has_session_) return std::unexpected(FileFault::no_activity);
    if (!has_start_) return std::unexpected(FileFault::no_times);
    return std::move(file_);
  }

 private:
  bool read_message() {
    const auto header = static_cast<std::uint8_t>(take(1)[0]);
    if ((header & 0x80) != 0) {
      // Compressed timestamp: five bits that count on from the last full one.
      const std::int64_t offset = header & 0x1f;
      timestamp_ += (offset - timestamp_) & 0x1f;
      return read_data((header >> 5) & 3, true);
    }
    if ((header & 0x40) != 0) return read_definition(header & 15, (header & 0x20) != 0);
    return read_data(header & 15, false);
  }

  bool read_definition(std::uint8_t local, bool has_developer_fields) {
    const auto head = take(5);
    if (head.size() < 5) return false;
    Definition definition;
    definition.big_endian = head[1] == 1;
    definition.message = static_cast<std::uint16_t>(read_unsigned(head.substr(2, 2), definition.big_endian));
    const std::size_t count = static_cast<std::uint8_t>(head[4]);
    const auto fields = take(count * 3);
    if (fields.size() < count * 3) return false;
    for (std::size_t i = 0; i < count; ++i) {
      const auto byte = [&](std::size_t k) { return static_cast<std::uint8_t>(fields[i * 3 + k]); };
      definition.fields.push_back({byte(0), byte(1), byte(2)});
      definition.size += byte(1);
    }
    if (has_developer_fields) {
      const auto developer_head = take(1);
      if (developer_head.empty()) return false;
      const std::size_t developer_count = static_cast<std::uint8_t>(developer_head[0]);
      const auto developer_fields = take(developer_count * 3);
      if (developer_fields.size() < developer_count * 3) return false;
      for (std::size_t i = 0; i < developer_count; ++i) {
        definition.size += static_cast<std::uint8_t>(developer_fields[i * 3 + 1]);
      }
    }
    definitions_[local] = std::move(definition);
    return true;
  }

  bool read_data(std::uint8_t local, bool compressed) {
    const auto found = definitions_.find(local);
    if (found == definitions_.end()) return false;
    const Definition& definition = found->second;
    std::string_view body = take(definition.size);
    if (body.size() < definition.size) return false;
    Values values;
    for (const FieldDefinition& field : definition.fields) {
      const auto value = read_integer(body.substr(0, field.size), field, definition.big_endian);
      if (value) values.emplace(field.number, *value);
      body.remove_prefix(field.size);
    }
    constexpr std::uint8_t timestamp_field = 253;
    if (const auto time = values.find(timestamp_field); time != values.end()) timestamp_ = time->second;
    if (definition.message == 0 && values.contains(0)) file_type_ = values[0];
    if (definition.message == 18) read_session(values);
    if (definition.message == 20 && (compressed || values.contains(timestamp_field))) read_record(values);
    return true;
  }

  void read_session(const Values& values) {
    const auto value = [&](std::uint8_t number) { return values.contains(number) ? values.at(number) : 0; };
    file_.elapsed += Duration{value(7)};
    file_.moving += Duration{value(8)};
    file_.distance_m += static_cast<double>(value(9)) / 100;
    file_.energy_kcal += static_cast<double>(value(11));
    file_.elevation_gain_m += static_cast<double>(value(22));
    if (!has_session_) file_.sport = sport_of(value(5), value(6));
    has_session_ = true;
    if (!values.contains(2)) return;
    const Instant start = fit_epoch + std::chrono::seconds{values.at(2)};
    if (!has_start_ || start < file_.start) file_.start = start;
    has_start_ = true;
  }

  void read_record(const Values& values) {
    if (file_.points.size() >= max_track_points) return;
    const auto scaled = [&](std::uint8_t number, double scale, double offset) -> std::optional<double> {
      const auto found = values.find(number);
      if (found == values.end()) return std::nullopt;
      return static_cast<double>(found->second) / scale - offset;
    };
    TrackPoint point;
    point.at = fit_epoch + std::chrono::seconds{timestamp_};
    if (values.contains(0) && values.contains(1)) {
      point.latitude_deg = semicircles_to_degrees(values.at(0));
      point.longitude_deg = semicircles_to_degrees(values.at(1));
    }
    point.altitude_m = scaled(78, 5, 500);
    if (!point.altitude_m) point.altitude_m = scaled(2, 5, 500);
    point.heart_rate_bpm = scaled(3, 1, 0);
    point.cadence_rpm = scaled(4, 1, 0);
    point.distance_m = scaled(5, 100, 0);
    point.power_w = scaled(7, 1, 0);
    point.temperature_c = scaled(13, 1, 0);
    file_.points.push_back(point);
  }

  // Up to `size` bytes; fewer at the end.
  std::string_view take(std::size_t size) {
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(bytes.size());
    return bytes;
  }

  std::string_view rest_;
  std::map<std::uint8_t, Definition> definitions_;
  std::int64_t timestamp_ = 0;
  ActivityFile file_;
  std::optional<std::int64_t> file_type_;
  bool has_session_ = false;
  bool has_start_ = false;
};

}  // namespace

std::expected<ActivityFile, FileFault> read_fit(std::string_view bytes) {
  constexpr std::size_t crc_size = 2;
  if (bytes.size() < 12 || bytes.substr(8, 4) != ".FIT") return std::unexpected(FileFault::wrong_format);
  const std::size_t header_size = static_cast<std::uint8_t>(bytes[0]);
  if (header_size < 12 || header_size > bytes.size()) return std::unexpected(FileFault::damaged);
  const std::uint64_t data_size = read_unsigned(bytes.substr(4, 4), false);
  if (data_size + header_size + crc_size > bytes.size()) return std::unexpected(FileFault::damaged);
  const std::string_view whole = bytes.substr(0, header_size + data_size);
  if (crc16(whole) != read_unsigned(bytes.substr(whole.size(), crc_size), false)) {
    return std::unexpected(FileFault::damaged);
  }
  return FitReader(whole.substr(header_size)).read();
}

}  // namespace syncwell::sandbox
