// Makes nights out of the rows of sleep analysis: an export has one Record per stage and source, in any order.
//  - One session per source: rows of one sourceName, joined while no more than max_sleep_gap lies between them.
//  - InBed is the frame: it belongs to the session's time, but is no stage where the source tells any sleep. A session
//    of nothing but InBed stays (it was all that a phone knew before the watch), unless another source tells sleep
//    in that time: then it is the frame of that one.
//  - A source's own stages take the place of its unspecified "asleep".
//  - Rows of one session that overlap are cut: what begins later wins.
// Keeps all rows until finish(): at most max_sleep_rows. Pure, one owner.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/record.hpp"

namespace syncwell::providers::apple_health {

inline constexpr Duration max_sleep_gap = std::chrono::hours{2};
inline constexpr std::size_t max_sleep_rows = 400'000;  // about 25 years of an Apple Watch

inline constexpr std::size_t max_sleep_source_bytes = 4 * 1024 * 1024;  // names and ids of all sources

struct SleepRow {
  Moment start;
  Moment end;
  model::SleepStage stage = model::SleepStage::unknown;
  model::RecordingMethod method = model::RecordingMethod::unknown;
};

// Who wrote a row. Rows with different own ids (records that SyncWell wrote) are different sessions.
struct SleepSource {
  std::string name;
  std::string own_id;
  model::Origin origin;  // of its first row
};

// "HKCategoryValueSleepAnalysisAsleepCore", or the number that very old exports print; unknown for newer ones.
[[nodiscard]] model::SleepStage parse_sleep_value(std::string_view value);

class SleepNights {
 public:
  // False: a maximum is reached, the row is not kept.
  [[nodiscard]] bool add(const SleepSource& source, const SleepRow& row);
  // The sessions that overlap `range`, by start; the object is empty afterwards.
  [[nodiscard]] std::vector<model::Record> finish(const TimeRange& range);

 private:
  struct Row {
    SleepRow row;
    std::uint32_t source;
  };
  std::vector<Row> rows_;
  std::vector<SleepSource> sources_;
  std::size_t source_bytes_ = 0;
  std::unordered_map<std::string, std::uint32_t> source_index_;
};

}  // namespace syncwell::providers::apple_health
