#include "providers/fit/fit_monitoring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "providers/fit/fit_clock.hpp"
#include "providers/fit/fit_profile.hpp"
#include "providers/stable_order.hpp"

namespace syncwell::providers::fit {
namespace {

using model::DataType;

constexpr std::array counter_types = {DataType::steps, DataType::distance, DataType::active_energy};
constexpr std::int64_t day_s = 86'400;
constexpr std::uint32_t max_step_back_s = 1800;
// Devices write the running totals of all types when a file begins; readings this close to it are such totals.
constexpr FitTime baseline_slack_s = 60;

// The growth of one counter over all activity types.
class Counter {
 public:
  Counter(std::optional<FitTime> begin, std::optional<UtcOffset> offset)
      : begin_(begin), offset_(offset), previous_(begin) {}

  // All readings of one moment; gives the interval that ends there, if anything grew in it.
  struct Growth {
    FitTime start = 0;
    double value = 0;
  };
  std::optional<Growth> next(FitTime time, const std::map<std::uint8_t, double>& values) {
    double growth = 0;
    for (const auto& [type, value] : values) growth += growth_of(type, time, value);
    std::optional<FitTime> start = previous_;
    if (const auto midnight = midnight_before(time); midnight && (!start || *start < *midnight)) start = midnight;
    if (first_moment_) has_baseline_ = begin_ && time <= *begin_ + baseline_slack_s;
    previous_ = time;
    first_moment_ = false;
    if (growth <= 0 || !start || *start >= time) return std::nullopt;
    return Growth{*start, growth};
  }

 private:
  struct Last {
    FitTime time = 0;
    double value = 0;
  };

  double growth_of(std::uint8_t type, FitTime time, double value) {
    const auto found = last_.find(type);
    if (found == last_.end()) {
      last_[type] = {time, value};
      return counts_from_zero(time) ? value : 0;
    }
    const Last before = found->second;
    found->second = {time, value};
    const bool new_day = midnight_before(time) && midnight_before(time) != midnight_before(before.time);
    return new_day || value < before.value ? value : value - before.value;
  }

  // A type's first reading: everything since midnight, or a total that an earlier file has already told?
  [[nodiscard]] bool counts_from_zero(FitTime time) const {
    const auto midnight = midnight_before(time);
    if (begin_ && midnight && *begin_ <= *midnight + baseline_slack_s) return true;
    if (!first_moment_ && midnight && previous_ && *previous_ <= *midnight) return true;
    return !first_moment_ && has_baseline_;  // the type was not among the totals, so it was zero
  }

  // Local midnight of the day that a reading sums up; a reading at midnight sums up the day that ends.
  [[nodiscard]] std::optional<FitTime> midnight_before(FitTime time) const {
    if (!offset_) return std::nullopt;
    const std::int64_t local = static_cast<std::int64_t>(time) + fit_epoch_unix_s + offset_->east.count() - 1;
    return static_cast<FitTime>(local - local % day_s - offset_->east.count() - fit_epoch_unix_s);
  }

