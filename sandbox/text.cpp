#include "sandbox/text.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

void append(std::string& text, const json::value& value) {
  switch (value.kind()) {
    case json::kind::object: {
      text += '{';
      bool first = true;
      for (const auto& member : value.get_object()) {
        if (!first) text += ',';
        first = false;
        text += json::serialize(member.key());
        text += ':';
        append(text, member.value());
      }
      text += '}';
      return;
    }
    case json::kind::array: {
      text += '[';
      bool first = true;
      for (const json::value& element : value.get_array()) {
        if (!first) text += ',';
        first = false;
        append(text, element);
      }
      text += ']';
      return;
    }
    case json::kind::double_: {
      const double number = value.get_double();
      if (!std::isfinite(number)) {
        text += "null";
      } else if (number == std::floor(number) && std::abs(number) < 1e15) {
        text += fmt::format("{:.1f}", number);
      } else {
        text += fmt::format("{}", number);
      }
      return;
    }
    default:
      text += json::serialize(value);
  }
}

bool all_finite(const json::value& value) {
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      if (!all_finite(member.value())) return false;
    }
  } else if (const auto* array = value.if_array()) {
    for (const json::value& element : *array) {
      if (!all_finite(element)) return false;
    }
  } else if (const auto* number = value.if_double()) {
    return std::isfinite(*number);
  }
  return true;
}

template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

}  // namespace

std::string to_text(const json::value& value) {
  std::string text;
  append(text, value);
  return text;
}

std::optional<json::value> parse_json(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  if (error || !all_finite(value)) return std::nullopt;
  return value;
}

net::Response json_response(int status, const json::value& body) {
  net::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json; charset=utf-8");
  response.body = to_text(body);
  return response;
}

std::array<std::uint8_t, 32> sha256(std::string_view text) {
  std::array<std::uint8_t, 32> digest{};
  static_assert(digest.size() == crypto_hash_sha256_BYTES);
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return digest;
}

std::uint64_t stable_number(std::string_view text) {
  const auto digest = sha256(text);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = (number << 8) | digest[i];
  return number;
}

std::string s256_challenge(std::string_view verifier) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const auto digest = sha256(verifier);
  std::string text;
  for (std::size_t i = 0; i < digest.size(); i += 3) {
    const std::uint32_t second = i + 1 < digest.size() ? digest[i + 1] : 0;
    const std::uint32_t third = i + 2 < digest.size() ? digest[i + 2] : 0;
    const std::uint32_t group = (std::uint32_t{digest[i]} << 16) | (second << 8) | third;
    for (int shift = 18; shift >= 0; shift -= 6) text += alphabet[(group >> shift) & 63];
  }
  text.resize(43);  // 32 bytes are 43 characters without the padding
  return text;
}

std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    const char* last = text.data() + i + 2;
    const auto [end, error] = std::from_chars(text.data() + i, last, value, 16);
    if (error != std::errc{} || end != last) return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

std::optional<std::string> from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes(text.size(), '\0');
  std::size_t length = 0;
  const int failed =
      sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(), nullptr,
                        &length, nullptr, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  if (failed != 0) return std::nullopt;
  bytes.resize(length);
  return bytes;
}

bool is_utf8(std::string_view text) { return parse_json(json::serialize(text)).has_value(); }

std::optional<std::int64_t> parse_integer(std::string_view text) { return parse_whole<std::int64_t>(text); }

std::optional<double> parse_number(std::string_view text) {
  const auto value = parse_whole<double>(text);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  if (text.empty()) return parts;
  for (;;) {
    const auto position = text.find(separator);
    parts.push_back(text.substr(0, position));
    if (position == std::string_view::npos) return parts;
    text.remove_prefix(position + 1);
  }
}

std::string joined(const std::vector<std::string>& words, char separator) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

std::optional<std::string> field_of(const net::Parameters& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &net::Parameters::value_type::first);
  return found == fields.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace syncwell::sandbox
