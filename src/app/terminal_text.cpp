#include "app/terminal_text.hpp"

#include <algorithm>
#include <cstdint>

namespace syncwell::app {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 0;  // 0: what is there is no UTF-8
};

Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (bytes == 0 || first > 0xf4 || text.size() < bytes) return {};
  std::uint32_t code = first & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3fU);
  }
  const bool is_overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  const bool is_none = is_overlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000);
  return is_none ? Character{} : Character{code, bytes};
}

bool is_harmless(std::uint32_t code) {
  const bool is_control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  const bool turns_text_around =
      (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x200e || code == 0x200f;
  const bool breaks_lines = code == 0x2028 || code == 0x2029;
  return !is_control && !turns_text_around && !breaks_lines;
}

}  // namespace

std::string terminal_text(std::string_view text, std::size_t most_characters) {
  std::string harmless;
  for (std::size_t characters = 0; !text.empty(); ++characters) {
    if (characters == most_characters) return harmless + "…";
    const auto next = first_character(text);
    if (next.bytes != 0 && is_harmless(next.code)) {
      harmless += text.substr(0, next.bytes);
    } else {
      harmless += "·";
    }
    text.remove_prefix(std::max<std::size_t>(1, next.bytes));
  }
  return harmless;
}

}  // namespace syncwell::app
