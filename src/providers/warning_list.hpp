// Warnings of one fetch, bounded by max_warnings over all its pages: what does not fit is counted, and the last page
// says how many there were more.
#pragma once

#include <string>
#include <vector>

#include "providers/provider.hpp"

namespace syncwell::providers {

class WarningList {
 public:
  void add(std::string where, std::string what);
  // The warnings since the last call; with `last`, also the count of those left out.
  [[nodiscard]] std::vector<Warning> take(bool last);

 private:
  std::vector<Warning> pending_;
  std::size_t kept_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace syncwell::providers
