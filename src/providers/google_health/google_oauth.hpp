// Consent to Google Health: OAuth 2.0 authorization code with PKCE (S256) for a web client.
// Source: "Using OAuth 2.0 for Web Server Applications" on developers.google.com; scopes: discovery document health.v4.
#pragma once

#include <string>

#include "providers/provider.hpp"

namespace syncwell::providers::google_health {

class GoogleHealthOAuth final : public OAuth {
 public:
  explicit GoogleHealthOAuth(CloudSettings settings);

  // access_type=offline and prompt=consent: without the first there is no refresh token, without the second only at the
  // very first consent.
  [[nodiscard]] std::string authorization_url(const std::string& redirect_uri, const std::string& state,
                                              const std::string& code_challenge) const override;
  // Also asks for the account's id there (webhooks name it). The code works once: an identity call that fails leaves
  // the id empty rather than throwing the consent away.
  [[nodiscard]] Async<Result<Tokens>> exchange(CallContext context, std::string code, std::string verifier,
                                               std::string redirect_uri) override;
  [[nodiscard]] Async<Result<Tokens>> refresh(CallContext context, Tokens tokens) override;
  [[nodiscard]] Async<Result<void>> revoke(CallContext context, Tokens tokens) override;

 private:
  [[nodiscard]] Async<std::string> identity(CallContext context, Tokens tokens);
  CloudSettings settings_;
};

}  // namespace syncwell::providers::google_health
