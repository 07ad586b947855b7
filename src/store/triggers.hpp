// Which job of a sync waits to run because something happened (TRIG-2, TRIG-3), and whether its message is on the
// queue: what makes "at most one waits" hold across crashes. Lies in the config's partition, so that erasing the sync
// erases it.
#pragma once

#include <optional>
#include <string>

#include "store/table.hpp"

namespace syncwell::store {

struct Trigger {
  std::string config_id;
  std::string job_id;                   // the newest job; empty: none yet
  std::string priority;                 // with which its message was or is to be sent; engine::Priority's name
  std::optional<Instant> sent_at{};     // empty: its message may not have been sent
  std::optional<Instant> webhook_at{};  // the last job that a webhook caused
  std::uint64_t version = 0;            // 0: nothing is stored
};

[[nodiscard]] Key trigger_key(const std::string& config_id);
[[nodiscard]] Trigger trigger_from(const std::string& config_id, const Item* item);  // nullptr: nothing is stored
// Part of a transaction; holds only if nobody wrote it since `trigger` was read.
[[nodiscard]] Write trigger_write(const Trigger& trigger);

}  // namespace syncwell::store
