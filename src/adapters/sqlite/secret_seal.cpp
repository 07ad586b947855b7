#include "adapters/sqlite/secret_seal.hpp"

#include <sodium.h>

#include <new>
#include <stdexcept>

namespace syncwell::sqlite {

namespace {

static_assert(crypto_kdf_KEYBYTES == master_key_bytes);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);
static_assert(crypto_kdf_CONTEXTBYTES == 8);

constexpr char kdf_context[] = "syncwell";
constexpr std::uint64_t sealing_key_id = 1;
constexpr std::uint64_t digest_key_id = 2;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t digest_bytes = 16;
constexpr std::size_t pointer_random_bytes = 16;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

void append_number(std::string& text, std::uint64_t number) {
  for (unsigned shift = 0; shift < 64; shift += 8) text += static_cast<char>(number >> shift & 0xff);
}

std::string associated_data(std::string_view pointer, std::uint64_t version) {
  std::string data(pointer);
  append_number(data, version);
  return data;
}

std::string base32(std::span<const unsigned char> bytes) {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string text;
  unsigned buffer = 0;
  unsigned bits = 0;
  for (const unsigned char byte : bytes) {
    buffer = buffer << 8 | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[buffer >> bits & 31];
    }
    buffer &= (1U << bits) - 1;
  }
  if (bits > 0) text += alphabet[buffer << (5 - bits) & 31];
  return text;
}

}  // namespace

void SecretSeal::Wipe::operator()(Keys* keys) const { sodium_free(keys); }

SecretSeal::SecretSeal(MasterKey master_key) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium could not start");
  void* memory = sodium_malloc(sizeof(Keys));
  if (memory == nullptr) throw std::bad_alloc();
  keys_.reset(new (memory) Keys);
  crypto_kdf_derive_from_key(keys_->sealing.data(), keys_->sealing.size(), sealing_key_id, kdf_context,
                             master_key.data());
  crypto_kdf_derive_from_key(keys_->digest.data(), keys_->digest.size(), digest_key_id, kdf_context, master_key.data());
  sodium_mprotect_readonly(memory);
}

std::string SecretSeal::seal(std::string_view pointer, std::uint64_t version, std::string_view secret) const {
  std::string sealed(nonce_bytes + secret.size() + tag_bytes, '\0');
  auto* const nonce = reinterpret_cast<unsigned char*>(sealed.data());
  randombytes_buf(nonce, nonce_bytes);
  const std::string associated = associated_data(pointer, version);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + nonce_bytes, nullptr, bytes_of(secret), secret.size(),
                                             bytes_of(associated), associated.size(), nullptr, nonce,
                                             keys_->sealing.data());
  return sealed;
}

std::optional<std::string> SecretSeal::open(std::string_view pointer, std::uint64_t version,
                                            std::string_view sealed) const {
  if (sealed.size() < nonce_bytes + tag_bytes) return std::nullopt;
  std::string secret(sealed.size() - nonce_bytes - tag_bytes, '\0');
  const std::string associated = associated_data(pointer, version);
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(secret.data()), nullptr, nullptr, bytes_of(sealed) + nonce_bytes,
      sealed.size() - nonce_bytes, bytes_of(associated), associated.size(), bytes_of(sealed), keys_->sealing.data());
  if (opened != 0) return std::nullopt;
  return secret;
}

std::string SecretSeal::digest(std::string_view purpose, std::string_view text) const {
  std::string length;
  append_number(length, purpose.size());
  std::array<unsigned char, digest_bytes> digest;
  crypto_generichash_state state;
  crypto_generichash_init(&state, keys_->digest.data(), keys_->digest.size(), digest.size());
  crypto_generichash_update(&state, bytes_of(length), length.size());
  crypto_generichash_update(&state, bytes_of(purpose), purpose.size());
  crypto_generichash_update(&state, bytes_of(text), text.size());
  crypto_generichash_final(&state, digest.data(), digest.size());
  return base32(digest);
}

std::string random_pointer() {
  constexpr std::string_view hex_digits = "0123456789abcdef";
  std::array<unsigned char, pointer_random_bytes> random;
  randombytes_buf(random.data(), random.size());
  std::string pointer = "sec_";
  for (const unsigned char byte : random) {
    pointer += hex_digits[byte >> 4];
    pointer += hex_digits[byte & 15];
  }
  return pointer;
}

}  // namespace syncwell::sqlite
