// model/json.hpp: from_json.
#include <boost/json/monotonic_resource.hpp>

#include <array>
#include <utility>

#include "model/json.hpp"
#include "model/json_names.hpp"
#include "model/json_node.hpp"
#include "model/json_parse.hpp"

namespace syncwell::model {
namespace {

namespace json = boost::json;

constexpr std::size_t first_block_bytes = 8 * 1024;  // most records need no memory from the heap for their tree
constexpr std::int64_t max_time_offset_ms = std::chrono::milliseconds(max_instant - min_instant).count();
constexpr std::int64_t max_duration_ms = max_time_offset_ms;

void read_schema_id(const ObjectNode& header) {
  const ObjectNode schema_id = header.object("schema_id");
  if (schema_id.text("namespace") != names::schema_namespace) schema_id.complain("namespace", "not of this format");
  if (schema_id.text("name") != names::schema_name) schema_id.complain("name", "not of this format");
  if (!schema_id.text("version").starts_with(names::schema_major)) {
    schema_id.complain("version", "of another major version than 1");
  }
}

Origin read_origin(const ObjectNode& header) {
  Origin origin;
  const std::string modality = header.optional_text("modality");
  if (modality == name_of(RecordingMethod::sensed)) origin.method = RecordingMethod::sensed;
  if (modality == name_of(RecordingMethod::self_reported)) origin.method = RecordingMethod::self_reported;
  if (!header.has("acquisition_provenance")) return origin;
  const ObjectNode provenance = header.object("acquisition_provenance");
  origin.provider = provenance.optional_text("source_name");
  origin.application = provenance.optional_text("application");
  origin.device_manufacturer = provenance.optional_text("device_manufacturer");
  origin.device_model = provenance.optional_text("device_model");
  return origin;
}

void read_header(const ObjectNode& header, Record& record) {
  read_schema_id(header);
  const auto type_name = header.text("type");
  const auto* row = std::ranges::find(all_data_types, type_name, [](DataType type) { return name_of(type); });
  if (row == all_data_types.end()) {
    header.complain("type", "not a data type that is known here");
  } else {
    record.type = *row;
  }
  record.source_id = header.text("source_data_point_id");
  record.external_id = header.optional_text("external_id");
  if (const auto modified = header.optional_date_time("source_last_modification_date_time")) {
    record.modified = modified->at;
  }
  record.origin = read_origin(header);
}

TimeFrame read_time(const ObjectNode& body) {
  const ObjectNode frame = body.object("effective_time_frame");
  if (frame.has("date_time")) {
    const Moment moment = frame.date_time("date_time");
    return {moment, moment};
  }
  const ObjectNode interval = frame.object("time_interval");
  return {interval.date_time("start_date_time"), interval.date_time("end_date_time")};
}

// A quantity in another unit would be another number: refused rather than guessed.
void check_unit(const ObjectNode& quantity, std::string_view unit) {
  if (quantity.text("unit") != unit) quantity.complain("unit", "not the unit of this member");
}

double read_quantity(const ObjectNode& parent, std::string_view name, std::string_view unit) {
  const ObjectNode quantity = parent.object(name);
  check_unit(quantity, unit);
  return quantity.number("value");
}

std::optional<double> read_optional(const ObjectNode& parent, std::string_view name, std::string_view unit) {
  if (!parent.has(name)) return std::nullopt;
  return read_quantity(parent, name, unit);
}

std::optional<Duration> read_optional_duration(const ObjectNode& parent, std::string_view name) {
  if (!parent.has(name)) return std::nullopt;
  const ObjectNode quantity = parent.object(name);
  check_unit(quantity, names::milliseconds);
  const std::int64_t milliseconds = quantity.integer("value");
  if (milliseconds > max_duration_ms || milliseconds < -max_duration_ms) quantity.complain("value", "out of range");
  return Duration{milliseconds};
}

Sleep read_sleep(const ObjectNode& payload) {
  Sleep sleep;
  sleep.is_nap = !payload.optional_boolean("is_main_sleep").value_or(true);
  const json::array* stages = payload.optional_array("stages");
  if (stages == nullptr) return sleep;
  sleep.stages.reserve(stages->size());
  for (std::size_t i = 0; i < stages->size(); ++i) {
    const ObjectNode segment = payload.element("stages", (*stages)[i], i);
    sleep.stages.push_back({segment.date_time("start_date_time"), segment.date_time("end_date_time"),
                            parse_sleep_stage(segment.text("stage")).value_or(SleepStage::unknown)});
  }
  return sleep;
}

std::vector<Lap> read_laps(const ObjectNode& payload) {
  std::vector<Lap> laps;
  const json::array* elements = payload.optional_array("laps");
  for (std::size_t i = 0; elements != nullptr && i < elements->size(); ++i) {
    const ObjectNode lap = payload.element("laps", (*elements)[i], i);
    laps.push_back({.start = lap.date_time("start_date_time").at,
                    .end = lap.date_time("end_date_time").at,
                    .distance_m = read_optional(lap, "distance", names::meters),
                    .energy_kcal = read_optional(lap, "kcal_burned", names::kilocalories),
                    .average_heart_rate_bpm = read_optional(lap, "average_heart_rate", names::beats_per_minute),
                    .maximum_heart_rate_bpm = read_optional(lap, "maximum_heart_rate", names::beats_per_minute)});
  }
  return laps;
}

std::vector<Pause> read_pauses(const ObjectNode& payload) {
  std::vector<Pause> pauses;
  const json::array* elements = payload.optional_array("pauses");
  for (std::size_t i = 0; elements != nullptr && i < elements->size(); ++i) {
    const ObjectNode pause = payload.element("pauses", (*elements)[i], i);
    pauses.push_back({pause.date_time("start_date_time").at, pause.date_time("end_date_time").at});
  }
  return pauses;
}

template <class Row>
std::vector<Row> read_rows(const ObjectNode& columns, Instant start) {
  const json::array& offsets = columns.array("time_offset_ms");
  std::vector<Row> rows(offsets.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto offset = integer_in(offsets[i]);
    if (!offset || *offset > max_time_offset_ms || *offset < -max_time_offset_ms) {
      columns.complain("time_offset_ms", "an element is no whole number, or out of range");
      return {};
    }
    rows[i].at = start + Duration{*offset};
  }
  return rows;
}

// Calls set(row, number) for each element that is not null.
template <class Row, class Set>
void read_column(const ObjectNode& columns, std::string_view name, bool required, std::vector<Row>& rows, Set set) {
  const json::array* values = required ? &columns.array(name) : columns.optional_array(name);
  if (values == nullptr) return;
  if (values->size() != rows.size()) {
    columns.complain(name, "of another length than time_offset_ms");
    return;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const json::value& value = (*values)[i];
    if (value.is_null() && !required) continue;
    const auto number = number_in(value);
    if (!number) {
      columns.complain(name, required ? "an element is no number" : "an element is neither a number nor null");
      return;
    }
    set(rows[i], *number);
  }
}

std::vector<Sample> read_samples(const ObjectNode& payload, Instant start) {
  if (!payload.has("samples")) return {};
  const ObjectNode columns = payload.object("samples");
  auto samples = read_rows<Sample>(columns, start);
  constexpr std::array single_columns = {std::pair{std::string_view("heart_rate_bpm"), &Sample::heart_rate_bpm},
                                         std::pair{std::string_view("cadence_rpm"), &Sample::cadence_rpm},
                                         std::pair{std::string_view("power_w"), &Sample::power_w},
                                         std::pair{std::string_view("speed_m_s"), &Sample::speed_m_s},
                                         std::pair{std::string_view("temperature_c"), &Sample::temperature_c}};
  for (const auto& [name, field] : single_columns) {
    read_column(columns, name, false, samples,
                [field](Sample& sample, double value) { sample.*field = static_cast<float>(value); });
  }
  read_column(columns, "distance_m", false, samples, [](Sample& sample, double value) { sample.distance_m = value; });
  return samples;
}

std::vector<RoutePoint> read_route(const ObjectNode& payload, Instant start) {
  if (!payload.has("route")) return {};
  const ObjectNode columns = payload.object("route");
  auto route = read_rows<RoutePoint>(columns, start);
  read_column(columns, "latitude_deg", true, route, [](RoutePoint& p, double value) { p.latitude_deg = value; });
  read_column(columns, "longitude_deg", true, route, [](RoutePoint& p, double value) { p.longitude_deg = value; });
  read_column(columns, "altitude_m", false, route,
              [](RoutePoint& p, double value) { p.altitude_m = static_cast<float>(value); });
  return route;
}

Workout read_workout(const ObjectNode& payload, Instant start) {
  Workout workout;
  workout.sport = parse_sport(payload.text("activity_name")).value_or(Sport::other);
  workout.title = payload.optional_text("title");
  workout.timer = read_optional_duration(payload, "timer_duration");
  workout.moving = read_optional_duration(payload, "moving_duration");
  workout.distance_m = read_optional(payload, "distance", names::meters);
  workout.energy_kcal = read_optional(payload, "kcal_burned", names::kilocalories);
  workout.elevation_gain_m = read_optional(payload, "elevation_gain", names::meters);
  workout.average_heart_rate_bpm = read_optional(payload, "average_heart_rate", names::beats_per_minute);
  workout.maximum_heart_rate_bpm = read_optional(payload, "maximum_heart_rate", names::beats_per_minute);
  workout.steps = read_optional(payload, "step_count", names::steps);
  workout.laps = read_laps(payload);
  workout.pauses = read_pauses(payload);
  workout.samples = read_samples(payload, start);
  workout.route = read_route(payload, start);
  return workout;
}

Payload read_payload(const ObjectNode& body, const Record& record) {
  const std::string_view member = names::body_member(record.type);
  if (record.type == DataType::sleep) return read_sleep(body.object(member));
  if (record.type == DataType::workout) return read_workout(body.object(member), record.time.start.at);
  return Quantity{read_quantity(body, member, unit_of(record.type))};
}

}  // namespace

Result<Record> from_json(std::string_view text) {
  std::array<unsigned char, first_block_bytes> block;
  json::monotonic_resource memory(block.data(), block.size());
  const auto document = parse_json(text, &memory);
  if (!document) return fail(document.error());
  Complaint complaint;
  const ObjectNode root(*document, complaint);
  Record record;
  read_header(root.object("header"), record);
  if (!complaint.raised()) {
    const ObjectNode body = root.object("body");
    record.time = read_time(body);
    record.payload = read_payload(body, record);
  }
  if (complaint.raised()) return fail(ErrorCode::unreadable_input, complaint.text());
  if (auto why = why_invalid(record)) return fail(ErrorCode::unreadable_input, std::move(*why));
  return record;
}

}  // namespace syncwell::model
