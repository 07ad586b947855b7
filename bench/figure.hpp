// One measured number with its target and with what the machine could do at best, and the two forms in which figures
// are printed: a table for people, or one JSON object per line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncwell::bench {

// What this machine does without any of our code, measured in the same run.
struct RawLimit {
  std::string name;
  double value = 0;
  std::string unit;
};

enum class Better { higher, lower };

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;  // "MB/s": MB are 10^6 bytes, MiB are 2^20
  Better better = Better::higher;
  std::optional<double> target{};
  std::vector<RawLimit> raw_limits{};
  [[nodiscard]] bool met() const;  // true without a target
};

// Prints to standard output, at once. One thread.
class Report {
 public:
  explicit Report(bool as_json) : as_json_(as_json) {}
  // Begins the figures of a benchmark; `subject` says what is measured.
  void begin(std::string_view benchmark, std::string_view subject);
  void add(const Figure& figure);
  // What kept a benchmark from running: to standard error, or {"benchmark": …, "error": …}.
  void add_error(std::string_view benchmark, std::string_view message);

 private:
  bool as_json_;
  std::string benchmark_;
};

}  // namespace syncwell::bench
