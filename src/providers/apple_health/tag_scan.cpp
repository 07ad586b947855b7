#include "providers/apple_health/tag_scan.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>

namespace syncwell::providers::apple_health {
namespace {

constexpr std::size_t max_reference_bytes = 10;  // "&#x10FFFF;"

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool is_name_character(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

const char* find(const char* from, const char* to, char c) {
  return static_cast<const char*>(std::memchr(from, c, static_cast<std::size_t>(to - from)));
}

// The code point of a reference such as "&amp;" or "&#39;", and its length; nullopt: not one that we decode.
struct Reference {
  std::uint32_t code_point = 0;
  std::size_t length = 0;
};
std::optional<Reference> read_reference(std::string_view text) {
  const auto semicolon = text.substr(0, max_reference_bytes).find(';');
  if (semicolon == std::string_view::npos || semicolon < 2) return std::nullopt;
  std::string_view name = text.substr(1, semicolon - 1);
  Reference reference{.length = semicolon + 1};
  if (name == "amp") {
    reference.code_point = '&';
  } else if (name == "lt") {
    reference.code_point = '<';
  } else if (name == "gt") {
    reference.code_point = '>';
  } else if (name == "quot") {
    reference.code_point = '"';
  } else if (name == "apos") {
    reference.code_point = '\'';
  } else if (name.front() == '#') {
    const bool hexadecimal = name.size() > 1 && name[1] == 'x';
    name.remove_prefix(hexadecimal ? 2 : 1);
    const auto [end, error] =
        std::from_chars(name.data(), name.data() + name.size(), reference.code_point, hexadecimal ? 16 : 10);
    if (name.empty() || error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
    if (reference.code_point > 0x10FFFF) return std::nullopt;
  } else {
    return std::nullopt;
  }
  return reference;
}

char* write_utf8(char* to, std::uint32_t code_point) {
  const bool forbidden = (code_point < 0x20 && code_point != '\t' && code_point != '\n' && code_point != '\r') ||
                         (code_point >= 0xD800 && code_point <= 0xDFFF) || code_point == 0xFFFE || code_point == 0xFFFF;
  if (forbidden) code_point = ' ';
  if (code_point < 0x80) {
    *to++ = static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    *to++ = static_cast<char>(0xC0 | (code_point >> 6));
    *to++ = static_cast<char>(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    *to++ = static_cast<char>(0xE0 | (code_point >> 12));
    *to++ = static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    *to++ = static_cast<char>(0x80 | (code_point & 0x3F));
  } else {
    *to++ = static_cast<char>(0xF0 | (code_point >> 18));
    *to++ = static_cast<char>(0x80 | ((code_point >> 12) & 0x3F));
    *to++ = static_cast<char>(0x80 | ((code_point >> 6) & 0x3F));
    *to++ = static_cast<char>(0x80 | (code_point & 0x3F));
  }
  return to;
}

// Decodes references and turns line ends and tabs into blanks, as XML asks for in attribute values; never longer than
// before. Returns the new end.
char* decode_in_place(char* begin, char* end) {
  char* from = std::find_if(begin, end, [](char c) { return c == '&' || (static_cast<unsigned char>(c) < 0x20); });
  char* to = from;
  while (from < end) {
    if (*from == '&') {
      const auto reference = read_reference({from, static_cast<std::size_t>(end - from)});
      from += reference->length;
      to = write_utf8(to, reference->code_point);
      continue;
    }
    if (*from == '\r' && from + 1 < end && from[1] == '\n') ++from;
    *to++ = is_blank(*from) ? ' ' : *from;
    ++from;
  }
  return to;
}

bool regular_value(const char* begin, const char* end) {
  for (const char* at = find(begin, end, '&'); at != nullptr; at = find(at, end, '&')) {
    const auto reference = read_reference({at, static_cast<std::size_t>(end - at)});
    if (!reference) return false;
    at += reference->length;
  }
  return find(begin, end, '<') == nullptr;
}

}  // namespace

Shape scan_tag(std::string_view bytes, std::size_t at, Tag& tag) {
  const char* const first = bytes.data() + at;
  const char* const limit = bytes.data() + bytes.size();
  tag = Tag{.begin = at};
  if (limit - first < 3) return Shape::incomplete;
  tag.closing = first[1] == '/';
  const char* name = first + (tag.closing ? 2 : 1);
  if (!is_letter(*name)) return Shape::irregular;

  // The end is the first '>' with an even number of double quotes before it.
  const char* from = first + 1;
  const char* close = from;
  std::size_t quotes = 0;
  while (true) {
    close = find(from, limit, '>');
    const char* const until = close == nullptr ? limit : close;
    if (find(from, until, '<') != nullptr) return Shape::irregular;
    if (static_cast<std::size_t>(until - first) > max_tag_bytes) return Shape::irregular;
    if (close == nullptr) return Shape::incomplete;
    quotes += static_cast<std::size_t>(std::count(from, close, '"'));
    from = close + 1;
    if (quotes % 2 == 0) break;
  }
  const char* name_end = name;
  while (is_name_character(*name_end)) ++name_end;
  if (!is_blank(*name_end) && *name_end != '>' && *name_end != '/') return Shape::irregular;
  tag.empty = !tag.closing && close[-1] == '/';
  if (*name_end == '/' && (name_end + 1 != close || !tag.empty)) return Shape::irregular;
  if (tag.closing && !std::all_of(name_end, close, is_blank)) return Shape::irregular;
  tag.name_end = static_cast<std::size_t>(name_end - bytes.data());
  tag.end = static_cast<std::size_t>(close + 1 - bytes.data());
  // Single quotes may delimit a value, and then our count of double quotes means nothing: look at it closely.
  if (find(name_end, close, '\'') != nullptr &&
      !regular_attributes(bytes.substr(tag.name_end, tag.attributes_end() - tag.name_end))) {
    return Shape::irregular;
  }
  return Shape::complete;
}

bool regular_attributes(std::string_view attributes) {
  std::array<std::string_view, max_tag_attributes> names;
  std::size_t count = 0;
  const char* at = attributes.data();
  const char* const end = at + attributes.size();
  while (true) {
    const char* const before = at;
    while (at < end && is_blank(*at)) ++at;
    if (at == end) return true;
    if (at == before || !is_letter(*at) || count == max_tag_attributes) return false;
    const char* const name = at;
    while (at < end && (is_name_character(*at) || *at == ':' || is_blank(*at))) ++at;
    if (at == end || *at != '=') return false;
    const std::string_view full(name, static_cast<std::size_t>(at - name));
    for (std::size_t i = 0; i < count; ++i) {
      if (names[i] == full) return false;
    }
    names[count++] = full;
    ++at;
    while (at < end && is_blank(*at)) ++at;
    if (at == end || *at != '"') return false;
    const char* const value = at + 1;
    const char* const close = find(value, end, '"');
    if (close == nullptr || !regular_value(value, close)) return false;
    at = close + 1;
  }
}

void split_attributes(char* begin, char* end, std::vector<const char*>& pairs) {
  pairs.clear();
  char* at = begin;
  while (true) {
    while (at < end && is_blank(*at)) ++at;
    if (at >= end) break;
    char* const equals = at + (find(at, end, '=') - at);
    char* const name_end = std::remove_if(at, equals, is_blank);
    char* const value = equals + (find(equals, end, '"') - equals) + 1;
    char* const close = value + (find(value, end, '"') - value);
    *name_end = '\0';
    *decode_in_place(value, close) = '\0';
    pairs.push_back(at);
    pairs.push_back(value);
    at = close + 1;
  }
  pairs.push_back(nullptr);
}

}  // namespace syncwell::providers::apple_health
