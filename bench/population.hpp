// A made-up population for the scheduler: who has which tier, and what everybody's source produces when. Everything
// follows from a person's number, so that nothing has to be kept per person and a run can be repeated.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.hpp"
#include "store/users.hpp"
#include "store/velocity.hpp"

namespace syncwell::bench {

enum class Habit {
  active,      // 2 to 12 new items a day, while they are awake
  occasional,  // two a week in the mean
  idle,        // never anything
};

// Of a hundred people of either tier. All live in one time zone: what they do comes at the same hours.
inline constexpr unsigned pro_percent = 10;
inline constexpr unsigned active_percent = 30;
inline constexpr unsigned occasional_percent = 10;

class Person {
 public:
  explicit Person(std::uint64_t number) : number_(number) {}
  [[nodiscard]] store::Tier tier() const;
  [[nodiscard]] Habit habit() const;
  // As long as real ones: a keyed digest, "sync_" and a UUID.
  [[nodiscard]] std::string user() const;
  [[nodiscard]] std::string config_id() const;
  // Items that the source gets after `from`, until `until`.
  [[nodiscard]] std::int64_t items_between(Instant from, Instant until) const;
  // What the engine has counted of the last seven days.
  [[nodiscard]] store::Velocity velocity(Instant now) const;
  // In [0, 1): where in their interval they are.
  [[nodiscard]] double phase() const;

 private:
  [[nodiscard]] std::uint64_t draw(std::uint64_t what) const;
  [[nodiscard]] unsigned items_of_day(std::int64_t day) const;
  std::uint64_t number_;
};

// The number of the person whose sync this is.
[[nodiscard]] std::uint64_t person_of(const std::string& config_id);

}  // namespace syncwell::bench
