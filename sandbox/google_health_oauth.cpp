// Google's OAuth endpoints: consent page (consents by itself), token, revoke. Source: google_health.md, OAuth2; the
// error words are those of RFC 6749 section 5.2 as Google uses them.
#include "sandbox/google_health.hpp"
#include "sandbox/redirect.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

net::Response oauth_error(int status, std::string_view error, std::string_view description) {
  return json_response(status, {{"error", error}, {"error_description", description}});
}

net::Response answer_of(OAuthFailure failure) {
  switch (failure) {
    case OAuthFailure::unknown_client:
      return oauth_error(401, "invalid_client", "The OAuth client was not found.");
    case OAuthFailure::wrong_secret:
      return oauth_error(401, "invalid_client", "Unauthorized");
    case OAuthFailure::bad_redirect_uri:
      return oauth_error(400, "redirect_uri_mismatch", "Bad Request");
    case OAuthFailure::bad_code:
      return oauth_error(400, "invalid_grant", "Malformed auth code.");
    case OAuthFailure::missing_verifier:
      return oauth_error(400, "invalid_grant", "Missing code verifier.");
    case OAuthFailure::wrong_verifier:
      return oauth_error(400, "invalid_grant", "Invalid code verifier.");
    case OAuthFailure::bad_challenge_method:
      return oauth_error(400, "invalid_request", "Unsupported code_challenge_method.");
    case OAuthFailure::bad_refresh_token:
      return oauth_error(400, "invalid_grant", "Token has been expired or revoked.");
  }
  return oauth_error(500, "server_error", "");
}

}  // namespace

net::Response GoogleHealth::handle_oauth(const net::Request& request, const net::Target& target, Instant now) {
  if (target.path == "/o/oauth2/v2/auth" && request.method == "GET") return authorize(target, now);
  if (target.path == "/token" && request.method == "POST") return token(net::decode_form(request.body), now);
  if (target.path == "/revoke" && request.method == "POST") return revoke(request, target);
  return google_error(404, "Method not found.");
}

net::Response GoogleHealth::authorize(const net::Target& target, Instant now) {
  for (const std::string_view needed : {"client_id", "redirect_uri", "scope"}) {
    if (target.parameter(needed).value_or("").empty()) {
      return oauth_error(400, "invalid_request", "Missing required parameter: " + std::string(needed));
    }
  }
  if (target.parameter("response_type") != "code") {
    return oauth_error(400, "unsupported_response_type", "Only response_type=code is supported.");
  }
  const auto consent = read_consent(target, ' ');
  if (!consent) return oauth_error(400, "invalid_request", "Bad login_hint.");
  AuthorizeRequest request{
      .client_id = *target.parameter("client_id"),
      .redirect_uri = *target.parameter("redirect_uri"),
      .account = consent->account,
      .scopes = consent->scopes,
      .code_challenge = target.parameter("code_challenge").value_or(""),
      .code_challenge_method = target.parameter("code_challenge_method").value_or(""),
      .offline = target.parameter("access_type") == "offline",
      .force_consent = target.parameter("prompt").value_or("").find("consent") != std::string::npos};
  const auto code = oauth_.authorize(request, now);
  if (!code) return answer_of(code.error());
  if (consent->denied) return redirect(request.redirect_uri, {{"error", "access_denied"}}, target.parameter("state"));
  return redirect(request.redirect_uri, {{"code", *code}, {"scope", joined(consent->scopes, ' ')}},
                  target.parameter("state"));
}

net::Response GoogleHealth::token(const net::Parameters& form, Instant now) {
  const std::string client_id = field_of(form, "client_id").value_or("");
  const std::string client_secret = field_of(form, "client_secret").value_or("");
  const std::string grant_type = field_of(form, "grant_type").value_or("");
  std::expected<IssuedTokens, OAuthFailure> issued = std::unexpected(OAuthFailure::bad_code);
  if (grant_type == "authorization_code") {
    for (const std::string_view needed : {"code", "redirect_uri"}) {
      if (field_of(form, needed).value_or("").empty()) {
        return oauth_error(400, "invalid_request", "Missing required parameter: " + std::string(needed));
      }
    }
    issued = oauth_.exchange({.client_id = client_id,
                              .client_secret = client_secret,
                              .code = *field_of(form, "code"),
                              .redirect_uri = field_of(form, "redirect_uri"),
                              .code_verifier = field_of(form, "code_verifier")},
                             now);
  } else if (grant_type == "refresh_token") {
    const auto refresh_token = field_of(form, "refresh_token");
    if (!refresh_token) return oauth_error(400, "invalid_request", "Missing required parameter: refresh_token");
    issued = oauth_.refresh(client_id, client_secret, *refresh_token, now);
  } else {
    return oauth_error(400, "unsupported_grant_type", "Invalid grant_type.");
  }
  if (!issued) return answer_of(issued.error());
  json::object answer{
      {"access_token", issued->access_token},
      {"expires_in", std::chrono::duration_cast<std::chrono::seconds>(issued->expires_at - now).count()},
      {"scope", joined(issued->scopes, ' ')},
      {"token_type", "Bearer"}};
  if (!issued->refresh_token.empty()) answer.emplace("refresh_token", issued->refresh_token);
  return json_response(200, answer);
}

net::Response GoogleHealth::revoke(const net::Request& request, const net::Target& target) {
  auto token = field_of(net::decode_form(request.body), "token");
  if (!token) token = target.parameter("token");
  if (!token || !oauth_.revoke(*token)) return oauth_error(400, "invalid_token", "Token expired or revoked");
  return json_response(200, json::object{});
}

}  // namespace syncwell::sandbox
