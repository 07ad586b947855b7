// Token → caller (API: decisions are cached for at most five minutes). The port, which the API takes, and the one
// implementation for JWTs of an identity provider and of the built-in issuer. One thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <unordered_map>

#include "identity/issuer.hpp"
#include "identity/key_source.hpp"
#include "store/users.hpp"

namespace syncwell::identity {

inline constexpr Duration decision_lifetime = std::chrono::minutes{5};
inline constexpr std::size_t max_decisions = 100'000;

struct Caller {
  std::string user;  // keyed digest of the user id
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // unauthenticated: not believed, for whatever reason. forbidden: the person is being erased. Others: it cannot be
  // said now (no keys, no store).
  [[nodiscard]] virtual Async<Result<Caller>> authenticate(std::string token) = 0;
  // Nothing that was decided so far counts any more; keys are fetched anew.
  virtual void invalidate() = 0;
  // What was decided about this person does not count any more.
  virtual void forget(const std::string& user) = 0;
};

// The key under which everything of a person is kept.
[[nodiscard]] std::string user_key(const vault::Vault& vault, const std::string& issuer, const std::string& subject);

class JwtAuthenticator final : public Authenticator {
 public:
  struct Provider {
    TokenPolicy policy;
    KeySource& keys;
  };
  // References outlive the object. `provider`: the identity provider, if there is one; `issuer`: null where the
  // built-in issuer is switched off.
  JwtAuthenticator(store::Table& table, const vault::Vault& vault, Runtime& runtime, std::optional<Provider> provider,
                   const Issuer* issuer)
      : users_(table), vault_(vault), runtime_(runtime), provider_(std::move(provider)), issuer_(issuer) {}

  [[nodiscard]] Async<Result<Caller>> authenticate(std::string token) override;
  void invalidate() override;
  void forget(const std::string& user) override;

  // Refusals by TokenFault, for metrics.
  [[nodiscard]] const std::array<std::uint64_t, token_fault_names.size()>& refusals() const { return refusals_; }

 private:
  struct Decision {
    Caller caller;
    Steady until;     // of the cache
    Instant expires;  // of the token
  };
  struct Subject {
    std::string user;
    Instant expires;
    bool must_be_known = false;
  };
  [[nodiscard]] Async<Result<Subject>> subject_of(const std::string& token);
  [[nodiscard]] Result<Subject> refuse(TokenFault fault);
  void keep(std::string digest, Decision decision);

  store::Users users_;
  const vault::Vault& vault_;
  Runtime& runtime_;
  std::optional<Provider> provider_;
  const Issuer* issuer_;
  std::unordered_map<std::string, Decision> decisions_;  // by the token's digest
  std::array<std::uint64_t, token_fault_names.size()> refusals_{};
};

}  // namespace syncwell::identity
