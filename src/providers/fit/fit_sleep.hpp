// Sleep levels (message 275, UNSURE in the fact sheet): each tells the stage that begins at its time; it lasts until
// the next one. The last one of a night only ends the stage before. A gap of more than max_stage begins another sleep.
#pragma once

#include <optional>
#include <vector>

#include "model/record.hpp"
#include "providers/fit/fit_activity.hpp"

namespace syncwell::providers::fit {

inline constexpr std::chrono::hours max_stage{4};

class SleepCollector {
 public:
  explicit SleepCollector(FileWarnings& warnings) : warnings_(warnings) {}
  void message(const Message& message);
  [[nodiscard]] bool empty() const { return levels_.empty(); }
  [[nodiscard]] bool overflowed() const { return overflowed_; }
  [[nodiscard]] std::vector<model::Record> records(const FileIdentity& identity, std::optional<UtcOffset> offset);

 private:
  struct Level {
    FitTime time = 0;
    std::uint8_t level = 0;
  };

  FileWarnings& warnings_;
  std::vector<Level> levels_;
  bool overflowed_ = false;
};

}  // namespace syncwell::providers::fit
