// Text from elsewhere, before it goes into a file, a JSON document or a mail that has to be UTF-8 (RFC 3629, 2003).
// Pure functions, any thread; any bytes are taken, nothing throws.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace syncwell {

// Bytes of the character that begins `text` (no overlong form, no surrogate, none past U+10FFFF); 0: none does.
[[nodiscard]] std::size_t utf8_character_bytes(std::string_view text) noexcept;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

// The beginning that fits into so many bytes, whole characters only.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept;

// Bytes that are no UTF-8 become U+FFFD each.
[[nodiscard]] std::string as_utf8(std::string_view text);

// For one line of something larger: as_utf8, where line breaks, control characters and what turns the direction of
// writing become blanks. What is longer than `max_bytes` is cut and ends with "…" (max_bytes: 3 at least).
[[nodiscard]] std::string as_one_line(std::string_view text, std::size_t max_bytes);

}  // namespace syncwell
