// How much there is to do at the desk, in figures: what the console's overview and the metrics say alike.
#pragma once

#include <map>
#include <string>

#include "store/table.hpp"

namespace syncwell::support {

struct Situation {
  std::size_t open_incidents = 0;
  std::int64_t open_cases = 0;      // of open incidents
  std::int64_t redriven_cases = 0;  // on their way, of open incidents
  // People who have to be told, by stage of their contact clock (running, half, late, overdue), and notices that did
  // not arrive. Counted up to max_counted.
  std::map<std::string, std::size_t> contacts_due{};
  std::size_t undelivered_notices = 0;
};

inline constexpr std::size_t max_counted = 10'000;  // as a figure, "or more"

[[nodiscard]] Async<Result<Situation>> situation(store::Table& table);

}  // namespace syncwell::support
