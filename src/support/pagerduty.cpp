#include "support/pagerduty.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/utf8.hpp"
#include "support/outward_answer.hpp"

namespace syncwell::support {
namespace {

namespace json = boost::json;

constexpr int accepted = 202;

// FNV-1a: the same number on every machine and in every version.
std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0xcbf29ce484222325ULL;
  for (const char c : text) number = (number ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return number;
}

std::string dedup_key_of(const std::string& key) {
  std::string text = as_utf8(key);
  if (text.size() <= max_pagerduty_dedup_key_bytes) return text;
  const std::string suffix = fmt::format("~{:016x}", number_of(key));
  text.resize(cut_utf8(text, max_pagerduty_dedup_key_bytes - suffix.size()).size());
  return text + suffix;
}

// Cut addresses lead nowhere.
bool is_link(std::string_view text) {
  return text.size() <= max_pagerduty_text_bytes && is_utf8(text) &&
         (text.starts_with("https://") || text.starts_with("http://"));
}

json::object payload_of(const PagerDutySettings& settings, const Alarm& alarm) {
  json::object payload;
  payload["summary"] = as_one_line(alarm.summary.empty() ? alarm.key : alarm.summary, max_pagerduty_summary_bytes);
  payload["source"] = as_one_line(settings.source, max_pagerduty_text_bytes);
  payload["severity"] = name_of(alarm.severity);
  payload["timestamp"] = format_rfc3339(alarm.since);
  payload["component"] = "syncwell";
  payload["class"] = as_one_line(std::string_view(alarm.key).substr(0, alarm.key.find('/')), max_pagerduty_text_bytes);
  payload["custom_details"] = json::object{{"playbook", as_one_line(alarm.playbook, max_pagerduty_text_bytes)},
                                           {"since", format_rfc3339(alarm.since)},
                                           {"occurrences", alarm.occurrences}};
  return payload;
}

}  // namespace

net::Request pagerduty_event(const PagerDutySettings& settings, const Alarm& alarm) {
  json::object event;
  event["routing_key"] = as_utf8(settings.routing_key);
  event["event_action"] = alarm.active ? "trigger" : "resolve";
  event["dedup_key"] = dedup_key_of(alarm.key);
  if (alarm.active) {
    event["payload"] = payload_of(settings, alarm);
    event["client"] = "SyncWell";
    json::array links;
    if (is_link(alarm.console_url)) {
      event["client_url"] = alarm.console_url;
      links.push_back(json::object{{"href", alarm.console_url}, {"text", "SyncWell console"}});
    }
    if (is_link(alarm.playbook)) links.push_back(json::object{{"href", alarm.playbook}, {"text", "Playbook"}});
    if (!links.empty()) event["links"] = std::move(links);
  }
  net::Request request{"POST", settings.events_url};
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  request.body = json::serialize(event);
  return request;
}

Result<void> pagerduty_outcome(const net::Response& answer) {
  if (answer.status == accepted) return {};
  std::string_view advice = "it is sent again later";
  if (answer.status < 300) advice = "202 was expected; check that the events address is PagerDuty's";
  if (answer.status >= 300 && answer.status < 500 && answer.status != 408 && answer.status != 429) {
    advice = "check the routing key (that of an integration \"Events API v2\") and the events address";
  }
  return fail(error_of(answer, "PagerDuty", advice));
}

}  // namespace syncwell::support
