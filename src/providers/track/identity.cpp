#include "providers/track/identity.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace syncwell::providers::track {
namespace {

constexpr std::size_t hash_bytes = 16;
constexpr std::string_view own_prefix = "sw";
constexpr std::size_t own_characters = 26;

}  // namespace

std::string content_id(std::string_view what_makes_it_itself) {
  std::array<unsigned char, hash_bytes> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(what_makes_it_itself.data()),
                     what_makes_it_itself.size(), nullptr, 0);
  std::string text;
  for (const unsigned char byte : hash) text += fmt::format("{:02x}", byte);
  return text;
}

bool is_own_id(std::string_view id) {
  if (id.size() != own_prefix.size() + own_characters || !id.starts_with(own_prefix)) return false;
  return std::ranges::all_of(id.substr(own_prefix.size()),
                             [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); });
}

std::string own_id_of_file(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  const std::string stem = name.substr(0, name.find('.'));
  return is_own_id(stem) ? stem : std::string();
}

}  // namespace syncwell::providers::track
