#include "support/alarm_webhook.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/utf8.hpp"
#include "notify/standard_webhook.hpp"
#include "support/outward_answer.hpp"

namespace syncwell::support {
namespace {

namespace json = boost::json;

// Without full stops: they divide the id from the time in what is signed.
std::string id_of(const Alarm& alarm) {
  std::string key;
  for (const char c : net::percent_encode(alarm.key)) key += c == '.' ? std::string("%2E") : std::string(1, c);
  return fmt::format("alarm/{}/{}/{}/{}", key, alarm.since.time_since_epoch().count(),
                     alarm.active ? "raised" : "resolved", alarm.occurrences);
}

}  // namespace

Result<net::Request> alarm_webhook(const AlarmWebhookSettings& settings, const Alarm& alarm, Instant now) {
  const auto line = [](std::string_view text) { return as_one_line(text, max_alarm_webhook_text_bytes); };
  const std::string id = id_of(alarm);
  json::object event;
  event["specversion"] = "1.0";
  event["id"] = id;
  event["source"] = "syncwell";
  event["type"] = alarm.active ? alarm_raised : alarm_resolved;
  event["subject"] = line(alarm.key);
  event["time"] = format_rfc3339(now);
  event["datacontenttype"] = "application/json";
  event["data"] = json::object{{"key", line(alarm.key)},           {"severity", name_of(alarm.severity)},
                               {"summary", line(alarm.summary)},   {"consoleUrl", line(alarm.console_url)},
                               {"playbook", line(alarm.playbook)}, {"since", format_rfc3339(alarm.since)},
                               {"occurrences", alarm.occurrences}};
  net::Request request{"POST", settings.url};
  request.body = json::serialize(event);
  const auto signed_by = notify::signature(settings.secret, id, now, request.body);
  if (!signed_by) {
    return fail(ErrorCode::invalid_argument,
                "the alarm webhook's secret cannot sign; it has to be \"whsec_\" and the "
                "base64 of 24 to 64 bytes");
  }
  request.headers = {
      {"Content-Type", "application/cloudevents+json"},
      {"webhook-id", id},
      {"webhook-timestamp", std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count())},
      {"webhook-signature", *signed_by}};
  return request;
}

Result<void> alarm_webhook_outcome(const net::Response& answer) {
  if (answer.status >= 200 && answer.status < 300) return {};
  const bool again = answer.status >= 500 || answer.status == 408 || answer.status == 409 || answer.status == 429;
  return fail(error_of(answer, "the alarm webhook",
                       again ? "it is sent again later" : "check its address, its secret and what it expects"));
}

}  // namespace syncwell::support
