// model/json.hpp: to_json and content_for_digest.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "model/json.hpp"
#include "model/json_names.hpp"
#include "model/json_text.hpp"

namespace syncwell::model {
namespace {

// Appends members and elements, and knows where a comma belongs. Names are plain ASCII of ours: not escaped.
class Writer {
 public:
  void open(char bracket) {
    json_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    json_ += bracket;
    first_ = false;
  }
  void element() {
    if (!first_) json_ += ',';
    first_ = false;
  }
  void name(std::string_view name) {
    element();
    json_ += '"';
    json_ += name;
    json_ += "\":";
  }
  void open_object(std::string_view member) {
    name(member);
    open('{');
  }
  void open_array(std::string_view member) {
    name(member);
    open('[');
  }
  void text(std::string_view member, std::string_view value) {
    name(member);
    append_json_string(json_, value);
  }
  void text_unless_empty(std::string_view member, std::string_view value) {
    if (!value.empty()) text(member, value);
  }
  template <class Time>
  void date_time(std::string_view member, Time time) {
    name(member);
    append_json_date_time(json_, time);
  }
  void boolean(std::string_view member, bool value) {
    name(member);
    json_ += value ? "true" : "false";
  }
  // {"value":72,"unit":"beats/min"}
  void quantity(std::string_view member, double value, std::string_view unit) {
    open_object(member);
    name("value");
    append_json_number(json_, value);
    text("unit", unit);
    close('}');
  }
  void quantity(std::string_view member, const std::optional<double>& value, std::string_view unit) {
    if (value) quantity(member, *value, unit);
  }
  void quantity(std::string_view member, const std::optional<Duration>& value) {
    if (!value) return;
    open_object(member);
    name("value");
    integer(value->count());
    text("unit", names::milliseconds);
    close('}');
  }
  void integer(std::int64_t value) { fmt::format_to(std::back_inserter(json_), "{}", value); }
  template <class Number>
  void number_or_null(const std::optional<Number>& value) {
    if (value) {
      append_json_number(json_, *value);
    } else {
      json_ += "null";
    }
  }
  void reserve(std::size_t bytes) { json_.reserve(bytes); }
  [[nodiscard]] std::string take() { return std::move(json_); }

