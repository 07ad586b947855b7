// Sync velocity (TRIG-4): how many new items a sync has brought in, by UTC day, over the last seven days. A pure value;
// kept within the sync's progress, so that it costs no write of its own.
#pragma once

#include <boost/json/object.hpp>

#include <array>

#include "base/time.hpp"

namespace syncwell::store {

class Velocity {
 public:
  static constexpr std::size_t days = 7;  // today's is the first of them

  // A clock that was set back counts into the newest day known to it until it has caught up, or at most a day.
  void add(Instant now, std::int64_t new_items);
  // The mean of the last seven UTC days, today included.
  [[nodiscard]] double per_day(Instant now) const;

  // As attributes of an item; nothing is written where nothing was counted. What is damaged reads as nothing.
  void write(boost::json::object& attributes) const;
  [[nodiscard]] static Velocity from(const boost::json::object& attributes);
  bool operator==(const Velocity&) const = default;

 private:
  void move_to(Instant now);
  std::int64_t day_ = 0;  // days since 1970 of the first count
  std::array<std::int64_t, days> counts_{};
};

}  // namespace syncwell::store
