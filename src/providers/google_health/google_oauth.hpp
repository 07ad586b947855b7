// Consent to Google Health: OAuth 2.0 authorization code with PKCE (S256) for a web client.
// Source: "Using OAuth 2.0 for Web Server Applications" on developers.google.com; scopes: discovery document health.v4.
#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace syncwell::providers::google_health {

// exchange() also asks for the account's id there (webhooks name it). The code works once: an identity call that fails
// leaves the id empty rather than throwing the consent away.
[[nodiscard]] std::unique_ptr<OAuth> make_oauth(CloudSettings settings);

}  // namespace syncwell::providers::google_health
