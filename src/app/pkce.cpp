#include "app/pkce.hpp"

#include <sodium.h>

#include <array>

namespace syncwell::app {
namespace {

std::string base64url(const unsigned char* bytes, std::size_t size) {
  std::string text(sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes, size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.pop_back();
  return text;
}

}  // namespace

ProofKey draw_proof_key() {
  std::array<unsigned char, 32> random{};
  randombytes_buf(random.data(), random.size());
  ProofKey key{base64url(random.data(), random.size()), ""};
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(key.verifier.data()), key.verifier.size());
  key.challenge = base64url(hash.data(), hash.size());
  return key;
}

}  // namespace syncwell::app
