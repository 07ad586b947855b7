// The form of the stable ids that the engine gives to records it writes (INT-5): "sw" and 26 characters of a–z2–7
// (base32). Providers recognise it when they read a record back, so that our own writes are never taken for news
// (DEC-6).
#pragma once

#include <algorithm>
#include <string_view>

namespace syncwell::providers {

inline constexpr std::string_view external_id_prefix = "sw";
inline constexpr std::size_t external_id_length = 28;

[[nodiscard]] constexpr bool is_our_external_id(std::string_view id) {
  return id.size() == external_id_length && id.starts_with(external_id_prefix) &&
         std::ranges::all_of(id.substr(external_id_prefix.size()),
                             [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); });
}

}  // namespace syncwell::providers
