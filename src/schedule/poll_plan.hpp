// How often a sync is looked at (TRIG-3, TRIG-4), and where in time: pure functions.
//
//   PRO   at least 15 minutes apart, FREE at least a day: the tier's floor
//   active (four new items a week or more): at the floor; less: further apart in proportion; nothing new: every 48
//   hours new syncs count as active until it is known what they bring a connection whose webhooks tell us: as a safety
//   net only a sync whose last job failed for good, or met a connection that has to be authorised again: once a day at
//   most a frequency that the person chose: that, and no adaptation
//
// Nobody comes due together. Each poll is put off by a jitter of its own (a murmur3 hash of the sync and the time). The
// first poll falls within a quarter of an hour, the one after the first, or after one that came late, anywhere within
// the width of a whole interval: what an import, a start or an outage has bunched is flat again one interval later, and
// in the mean nobody is polled more often for it. A sync in which nothing is new has a place of its own in the 48 hours
// and comes back to it, whatever it was that brought it out of place: what has no jitter would stay bunched for ever.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.hpp"
#include "store/users.hpp"

namespace syncwell::schedule {

inline constexpr Duration pro_floor = std::chrono::minutes{15};
inline constexpr Duration free_floor = std::chrono::hours{24};
inline constexpr Duration idle_interval = std::chrono::hours{48};
inline constexpr Duration pro_safety_net = std::chrono::hours{6};
inline constexpr Duration free_safety_net = std::chrono::hours{24};
inline constexpr Duration failing_interval = std::chrono::hours{24};
inline constexpr Duration learning_time = std::chrono::hours{72};      // new syncs count as active
inline constexpr Duration webhook_trust = std::chrono::hours{24 * 7};  // after a webhook, for so long
inline constexpr Duration first_poll_spread = std::chrono::minutes{15};
inline constexpr Duration most_jitter = std::chrono::hours{1};             // and at most a third of the interval
inline constexpr Duration max_poll_interval = std::chrono::hours{24 * 7};  // that a person may choose
inline constexpr Duration max_lateness_in_step = std::chrono::minutes{5};  // and at least a quarter of the interval
inline constexpr Duration near_its_place = std::chrono::seconds{15};       // a poll is never on time to the second
inline constexpr double active_items_per_day = 0.5;
// No poll is ever planned further ahead; what is, a clock that was ahead has planned.
inline constexpr Duration furthest_poll = max_poll_interval * 3 / 2 + most_jitter;

inline constexpr std::uint32_t shards = 16;                                          // per tier
[[nodiscard]] std::uint32_t murmur3(std::string_view text, std::uint32_t seed = 0);  // MurmurHash3_x86_32
[[nodiscard]] std::uint32_t shard_of(std::string_view user);                         // TRIG-3

[[nodiscard]] Duration floor_of(store::Tier tier);

struct PollNeeds {
  store::Tier tier = store::Tier::free;
  double new_items_per_day = 0;
  bool learning = false;
  bool webhook_served = false;
  bool failing = false;
  std::optional<Duration> chosen{};  // what is below the tier's floor is raised to it
};
[[nodiscard]] Duration poll_interval(const PollNeeds& needs);

[[nodiscard]] Instant first_poll(Instant now, std::string_view config_id);
enum class Step {
  in_step,  // one interval later, and the jitter; idle ones: at their place, exactly one interval after they were there
  anew,     // half an interval to one and a half later, evenly
};
[[nodiscard]] Instant next_poll(Instant now, Duration interval, std::string_view config_id, Step step);
// Which it is for a poll that was due at `due_at` and happens `now`.
[[nodiscard]] Step step_of(std::optional<Instant> last_poll, Instant due_at, Instant now, Duration interval);
// How long after `now` next_poll() in step is at the latest.
[[nodiscard]] Duration longest_gap(Duration interval);

}  // namespace syncwell::schedule
