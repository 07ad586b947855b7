#include "schedule/bursts.hpp"

namespace syncwell::schedule {

Duration Bursts::count(const std::string& user, Steady now) {
  if (now >= next_sweep_) {
    std::erase_if(users_, [&](const auto& entry) { return now - entry.second.begin >= burst_window; });
    next_sweep_ = now + burst_window;
  }
  auto found = users_.find(user);
  if (found == users_.end()) {
    if (users_.size() >= max_bursting_users) return Duration{0};
    found = users_.emplace(user, Window{now}).first;
  }
  Window& window = found->second;
  if (now - window.begin >= burst_window) window = {now};
  if (++window.events <= events_before_burst) return Duration{0};
  return window.begin + burst_window - now;
}

}  // namespace syncwell::schedule
