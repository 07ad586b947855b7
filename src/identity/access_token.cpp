#include "identity/access_token.hpp"

extern "C" {
#include <rhonabwy.h>
}

#include <algorithm>

namespace syncwell::identity {
namespace {

constexpr unsigned min_rsa_bits = 2048;
constexpr unsigned p256_bits = 256;

struct FreeJwt {
  void operator()(jwt_t* jwt) const { r_jwt_free(jwt); }
};
using Jwt = std::unique_ptr<jwt_t, FreeJwt>;

struct FreeJson {
  void operator()(json_t* value) const { json_decref(value); }
};
using Json = std::unique_ptr<json_t, FreeJson>;

std::shared_ptr<void> owned(jwk_t* jwk) {
  return {jwk, [](void* pointer) { r_jwk_free(static_cast<jwk_t*>(pointer)); }};
}

// What a key may sign with; nothing: it may not be used here.
std::optional<Algorithm> algorithm_of(jwk_t* jwk) {
  unsigned bits = 0;
  const int type = r_jwk_key_type(jwk, &bits, R_FLAG_IGNORE_REMOTE);
  if ((type & R_KEY_TYPE_PUBLIC) == 0) return std::nullopt;
  const char* use = r_jwk_get_property_str(jwk, "use");
  if (use != nullptr && std::string_view(use) != "sig") return std::nullopt;
  std::optional<Algorithm> algorithm;
  if ((type & R_KEY_TYPE_RSA) != 0 && bits >= min_rsa_bits) algorithm = Algorithm::rs256;
  const char* curve = r_jwk_get_property_str(jwk, "crv");
  if ((type & R_KEY_TYPE_EC) != 0 && bits == p256_bits && curve != nullptr && std::string_view(curve) == "P-256") {
    algorithm = Algorithm::es256;
  }
  const char* named = r_jwk_get_property_str(jwk, "alg");
  if (algorithm && named != nullptr && named != name_of(*algorithm)) return std::nullopt;
  return algorithm;
}

Jwt parse_token(std::string_view token) {
  if (token.empty() || token.size() > max_token_bytes) return nullptr;
  jwt_t* made = nullptr;
  if (r_jwt_init(&made) != RHN_OK) return nullptr;
  Jwt jwt(made);
  // R_PARSE_NONE: neither unsigned tokens nor keys that a token brings along.
  if (r_jwt_advanced_parsen(jwt.get(), token.data(), token.size(), R_PARSE_NONE, R_FLAG_IGNORE_REMOTE) != RHN_OK)
    return nullptr;
  return r_jwt_get_type(jwt.get()) == R_JWT_TYPE_SIGN ? std::move(jwt) : nullptr;
}

std::string text_claim(jwt_t* jwt, const char* name) {
  const char* text = r_jwt_get_claim_str_value(jwt, name);
  return text == nullptr ? "" : text;
}

std::optional<Instant> time_claim(jwt_t* jwt, const char* name) {
  const Json value(r_jwt_get_claim_json_t_value(jwt, name));
  if (!json_is_number(value.get())) return std::nullopt;
  const double seconds = json_number_value(value.get());
  // Far enough for every honest token, and safe to convert.
  constexpr double latest = 253'402'300'799;  // the end of the year 9999
  if (!(seconds >= 0) || seconds > latest) return std::nullopt;
  return Instant{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
}

bool is_for(jwt_t* jwt, const std::string& audience) {
  const Json value(r_jwt_get_claim_json_t_value(jwt, "aud"));
  if (json_is_string(value.get())) return json_string_value(value.get()) == audience;
  if (!json_is_array(value.get())) return false;
  for (std::size_t i = 0; i < json_array_size(value.get()); ++i) {
    const json_t* item = json_array_get(value.get(), i);
    if (json_is_string(item) && json_string_value(item) == audience) return true;
  }
  return false;
}

// What the claims say, once the signature holds.
std::expected<Claims, TokenFault> check_claims(jwt_t* jwt, const TokenPolicy& policy, Instant now) {
  if (text_claim(jwt, "iss") != policy.issuer) return std::unexpected(TokenFault::issuer);
  if (!is_for(jwt, policy.audience)) return std::unexpected(TokenFault::audience);
  const auto expires = time_claim(jwt, "exp");
  if (!expires || *expires + clock_leeway <= now) return std::unexpected(TokenFault::expired);
  const Json not_before_value(r_jwt_get_claim_json_t_value(jwt, "nbf"));
  if (not_before_value) {
    const auto not_before = time_claim(jwt, "nbf");
    if (!not_before || *not_before > now + clock_leeway) return std::unexpected(TokenFault::not_yet_valid);
  }
  std::string subject = text_claim(jwt, "sub");
  if (subject.empty() || subject.size() > max_subject_bytes) return std::unexpected(TokenFault::subject);
  return Claims{std::move(subject), *expires};
}

}  // namespace

std::string_view name_of(Algorithm algorithm) noexcept { return algorithm == Algorithm::rs256 ? "RS256" : "ES256"; }

std::optional<Algorithm> parse_algorithm(std::string_view name) noexcept {
  if (name == "RS256") return Algorithm::rs256;
  if (name == "ES256") return Algorithm::es256;
  return std::nullopt;
}

Result<KeySet> KeySet::parse(std::string_view json) {
  if (json.size() > max_key_set_bytes) return fail(ErrorCode::too_large, "the key set is larger than 256 KiB");
  const Json root(json_loadb(json.data(), json.size(), JSON_REJECT_DUPLICATES, nullptr));
  const json_t* list = json_object_get(root.get(), "keys");
  if (!json_is_array(list)) return fail(ErrorCode::unreadable_input, "the answer is no JWK set: it has no \"keys\"");
  if (json_array_size(list) > max_keys) return fail(ErrorCode::too_large, "the key set has more than 100 keys");
  KeySet set;
  for (std::size_t i = 0; i < json_array_size(list); ++i) {
    jwk_t* made = nullptr;
    if (r_jwk_init(&made) != RHN_OK) continue;
    auto jwk = owned(made);
    if (r_jwk_import_from_json_t(made, json_array_get(list, i)) != RHN_OK) continue;
    const char* id = r_jwk_get_property_str(made, "kid");
    const auto algorithm = algorithm_of(made);
    if (id == nullptr || !algorithm) continue;
    set.keys_.push_back({id, *algorithm, std::move(jwk)});
  }
  if (set.keys_.empty()) {
    return fail(ErrorCode::unreadable_input,
                "the key set has no usable key: RSA of at least 2048 bits or P-256, for signatures, with a kid");
  }
  return set;
}

bool KeySet::has(std::string_view key_id) const {
  return std::ranges::any_of(keys_, [&](const Key& key) { return key.id == key_id; });
}

// May look into a KeySet.
class Verification {
 public:
  static std::expected<Claims, TokenFault> run(std::string_view token, const KeySet& keys, const TokenPolicy& policy,
                                               Instant now) {
    const Jwt jwt = parse_token(token);
    if (!jwt) return std::unexpected(TokenFault::malformed);
    const char* named = r_jwt_get_header_str_value(jwt.get(), "alg");
    const auto algorithm = parse_algorithm(named == nullptr ? "" : named);
    if (!algorithm || std::ranges::find(policy.algorithms, *algorithm) == policy.algorithms.end())
      return std::unexpected(TokenFault::algorithm);
    // A header that must be understood names something that we do not know (RFC 7515, 4.1.11).
    if (const Json critical{r_jwt_get_header_json_t_value(jwt.get(), "crit")})
      return std::unexpected(TokenFault::algorithm);
    const char* key_id = r_jwt_get_header_str_value(jwt.get(), "kid");
    const auto key = std::ranges::find_if(
        keys.keys_, [&](const KeySet::Key& each) { return key_id != nullptr && each.id == key_id; });
    if (key == keys.keys_.end()) return std::unexpected(TokenFault::unknown_key);
    // The token does not choose what its key is used for (RFC 8725, 3.1).
    if (key->algorithm != *algorithm) return std::unexpected(TokenFault::algorithm);
    if (r_jwt_verify_signature(jwt.get(), static_cast<jwk_t*>(key->jwk.get()), R_FLAG_IGNORE_REMOTE) != RHN_OK)
      return std::unexpected(TokenFault::signature);
    return check_claims(jwt.get(), policy, now);
  }
};

Unverified peek(std::string_view token) {
  const Jwt jwt = parse_token(token);
  if (!jwt) return {};
  const char* key_id = r_jwt_get_header_str_value(jwt.get(), "kid");
  return {text_claim(jwt.get(), "iss"), key_id == nullptr ? "" : key_id};
}

std::expected<Claims, TokenFault> verify(std::string_view token, const KeySet& keys, const TokenPolicy& policy,
                                         Instant now) {
  return Verification::run(token, keys, policy, now);
}

}  // namespace syncwell::identity
