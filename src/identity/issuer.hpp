// The built-in issuer, for people who host for themselves and have no identity provider: signs tokens (ES256) for users
// that the operator has added. Its private key is drawn once and sealed in the vault; the state store has the pointer.
// One thread.
#pragma once

#include <memory>
#include <string>

#include "base/async.hpp"
#include "identity/access_token.hpp"
#include "store/table.hpp"
#include "vault/vault.hpp"

namespace syncwell::identity {

inline constexpr std::string_view built_in_name = "syncwell";  // its `iss` and `aud`
inline constexpr Duration default_token_lifetime = std::chrono::hours{1};
inline constexpr Duration max_token_lifetime = std::chrono::hours{24 * 90};

class Issuer {
 public:
  // With the stored key, or a new one where there is none. Errors: those of table and vault.
  [[nodiscard]] static Async<Result<std::unique_ptr<Issuer>>> open(store::Table& table, vault::Vault& vault);

  // invalid_argument: a subject that no token may have, a lifetime of nothing or past max_token_lifetime.
  [[nodiscard]] Result<std::string> issue(const std::string& subject, Duration lifetime, Instant now) const;
  [[nodiscard]] const KeySet& keys() const { return keys_; }
  // What other programs that check these tokens need (RFC 7517).
  [[nodiscard]] const std::string& public_key_set() const { return public_key_set_; }
  [[nodiscard]] static TokenPolicy policy();

 private:
  Issuer(std::string private_key, std::string public_key_set, KeySet keys)
      : private_key_(std::move(private_key)), public_key_set_(std::move(public_key_set)), keys_(std::move(keys)) {}

  std::string private_key_;  // JWK
  std::string public_key_set_;
  KeySet keys_;
};

}  // namespace syncwell::identity
