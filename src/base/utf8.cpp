#include "base/utf8.hpp"

#include <algorithm>

namespace syncwell {
namespace {

constexpr std::string_view replacement_character = "\xef\xbf\xbd";
constexpr std::string_view ellipsis = "\xe2\x80\xa6";

// C0 and C1 controls, line and paragraph separator, embeddings, overrides and isolates of direction.
bool breaks_a_line(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7f;
  if (character.size() == 2) return byte(0) == 0xc2 && byte(1) < 0xa0;
  if (character.size() != 3 || byte(0) != 0xe2) return false;
  return (byte(1) == 0x80 && byte(2) >= 0xa8 && byte(2) <= 0xae) ||
         (byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9);
}

}  // namespace

std::size_t utf8_character_bytes(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < length) return 0;
  const unsigned char least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned char most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < least || byte(1) > most) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t bytes = utf8_character_bytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept {
  if (text.size() <= max_bytes) return text;
  std::size_t kept = 0;
  for (;;) {
    const std::size_t bytes = std::max<std::size_t>(utf8_character_bytes(text.substr(kept)), 1);
    if (kept + bytes > max_bytes) return text.substr(0, kept);
    kept += bytes;
  }
}

std::string as_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bytes = utf8_character_bytes(text);
    result += bytes == 0 ? replacement_character : text.substr(0, bytes);
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return result;
}

std::string as_one_line(std::string_view text, std::size_t max_bytes) {
  std::string line;
  // What lies behind the cut is not looked at: `text` may be huge.
  for (std::string_view rest = text; !rest.empty() && line.size() <= max_bytes;) {
    const std::size_t bytes = utf8_character_bytes(rest);
    const std::string_view character = bytes == 0 ? replacement_character : rest.substr(0, bytes);
    line += breaks_a_line(character) ? std::string_view(" ") : character;
    rest.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  if (line.size() <= max_bytes) return line;
  line.resize(cut_utf8(line, max_bytes - ellipsis.size()).size());
  return line.append(ellipsis);
}

}  // namespace syncwell
