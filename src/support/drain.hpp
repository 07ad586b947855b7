// How an incident's dead letters go back to the queue by themselves (SUP-3): not before its time, not while the
// provider's breaker is open, one first, and twice as many as long as none of them dies again, within
// most_on_their_way: the pace is that of the provider, whose rate limit delays jobs and fails none (DEC-1). Pure, any
// thread.
#pragma once

#include "store/incidents.hpp"

namespace syncwell::support {

inline constexpr std::int64_t most_on_their_way = 64;

struct Drain {
  std::int64_t redrive = 0;  // so many now
  std::int64_t window = 0;   // the incident's, from now on
};
[[nodiscard]] Drain plan_drain(const store::Incident& incident, Instant now, bool provider_is_out);

}  // namespace syncwell::support
