// The small texts inside an export: dates, numbers, device descriptions, identifiers. Pure functions, no state.
// Shapes: see README.md of this folder.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace syncwell::providers::apple_health {

// "2025-11-02 09:00:00 -0500", and the compact "20141002150200+0200" of iOS 8. The offset is that of the phone when it
// exported, not of the record: only the instant is true. nullopt for anything else, a date without an offset included.
[[nodiscard]] std::optional<Instant> parse_export_date(std::string_view text);

// A finite decimal number and nothing else.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

// The number in its shortest form, so that "72" and "72.0" are one value; the text itself where it is no number.
void append_normalised(std::string& to, std::string_view value);

// From "<<HKDevice: 0x2838…>, name:Apple Watch, manufacturer:Apple Inc., model:Watch, hardware:Watch6,12,
// software:9.4>". Values may hold commas; the hexadecimal address changes from export to export.
struct Device {
  std::string manufacturer;
  std::string model;
  std::string normalised;  // all known keys in one order, without the address
};
[[nodiscard]] Device parse_device(std::string_view text);

// The export has no ids: BLAKE2b-128 over length-prefixed fields takes their place.
class Identity {
 public:
  using Bytes = std::array<std::uint8_t, 16>;
  void clear() { fields_.clear(); }
  void add(std::string_view field);
  void add(Instant instant);
  [[nodiscard]] Bytes bytes() const;

 private:
  std::string fields_;
};
[[nodiscard]] std::string to_hex(const Identity::Bytes& bytes);

}  // namespace syncwell::providers::apple_health
