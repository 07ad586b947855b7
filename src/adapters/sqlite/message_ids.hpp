// Ids of messages and events: 63-bit numbers that rise with time, so that new rows go to the end of their table and
// order by id is order of sending. The upper bits are milliseconds since 1970, so an id is not used again even after
// the newest rows are gone and the process has restarted.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.hpp"

namespace syncwell::sqlite {

inline constexpr int id_counter_bits = 20;

// Used on the writer's executor only.
class MessageIds {
 public:
  // `last`: the largest id in the file.
  explicit MessageIds(std::int64_t last) : last_(last) {}

  [[nodiscard]] std::int64_t next(Instant now) {
    last_ = std::max(last_ + 1, first_of(now));
    return last_;
  }

  // The smallest id that can be given out at an instant.
  [[nodiscard]] static std::int64_t first_of(Instant now) {
    return std::int64_t{now.time_since_epoch().count()} << id_counter_bits;
  }
  // When an id was given out.
  [[nodiscard]] static Instant time_of(std::int64_t id) { return Instant{Duration{id >> id_counter_bits}}; }

 private:
  std::int64_t last_;
};

}  // namespace syncwell::sqlite
