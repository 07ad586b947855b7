#include "providers/warning_list.hpp"

#include <fmt/format.h>

#include <utility>

namespace syncwell::providers {

void WarningList::add(std::string where, std::string what) {
  if (kept_ == max_warnings - 1) {  // the last place is for the count
    ++left_out_;
    return;
  }
  ++kept_;
  pending_.push_back({std::move(where), std::move(what)});
}

std::vector<Warning> WarningList::take(bool last) {
  auto taken = std::exchange(pending_, {});
  if (last && left_out_ > 0) {
    taken.push_back({"fetch", fmt::format("{} more warnings of this kind were left out", left_out_)});
    left_out_ = 0;
  }
  return taken;
}

}  // namespace syncwell::providers
