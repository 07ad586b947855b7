// For tests: an identity provider's keys and tokens, right and wrong ones.
#pragma once

extern "C" {
#include <rhonabwy.h>
}
#include <sodium.h>

#include <boost/json.hpp>

#include <memory>
#include <stdexcept>
#include <string>

#include "base/time.hpp"

namespace syncwell::identity {

class TestKey {
 public:
  enum class Kind { rsa, p256 };

  TestKey(std::string id, Kind kind, unsigned bits = 2048) : id_(std::move(id)), kind_(kind) {
    if (r_jwk_init(&secret_) != RHN_OK || r_jwk_init(&open_) != RHN_OK ||
        r_jwk_generate_key_pair(secret_, open_, kind == Kind::rsa ? R_KEY_TYPE_RSA : R_KEY_TYPE_EC,
                                kind == Kind::rsa ? bits : 256, id_.c_str()) != RHN_OK)
      throw std::runtime_error("no key could be drawn");
  }
  ~TestKey() {
    r_jwk_free(secret_);
    r_jwk_free(open_);
  }
  TestKey(const TestKey&) = delete;
  TestKey& operator=(const TestKey&) = delete;

  [[nodiscard]] const std::string& id() const { return id_; }
  // The public key as a JWK, and one with the private parts, as no provider should publish it.
  [[nodiscard]] boost::json::object public_jwk() const { return exported(open_); }
  [[nodiscard]] boost::json::object private_jwk() const { return exported(secret_); }

  [[nodiscard]] std::string sign(const boost::json::object& claims, const std::string& key_id) const {
    jwt_t* jwt = nullptr;
    if (r_jwt_init(&jwt) != RHN_OK) throw std::runtime_error("no token");
    r_jwt_set_sign_alg(jwt, kind_ == Kind::rsa ? R_JWA_ALG_RS256 : R_JWA_ALG_ES256);
    if (!key_id.empty()) r_jwt_set_header_str_value(jwt, "kid", key_id.c_str());
    r_jwt_set_full_claims_json_str(jwt, boost::json::serialize(claims).c_str());
    char* text = r_jwt_serialize_signed(jwt, secret_, 0);
    r_jwt_free(jwt);
    if (text == nullptr) throw std::runtime_error("the token could not be signed");
    std::string token(text);
    r_free(text);
    return token;
  }
  [[nodiscard]] std::string sign(const boost::json::object& claims) const { return sign(claims, id_); }

 private:
  static boost::json::object exported(jwk_t* key) {
    char* text = r_jwk_export_to_json_str(key, 0);
    auto json = boost::json::parse(text).as_object();
    r_free(text);
    return json;
  }
  std::string id_;
  Kind kind_;
  jwk_t* secret_ = nullptr;
  jwk_t* open_ = nullptr;
};

inline std::string key_set_of(std::initializer_list<const TestKey*> keys) {
  boost::json::array list;
  for (const auto* key : keys) list.push_back(key->public_jwk());
  return boost::json::serialize(boost::json::object{{"keys", std::move(list)}});
}

inline std::string base64url(std::string_view bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.resize(text.find('\0'));
  return text;
}

// A token that nobody signed.
inline std::string unsigned_token(const boost::json::object& header, const boost::json::object& claims,
                                  const std::string& signature = "") {
  return base64url(boost::json::serialize(header)) + "." + base64url(boost::json::serialize(claims)) + "." + signature;
}

inline std::int64_t seconds_of(Instant instant) {
  return std::chrono::duration_cast<std::chrono::seconds>(instant.time_since_epoch()).count();
}

inline boost::json::object good_claims(Instant now, const std::string& subject = "alice") {
  return {{"iss", "https://id.example"},
          {"aud", "syncwell-api"},
          {"sub", subject},
          {"iat", seconds_of(now)},
          {"exp", seconds_of(now + std::chrono::hours{1})}};
}

}  // namespace syncwell::identity
