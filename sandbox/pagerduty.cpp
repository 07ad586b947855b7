#include "sandbox/pagerduty.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t max_summary_characters = 1024;
constexpr std::size_t max_dedup_key_characters = 255;
constexpr std::array severities{"critical", "error", "warning", "info"};

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

// What is wrong with a trigger's payload; empty: nothing.
std::string problem_of(const json::object& event) {
  const auto* payload = event.if_contains("payload");
  if (payload == nullptr || !payload->is_object()) return "'payload' is missing or blank";
  const json::object& object = payload->get_object();
  for (const char* name : {"summary", "source", "severity"}) {
    if (text_of(object, name).empty()) return fmt::format("'payload.{}' is missing or blank", name);
  }
  if (characters(text_of(object, "summary")) > max_summary_characters) return "'payload.summary' is too long";
  if (std::ranges::find(severities, text_of(object, "severity")) == severities.end()) {
    return "'payload.severity' is invalid (must be one of: 'critical', 'warning', 'error' or 'info')";
  }
  const auto* links = event.if_contains("links");
  if (links == nullptr) return {};
  if (!links->is_array()) return "'links' is no list";
  for (const json::value& link : links->get_array()) {
    if (!link.is_object() || text_of(link.get_object(), "href").empty()) return "'href' of a link is missing or blank";
  }
  return {};
}

net::Response accepted(std::string_view key) {
  return json_response(202, json::object{{"status", "success"}, {"message", "Event processed"}, {"dedup_key", key}});
}

}  // namespace

net::Response pagerduty_error(int status, std::string_view error) {
  return json_response(status, json::object{{"status", status == 400 ? "invalid event" : "error"},
                                            {"message", status == 400 ? "Event object is invalid" : error},
                                            {"errors", json::array{error}}});
}

net::Response PagerDuty::handle(const net::Request& request, const net::Target& target) {
  if (target.path != "/v2/enqueue" || request.method != "POST") return pagerduty_error(404, "Not Found");
  if (request.body.size() > max_pagerduty_event_bytes) return pagerduty_error(413, "Payload Too Large");
  const auto value = parse_json(request.body);
  if (!value || !value->is_object()) return pagerduty_error(400, "Invalid JSON");
  const json::object& event = value->get_object();
  if (text_of(event, "routing_key") != options_.routing_key) return pagerduty_error(400, "'routing_key' is invalid");
  const std::string action = text_of(event, "event_action");
  std::string key = text_of(event, "dedup_key");
  if (characters(key) > max_dedup_key_characters) return pagerduty_error(400, "'dedup_key' is too long");
  if (action == "trigger") return trigger(event, std::move(key));
  if (action != "acknowledge" && action != "resolve") return pagerduty_error(400, "'event_action' is invalid");
  if (key.empty()) return pagerduty_error(400, "'dedup_key' is missing or blank");
  // Those of an alert that is not open are dropped.
  if (auto* incident = find_open(key); incident != nullptr && action == "resolve") incident->resolved = true;
  return accepted(key);
}

net::Response PagerDuty::trigger(const json::object& event, std::string key) {
  if (const std::string problem = problem_of(event); !problem.empty()) return pagerduty_error(400, problem);
  auto* incident = key.empty() ? nullptr : find_open(key);
  if (incident == nullptr) {
    if (incidents_.size() >= max_pagerduty_incidents) return pagerduty_error(429, "Too Many Requests");
    if (key.empty()) key = fmt::format("generated-{}", incidents_.size() + 1);
    incident = &incidents_.emplace_back(Incident{key});
  }
  ++incident->triggers;
  incident->event = event;
  incident->event.erase("routing_key");
  return accepted(key);
}

PagerDuty::Incident* PagerDuty::find_open(std::string_view dedup_key) {
  const auto found = std::ranges::find_if(
      incidents_, [&](const Incident& one) { return !one.resolved && one.dedup_key == dedup_key; });
  return found == incidents_.end() ? nullptr : &*found;
}

const PagerDuty::Incident* PagerDuty::open_incident(std::string_view dedup_key) const {
  const auto found = std::ranges::find_if(
      incidents_, [&](const Incident& one) { return !one.resolved && one.dedup_key == dedup_key; });
  return found == incidents_.end() ? nullptr : &*found;
}

json::object PagerDuty::state() const {
  json::array list;
  for (const Incident& incident : incidents_) {
    list.push_back(json::object{{"dedup_key", incident.dedup_key},
                                {"status", incident.resolved ? "resolved" : "triggered"},
                                {"triggers", incident.triggers},
                                {"event", incident.event}});
  }
  return {{"incidents", std::move(list)}};
}

}  // namespace syncwell::sandbox
