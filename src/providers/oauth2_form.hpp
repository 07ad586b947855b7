// What the OAuth 2.0 token endpoints of cloud providers share (RFC 6749 sections 4.1.3, 5 and 6): a form goes out, a
// JSON object with tokens comes back. The rule that matters: only a refusal of the *grant* is unauthenticated. A wrong
// client secret, a maintenance page or a time-out must never look like a person who took the consent back (PROV-2).
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "base/async.hpp"
#include "net/http.hpp"
#include "providers/provider.hpp"

namespace syncwell::providers {

// Says whether a 4xx answer of the token endpoint refuses the code or refresh token itself.
using GrantRefused = bool (*)(const boost::json::object& body);
// RFC 6749 section 5.2: {"error": "invalid_grant"}.
[[nodiscard]] bool is_invalid_grant(const boost::json::object& body);

struct TokenAnswer {
  Tokens tokens;             // refresh_token is empty where the answer has none
  boost::json::object body;  // for what a provider adds
};

// Takes expires_at (unix seconds) before expires_in; an hour where the answer has neither.
// Errors: unauthenticated (grant refused), rate_limited, timeout, provider_failed and those of HttpClient::send as they
// are, provider_rejected for every other refusal (our client settings are wrong), mapping without
// an access_token that can be sent.
[[nodiscard]] Async<Result<TokenAnswer>> post_token_form(CallContext context, std::string provider_key, std::string url,
                                                         net::Parameters form, GrantRefused grant_refused);

// What a connection holds after a refresh: `answered`, with the refresh token and scope of before where the answer has
// none (a provider that does not rotate sends none), and the account of before.
[[nodiscard]] Tokens refreshed(Tokens answered, Tokens before);

// "Authorization: Bearer …" for the calls that an OAuth makes with tokens that no connection holds yet.
[[nodiscard]] net::Headers bearer(const Tokens& tokens);

}  // namespace syncwell::providers
