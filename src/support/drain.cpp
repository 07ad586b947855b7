#include "support/drain.hpp"

#include <algorithm>

namespace syncwell::support {

Drain plan_drain(const store::Incident& incident, Instant now, bool provider_is_out) {
  using enum store::CaseState;
  const bool is_due = incident.next_redrive && *incident.next_redrive <= now;
  const std::int64_t waiting = incident.count(open) - incident.exhausted;
  if (!incident.is_open || !is_due || provider_is_out || waiting <= 0) return {0, incident.window};
  // The window opens when all that were let through have come through.
  const bool all_came_through = incident.count(redriven) == 0;
  const std::int64_t window =
      all_came_through ? std::clamp<std::int64_t>(incident.window * 2, 1, most_on_their_way) : incident.window;
  return {std::min(waiting, std::max<std::int64_t>(0, window - incident.count(redriven))), window};
}

}  // namespace syncwell::support
