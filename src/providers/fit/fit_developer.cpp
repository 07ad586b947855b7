#include "providers/fit/fit_developer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "providers/fit/fit_profile.hpp"

namespace syncwell::providers::fit {
namespace {

std::uint16_t key_of(std::uint8_t developer_index, std::uint8_t number) {
  return static_cast<std::uint16_t>((developer_index << 8U) | number);
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

enum class Kind { heart_rate, cadence, distance, speed, power, energy };

struct Replaceable {
  std::uint16_t message;
  std::uint8_t field;
  Kind kind;
};

constexpr std::array replaceable = {
    Replaceable{message_record, record::heart_rate.number, Kind::heart_rate},
    Replaceable{message_record, record::cadence.number, Kind::cadence},
    Replaceable{message_record, record::distance.number, Kind::distance},
    Replaceable{message_record, record::speed.number, Kind::speed},
    Replaceable{message_record, record::enhanced_speed.number, Kind::speed},
    Replaceable{message_record, record::power.number, Kind::power},
    Replaceable{message_session, session::distance.number, Kind::distance},
    Replaceable{message_session, session::calories.number, Kind::energy},
    Replaceable{message_session, session::average_heart_rate.number, Kind::heart_rate},
    Replaceable{message_session, session::maximum_heart_rate.number, Kind::heart_rate},
    Replaceable{message_lap, lap::distance.number, Kind::distance},
    Replaceable{message_lap, lap::calories.number, Kind::energy},
    Replaceable{message_lap, lap::average_heart_rate.number, Kind::heart_rate},
    Replaceable{message_lap, lap::maximum_heart_rate.number, Kind::heart_rate},
};

struct Unit {
  Kind kind;
  std::string_view name;
  double factor;
};

constexpr std::array units = {
    Unit{Kind::heart_rate, "bpm", 1},  Unit{Kind::cadence, "rpm", 1},        Unit{Kind::cadence, "strides/min", 1},
    Unit{Kind::cadence, "spm", 0.5},   Unit{Kind::distance, "m", 1},         Unit{Kind::distance, "meters", 1},
    Unit{Kind::distance, "metres", 1}, Unit{Kind::distance, "km", 1000},     Unit{Kind::speed, "m/s", 1},
    Unit{Kind::speed, "mm/s", 0.001},  Unit{Kind::speed, "km/h", 1.0 / 3.6}, Unit{Kind::power, "w", 1},
    Unit{Kind::power, "watt", 1},      Unit{Kind::power, "watts", 1},        Unit{Kind::energy, "kcal", 1},
};

// What one declared unit is in ours; no unit means the native one; nullopt for a unit that is not of this kind.
std::optional<double> factor_of(Kind kind, const DeveloperField& field) {
  const std::string name = lower(field.units);
  if (name.empty()) return 1.0;
  // "spm" are steps of a runner (half of it is cadence) or strokes of a rower.
  if (kind == Kind::cadence && name == "spm" && lower(field.name).contains("stroke")) return 1.0;
  const auto unit = std::ranges::find_if(units, [&](const Unit& u) { return u.kind == kind && u.name == name; });
  if (unit == units.end()) return std::nullopt;
  return unit->factor;
}

}  // namespace

std::optional<double> find_value(const NativeValues& values, std::uint8_t field) {
  const auto found = std::ranges::find(values, field, &NativeValue::field);
  if (found == values.end()) return std::nullopt;
  return found->value;
}

void DeveloperFields::start_part() {
  fields_.clear();
  reported_.clear();
}

void DeveloperFields::describe(const Message& message) {
  const auto index = message.u8(field_description::developer_index);
  const auto number = message.u8(field_description::number);
  if (!index || !number) {
    warnings_.add(message.position(), "a developer field description without its numbers; ignored");
    return;
  }
  const std::uint16_t key = key_of(*index, *number);
  if (fields_.size() >= max_developer_fields && !fields_.contains(key)) {
    warnings_.add(message.position(), fmt::format("more than {} developer fields; ignored", max_developer_fields));
    return;
  }
  DeveloperField field;
  field.type = base_type_of(message.u8(field_description::base_type).value_or(0x0D));
  field.scale = message.value(field_description::scale).value_or(1);
  if (field.scale == 0) field.scale = 1;
  field.offset = message.value(field_description::offset).value_or(0);
  field.name = message.text(field_description::name);
  field.units = message.text(field_description::units);
  const auto native_message = message.u32(field_description::native_message).value_or(message_record);
  field.native_message = static_cast<std::uint16_t>(std::min<std::uint32_t>(native_message, 0xFFFF));
  field.native_field = message.u8(field_description::native_field);
  if (names_.size() < max_developer_fields && !field.name.empty()) names_.insert(field.name);
  fields_[key] = std::move(field);
}

const DeveloperField* DeveloperFields::find(const DeveloperSlot& slot, const Message& message) {
  const std::uint16_t key = key_of(slot.developer_index, slot.number);
  const auto found = fields_.find(key);
  if (found != fields_.end()) return &found->second;
  if (reported_.insert(key).second) {
    warnings_.add(message.position(), fmt::format("developer field {} of developer {} has no description; skipped",
                                                  slot.number, slot.developer_index));
  }
  return nullptr;
}

NativeValues DeveloperFields::native_values(const Message& message) {
  NativeValues values;
  for (const DeveloperSlot& slot : message.developer_fields()) {
    const DeveloperField* field = find(slot, message);
    if (field == nullptr || !field->native_field || field->native_message != message.global()) continue;
    const auto row = std::ranges::find_if(replaceable, [&](const Replaceable& candidate) {
      return candidate.message == message.global() && candidate.field == *field->native_field;
    });
    if (row == replaceable.end()) continue;
    const auto factor = factor_of(row->kind, *field);
    const auto raw = number_in(message.bytes(slot), field->type, message.big_endian());
    if (!factor || !raw) continue;
    const double value = (*raw / field->scale - field->offset) * *factor;
    if (value >= 0) values.push_back({row->field, value});
  }
  return values;
}

}  // namespace syncwell::providers::fit
