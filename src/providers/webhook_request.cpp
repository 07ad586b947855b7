#include "providers/webhook_request.hpp"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <array>
#include <memory>
#include <optional>

#include "providers/json_access.hpp"
#include "providers/webhooks.hpp"

namespace syncwell::providers {
namespace {

constexpr std::size_t max_key_bytes = 4096;
constexpr std::size_t max_signature_bytes = 1024;
constexpr std::size_t raw_signature_bytes = 64;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// Settings and environment variables often hold a PEM in one line.
std::string with_line_ends(std::string_view text) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == 'n') {
      lines += '\n';
      ++i;
    } else {
      lines += text[i];
    }
  }
  return lines;
}

Owned<EVP_PKEY> p256_key(std::string_view pem) {
  if (pem.size() > max_key_bytes) return nullptr;
  const std::string lines = with_line_ends(pem);
  const Owned<BIO> bio(BIO_new_mem_buf(lines.data(), static_cast<int>(lines.size())));
  Owned<EVP_PKEY> key(bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  std::array<char, 64> group{};
  std::size_t length = 0;
  const bool is_p256 = key && EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), &length) == 1 &&
                       std::string_view(group.data(), length) == "prime256v1";
  return is_p256 ? std::move(key) : nullptr;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  unsigned buffer = 0;
  int bits = 0;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  for (const char c : text) {
    unsigned value = 0;
    if (c >= 'A' && c <= 'Z')
      value = static_cast<unsigned>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      value = static_cast<unsigned>(c - 'a') + 26;
    else if (c >= '0' && c <= '9')
      value = static_cast<unsigned>(c - '0') + 52;
    else if (c == '+' || c == '-')
      value = 62;
    else if (c == '/' || c == '_')
      value = 63;
    else
      return std::nullopt;
    buffer = (buffer << 6U | value) & 0xffffU;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(buffer >> static_cast<unsigned>(bits) & 0xffU);
    }
  }
  return bytes;
}

// r and s as they are → the DER that OpenSSL reads.
std::string der_of(std::string_view raw) {
  const Owned<ECDSA_SIG> signature(ECDSA_SIG_new());
  const auto* data = bytes_of(raw);
  if (!signature ||
      ECDSA_SIG_set0(signature.get(), BN_bin2bn(data, 32, nullptr), BN_bin2bn(data + 32, 32, nullptr)) != 1)
    return {};
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(signature.get(), &der);
  std::string text =
      length > 0 ? std::string(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)) : std::string();
  OPENSSL_free(der);
  return text;
}

bool verify(EVP_PKEY* key, std::string_view text, std::string_view der) {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  return context && !der.empty() && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(der), der.size(), bytes_of(text), text.size()) == 1;
}

}  // namespace

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), digest.data(), &length);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    hex += digits[digest.at(i) >> 4U];
    hex += digits[digest.at(i) & 15U];
  }
  return hex;
}

bool verify_p256_signature(std::string_view public_key, std::string_view text, std::string_view signature) {
  if (signature.size() > max_signature_bytes) return false;
  const auto key = p256_key(public_key);
  const auto bytes = from_base64(signature);
  if (!key || !bytes || bytes->empty()) return false;
  if (bytes->size() == raw_signature_bytes && verify(key.get(), text, der_of(*bytes))) return true;
  return verify(key.get(), text, *bytes);
}

Result<boost::json::value> webhook_body(const net::Request& request, std::string_view provider_key) {
  if (request.body.size() > max_webhook_body_bytes) {
    return fail(ErrorCode::too_large, std::string(provider_key) + ": a notification of more than a megabyte");
  }
  auto value = parse_json_answer(net::Response{200, {}, request.body}, provider_key);
  if (!value) return fail(ErrorCode::unreadable_input, std::string(provider_key) + ": the notification is no JSON");
  return value;
}

}  // namespace syncwell::providers
