// The body of a queue message: which sync to run (ALG-1). Ids and settings only, never health data or a user id in
// clear. `failures` carries the attempts that counted across messages, because a delayed job is sent anew (DEC-1).
#pragma once

#include <string>

#include "base/error.hpp"
#include "bus/event_bus.hpp"
#include "engine/rate_limiter.hpp"

namespace syncwell::engine {

struct JobMessage {
  std::string job_id;
  std::string user;  // keyed digest
  std::string config_id;
  std::string correlation_id;
  Priority priority = Priority::medium;
  int failures = 0;
  std::string span_id{};  // the step that asked for it (base/trace.hpp); empty: none is traced
};

[[nodiscard]] bus::Event to_event(const JobMessage& message, std::string event_id, Instant time);
// unreadable_input: no such event, or an id is missing.
[[nodiscard]] Result<JobMessage> job_message_from_event(const bus::Event& event);
[[nodiscard]] Result<JobMessage> job_message_from_body(std::string_view body);

}  // namespace syncwell::engine
