// Developer fields of one part: what field_description messages declare, and the values of those that are declared to
// stand for a native field (they replace it: a rowing app on a watch gives the distance that the watch cannot know).
// A missing description costs the field, never the message. A missing developer_data_id costs nothing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "providers/fit/fit_reader.hpp"
#include "providers/fit/fit_warnings.hpp"

namespace syncwell::providers::fit {

struct DeveloperField {
  BaseType type = BaseType::byte;
  double scale = 1;
  double offset = 0;
  std::string name;
  std::string units;
  std::uint16_t native_message = 0;  // a record's where the description does not say
  std::optional<std::uint8_t> native_field;
};

// Native field number → value in the unit of model::Workout (m, m/s, beats/min, W, kcal, rpm).
struct NativeValue {
  std::uint8_t field = 0;
  double value = 0;
};
using NativeValues = std::vector<NativeValue>;
[[nodiscard]] std::optional<double> find_value(const NativeValues& values, std::uint8_t field);

class DeveloperFields {
 public:
  explicit DeveloperFields(FileWarnings& warnings) : warnings_(warnings) {}
  // A new part: declarations do not carry over; names seen stay.
  void start_part();
  void describe(const Message& message);
  // The native fields of `message` that developer fields replace. Fields in a unit that we do not know are left out.
  [[nodiscard]] NativeValues native_values(const Message& message);
  // Of all parts, sorted.
  [[nodiscard]] std::vector<std::string> names() const { return {names_.begin(), names_.end()}; }

 private:
  [[nodiscard]] const DeveloperField* find(const DeveloperSlot& slot, const Message& message);

  FileWarnings& warnings_;
  std::map<std::uint16_t, DeveloperField> fields_;  // by developer index and field number
  std::set<std::uint16_t> reported_;                // without description: told once
  std::set<std::string> names_;
};

}  // namespace syncwell::providers::fit
