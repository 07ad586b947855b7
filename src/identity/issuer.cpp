#include "identity/issuer.hpp"

extern "C" {
#include <rhonabwy.h>
}
#include <sodium.h>

#include <cstdlib>

#include "store/attributes.hpp"

namespace syncwell::identity {
namespace {

const store::Key issuer_key{"identity", "issuer"};

struct FreeText {
  void operator()(char* text) const { r_free(text); }
};
using Text = std::unique_ptr<char, FreeText>;

struct FreeKey {
  void operator()(jwk_t* jwk) const { r_jwk_free(jwk); }
};
using Key = std::unique_ptr<jwk_t, FreeKey>;

Key new_key() {
  jwk_t* made = nullptr;
  return r_jwk_init(&made) == RHN_OK ? Key(made) : nullptr;
}

struct KeyPair {
  std::string private_key;
  std::string public_key_set;
};

Result<KeyPair> draw_key_pair() {
  const Key secret = new_key();
  const Key open = new_key();
  std::string id(16, '\0');
  randombytes_buf(id.data(), id.size());
  std::string hex(2 * id.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(id.data()), id.size());
  hex.pop_back();
  if (!secret || !open ||
      r_jwk_generate_key_pair(secret.get(), open.get(), R_KEY_TYPE_EC, 256, hex.c_str()) != RHN_OK) {
    return fail(ErrorCode::internal, "a key for tokens could not be drawn");
  }
  for (const auto& key : {secret.get(), open.get()}) {
    (void)r_jwk_set_property_str(key, "alg", "ES256");
    (void)r_jwk_set_property_str(key, "use", "sig");
  }
  const Text secret_text(r_jwk_export_to_json_str(secret.get(), 0));
  const Text open_text(r_jwk_export_to_json_str(open.get(), 0));
  if (!secret_text || !open_text) return fail(ErrorCode::internal, "a key for tokens could not be written down");
  return KeyPair{secret_text.get(), std::string("{\"keys\":[") + open_text.get() + "]}"};
}

}  // namespace

TokenPolicy Issuer::policy() { return {std::string(built_in_name), std::string(built_in_name), {Algorithm::es256}}; }

Async<Result<std::unique_ptr<Issuer>>> Issuer::open(store::Table& table, vault::Vault& vault) {
  auto stored = co_await table.get(issuer_key);
  if (!stored) co_return fail(std::move(stored.error()));
  if (!*stored) {
    auto drawn = draw_key_pair();
    if (!drawn) co_return fail(std::move(drawn.error()));
    auto pointer = co_await vault.put(std::move(drawn->private_key));
    if (!pointer) co_return fail(std::move(pointer.error()));
    store::Item item{issuer_key};
    item.attributes = {{"secret", *pointer}, {"keys", drawn->public_key_set}};
    auto put = co_await table.put(std::move(item), store::Condition::absent());
    if (!put && put.error().code != ErrorCode::version_conflict) co_return fail(std::move(put.error()));
    // Another process was faster: its key counts.
    if (!put) (void)co_await vault.erase(*pointer);
    stored = co_await table.get(issuer_key);
    if (!stored) co_return fail(std::move(stored.error()));
    if (!*stored) co_return fail(ErrorCode::storage_failed, "the key for tokens is gone");
  }
  auto secret = co_await vault.get(store::text_attribute((*stored)->attributes, "secret"));
  if (!secret) co_return fail(std::move(secret.error()));
  std::string public_keys = store::text_attribute((*stored)->attributes, "keys");
  auto keys = KeySet::parse(public_keys);
  if (!keys) co_return fail(ErrorCode::storage_failed, "the key for tokens in the data folder is damaged");
  co_return std::unique_ptr<Issuer>(new Issuer(std::move(secret->value), std::move(public_keys), std::move(*keys)));
}

Result<std::string> Issuer::issue(const std::string& subject, Duration lifetime, Instant now) const {
  if (subject.empty() || subject.size() > max_subject_bytes)
    return fail(ErrorCode::invalid_argument, "a user id has 1 to 255 bytes");
  if (lifetime <= Duration{0} || lifetime > max_token_lifetime)
    return fail(ErrorCode::invalid_argument, "a token lives for more than nothing and at most 90 days");
  const auto seconds = [](Instant instant) {
    return static_cast<rhn_int_t>(std::chrono::duration_cast<std::chrono::seconds>(instant.time_since_epoch()).count());
  };
  const Key key = new_key();
  jwt_t* made = nullptr;
  if (!key || r_jwk_import_from_json_str(key.get(), private_key_.c_str()) != RHN_OK || r_jwt_init(&made) != RHN_OK)
    return fail(ErrorCode::internal, "the key for tokens cannot be used");
  const std::unique_ptr<jwt_t, decltype(&r_jwt_free)> jwt(made, &r_jwt_free);
  const std::string name(built_in_name);
  const char* key_id = r_jwk_get_property_str(key.get(), "kid");
  const bool ready = r_jwt_set_sign_alg(made, R_JWA_ALG_ES256) == RHN_OK &&
                     r_jwt_set_header_str_value(made, "kid", key_id) == RHN_OK &&
                     r_jwt_set_claim_str_value(made, "iss", name.c_str()) == RHN_OK &&
                     r_jwt_set_claim_str_value(made, "aud", name.c_str()) == RHN_OK &&
                     r_jwt_set_claim_str_value(made, "sub", subject.c_str()) == RHN_OK &&
                     r_jwt_set_claim_int_value(made, "iat", seconds(now)) == RHN_OK &&
                     r_jwt_set_claim_int_value(made, "exp", seconds(now + lifetime)) == RHN_OK;
  const Text text(ready ? r_jwt_serialize_signed(made, key.get(), R_FLAG_IGNORE_REMOTE) : nullptr);
  if (!text) return fail(ErrorCode::invalid_argument, "this user id cannot be written into a token");
  return std::string(text.get());
}

}  // namespace syncwell::identity
