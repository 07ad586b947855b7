// Daily files: steps, distance, active energy and heart rate. The counters are cumulative per local day and per
// activity type; what comes out are intervals that do not overlap: the growth of all types since the reading before.
// Heart rates carry only the low 16 bits of their time. Source: shared fact sheet, rows 55 and 103.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "model/record.hpp"
#include "providers/fit/fit_activity.hpp"

namespace syncwell::providers::fit {

struct CounterReading {
  FitTime time = 0;
  std::uint8_t activity_type = 0;
  std::array<std::optional<double>, 3> values;  // steps, distance, active energy
};

class MonitoringCollector {
 public:
  explicit MonitoringCollector(FileWarnings& warnings) : warnings_(warnings) {}
  void start_part();
  void message(const Message& message);  // monitoring and monitoring_info
  [[nodiscard]] bool empty() const { return readings_.empty() && heart_rates_.empty(); }
  [[nodiscard]] std::size_t message_count() const { return messages_; }
  [[nodiscard]] std::optional<UtcOffset> offset() const { return offset_; }
  [[nodiscard]] bool overflowed() const { return overflowed_; }
  [[nodiscard]] std::vector<model::Record> records(const FileIdentity& identity);

 private:
  struct HeartRate {
    FitTime time = 0;
    double bpm = 0;
  };

  void read_reading(const Message& message);
  [[nodiscard]] std::optional<FitTime> time_of(const Message& message);

  FileWarnings& warnings_;
  std::vector<CounterReading> readings_;
  std::vector<HeartRate> heart_rates_;
  std::optional<FitTime> last_time_;
  std::optional<FitTime> begin_;  // monitoring_info: when the counting of this file began
  std::optional<UtcOffset> offset_;
  std::size_t messages_ = 0;
  bool overflowed_ = false;
};

}  // namespace syncwell::providers::fit
