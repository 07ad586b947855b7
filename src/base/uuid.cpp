#include "base/uuid.hpp"

namespace syncwell {

std::string uuid_from_digest(std::string_view digest) {
  static constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string hex;
  unsigned bits = 0;
  unsigned value = 0;
  for (const char c : digest) {
    value = (value << 5) | static_cast<unsigned>(alphabet.find(c) & 31U);
    for (bits += 5; bits >= 4; bits -= 4) hex += "0123456789abcdef"[(value >> (bits - 4)) & 15U];
  }
  hex.resize(32, '0');
  hex[12] = '4';
  hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) % 4];
  for (const std::size_t dash : {20, 16, 12, 8}) hex.insert(dash, 1, '-');
  return hex;
}

}  // namespace syncwell
