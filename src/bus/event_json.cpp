// The JSON form of an event: CloudEvents 1.0.2 structured mode (spec "JSON Event Format for CloudEvents", 2022-02-05),
// with "data" as an object. Members come in one order, so that equal events give equal text.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "bus/event_bus.hpp"

namespace syncwell::bus {

namespace json = boost::json;

namespace {

constexpr std::string_view spec_version = "1.0";

std::unexpected<Error> unreadable(std::string_view what) {
  return fail(ErrorCode::unreadable_input, "this is no event: " + std::string(what));
}

// The text of a required member; empty when it is missing, no text or empty.
std::string text_member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

}  // namespace

std::string to_json(const Event& event) {
  json::object object;
  object.reserve(6);
  object["specversion"] = spec_version;
  object["id"] = event.id;
  object["type"] = event.type;
  object["source"] = event.source;
  object["time"] = format_rfc3339(event.time);
  object["data"] = event.data;
  return json::serialize(object);
}

Result<Event> event_from_json(std::string_view text) {
  if (text.size() > max_event_bytes) return unreadable("it is longer than max_event_bytes");
  json::error_code error;
  json::value document = json::parse(text, error);
  if (error) return unreadable("it is not JSON");
  json::object* object = document.if_object();
  if (object == nullptr) return unreadable("it is not a JSON object");
  if (text_member(*object, "specversion") != spec_version) return unreadable("specversion is not 1.0");

  Event event;
  event.id = text_member(*object, "id");
  if (event.id.empty()) return unreadable("id is missing");
  event.type = text_member(*object, "type");
  if (event.type.empty()) return unreadable("type is missing");
  event.source = text_member(*object, "source");
  const auto time = parse_rfc3339(text_member(*object, "time"));
  if (!time) return unreadable("time is no RFC 3339 time");
  event.time = time->at;
  if (json::value* data = object->if_contains("data")) {
    if (!data->is_object()) return unreadable("data is not an object");
    event.data = std::move(data->get_object());
  }
  return event;
}

}  // namespace syncwell::bus
