#include "net/base64.hpp"

#include <cstdint>

namespace syncwell::net {

std::string encode_base64(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t at) -> std::uint32_t {
      return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
    };
    const std::uint32_t three = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    text += alphabet[three >> 18];
    text += alphabet[three >> 12 & 63];
    text += i + 1 < bytes.size() ? alphabet[three >> 6 & 63] : '=';
    text += i + 2 < bytes.size() ? alphabet[three & 63] : '=';
  }
  return text;
}

}  // namespace syncwell::net
