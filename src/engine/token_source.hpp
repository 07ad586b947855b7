// Access tokens of one connection, fresh when they are handed out (PROV-2). A refresh happens once for all who need it:
// it holds a lease of the connection, and whoever waited for the lease reads the vault again instead of refreshing.
// The new tokens are in the vault before anybody uses them, so that a crash cannot lose a rotated refresh token that
// was already acted upon. A transient failure of a refresh is a transient error, never a revoked connection.
#pragma once

#include <string>

#include "engine/account_secret.hpp"
#include "providers/provider.hpp"
#include "store/leases.hpp"
#include "vault/vault.hpp"

namespace syncwell::engine {

// Refreshed this long before they expire, so that no token expires on its way.
inline constexpr Duration token_expiry_margin = std::chrono::minutes{5};
inline constexpr Duration refresh_lease_time = std::chrono::seconds{60};
// The call ends well before its lease does: whoever took over would send a refresh token that is being used up.
inline constexpr Duration refresh_timeout = std::chrono::seconds{45};

class TokenSource {
 public:
  // References outlive the object; `http` has admission but no tokens.
  TokenSource(vault::Vault& vault, store::Leases& leases, Runtime& runtime, net::HttpClient& http,
              providers::OAuth& oauth, std::string connection_id, std::string secret_pointer);

  // unauthenticated: the provider says that the grant is gone. Others: vault and storage errors, those of refresh().
  [[nodiscard]] Async<Result<std::string>> access_token(Deadline deadline);
  // The same after the provider refused `refused`, although it had not expired.
  [[nodiscard]] Async<Result<std::string>> replace_refused(std::string refused, Deadline deadline);

 private:
  struct Stored {
    AccountSecret secret;  // with tokens
    std::uint64_t version = 0;
  };
  [[nodiscard]] Async<Result<Stored>> read_vault();
  [[nodiscard]] Async<Result<std::string>> refresh(std::string refused, Deadline deadline);
  [[nodiscard]] Async<Result<std::string>> refresh_holding_lease(std::string refused, Deadline deadline);
  [[nodiscard]] bool usable(const AccountSecret& secret, const std::string& refused) const;

  vault::Vault& vault_;
  store::Leases& leases_;
  Runtime& runtime_;
  net::HttpClient& http_;
  providers::OAuth& oauth_;
  std::string connection_id_;
  std::string secret_pointer_;
  providers::Tokens tokens_;  // the last ones read; empty at first
};

}  // namespace syncwell::engine
