#include "telemetry/otlp_json.hpp"

#include <boost/json.hpp>

namespace syncwell::telemetry {

namespace json = boost::json;

namespace {

constexpr int status_error = 2;

json::object attribute(const std::string& name, const std::variant<std::string, std::int64_t>& value) {
  json::object typed;
  if (const auto* text = std::get_if<std::string>(&value)) {
    typed["stringValue"] = *text;
  } else {
    typed["intValue"] = std::to_string(std::get<std::int64_t>(value));
  }
  return {{"key", name}, {"value", std::move(typed)}};
}

std::string nanoseconds(Instant time) {
  return std::to_string(std::chrono::nanoseconds{time.time_since_epoch()}.count());
}

json::object to_json(const Span& span) {
  json::array attributes;
  for (const auto& [name, value] : span.attributes) attributes.push_back(attribute(name, value));
  json::object object{{"traceId", span.context.trace_id},
                      {"spanId", span.context.span_id},
                      {"name", span.name},
                      {"kind", static_cast<int>(span.kind)},
                      {"startTimeUnixNano", nanoseconds(span.began)},
                      {"endTimeUnixNano", nanoseconds(span.began + span.took)},
                      {"attributes", std::move(attributes)}};
  if (!span.parent_span_id.empty()) object["parentSpanId"] = span.parent_span_id;
  if (!span.error.empty()) object["status"] = {{"code", status_error}, {"message", span.error}};
  return object;
}

}  // namespace

std::string to_otlp_json(std::span<const Span> spans) {
  json::array list;
  for (const auto& span : spans) list.push_back(to_json(span));
  const json::object scope{{"scope", {{"name", "syncwell"}}}, {"spans", std::move(list)}};
  const json::object resource{{"attributes", json::array{attribute("service.name", std::string("syncwell"))}}};
  const json::object group{{"resource", resource}, {"scopeSpans", json::array{scope}}};
  return json::serialize(json::object{{"resourceSpans", json::array{group}}});
}

}  // namespace syncwell::telemetry
