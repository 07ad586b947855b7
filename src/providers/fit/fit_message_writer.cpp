#include "providers/fit/fit_message_writer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace syncwell::providers::fit {
namespace {

constexpr std::uint8_t protocol_version = 0x10;
constexpr std::uint16_t profile_version = 2132;

void append_little_endian(std::string& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

bool is_signed(BaseType type) {
  return type == BaseType::sint8 || type == BaseType::sint16 || type == BaseType::sint32;
}

// Types of several bytes carry bit 7.
std::uint8_t code_of(BaseType type) {
  const auto number = static_cast<std::uint8_t>(type);
  return size_of(type) > 1 ? static_cast<std::uint8_t>(number | 0x80U) : number;
}

std::uint64_t raw_of(const FieldSpec& spec, BaseType type, std::optional<double> value) {
  const std::size_t bits = 8 * size_of(type);
  const std::uint64_t ones = (std::uint64_t{1} << bits) - 1;
  const std::uint64_t invalid = is_signed(type) ? ones >> 1U : ones;
  if (!value) return invalid;
  const double scaled = std::round((*value + spec.offset) * spec.scale);
  const double lowest = is_signed(type) ? -static_cast<double>(ones >> 1U) - 1 : 0;
  if (!(scaled >= lowest) || !(scaled < static_cast<double>(invalid))) return invalid;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(scaled)) & ones;
}

std::uint16_t checksum(std::string_view bytes) {
  return crc16({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

}  // namespace

void MessageWriter::begin(std::uint8_t local, std::uint16_t global) {
  local_ = local & 0x0FU;
  global_ = global;
  fields_.clear();
  content_.clear();
}

void MessageWriter::declare(std::uint8_t number, std::size_t size, std::uint8_t base_type) {
  fields_ += static_cast<char>(number);
  fields_ += static_cast<char>(size);
  fields_ += static_cast<char>(base_type);
}

void MessageWriter::put(const FieldSpec& spec, BaseType type, std::optional<double> value) {
  declare(spec.number, size_of(type), code_of(type));
  append_little_endian(content_, raw_of(spec, type, value), size_of(type));
}

void MessageWriter::put_text(std::uint8_t number, std::string_view text) {
  std::string line(text.substr(0, max_text_field_bytes));
  // Not in the middle of a character.
  if (text.size() > line.size()) {
    while (!line.empty() && (static_cast<unsigned char>(text[line.size()]) & 0xC0U) == 0x80U) line.pop_back();
  }
  std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  line += '\0';
  declare(number, line.size(), static_cast<std::uint8_t>(BaseType::string));
  content_ += line;
}

void MessageWriter::end() {
  std::string definition;
  definition += static_cast<char>(0x40U | local_);
  definition += '\0';  // reserved
  definition += '\0';  // little endian
  append_little_endian(definition, global_, 2);
  definition += static_cast<char>(fields_.size() / 3);
  definition += fields_;
  if (definitions_[local_] != definition) {
    data_ += definition;
    definitions_[local_] = std::move(definition);
  }
  data_ += static_cast<char>(local_);
  data_ += content_;
}

std::string MessageWriter::finish() {
  std::string file;
  file.reserve(data_.size() + long_header_bytes + file_crc_bytes);
  file += static_cast<char>(long_header_bytes);
  file += static_cast<char>(protocol_version);
  append_little_endian(file, profile_version, 2);
  append_little_endian(file, data_.size(), 4);
  file += ".FIT";
  append_little_endian(file, checksum(file), 2);
  file += data_;
  append_little_endian(file, checksum(file), 2);
  data_.clear();
  definitions_ = {};
  return file;
}

}  // namespace syncwell::providers::fit
