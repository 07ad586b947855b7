// Consent to Strava: OAuth 2.0 authorization code. No PKCE there (the verifier is not sent); scopes are separated by
// commas; refresh tokens rotate: the newest must be stored, the old one dies. A refresh while the access token has more
// than an hour left returns the same tokens. Source: "Authentication", developers.strava.com; recorded answers.
#pragma once

#include <string>

#include "providers/provider.hpp"

namespace syncwell::providers::strava {

class StravaOAuth final : public OAuth {
 public:
  explicit StravaOAuth(CloudSettings settings);

  [[nodiscard]] std::string authorization_url(const std::string& redirect_uri, const std::string& state,
                                              const std::string& code_challenge) const override;
  [[nodiscard]] Async<Result<Tokens>> exchange(CallContext context, std::string code, std::string verifier,
                                               std::string redirect_uri) override;
  [[nodiscard]] Async<Result<Tokens>> refresh(CallContext context, Tokens tokens) override;
  // A token that Strava no longer knows is revoked already: success.
  [[nodiscard]] Async<Result<void>> revoke(CallContext context, Tokens tokens) override;

 private:
  CloudSettings settings_;
};

}  // namespace syncwell::providers::strava
