// Finds and splits XML tags of the regular shape, in place: <Name a="1" b="2">, <Name/>, </Name>. Double quotes only,
// ASCII names without prefix, the five predefined entities and character references in values. Anything else is
// "irregular", which means: let expat judge. Two liberties, both for exports that exist: attribute names may hold
// blanks ("start Date", iOS 8; the blanks are taken out), and references to characters that XML forbids become blanks.
// Pure functions on bytes that have gone through xml::InputFilter.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace syncwell::providers::apple_health {

inline constexpr std::size_t max_tag_attributes = 64;
inline constexpr std::size_t max_tag_bytes = 256 * 1024;  // a longer one is irregular, and expat's limits hold

struct Tag {
  std::size_t begin = 0;     // of '<'
  std::size_t end = 0;       // past '>'
  std::size_t name_end = 0;  // the name begins at name_begin()
  bool closing = false;      // </Name>
  bool empty = false;        // <Name/>
  [[nodiscard]] std::size_t name_begin() const { return begin + (closing ? 2 : 1); }
  // Where attributes may stand.
  [[nodiscard]] std::size_t attributes_end() const { return end - (empty ? 2 : 1); }
};

// unclosed: of elements only, another top-level element begins before the end tag.
enum class Shape { complete, incomplete, irregular, unclosed };

// The tag that begins with the '<' at `at`. incomplete: its end may come with more bytes.
[[nodiscard]] Shape scan_tag(std::string_view bytes, std::size_t at, Tag& tag);

// Whether the bytes between a tag's name and its end are attributes of the regular shape, each name once.
[[nodiscard]] bool regular_attributes(std::string_view attributes);

// Splits attributes that are regular: name, value, name, value …, nullptr; values are decoded. Overwrites the bytes.
void split_attributes(char* begin, char* end, std::vector<const char*>& pairs);

}  // namespace syncwell::providers::apple_health
