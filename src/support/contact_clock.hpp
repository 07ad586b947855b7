// The 24-hour promise (SUP-4): a person hears of a failed sync within a day of its first failure. How far the clock is,
// and when it is to be looked at again. Pure, any thread.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace syncwell::support {

struct ContactSettings {
  Duration limit_free = std::chrono::hours{24};
  Duration limit_pro = std::chrono::hours{24};
  // When the desk writes to the person by itself, in percent of the limit; nobody has done it before. 0: never.
  int write_at_percent = 90;
};

// How often the desk looks whether the sync of an open case has come through since, by another job.
inline constexpr Duration look_at_sync_pause = std::chrono::hours{1};

// "running", "half" (50 %), "late" (80 %), "overdue" (100 %).
[[nodiscard]] std::string_view contact_stage(Instant first_failed, Instant due, Instant now);
// The next moment after `now` at which something is to be done: a stage begins, or the desk writes. nullopt: never.
[[nodiscard]] std::optional<Instant> next_contact_look(Instant first_failed, Instant due, Instant now,
                                                       int write_at_percent);
[[nodiscard]] bool is_time_to_write(Instant first_failed, Instant due, Instant now, int write_at_percent);

}  // namespace syncwell::support
