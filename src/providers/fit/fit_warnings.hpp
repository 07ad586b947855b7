// Collects what was wrong with one file, one line per problem, bounded: past max_file_warnings one last line counts
// the rest. Belongs to one decoding.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "providers/fit/fit_format.hpp"
#include "providers/provider.hpp"

namespace syncwell::providers::fit {

class FileWarnings {
 public:
  explicit FileWarnings(std::string file) : file_(std::move(file)) {}
  void add(std::uint64_t position, std::string what);  // "ride.fit: byte 120"
  void add(std::string what);                          // concerns the file as a whole
  [[nodiscard]] std::vector<Warning> take();

 private:
  void push(std::string where, std::string what);

  std::string file_;
  std::vector<Warning> warnings_;
  std::size_t dropped_ = 0;
};

}  // namespace syncwell::providers::fit
