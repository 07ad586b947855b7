// Weighings of a scale: weight and body fat, as instants. A weighing that still calculates (0xFFFE) is none. Of several
// user profiles in one file only the first (lowest number) is taken: one account is one person.
// Source: shared fact sheet, row 30.
#pragma once

#include <optional>
#include <vector>

#include "model/record.hpp"
#include "providers/fit/fit_activity.hpp"

namespace syncwell::providers::fit {

class WeightCollector {
 public:
  explicit WeightCollector(FileWarnings& warnings) : warnings_(warnings) {}
  void message(const Message& message);
  [[nodiscard]] bool empty() const { return weighings_.empty(); }
  [[nodiscard]] bool overflowed() const { return overflowed_; }
  [[nodiscard]] std::vector<model::Record> records(const FileIdentity& identity, std::optional<UtcOffset> offset);

 private:
  struct Weighing {
    FitTime time = 0;
    std::uint64_t position = 0;
    std::optional<std::uint32_t> user;
    std::optional<double> weight_kg;
    std::optional<double> body_fat_percent;
  };

  FileWarnings& warnings_;
  std::vector<Weighing> weighings_;
  bool overflowed_ = false;
};

}  // namespace syncwell::providers::fit
