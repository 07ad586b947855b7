#include "schedule/poll_plan.hpp"

#include <murmurhash.h>

#include <algorithm>

namespace syncwell::schedule {
namespace {

// In [0, 1), the same for the same sync and second.
double place_of(std::string_view config_id, Instant now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return static_cast<double>(murmur3(config_id, static_cast<std::uint32_t>(second))) / 4294967296.0;
}

Duration share(Duration whole, double part) {
  return Duration{static_cast<Duration::rep>(static_cast<double>(whole.count()) * part)};
}

// Half an interval to one and a half after `now`: where an idle sync is at home.
Instant home_after(Instant now, std::string_view config_id) {
  const Duration place = share(idle_interval, static_cast<double>(murmur3(config_id)) / 4294967296.0);
  const Instant earliest = now + idle_interval / 2;
  const Duration past = (earliest.time_since_epoch() - place) % idle_interval;
  const Instant home = earliest + (past > Duration{0} ? idle_interval - past : -past);
  const Instant in_step = now + idle_interval;
  return home > in_step - near_its_place && home < in_step + near_its_place ? in_step : home;
}

}  // namespace

std::uint32_t murmur3(std::string_view text, std::uint32_t seed) {
  std::uint32_t hash = 0;
  lmmh_x86_32(text.data(), static_cast<unsigned int>(text.size()), seed, &hash);
  return hash;
}

std::uint32_t shard_of(std::string_view user) { return murmur3(user) % shards; }

Duration floor_of(store::Tier tier) { return tier == store::Tier::pro ? pro_floor : free_floor; }

Duration poll_interval(const PollNeeds& needs) {
  const Duration floor = floor_of(needs.tier);
  Duration interval = idle_interval;
  if (needs.chosen) {
    interval = std::clamp(*needs.chosen, floor, max_poll_interval);
  } else if (needs.learning || needs.new_items_per_day >= active_items_per_day) {
    interval = floor;
  } else if (needs.new_items_per_day > 0) {
    // Never beyond what share() can say: the least velocity is one item in seven days.
    interval = std::min(idle_interval, share(floor, active_items_per_day / std::max(needs.new_items_per_day, 0.01)));
  }
  if (needs.failing) interval = std::max(interval, failing_interval);
  if (needs.webhook_served && !needs.chosen)
    interval = std::max(interval, needs.tier == store::Tier::pro ? pro_safety_net : free_safety_net);
  return interval;
}

Instant first_poll(Instant now, std::string_view config_id) {
  return now + share(first_poll_spread, place_of(config_id, now));
}

Duration longest_gap(Duration interval) {
  const Duration jittered = interval + std::min(interval / 3, most_jitter);
  // Idle ones are asked no later than promised; they have places of their own.
  return interval <= idle_interval ? std::min(jittered, idle_interval) : jittered;
}

Instant next_poll(Instant now, Duration interval, std::string_view config_id, Step step) {
  if (interval == idle_interval) return home_after(now, config_id);
  const double place = place_of(config_id, now);
  if (step == Step::anew) return now + interval / 2 + share(interval, place);
  return now + interval + share(longest_gap(interval) - interval, place);
}

Step step_of(std::optional<Instant> last_poll, Instant due_at, Instant now, Duration interval) {
  const bool late = now - due_at > std::max(max_lateness_in_step, interval / 4);
  return !last_poll || late ? Step::anew : Step::in_step;
}

}  // namespace syncwell::schedule
