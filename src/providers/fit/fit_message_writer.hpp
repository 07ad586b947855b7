// Writes the container of a FIT file: header, definitions where they change, data messages, both checksums. Knows
// nothing of what the messages mean. Little endian. One file per object, one thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "providers/fit/fit_reader.hpp"

namespace syncwell::providers::fit {

class MessageWriter {
 public:
  // A message of the global number, written under the local type (0–15). Then fields; then end().
  void begin(std::uint8_t local, std::uint16_t global);
  // raw = (value + offset) * scale, rounded; "invalid" where the value is missing or does not fit the type.
  void put(const FieldSpec& spec, BaseType type, std::optional<double> value);
  void put_u32(std::uint8_t number, std::uint32_t value) { put({number}, BaseType::uint32, value); }
  void put_u16(std::uint8_t number, std::uint16_t value) { put({number}, BaseType::uint16, value); }
  void put_enum(std::uint8_t number, std::uint8_t value) { put({number}, BaseType::enumeration, value); }
  // Zero-terminated, cut after max_text_field_bytes at a character, control characters become blanks.
  void put_text(std::uint8_t number, std::string_view text);
  void end();

  // The whole file. The object is empty afterwards.
  [[nodiscard]] std::string finish();

  static constexpr std::size_t max_text_field_bytes = 128;

 private:
  void declare(std::uint8_t number, std::size_t size, std::uint8_t base_type);

  std::string data_;
  std::uint8_t local_ = 0;
  std::uint16_t global_ = 0;
  std::string fields_;                       // of the message being written: number, size, base type
  std::string content_;                      // its values
  std::array<std::string, 16> definitions_;  // in force, as written
};

}  // namespace syncwell::providers::fit
