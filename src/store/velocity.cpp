#include "store/velocity.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <numeric>

namespace syncwell::store {
namespace {

constexpr const char* attribute = "velocity";  // [day, count, count, …]
constexpr std::int64_t most_per_day = 1'000'000'000;

std::int64_t day_of(Instant at) {
  return std::chrono::floor<std::chrono::days>(at).time_since_epoch() / std::chrono::days{1};
}

}  // namespace

void Velocity::move_to(Instant now) {
  const std::int64_t today = day_of(now);
  const std::int64_t passed = today - day_;
  if (passed > 0) {
    const auto shift = static_cast<std::size_t>(std::min<std::int64_t>(passed, days));
    std::shift_right(counts_.begin(), counts_.end(), static_cast<std::ptrdiff_t>(shift));
    std::fill_n(counts_.begin(), shift, 0);
    day_ = today;
  } else if (passed < -1) {
    day_ = today;  // the clock was far ahead: its counts age from here on
  }
}

void Velocity::add(Instant now, std::int64_t new_items) {
  if (new_items <= 0) return;
  move_to(now);
  counts_.front() = std::min(most_per_day, counts_.front() + std::min(most_per_day, new_items));
}

double Velocity::per_day(Instant now) const {
  Velocity moved = *this;
  moved.move_to(now);
  return static_cast<double>(std::accumulate(moved.counts_.begin(), moved.counts_.end(), std::int64_t{0})) /
         static_cast<double>(days);
}

void Velocity::write(boost::json::object& attributes) const {
  if (std::ranges::all_of(counts_, [](std::int64_t count) { return count == 0; })) return;
  boost::json::array list{day_};
  for (const std::int64_t count : counts_) list.emplace_back(count);
  attributes[attribute] = std::move(list);
}

Velocity Velocity::from(const boost::json::object& attributes) {
  const auto* value = attributes.if_contains(attribute);
  const auto* list = value == nullptr ? nullptr : value->if_array();
  if (list == nullptr || list->size() != days + 1) return {};
  Velocity velocity;
  for (std::size_t i = 0; i <= days; ++i) {
    const auto* number = (*list)[i].if_int64();
    if (number == nullptr) return {};
    (i == 0 ? velocity.day_ : velocity.counts_.at(i - 1)) =
        i == 0 ? *number : std::clamp<std::int64_t>(*number, 0, most_per_day);
  }
  // What no clock can have written would overflow the arithmetic above.
  return velocity.day_ < 0 || velocity.day_ > day_of(max_instant) ? Velocity{} : velocity;
}

}  // namespace syncwell::store
