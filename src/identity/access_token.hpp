// One access token, checked: RFC 7519 (JWT), 7515 (JWS), 7517 (JWK), 8725 (best current practice). Pure functions over
// values; may be called on any thread. What a token claims is believed only after its signature held.
#pragma once

#include <array>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"

namespace syncwell::identity {

inline constexpr std::size_t max_token_bytes = 8 * 1024;
inline constexpr std::size_t max_subject_bytes = 255;
inline constexpr std::size_t max_keys = 100;
inline constexpr std::size_t max_key_set_bytes = 256 * 1024;
inline constexpr Duration clock_leeway = std::chrono::seconds{30};

// The algorithms that this program knows; a policy allows some of them. "none" and everything symmetric is never one.
enum class Algorithm { rs256, es256 };
[[nodiscard]] std::string_view name_of(Algorithm algorithm) noexcept;
[[nodiscard]] std::optional<Algorithm> parse_algorithm(std::string_view name) noexcept;

// The public keys of a JWK set that may verify signatures: RSA of at least 2048 bits, and P-256. Others are left out,
// also keys for encryption and keys without a `kid`.
class KeySet {
 public:
  // unreadable_input: no JWK set, or none of its keys can be used; too_large past max_key_set_bytes or max_keys.
  [[nodiscard]] static Result<KeySet> parse(std::string_view json);
  KeySet() = default;
  [[nodiscard]] bool has(std::string_view key_id) const;

 private:
  friend class Verification;
  struct Key {
    std::string id;
    Algorithm algorithm;
    std::shared_ptr<void> jwk;  // jwk_t
  };
  std::vector<Key> keys_;
};

struct TokenPolicy {
  std::string issuer;
  std::string audience;
  std::vector<Algorithm> algorithms{Algorithm::rs256, Algorithm::es256};
};

// Why a token is not believed: for counters only.
enum class TokenFault {
  malformed,
  algorithm,
  unknown_key,
  signature,
  issuer,
  audience,
  expired,
  not_yet_valid,
  subject
};
inline constexpr std::array token_fault_names = {"malformed", "algorithm", "unknown_key",   "signature", "issuer",
                                                 "audience",  "expired",   "not_yet_valid", "subject"};

struct Claims {
  std::string subject;
  Instant expires{};
};

// What a token says of itself, unverified: which policy and keys to try. Empty: no readable token.
struct Unverified {
  std::string issuer;
  std::string key_id;
};
[[nodiscard]] Unverified peek(std::string_view token);

// Signature by the key that the header names, with the algorithm of that key, which the policy allows; `iss` and `aud`
// equal to the policy's (`aud` may be a list); `exp` present and later than now; `nbf`, if any, not in the future;
// `sub` a text of 1 to max_subject_bytes bytes. Keys in a token's own header are never used.
[[nodiscard]] std::expected<Claims, TokenFault> verify(std::string_view token, const KeySet& keys,
                                                       const TokenPolicy& policy, Instant now);

}  // namespace syncwell::identity
