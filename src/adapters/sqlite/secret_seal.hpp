// The cryptography of the vault, with libsodium 1.0.18:
//   sealing  XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03), random 24-byte nonce; the associated data is the pointer
//            and the version, so that a sealed secret cannot be moved to another pointer or passed off as newer
//   digest   BLAKE2b-128, keyed (RFC 7693), over the length of the purpose (8 bytes, little-endian), purpose and text
// Both keys are derived from the master key with crypto_kdf (BLAKE2b) under contexts of their own. Keys are kept out of
// core dumps and swap as far as the system allows and wiped at the end. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace syncwell::sqlite {

inline constexpr std::size_t master_key_bytes = 32;
using MasterKey = std::span<const unsigned char, master_key_bytes>;

class SecretSeal {
 public:
  // The caller wipes its copy of the master key.
  explicit SecretSeal(MasterKey master_key);

  // nonce, ciphertext and tag.
  [[nodiscard]] std::string seal(std::string_view pointer, std::uint64_t version, std::string_view secret) const;
  // nullopt: another key, another pointer or version, or changed bytes.
  [[nodiscard]] std::optional<std::string> open(std::string_view pointer, std::uint64_t version,
                                                std::string_view sealed) const;
  // 26 characters of a–z2–7 (RFC 4648 base32 in lower case, no padding).
  [[nodiscard]] std::string digest(std::string_view purpose, std::string_view text) const;

 private:
  struct Keys {
    std::array<unsigned char, 32> sealing;
    std::array<unsigned char, 32> digest;
  };
  struct Wipe {
    void operator()(Keys* keys) const;
  };
  std::unique_ptr<Keys, Wipe> keys_;
};

// A new pointer: "sec_" and 32 random hex digits.
[[nodiscard]] std::string random_pointer();

}  // namespace syncwell::sqlite
