// Connecting accounts (PROV-2): the start and the end of the OAuth flow, and connections to files on this machine.
// Tokens go straight into the vault; the connection item holds the pointer only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/outward_client.hpp"
#include "providers/registry.hpp"
#include "store/connections.hpp"
#include "store/table.hpp"
#include "vault/vault.hpp"

namespace syncwell::engine {

inline constexpr Duration oauth_state_lifetime = std::chrono::minutes{10};
inline constexpr Duration exchange_timeout = std::chrono::seconds{30};
inline constexpr Duration subscribe_timeout = std::chrono::seconds{5};

// Under which connections to an account at a provider are found (store::Connection::account); empty for an empty id.
[[nodiscard]] std::string account_digest(const vault::Vault& vault, std::string_view provider,
                                         std::string_view provider_user_id);

struct AuthorizationStart {
  std::string url;    // where the person's browser goes
  std::string state;  // comes back with the code
};

struct AuthorizationAnswer {
  std::string provider;
  std::string code;
  std::string code_verifier;
  std::string state;
};

// References outlive the connector. One thread.
class Connector {
 public:
  // Files can be connected below `file_roots` only; empty: nowhere.
  Connector(store::Table& table, vault::Vault& vault, const providers::Registry& providers, net::HttpClient& http,
            RateLimiter& limiter, Breakers& breakers, Runtime& runtime, std::vector<std::filesystem::path> file_roots);

  // `user` is the keyed digest of the user id. not_found: no such provider (names those there are); unsupported: a
  // provider without accounts; invalid_argument: no S256 challenge.
  [[nodiscard]] Async<Result<AuthorizationStart>> start(std::string user, std::string provider,
                                                        std::string redirect_uri, std::string code_challenge);
  // Exchanges the code and stores the connection under `connection_id`. invalid_argument: the state is unknown,
  // expired, used, or belongs to another user or provider, as may the connection. unauthenticated: the provider refused
  // the code. An active connection of that id is given back as it is; one that needs_reauth gets the new tokens.
  [[nodiscard]] Async<Result<store::Connection>> finish(std::string user, std::string connection_id,
                                                        AuthorizationAnswer answer);
  // invalid_argument: outside the file roots; unsupported: a provider that is no file format.
  [[nodiscard]] Async<Result<store::Connection>> connect_files(std::string user, std::string connection_id,
                                                               std::string provider, std::string path);

 private:
  [[nodiscard]] Result<providers::DataProvider*> provider_of(const std::string& key) const;
  [[nodiscard]] Async<Result<store::Connection>> replace_secret(store::Connection connection, AccountSecret secret);
  // Tells the provider to notify us of this account, where it wants to be told. A failure costs speed, not data: the
  // connection is polled then.
  [[nodiscard]] Async<void> subscribe(providers::DataProvider& provider, std::string connection_id,
                                      std::string provider_user_id);
  [[nodiscard]] Async<Result<store::Connection>> store_connection(std::string user, std::string connection_id,
                                                                  std::string provider, AccountSecret secret);

  store::Table& table_;
  vault::Vault& vault_;
  const providers::Registry& providers_;
  net::HttpClient& http_;
  RateLimiter& limiter_;
  Breakers& breakers_;
  Runtime& runtime_;
  std::vector<std::filesystem::path> file_roots_;
  store::Connections connections_;
};

}  // namespace syncwell::engine
