#include "providers/fit/fit_sleep.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "providers/fit/fit_clock.hpp"
#include "providers/fit/fit_profile.hpp"
#include "providers/stable_order.hpp"

namespace syncwell::providers::fit {
namespace {

model::SleepStage stage_of(std::uint8_t level) {
  switch (level) {
    case 1:
      return model::SleepStage::awake;
    case 2:
      return model::SleepStage::light;
    case 3:
      return model::SleepStage::deep;
    case 4:
      return model::SleepStage::rem;
    default:
      return model::SleepStage::unknown;  // 0: unmeasurable
  }
}

}  // namespace

void SleepCollector::message(const Message& message) {
  const auto level = message.u8(sleep_level::level);
  if (!level || !message.timestamp() || *message.timestamp() < min_date_time) return;
  if (levels_.size() >= max_body_readings) {
    if (!overflowed_)
      warnings_.add(message.position(),
                    fmt::format("more than {} sleep levels; the rest is left out", max_body_readings));
    overflowed_ = true;
    return;
  }
  levels_.push_back({*message.timestamp(), *level});
}

std::vector<model::Record> SleepCollector::records(const FileIdentity& identity, std::optional<UtcOffset> offset) {
  sort_stably(levels_, &Level::time);
  std::vector<model::Record> records;
  model::Sleep sleep;
  const auto finish = [&] {
    if (sleep.stages.empty()) return;
    model::Record record;
    record.type = model::DataType::sleep;
    record.origin = identity.origin();
    record.time = {sleep.stages.front().start, sleep.stages.back().end};
    record.source_id = digest_id({"sleep", identity.text(!identity.serial_number),
                                  fmt::to_string(record.time.start.at.time_since_epoch().count())});
    record.payload = std::move(sleep);
    sleep = {};
    records.push_back(std::move(record));
  };
  for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
    const Moment start{instant_of(levels_[i].time), offset};
    const Moment end{instant_of(levels_[i + 1].time), offset};
    if (end.at - start.at > max_stage) {
      finish();
      continue;
    }
    if (end.at == start.at) continue;
    const model::SleepStage stage = stage_of(levels_[i].level);
    if (!sleep.stages.empty() && sleep.stages.back().stage == stage && sleep.stages.back().end.at == start.at) {
      sleep.stages.back().end = end;
    } else {
      sleep.stages.push_back({start, end, stage});
    }
  }
  finish();
  return records;
}

}  // namespace syncwell::providers::fit
