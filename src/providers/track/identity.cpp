#include "providers/track/identity.hpp"

#include <sodium.h>

#include <array>
#include <stdexcept>

#include "providers/external_id.hpp"

namespace syncwell::providers::track {
namespace {

constexpr std::size_t hash_bytes = 16;

}  // namespace

std::string content_id(std::string_view what_makes_it_itself) {
  static const bool ready = sodium_init() >= 0;
  std::array<unsigned char, hash_bytes> hash{};
  if (!ready ||
      crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(what_makes_it_itself.data()),
                         what_makes_it_itself.size(), nullptr, 0) != 0) {
    throw std::runtime_error("libsodium cannot hash");
  }
  std::array<char, 2 * hash_bytes + 1> hexadecimal{};
  return sodium_bin2hex(hexadecimal.data(), hexadecimal.size(), hash.data(), hash.size());
}

std::string own_id_of_file(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  const std::string stem = name.substr(0, name.find('.'));
  return is_our_external_id(stem) ? stem : std::string();
}

}  // namespace syncwell::providers::track
