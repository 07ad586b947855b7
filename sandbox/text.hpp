// Text forms that both imposters need: JSON as the real services write it, hexadecimal, and SHA-256.
// Pure functions, any thread. Malformed input gives nullopt; nothing here throws on bad input.
#pragma once

#include <array>
#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"

namespace syncwell::sandbox {

// Plain decimal numbers (70.5, not 7.05E1); a number that is not finite becomes null.
[[nodiscard]] std::string to_text(const boost::json::value& value);
// nullopt for text that is no JSON, is not UTF-8, nests deeper than 32 or holds a number that is not finite.
[[nodiscard]] std::optional<boost::json::value> parse_json(std::string_view text);
[[nodiscard]] net::Response json_response(int status, const boost::json::value& body);

[[nodiscard]] std::array<std::uint8_t, 32> sha256(std::string_view text);
// The first eight bytes of the SHA-256, big endian: ids that depend on the content only.
[[nodiscard]] std::uint64_t stable_number(std::string_view text);
// Unpadded base64url of the SHA-256: the S256 code challenge of RFC 7636.
[[nodiscard]] std::string s256_challenge(std::string_view verifier);

[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);
// Padded or unpadded base64 (RFC 4648 section 4).
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
// Form fields are bytes; what is kept of them must be able to go into JSON.
[[nodiscard]] bool is_utf8(std::string_view text);
// A whole text that is a decimal number, with sign; nullopt otherwise.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);
[[nodiscard]] std::optional<double> parse_number(std::string_view text);
// "a/b//c" → {"a","b","","c"} for '/'; an empty text has no parts.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// The way back: {"a","b"} → "a/b".
[[nodiscard]] std::string joined(const std::vector<std::string>& words, char separator);
// The first field of that name.
[[nodiscard]] std::optional<std::string> field_of(const net::Parameters& fields, std::string_view name);

}  // namespace syncwell::sandbox