 private:
  std::string json_;
  bool first_ = true;
};

// One array with a value of every row; left out when no row has one.
template <class Row, class Number>
void write_column(Writer& writer, std::string_view name, const std::vector<Row>& rows,
                  std::optional<Number> Row::* field) {
  const auto has_value = [&](const Row& row) { return (row.*field).has_value(); };
  if (std::ranges::none_of(rows, has_value)) return;
  writer.open_array(name);
  for (const Row& row : rows) {
    writer.element();
    writer.number_or_null(row.*field);
  }
  writer.close(']');
}

template <class Row>
void write_time_column(Writer& writer, const std::vector<Row>& rows, Instant start) {
  writer.open_array("time_offset_ms");
  for (const Row& row : rows) {
    writer.element();
    writer.integer((row.at - start).count());
  }
  writer.close(']');
}

void write_samples(Writer& writer, const std::vector<Sample>& samples, Instant start) {
  if (samples.empty()) return;
  writer.open_object("samples");
  write_time_column(writer, samples, start);
  write_column(writer, "heart_rate_bpm", samples, &Sample::heart_rate_bpm);
  write_column(writer, "cadence_rpm", samples, &Sample::cadence_rpm);
  write_column(writer, "power_w", samples, &Sample::power_w);
  write_column(writer, "speed_m_s", samples, &Sample::speed_m_s);
  write_column(writer, "temperature_c", samples, &Sample::temperature_c);
  write_column(writer, "distance_m", samples, &Sample::distance_m);
  writer.close('}');
}

void write_route(Writer& writer, const std::vector<RoutePoint>& route, Instant start) {
  if (route.empty()) return;
  writer.open_object("route");
  write_time_column(writer, route, start);
  for (const auto& [name, field] :
       {std::pair{"latitude_deg", &RoutePoint::latitude_deg}, std::pair{"longitude_deg", &RoutePoint::longitude_deg}}) {
    writer.open_array(name);
    for (const RoutePoint& point : route) {
      writer.element();
      writer.number_or_null(std::optional(point.*field));
    }
    writer.close(']');
  }
  write_column(writer, "altitude_m", route, &RoutePoint::altitude_m);
  writer.close('}');
}

void write_laps(Writer& writer, const std::vector<Lap>& laps) {
  if (laps.empty()) return;
  writer.open_array("laps");
  for (const Lap& lap : laps) {
    writer.element();
    writer.open('{');
    writer.date_time("start_date_time", lap.start);
    writer.date_time("end_date_time", lap.end);
    writer.quantity("distance", lap.distance_m, names::meters);
    writer.quantity("kcal_burned", lap.energy_kcal, names::kilocalories);
    writer.quantity("average_heart_rate", lap.average_heart_rate_bpm, names::beats_per_minute);
    writer.quantity("maximum_heart_rate", lap.maximum_heart_rate_bpm, names::beats_per_minute);
    writer.close('}');
  }
  writer.close(']');
}

void write_pauses(Writer& writer, const std::vector<Pause>& pauses) {
  if (pauses.empty()) return;
  writer.open_array("pauses");
  for (const Pause& pause : pauses) {
    writer.element();
    writer.open('{');
    writer.date_time("start_date_time", pause.start);
    writer.date_time("end_date_time", pause.end);
    writer.close('}');
  }
  writer.close(']');
}

void write_payload(Writer& writer, const Workout& workout, const Record& record) {
  writer.open_object(names::body_member(DataType::workout));
  writer.text("activity_name", name_of(workout.sport));
  writer.text_unless_empty("title", workout.title);
  writer.quantity("timer_duration", workout.timer);
  writer.quantity("moving_duration", workout.moving);
  writer.quantity("distance", workout.distance_m, names::meters);
  writer.quantity("kcal_burned", workout.energy_kcal, names::kilocalories);
  writer.quantity("elevation_gain", workout.elevation_gain_m, names::meters);
  writer.quantity("average_heart_rate", workout.average_heart_rate_bpm, names::beats_per_minute);
  writer.quantity("maximum_heart_rate", workout.maximum_heart_rate_bpm, names::beats_per_minute);
  writer.quantity("step_count", workout.steps, names::steps);
  write_laps(writer, workout.laps);
  write_pauses(writer, workout.pauses);
  write_samples(writer, workout.samples, record.time.start.at);
  write_route(writer, workout.route, record.time.start.at);
  writer.close('}');
}

void write_payload(Writer& writer, const Sleep& sleep, const Record&) {
  writer.open_object(names::body_member(DataType::sleep));
  writer.boolean("is_main_sleep", !sleep.is_nap);
  if (!sleep.stages.empty()) {
    writer.open_array("stages");
    for (const SleepSegment& segment : sleep.stages) {
      writer.element();
      writer.open('{');
      writer.text("stage", name_of(segment.stage));
      writer.date_time("start_date_time", segment.start);
      writer.date_time("end_date_time", segment.end);
      writer.close('}');
    }
    writer.close(']');
  }
  writer.close('}');
}

void write_payload(Writer& writer, const Quantity& quantity, const Record& record) {
  writer.quantity(names::body_member(record.type), quantity.value, unit_of(record.type));
}

void write_body(Writer& writer, const Record& record) {
  writer.open_object("body");
  writer.open_object("effective_time_frame");
  if (record.time.start == record.time.end) {
    writer.date_time("date_time", record.time.start);
  } else {
    writer.open_object("time_interval");
    writer.date_time("start_date_time", record.time.start);
    writer.date_time("end_date_time", record.time.end);
    writer.close('}');
  }
  writer.close('}');
  std::visit([&](const auto& payload) { write_payload(writer, payload, record); }, record.payload);
  writer.close('}');
}

void write_modality(Writer& writer, RecordingMethod method) {
  if (method != RecordingMethod::unknown) writer.text("modality", name_of(method));
}

void write_provenance(Writer& writer, const Origin& origin) {
  if (origin.provider.empty() && origin.application.empty() && origin.device_manufacturer.empty() &&
      origin.device_model.empty()) {
    return;
  }
  writer.open_object("acquisition_provenance");
  writer.text_unless_empty("source_name", origin.provider);
  writer.text_unless_empty("application", origin.application);
  writer.text_unless_empty("device_manufacturer", origin.device_manufacturer);
  writer.text_unless_empty("device_model", origin.device_model);
  writer.close('}');
}

void write_header(Writer& writer, const Record& record) {
  writer.open_object("header");
  writer.open_object("schema_id");
  writer.text("namespace", names::schema_namespace);
  writer.text("name", names::schema_name);
  writer.text("version", names::schema_version);
  writer.close('}');
  writer.text("type", name_of(record.type));
  writer.text("source_data_point_id", record.source_id);
  writer.text_unless_empty("external_id", record.external_id);
  if (record.modified) writer.date_time("source_last_modification_date_time", *record.modified);
  write_modality(writer, record.origin.method);
  write_provenance(writer, record.origin);
  writer.close('}');
}

// About what a record takes, so that a large one is not copied while it grows.
std::size_t expected_bytes(const Record& record) {
  const auto* workout = std::get_if<Workout>(&record.payload);
  return workout == nullptr ? 512 : 1024 + workout->samples.size() * 40 + workout->route.size() * 50;
}

}  // namespace

std::string to_json(const Record& record) {
  Writer writer;
  writer.reserve(expected_bytes(record));
  writer.open('{');
  write_header(writer, record);
  write_body(writer, record);
  writer.close('}');
  return writer.take();
}

std::string content_for_digest(const Record& record) {
  Writer writer;
  writer.reserve(expected_bytes(record));
  writer.open('{');
  writer.text("type", name_of(record.type));
  write_modality(writer, record.origin.method);
  writer.text_unless_empty("device_manufacturer", record.origin.device_manufacturer);
  writer.text_unless_empty("device_model", record.origin.device_model);
  write_body(writer, record);
  writer.close('}');
  return writer.take();
}

}  // namespace syncwell::model
