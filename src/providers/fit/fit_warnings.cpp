#include "providers/fit/fit_warnings.hpp"

#include <fmt/format.h>

namespace syncwell::providers::fit {

void FileWarnings::add(std::uint64_t position, std::string what) {
  push(file_.empty() ? fmt::format("byte {}", position) : fmt::format("{}: byte {}", file_, position), std::move(what));
}

void FileWarnings::add(std::string what) { push(file_, std::move(what)); }

void FileWarnings::push(std::string where, std::string what) {
  if (warnings_.size() + 1 < max_file_warnings) {
    warnings_.push_back({std::move(where), std::move(what)});
  } else {
    ++dropped_;
  }
}

std::vector<Warning> FileWarnings::take() {
  if (dropped_ > 0) warnings_.push_back({file_, fmt::format("{} more problems of this file are not listed", dropped_)});
  dropped_ = 0;
  return std::move(warnings_);
}

}  // namespace syncwell::providers::fit