  std::optional<FitTime> begin_;
  std::optional<UtcOffset> offset_;
  std::optional<FitTime> previous_;
  std::map<std::uint8_t, Last> last_;
  bool first_moment_ = true;
  bool has_baseline_ = false;  // the first readings were the totals of all types
};

// One counter for all types, repeated in each of their readings (some devices' active energy): told by the types never
// differing where several report at one moment. Added up, it would count double.
bool is_shared(const std::vector<CounterReading>& sorted, std::size_t kind) {
  bool repeated = false;
  const CounterReading* last = nullptr;
  for (const CounterReading& reading : sorted) {
    if (!reading.values[kind]) continue;
    if (last != nullptr && last->time == reading.time && last->activity_type != reading.activity_type) {
      if (*last->values[kind] != *reading.values[kind]) return false;
      repeated = repeated || *reading.values[kind] > 0;
    }
    last = &reading;
  }
  return repeated;
}

}  // namespace

void MonitoringCollector::start_part() { last_time_.reset(); }

std::optional<FitTime> MonitoringCollector::time_of(const Message& message) {
  if (message.timestamp()) {
    last_time_ = message.timestamp();
  } else if (const auto low = message.u32(monitoring::timestamp_16); low && last_time_) {
    // The moment that ends in these 16 bits: the next one, or one just before (readings may arrive out of order).
    const std::uint32_t ahead = (*low - *last_time_) & 0xFFFFU;
    last_time_ = *last_time_ + ahead - (ahead > 0xFFFFU - max_step_back_s ? 0x10000U : 0U);
  } else {
    return std::nullopt;
  }
  return *last_time_ >= min_date_time ? last_time_ : std::nullopt;
}

void MonitoringCollector::message(const Message& message) {
  if (message.global() == message_monitoring_info) {
    if (!message.timestamp()) return;
    last_time_ = message.timestamp();
    if (!begin_ && *message.timestamp() >= min_date_time) begin_ = message.timestamp();
    if (!offset_) offset_ = local_offset(message.timestamp(), message.u32(monitoring_info::local_timestamp));
    return;
  }
  ++messages_;
  read_reading(message);
}

void MonitoringCollector::read_reading(const Message& message) {
  const auto time = time_of(message);
  if (!time) return;
  if (readings_.size() + heart_rates_.size() >= max_monitoring_readings) {
    if (!overflowed_)
      warnings_.add(message.position(),
                    fmt::format("more than {} readings; the rest is left out", max_monitoring_readings));
    overflowed_ = true;
    return;
  }
  if (const auto bpm = message.value(monitoring::heart_rate); bpm && *bpm > 0) heart_rates_.push_back({*time, *bpm});

  CounterReading reading;
  reading.time = *time;
  const auto packed = message.u8(monitoring::packed_activity_type);
  reading.activity_type = message.u8(monitoring::activity_type).value_or(packed ? *packed & 0x1FU : 0);
  const bool on_foot = reading.activity_type == monitoring::walking || reading.activity_type == monitoring::running;
  if (on_foot) reading.values[0] = message.value(monitoring::cycles);
  reading.values[1] = message.value(monitoring::distance);
  reading.values[2] = message.value(monitoring::active_calories);
  if (std::ranges::any_of(reading.values, [](const auto& value) { return value.has_value(); }))
    readings_.push_back(reading);
}

std::vector<model::Record> MonitoringCollector::records(const FileIdentity& identity) {
  std::vector<model::Record> records;
  const auto add = [&](DataType type, FitTime start, FitTime end, double value) {
    model::Record record;
    record.type = type;
    record.origin = identity.origin();
    record.time = {{instant_of(start), offset_}, {instant_of(end), offset_}};
    record.payload = model::Quantity{value};
    // By device and time: a later export that holds the same reading gives the same id.
    record.source_id = digest_id({std::string(name_of(type)), identity.text(!identity.serial_number),
                                  fmt::to_string(start), fmt::to_string(end)});
    records.push_back(std::move(record));
  };

  sort_stably(readings_, &CounterReading::time);
  for (std::size_t kind = 0; kind < counter_types.size(); ++kind) {
    Counter counter(begin_, offset_);
    const bool shared = is_shared(readings_, kind);
    for (std::size_t i = 0; i < readings_.size();) {
      const FitTime time = readings_[i].time;
      std::map<std::uint8_t, double> values;
      for (; i < readings_.size() && readings_[i].time == time; ++i) {
        if (readings_[i].values[kind]) values[shared ? 0 : readings_[i].activity_type] = *readings_[i].values[kind];
      }
      if (values.empty()) continue;
      if (const auto growth = counter.next(time, values)) add(counter_types[kind], growth->start, time, growth->value);
    }
  }

  sort_stably(heart_rates_, &HeartRate::time);
  for (std::size_t i = 0; i < heart_rates_.size(); ++i) {
    if (i > 0 && heart_rates_[i].time == heart_rates_[i - 1].time) continue;
    add(DataType::heart_rate, heart_rates_[i].time, heart_rates_[i].time, heart_rates_[i].bpm);
  }
  readings_.clear();
  heart_rates_.clear();
  return records;
}

}  // namespace syncwell::providers::fit
