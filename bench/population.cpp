#include "population.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace syncwell::bench {
namespace {

constexpr std::uint64_t tier_draw = 1;
constexpr std::uint64_t habit_draw = 2;
constexpr std::uint64_t phase_draw = 3;
constexpr std::uint64_t rate_draw = 4;
constexpr std::uint64_t name_draw = 5;
constexpr std::uint64_t day_draw = 1'000'000;  // and the day, times 16, and the item

constexpr Duration wakes_at = std::chrono::hours{7};
constexpr Duration awake = std::chrono::hours{16};
constexpr Duration whole_day = std::chrono::hours{24};

// SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

double fraction(std::uint64_t draw) { return static_cast<double>(draw >> 11U) * 0x1.0p-53; }

std::int64_t day_of(Instant at) { return std::chrono::floor<std::chrono::days>(at).time_since_epoch().count(); }

}  // namespace

std::uint64_t Person::draw(std::uint64_t what) const { return mixed(mixed(number_) ^ what); }

store::Tier Person::tier() const { return draw(tier_draw) % 100 < pro_percent ? store::Tier::pro : store::Tier::free; }

Habit Person::habit() const {
  const auto place = draw(habit_draw) % 100;
  if (place < active_percent) return Habit::active;
  return place < active_percent + occasional_percent ? Habit::occasional : Habit::idle;
}

std::string Person::user() const { return fmt::format("{:016x}{:016x}", draw(name_draw), number_); }

std::string Person::config_id() const {
  const std::uint64_t bits = draw(name_draw);
  return fmt::format("sync_{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", bits >> 32U, (bits >> 16U) & 0xffffU,
                     (bits >> 4U) & 0xfffU, bits & 0xfffU, number_);
}

std::uint64_t person_of(const std::string& config_id) {
  const auto last = config_id.rfind('-');
  if (last == std::string::npos) throw std::invalid_argument("no sync of this population");
  return std::stoull(config_id.substr(last + 1), nullptr, 16);
}

unsigned Person::items_of_day(std::int64_t day) const {
  const auto place = draw(day_draw + static_cast<std::uint64_t>(day) * 16);
  switch (habit()) {
    case Habit::active:
      return 2 + static_cast<unsigned>(draw(rate_draw) % 11);
    case Habit::occasional:
      return place % 7 < 2 ? 1 : 0;
    case Habit::idle:
      break;
  }
  return 0;
}

std::int64_t Person::items_between(Instant from, Instant until) const {
  if (habit() == Habit::idle) return 0;
  std::int64_t items = 0;
  for (std::int64_t day = day_of(from); day <= day_of(until); ++day) {
    for (unsigned i = 0; i < items_of_day(day); ++i) {
      const double place = fraction(draw(day_draw + static_cast<std::uint64_t>(day) * 16 + 1 + i));
      const Duration time = wakes_at + Duration{static_cast<std::int64_t>(place * static_cast<double>(awake.count()))};
      const Instant at = Instant{whole_day * day} + time;
      if (at > from && at <= until) ++items;
    }
  }
  return items;
}

store::Velocity Person::velocity(Instant now) const {
  store::Velocity velocity;
  const Instant today = std::chrono::floor<std::chrono::days>(now);
  for (std::int64_t ago = store::Velocity::days - 1; ago >= 0; --ago) {
    const Instant begin = today - whole_day * ago;
    velocity.add(begin, items_between(begin, std::min(now, begin + whole_day)));
  }
  return velocity;
}

double Person::phase() const { return fraction(draw(phase_draw)); }

}  // namespace syncwell::bench
