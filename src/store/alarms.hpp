// The alarms that are on, and those that were lately (SUP-1). `change` rises whenever there is something new to tell:
// on, worse or better, off. Whoever tells an alarm reads it then, so that what is told is always its present state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/table.hpp"

namespace syncwell::store {

inline constexpr Duration cleared_alarm_lifetime = std::chrono::hours{24 * 7};
inline constexpr std::size_t max_alarms = 1000;

struct AlarmRecord {
  std::string key;  // "outage/strava"
  bool active = true;
  std::string severity{};  // info, warning, error, critical
  std::string summary{};
  std::string console_path{};  // "#/incidents/inc_…"
  std::string playbook{};
  Instant since{};
  std::int64_t change = 0;
  std::optional<Instant> quiet_since{};  // since when its condition does not hold any more, while it is still on
  std::optional<Instant> cleared{};
  std::uint64_t version = 0;
};

class Alarms {
 public:
  explicit Alarms(Table& table) : table_(table) {}
  [[nodiscard]] static Key key_of(const std::string& key);
  [[nodiscard]] static Write put(const AlarmRecord& alarm);
  [[nodiscard]] Async<Result<std::optional<AlarmRecord>>> get(std::string key);
  // All that are kept, by key.
  [[nodiscard]] Async<Result<std::vector<AlarmRecord>>> list();

 private:
  Table& table_;
};

}  // namespace syncwell::store
