// Consent to Strava: OAuth 2.0 authorization code. No PKCE there (the verifier is not sent); scopes are separated by
// commas; refresh tokens rotate: the newest must be stored, the old one dies. A refresh while the access token has more
// than an hour left returns the same tokens. Source: "Authentication", developers.strava.com; recorded answers.
#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace syncwell::providers::strava {

// revoke() of a token that Strava no longer knows is success: it is revoked already.
[[nodiscard]] std::unique_ptr<OAuth> make_oauth(CloudSettings settings);

}  // namespace syncwell::providers::strava
