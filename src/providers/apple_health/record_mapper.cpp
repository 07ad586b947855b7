#include "providers/apple_health/record_mapper.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "providers/external_id.hpp"
#include "providers/stable_order.hpp"

namespace syncwell::providers::apple_health {
namespace {

constexpr const char* lost_sleep_rows =
    "there are more sleep rows than can be kept: the nights after this are incomplete";

// The attribute under its name, or under the one that iOS 8 printed.
std::string_view text_of(const xml::Attributes& attributes, std::string_view name, std::string_view old_name = {}) {
  const auto text = attributes.get(name);
  if (text) return *text;
  return old_name.empty() ? std::string_view{} : attributes.get(old_name).value_or(std::string_view{});
}

}  // namespace

RecordMapper::RecordMapper(const FetchRequest& request, std::string file_name, RouteReader read_route)
    : request_(request), file_name_(std::move(file_name)), read_route_(std::move(read_route)) {
  recent_ids_.resize(remembered_ids);
}

Wanted RecordMapper::wanted(model::DataType type) {
  Wanted wanted{.record_types = {}, .workouts = type == model::DataType::workout};
  for (const QuantityType& row : quantity_types()) {
    if (row.type == type) wanted.record_types.emplace_back(row.identifier);
  }
  if (type == model::DataType::sleep) wanted.record_types.emplace_back(sleep_identifier);
  return wanted;
}

bool RecordMapper::full() const { return page_.records.size() >= max_page_records || page_bytes_ >= max_page_bytes; }

void RecordMapper::begin_top_level(std::uint64_t byte) {
  byte_ = byte;
  depth_ = 0;
}

void RecordMapper::start_element(std::string_view name, const xml::Attributes& attributes) {
  const std::size_t depth = depth_++;
  if (depth == 0) {
    draft_.kind = Kind::ignored;
    if (name == "Record") {
      start_record(attributes);
    } else if (name == "Workout" && request_.type == model::DataType::workout) {
      draft_.kind = Kind::workout;
    }
  } else if (depth == 1 && name == "MetadataEntry" && draft_.kind != Kind::ignored) {
    start_metadata(attributes);
  }
  if (draft_.kind == Kind::workout) workout_.start(depth, name, attributes);
}

void RecordMapper::end_element(std::string_view name, std::string_view) {
  --depth_;
  if (draft_.kind == Kind::workout) workout_.end(depth_, name);
  if (depth_ > 0) return;
  if (draft_.kind == Kind::workout) {
    end_workout();
  } else if (draft_.kind != Kind::ignored) {
    end_record();
  }
  draft_.kind = Kind::ignored;
}

void RecordMapper::start_record(const xml::Attributes& attributes) {
  const std::string_view type = text_of(attributes, "type");
  const bool sleep = request_.type == model::DataType::sleep && type == sleep_identifier;
  draft_.quantity = sleep ? nullptr : find_quantity_type(type);
  if (!sleep && (draft_.quantity == nullptr || draft_.quantity->type != request_.type)) return;
  draft_.kind = sleep ? Kind::sleep : Kind::quantity;
  draft_.time_zone.clear();
  draft_.own_id.clear();
  draft_.user_entered.reset();
  if (const char* problem = read_record(attributes)) {
    warn(byte_, problem);
    draft_.kind = Kind::ignored;
    return;
  }
  if (!in_range(draft_.start, draft_.end) && !sleep) {
    draft_.kind = Kind::ignored;
    return;
  }
  source_name_ = text_of(attributes, "sourceName", "source");
  device_ = &device(text_of(attributes, "device"));
}

// Fills the draft; null, or what essential field cannot be read.
const char* RecordMapper::read_record(const xml::Attributes& attributes) {
  const auto start = parse_export_date(text_of(attributes, "startDate", "startdate"));
  if (!start) return "startDate of a record cannot be read";
  const auto end = parse_export_date(text_of(attributes, "endDate", "enddate"));
  if (!end) return "endDate of a record cannot be read";
  if (*end < *start) return "a record ends before it starts";
  if (*start < min_instant || *end > max_instant) return "a record lies outside the years 1900 to 2200";
  draft_.start = *start;
  draft_.end = *end;
  const std::string_view value = text_of(attributes, "value");
  if (draft_.kind == Kind::sleep) {
    draft_.stage = parse_sleep_value(value);
    return nullptr;
  }
  const auto number = parse_number(value);
  if (!number) return "value of a record is missing or no number";
  draft_.unit = text_of(attributes, "unit");
  const auto converted = to_canonical(draft_.quantity->dimension, *number, draft_.unit);
  if (!converted) return "unit of a record is none of its type";
  draft_.value = *converted;
  draft_.value_text.clear();
  append_normalised(draft_.value_text, value);
  return nullptr;
}

void RecordMapper::start_metadata(const xml::Attributes& attributes) {
  const auto key = text_of(attributes, "key");
  const auto value = text_of(attributes, "value");
  if (key == "HKTimeZone") {
    draft_.time_zone = value;
  } else if (key == "HKWasUserEntered") {
    draft_.user_entered = value == "1";
  } else if ((key == "HKMetadataKeySyncIdentifier" || key == "HKExternalUUID") && is_our_external_id(value)) {
    draft_.own_id = value;
  }
}

void RecordMapper::end_record() {
  model::Origin origin{.provider = std::string(provider_key),
                       .application = source_name_,
                       .device_manufacturer = device_->manufacturer,
                       .device_model = device_->model,
                       .method = method()};
  if (draft_.kind == Kind::sleep) {
    if (draft_.end == draft_.start) return;
    const SleepRow row{moment(draft_.start), moment(draft_.end), draft_.stage, origin.method};
    if (!nights_.add({source_name_, draft_.own_id, std::move(origin)}, row) && !std::exchange(sleep_full_, true)) {
      warn(byte_, lost_sleep_rows);
    }
    return;
  }
  identity_.clear();
  identity_.add(draft_.quantity->identifier);
  identity_.add(draft_.start);
  identity_.add(draft_.end);
  identity_.add(draft_.value_text);
  identity_.add(draft_.unit);
  identity_.add(source_name_);
  identity_.add(device_->normalised);
  const auto id = identity_.bytes();
  if (seen(id)) return;
  add({.type = request_.type,
       .source_id = {},
       .external_id = draft_.own_id,
       .origin = std::move(origin),
       .time = {moment(draft_.start), moment(draft_.end)},
       .payload = model::Quantity{draft_.value}},
      id, 0);
}

void RecordMapper::end_workout() {
  auto built = workout_.finish();
  if (!built) return warn(byte_, built.error().message);
  model::Record& record = built->record;
  if (!in_range(record.time.start.at, record.time.end.at)) return;
  for (auto& problem : built->problems) warn(byte_, std::move(problem));
  const Device& made_by = device(built->device);
  record.origin.provider = provider_key;
  record.origin.device_manufacturer = made_by.manufacturer;
  record.origin.device_model = made_by.model;
  identity_.clear();
  identity_.add("Workout");
  identity_.add(built->activity_type);
  identity_.add(record.time.start.at);
  identity_.add(record.time.end.at);
  identity_.add(record.origin.application);
  identity_.add(made_by.normalised);
  const auto id = identity_.bytes();
  if (seen(id)) return;
  add_routes(*built);
  const std::size_t bytes = std::get<model::Workout>(record.payload).route.size() * sizeof(model::RoutePoint);
  add(std::move(record), id, bytes);
}

void RecordMapper::add_routes(WorkoutBuilder::Built& built) {
  auto& route = std::get<model::Workout>(built.record.payload).route;
  for (const auto& path : built.route_files) {
    std::vector<std::string> problems;
    auto points = read_route_(path, problems);
    if (!points) problems.push_back("the route of a workout is left out: " + points.error().message);
    for (auto& problem : problems) warn(byte_, std::move(problem));
    if (!points) continue;
    const std::size_t room = max_route_points - std::min(max_route_points, route.size());
    if (points->size() > room) warn(byte_, fmt::format("a route has more than {} points", max_route_points));
    route.insert(route.end(), points->begin(),
                 points->begin() + static_cast<std::ptrdiff_t>(std::min(room, points->size())));
  }
  sort_stably(route, &model::RoutePoint::at);
  const auto repeated = std::ranges::unique(route, {}, &model::RoutePoint::at);
  route.erase(repeated.begin(), repeated.end());
}

void RecordMapper::add(model::Record record, const Identity::Bytes& id, std::size_t bytes) {
  record.source_id = to_hex(id);
  if (const auto reason = model::why_invalid(record)) return warn(byte_, *reason);
  const model::Origin& origin = record.origin;
  page_bytes_ += bytes + origin.application.size() + origin.device_manufacturer.size() + origin.device_model.size();
  page_.records.push_back(std::move(record));
}

bool RecordMapper::in_range(Instant start, Instant end) const {
  if (start == end) return start >= request_.range.start && start < request_.range.end;
  return start < request_.range.end && end > request_.range.start;
}

model::RecordingMethod RecordMapper::method() const {
  if (draft_.user_entered && *draft_.user_entered) return model::RecordingMethod::self_reported;
  const bool sensed = draft_.user_entered || !device_->normalised.empty();
  return sensed ? model::RecordingMethod::sensed : model::RecordingMethod::unknown;
}

// The printed offset is that of the export; only HKTimeZone tells where the person was.
Moment RecordMapper::moment(Instant at) const {
  if (draft_.time_zone.empty()) return {at, std::nullopt};
  return {at, offset_in_zone(draft_.time_zone, at)};
}

// Thousands of records in a row name the same device.
const Device& RecordMapper::device(std::string_view text) {
  if (text != last_device_text_) {
    last_device_text_ = text;
    last_device_ = parse_device(text);
  }
  return last_device_;
}

bool RecordMapper::seen(const Identity::Bytes& id) {
  std::uint64_t slot = 0;
  std::memcpy(&slot, id.data(), sizeof slot);
  Identity::Bytes& kept = recent_ids_[slot % remembered_ids];
  if (kept == id) return true;
  kept = id;
  return false;
}

void RecordMapper::warn(std::uint64_t byte, std::string what) {
  page_.partial = true;
  warnings_.add(fmt::format("{}, byte {}", file_name_, byte), std::move(what));
}

void RecordMapper::finish() {
  waiting_ = nights_.finish(request_.range);
  std::ranges::reverse(waiting_);
  finished_ = true;
}

Page RecordMapper::take_page() {
  while (!waiting_.empty() && !full()) {
    model::Record record = std::move(waiting_.back());
    waiting_.pop_back();
    page_bytes_ += std::get<model::Sleep>(record.payload).stages.size() * sizeof(model::SleepSegment);
    if (const auto reason = model::why_invalid(record)) {
      warn(byte_, *reason);
      continue;
    }
    page_.records.push_back(std::move(record));
  }
  page_bytes_ = 0;
  page_.warnings = warnings_.take(finished_ && waiting_.empty());
  return std::exchange(page_, Page{});
}

}  // namespace syncwell::providers::apple_health
