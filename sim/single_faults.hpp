// Every fault alone, at every place of a small sync: the same two accounts, records, correction and deletion each time,
// and one thing that goes wrong at one call, one handler (that is, at every await), or one write to the disk. Whatever
// it is, everything has to be where it belongs afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/world.hpp"

namespace syncwell::sim {

struct SingleFault {
  Fault fault{};
  std::uint64_t at = 0;  // call, handler, or write or sync of a file, whichever the fault concerns
};

[[nodiscard]] std::string describe(const SingleFault& fault);
// All of them, from a run without any.
[[nodiscard]] std::vector<SingleFault> all_single_faults();
[[nodiscard]] WorldReport with_single_fault(const SingleFault& fault, bool tells);

}  // namespace syncwell::sim
