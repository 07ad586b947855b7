#include "support/contact_clock.hpp"

#include <array>

namespace syncwell::support {
namespace {

struct Stage {
  int percent;
  std::string_view name;
};
constexpr std::array<Stage, 3> stages{{{50, "half"}, {80, "late"}, {100, "overdue"}}};

Instant at_percent(Instant first_failed, Instant due, int percent) {
  return first_failed + (due - first_failed) * percent / 100;
}

}  // namespace

std::string_view contact_stage(Instant first_failed, Instant due, Instant now) {
  std::string_view name = "running";
  for (const auto& stage : stages) {
    if (now >= at_percent(first_failed, due, stage.percent)) name = stage.name;
  }
  return name;
}

std::optional<Instant> next_contact_look(Instant first_failed, Instant due, Instant now, int write_at_percent) {
  std::optional<Instant> next;
  const auto consider = [&](int percent) {
    const Instant at = at_percent(first_failed, due, percent);
    if (at > now && (!next || at < *next)) next = at;
  };
  for (const auto& stage : stages) consider(stage.percent);
  if (write_at_percent > 0) consider(write_at_percent);
  return next;
}

bool is_time_to_write(Instant first_failed, Instant due, Instant now, int write_at_percent) {
  return write_at_percent > 0 && now >= at_percent(first_failed, due, write_at_percent);
}

}  // namespace syncwell::support
