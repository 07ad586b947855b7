#include "providers/fit/fit_format.hpp"

#include <array>

namespace syncwell::providers::fit {
namespace {

constexpr std::array<std::uint16_t, 256> make_crc_table() {
  std::array<std::uint16_t, 256> table{};
  for (unsigned value = 0; value < 256; ++value) {
    unsigned crc = value;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? (crc >> 1U) ^ 0xA001U : crc >> 1U;
    table[value] = static_cast<std::uint16_t>(crc);
  }
  return table;
}

constexpr auto crc_table = make_crc_table();
constexpr std::array<std::uint8_t, 17> sizes = {1, 1, 1, 2, 2, 4, 4, 1, 4, 8, 1, 2, 4, 1, 8, 8, 8};

}  // namespace

BaseType base_type_of(std::uint8_t code) noexcept {
  const unsigned number = code & 0x1FU;
  return number < sizes.size() ? static_cast<BaseType>(number) : BaseType::byte;
}

std::size_t size_of(BaseType type) noexcept { return sizes[static_cast<std::size_t>(type)]; }

std::uint16_t crc16(std::span<const std::uint8_t> bytes, std::uint16_t crc) noexcept {
  for (const std::uint8_t byte : bytes) {
    crc = static_cast<std::uint16_t>((crc >> 8U) ^ crc_table[(crc ^ byte) & 0xFFU]);
  }
  return crc;
}

}  // namespace syncwell::providers::fit
