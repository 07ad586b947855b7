// Two readings of one moment become one: the first value of each kind stays, what is missing comes from the other.
// For the samples of the model and the record messages of a file, which name their sensors alike. Pure, any thread.
#pragma once

#include <optional>

namespace syncwell::providers::fit {

template <class To, class From>
void fill(std::optional<To>& target, const std::optional<From>& value) {
  if (!target && value) target = static_cast<To>(*value);
}

template <class Reading>
void fill_sensors(Reading& target, const Reading& other) {
  fill(target.heart_rate_bpm, other.heart_rate_bpm);
  fill(target.cadence_rpm, other.cadence_rpm);
  fill(target.power_w, other.power_w);
  fill(target.speed_m_s, other.speed_m_s);
  fill(target.temperature_c, other.temperature_c);
  fill(target.distance_m, other.distance_m);
}

}  // namespace syncwell::providers::fit
