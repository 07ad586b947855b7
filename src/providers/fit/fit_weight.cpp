#include "providers/fit/fit_weight.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "providers/fit/fit_clock.hpp"
#include "providers/fit/fit_profile.hpp"

namespace syncwell::providers::fit {

using model::DataType;

void WeightCollector::message(const Message& message) {
  if (!message.timestamp() || *message.timestamp() < min_date_time) {
    warnings_.add(message.position(), "a weighing without a date; left out");
    return;
  }
  if (weighings_.size() >= max_body_readings) {
    if (!overflowed_)
      warnings_.add(message.position(), fmt::format("more than {} weighings; the rest is left out", max_body_readings));
    overflowed_ = true;
    return;
  }
  Weighing weighing;
  weighing.time = *message.timestamp();
  weighing.position = message.position();
  weighing.user = message.u32(weight_scale::user_profile_index);
  const auto raw = message.u32(weight_scale::weight);
  if (raw && *raw != weight_scale::weight_calculating && *raw > 0) {
    weighing.weight_kg = *raw / weight_scale::weight_scale_factor;
  }
  weighing.body_fat_percent = message.value(weight_scale::percent_fat);
  if (weighing.weight_kg || weighing.body_fat_percent) weighings_.push_back(weighing);
}

std::vector<model::Record> WeightCollector::records(const FileIdentity& identity, std::optional<UtcOffset> offset) {
  std::optional<std::uint32_t> first_user;
  for (const Weighing& weighing : weighings_) {
    if (weighing.user && (!first_user || *weighing.user < *first_user)) first_user = weighing.user;
  }
  std::vector<model::Record> records;
  std::size_t of_others = 0;
  std::uint64_t first_of_others = 0;
  for (const Weighing& weighing : weighings_) {
    if (weighing.user && weighing.user != first_user) {
      if (of_others++ == 0) first_of_others = weighing.position;
      continue;
    }
    const auto add = [&](DataType type, const std::optional<double>& value) {
      if (!value) return;
      model::Record record;
      record.type = type;
      record.origin = identity.origin();
      const Moment at{instant_of(weighing.time), offset};
      record.time = {at, at};
      record.payload = model::Quantity{*value};
      record.source_id =
          digest_id({std::string(name_of(type)), identity.text(!identity.serial_number), fmt::to_string(weighing.time),
                     weighing.user ? fmt::to_string(*weighing.user) : "-"});
      records.push_back(std::move(record));
    };
    add(DataType::weight, weighing.weight_kg);
    add(DataType::body_fat, weighing.body_fat_percent);
  }
  if (of_others > 0) {
    warnings_.add(first_of_others, fmt::format("{} weighings belong to other users of the scale; left out", of_others));
  }
  return records;
}

}  // namespace syncwell::providers::fit
