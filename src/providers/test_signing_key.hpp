// For tests only: an ECDSA key as a provider has one, drawn anew for each object.
#pragma once

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace syncwell::providers {

class TestSigningKey {
 public:
  explicit TestSigningKey(const char* curve = "P-256") : key_(EVP_EC_gen(curve)) {
    if (key_ == nullptr) throw std::runtime_error("no such curve");
  }
  TestSigningKey(const TestSigningKey&) = delete;
  TestSigningKey& operator=(const TestSigningKey&) = delete;
  ~TestSigningKey() { EVP_PKEY_free(key_); }

  [[nodiscard]] std::string public_pem() const {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(bio, key_);
    return taken(bio);
  }
  [[nodiscard]] std::string private_pem() const {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key_, nullptr, nullptr, 0, nullptr, nullptr);
    return taken(bio);
  }
  [[nodiscard]] std::string sign_der(std::string_view text) const { return base64(der(text)); }
  // r and s, 32 bytes each.
  [[nodiscard]] std::string sign_raw(std::string_view text) const {
    const std::vector<unsigned char> bytes = der(text);
    const unsigned char* at = bytes.data();
    ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(bytes.size()));
    std::vector<unsigned char> raw(64);
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw.data(), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw.data() + 32, 32);
    ECDSA_SIG_free(signature);
    return base64(raw);
  }

 private:
  static std::string taken(BIO* bio) {
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(length));
    BIO_free(bio);
    return text;
  }
  static std::string base64(const std::vector<unsigned char>& bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
  }
  [[nodiscard]] std::vector<unsigned char> der(std::string_view text) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const auto* data = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t length = 0;
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_);
    EVP_DigestSign(context, nullptr, &length, data, text.size());
    std::vector<unsigned char> bytes(length);
    EVP_DigestSign(context, bytes.data(), &length, data, text.size());
    bytes.resize(length);
    EVP_MD_CTX_free(context);
    return bytes;
  }

  EVP_PKEY* key_;
};

}  // namespace syncwell::providers
