#include "providers/google_health/point_reader.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "providers/external_id.hpp"
#include "providers/google_health/session_reader.hpp"

namespace syncwell::providers::google_health {
namespace {

constexpr std::size_t max_shown_id_bytes = 64;  // Google's own are shorter

// An id for messages: whatever the answer says, one printable word of bounded length.
std::string shown(std::string_view id) {
  std::string text(id.substr(0, max_shown_id_bytes));
  std::ranges::replace_if(text, [](char c) { return c <= 0x20 || c >= 0x7f; }, '?');
  return text;
}

std::unexpected<Error> unreadable(const TypeRow& row, const std::string& where, std::string_view field) {
  return fail(ErrorCode::mapping, fmt::format("google_health: {}: {}.{} is missing or unreadable; the record cannot be "
                                              "synced",
                                              where, row.member, field));
}

model::RecordingMethod method_of(std::string_view word) {
  if (word == "MANUAL") return model::RecordingMethod::self_reported;
  if (word == "PASSIVELY_MEASURED" || word == "ACTIVELY_MEASURED" || word == "DERIVED") {
    return model::RecordingMethod::sensed;
  }
  return model::RecordingMethod::unknown;
}

model::Origin read_origin(const boost::json::object& point, const std::string& where, WarningList& warnings) {
  model::Origin origin;
  origin.provider = "google_health";
  const auto source = object_field(point, "dataSource");
  if (source.unreadable()) warnings.add(where, "dataSource is no object and was left out");
  if (!source.present()) return origin;
  origin.method = method_of(text_field(*source.value, "recordingMethod").value);
  if (const auto device = object_field(*source.value, "device"); device.present()) {
    origin.device_manufacturer = text_field(*device.value, "manufacturer").value;
    origin.device_model = text_field(*device.value, "displayName").value;
  }
  if (const auto application = object_field(*source.value, "application"); application.present()) {
    for (const auto* member : {"packageName", "webClientId", "googleWebClientId"}) {
      origin.application = text_field(*application.value, member).value;
      if (!origin.application.empty()) break;
    }
  }
  return origin;
}

// Points of most types have no name. Their key is what makes them the same point again: type, times and source (two
// sources may report the same minutes). The value stays out, so that a correction is an edit and no new record. It is
// hashed because ids are stored in the ledger, which must not tell when somebody moved (DEC-8).
std::string made_id(const TypeRow& row, const model::Record& record) {
  const auto& origin = record.origin;
  const std::string key =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", row.collection, record.time.start.at.time_since_epoch().count(),
                  record.time.end.at.time_since_epoch().count(), origin.application, origin.device_manufacturer,
                  origin.device_model, model::name_of(origin.method));
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  constexpr std::size_t id_bytes = 16;
  std::string id = "gh";
  for (const unsigned char byte : std::span(digest).first(id_bytes)) id += fmt::format("{:02x}", byte);
  return id;
}

// The name of the time's member where it is unreadable; empty when all is well.
std::string_view read_time(const TypeRow& row, const boost::json::object& payload, const UserZone& zone,
                           model::TimeFrame& time, bool& offset_unreadable) {
  if (row.kind == PointKind::daily) {
    const auto date = object_field(payload, "date");
    const auto day = date.present() ? read_date(*date.value) : std::nullopt;
    if (!day) return "date";
    time = local_day(*day, zone);
    return {};
  }
  if (row.kind == PointKind::sample) {
    const auto sample = object_field(payload, "sampleTime");
    if (!sample.present()) return "sampleTime";
    const auto at = moment_field(*sample.value, {"physicalTime", "utcOffset", "civilTime"}, offset_unreadable);
    if (!at.present()) return "sampleTime.physicalTime";
    time = {at.value, at.value};
    return {};
  }
  const auto interval = object_field(payload, "interval");
  if (!interval.present()) return "interval";
  const auto start =
      moment_field(*interval.value, {"startTime", "startUtcOffset", "civilStartTime"}, offset_unreadable);
  const auto end = moment_field(*interval.value, {"endTime", "endUtcOffset", "civilEndTime"}, offset_unreadable);
  if (!start.present()) return "interval.startTime";
  if (!end.present() || end.value.at < start.value.at) return "interval.endTime";
  time = {start.value, end.value};
  return {};
}

}  // namespace

std::string id_in_name(std::string_view name) {
  const auto slash = name.rfind('/');
  return std::string(slash == std::string_view::npos ? name : name.substr(slash + 1));
}

Result<std::optional<model::Record>> read_point(const TypeRow& row, const boost::json::value& value,
                                                const UserZone& zone, const std::string& position,
                                                WarningList& warnings) {
  const auto* point = value.if_object();
  if (point == nullptr) return unreadable(row, position, "(the point itself)");
  std::string id = id_in_name(text_field(*point, "name").value);
  if (id.empty()) id = id_in_name(text_field(*point, "dataPointName").value);
  // What can be written can be named: without its name it would look like another record.
  if (id.empty() && row.writable) return unreadable(row, position, "name");
  const std::string where = id.empty() ? position : fmt::format("{}/{}", row.collection, shown(id));

  const auto payload = object_field(*point, row.member);
  if (!payload.present()) return unreadable(row, where, "(all of it)");
  model::Record record;
  record.type = row.type;
  record.origin = read_origin(*point, where, warnings);
  bool offset_unreadable = false;
  if (const auto missing = read_time(row, *payload.value, zone, record.time, offset_unreadable); !missing.empty()) {
    return unreadable(row, where, missing);
  }
  if (offset_unreadable) warnings.add(where, "a UTC offset is unreadable and was left out");
  record.source_id = id.empty() ? made_id(row, record) : id;
  if (is_our_external_id(id)) record.external_id = id;
  const auto updated = time_field(*payload.value, "updateTime");
  if (updated.unreadable()) warnings.add(where, "updateTime is unreadable and was left out");
  if (updated.present()) record.modified = updated.value.at;

  if (row.kind == PointKind::sleep) {
    record.payload = read_sleep(*payload.value, where, warnings);
  } else if (row.kind == PointKind::exercise) {
    record.payload = read_exercise(*payload.value, record.time, where, warnings);
  } else {
    const auto number = number_field(*payload.value, row.value);
    if (number.presence == Presence::absent && row.value_is_optional) return std::nullopt;
    if (!number.present()) return unreadable(row, where, row.value);
    record.payload = model::Quantity{number.value / row.per_unit};
  }
  if (const auto reason = model::why_invalid(record)) return unreadable(row, where, *reason);
  return record;
}

}  // namespace syncwell::providers::google_health
