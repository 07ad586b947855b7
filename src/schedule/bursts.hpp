// Bursts of notifications (TRIG-2): from the fourth event of one person within a minute on, a job waits until that
// minute is over, so that what still comes merges into it. Kept in memory: after a restart a burst begins anew, which
// costs three jobs. A pure value; one thread.
#pragma once

#include <map>
#include <string>

#include "base/time.hpp"

namespace syncwell::schedule {

inline constexpr Duration burst_window = std::chrono::seconds{60};
inline constexpr int events_before_burst = 3;
inline constexpr std::size_t max_bursting_users =
    100'000;  // past this nobody new is counted for the rest of the window

class Bursts {
 public:
  // Counts an event; how long its job is to wait. `now` never runs backwards.
  [[nodiscard]] Duration count(const std::string& user, Steady now);
  [[nodiscard]] std::size_t size() const { return users_.size(); }

 private:
  struct Window {
    Steady begin{};
    int events = 0;
  };
  std::map<std::string, Window> users_;
  Steady next_sweep_{};
};

}  // namespace syncwell::schedule
