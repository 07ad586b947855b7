#include "engine/job_message.hpp"

#include "base/trace.hpp"
#include "store/attributes.hpp"

namespace syncwell::engine {

bus::Event to_event(const JobMessage& message, std::string event_id, Instant time) {
  bus::Event event{std::move(event_id), std::string(bus::realtime_sync_requested), "syncwell", time};
  event.data = {{"job_id", message.job_id},
                {"user", message.user},
                {"config_id", message.config_id},
                {"correlation_id", message.correlation_id},
                {"priority", name_of(message.priority)},
                {"failures", message.failures}};
  // The name and form of the CloudEvents extension for distributed tracing.
  if (const TraceContext step{trace_id_of(message.correlation_id), message.span_id};
      !step.trace_id.empty() && !step.span_id.empty())
    event.data["traceparent"] = to_traceparent(step);
  return event;
}

Result<JobMessage> job_message_from_event(const bus::Event& event) {
  using store::text_attribute;
  if (event.type != bus::realtime_sync_requested) {
    return fail(ErrorCode::unreadable_input, "the message is no sync request");  // what it says instead may be anything
  }
  JobMessage message{text_attribute(event.data, "job_id"), text_attribute(event.data, "user"),
                     text_attribute(event.data, "config_id"), text_attribute(event.data, "correlation_id")};
  message.priority = parse_priority(text_attribute(event.data, "priority")).value_or(Priority::medium);
  message.failures =
      static_cast<int>(std::clamp<std::int64_t>(store::number_attribute(event.data, "failures"), 0, 1000));
  if (auto step = parse_traceparent(text_attribute(event.data, "traceparent")))
    message.span_id = std::move(step->span_id);
  if (message.job_id.empty() || message.user.empty() || message.config_id.empty()) {
    return fail(ErrorCode::unreadable_input, "the sync request lacks an id");
  }
  return message;
}

Result<JobMessage> job_message_from_body(std::string_view body) {
  auto event = bus::event_from_json(body);
  if (!event) return fail(std::move(event.error()));
  return job_message_from_event(*event);
}

}  // namespace syncwell::engine
