// Strava's OAuth endpoints: consent page (consents by itself), token, deauthorize, revoke. Source: strava.md, OAuth2
// and Errors; recorded exchanges oauth_token_*.json.
#include <algorithm>
#include <array>

#include "sandbox/redirect.hpp"
#include "sandbox/strava.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 7> known_scopes = {
    "read", "read_all", "profile:read_all", "profile:write", "activity:read", "activity:read_all", "activity:write"};

net::Response bad_request(std::string_view resource, std::string_view field) {
  return strava_error(400, "Bad Request", resource, field, "invalid");
}

net::Response answer_of(OAuthFailure failure) {
  switch (failure) {
    case OAuthFailure::unknown_client:
      return bad_request("Application", "client_id");
    case OAuthFailure::wrong_secret:
      return bad_request("Application", "client_secret");
    case OAuthFailure::bad_redirect_uri:
      return bad_request("Application", "redirect_uri");
    case OAuthFailure::bad_code:
      return bad_request("RequestToken", "code");
    case OAuthFailure::missing_verifier:
    case OAuthFailure::wrong_verifier:
      return bad_request("RequestToken", "code_verifier");
    case OAuthFailure::bad_challenge_method:
      return bad_request("RequestToken", "code_challenge_method");
    case OAuthFailure::bad_refresh_token:
      return bad_request("RequestToken", "refresh_token");
  }
  return bad_request("Application", "");
}

}  // namespace

net::Response Strava::handle_oauth(const net::Request& request, const net::Target& target, Instant now) {
  if (target.path == "/oauth/authorize" && request.method == "GET") return authorize(target, now);
  if (request.method == "POST") {
    if (target.path == "/oauth/token" || target.path == "/api/v3/oauth/token") return token(request, target, now);
    if (target.path == "/oauth/deauthorize") return deauthorize(request, target, now);
    if (target.path == "/oauth/revoke") return revoke(request);
  }
  return strava_error(404, "Record Not Found", "resource", "path", "invalid");
}

net::Response Strava::authorize(const net::Target& target, Instant now) {
  if (target.parameter("response_type") != "code") return bad_request("Authorize", "response_type");
  const auto consent = read_consent(target, ',');
  if (!consent) return bad_request("Authorize", "login_hint");
  const auto asked = target.parameter("scope");
  const auto scopes = split(asked ? std::string_view(*asked) : std::string_view{}, ',');
  const bool all_known = std::ranges::all_of(
      scopes, [](std::string_view scope) { return std::ranges::find(known_scopes, scope) != known_scopes.end(); });
  if (scopes.empty() || !all_known) return bad_request("Authorize", "scope");
  AuthorizeRequest request{.client_id = target.parameter("client_id").value_or(""),
                           .redirect_uri = target.parameter("redirect_uri").value_or(""),
                           .account = consent->account,
                           .scopes = consent->scopes,
                           .code_challenge = target.parameter("code_challenge").value_or(""),
                           .code_challenge_method = target.parameter("code_challenge_method").value_or("")};
  const auto code = oauth_.authorize(request, now);
  if (!code) return answer_of(code.error());
  if (consent->denied) return redirect(request.redirect_uri, {{"error", "access_denied"}}, target.parameter("state"));
  return redirect(request.redirect_uri, {{"code", *code}, {"scope", joined(consent->scopes, ',')}},
                  target.parameter("state"));
}

net::Response Strava::token(const net::Request& request, const net::Target& target, Instant now) {
  net::Parameters fields = body_fields(request);
  fields.insert(fields.end(), target.query.begin(), target.query.end());
  const std::string client_id = field_of(fields, "client_id").value_or("");
  const std::string client_secret = field_of(fields, "client_secret").value_or("");
  const std::string grant_type = field_of(fields, "grant_type").value_or("");
  std::expected<IssuedTokens, OAuthFailure> issued = std::unexpected(OAuthFailure::bad_code);
  if (grant_type == "authorization_code") {
    issued = oauth_.exchange({.client_id = client_id,
                              .client_secret = client_secret,
                              .code = field_of(fields, "code").value_or(""),
                              .redirect_uri = field_of(fields, "redirect_uri"),
                              .code_verifier = field_of(fields, "code_verifier")},
                             now);
  } else if (grant_type == "refresh_token") {
    issued = oauth_.refresh(client_id, client_secret, field_of(fields, "refresh_token").value_or(""), now);
  } else {
    return bad_request("RequestToken", "grant_type");
  }
  if (!issued) return answer_of(issued.error());
  const auto seconds = [](auto duration) { return std::chrono::floor<std::chrono::seconds>(duration).count(); };
  json::object answer{{"token_type", "Bearer"},
                      {"access_token", issued->access_token},
                      {"expires_at", seconds(issued->expires_at.time_since_epoch())},
                      {"expires_in", seconds(issued->expires_at - now)},
                      {"refresh_token", issued->refresh_token}};
  if (grant_type == "authorization_code") {
    answer.emplace("athlete", json::object{{"id", athlete_id(issued->account)},
                                           {"username", issued->account},
                                           {"resource_state", 2},
                                           {"firstname", "Sandbox"},
                                           {"lastname", "Athlete"}});
  }
  return json_response(200, answer);
}

net::Response Strava::deauthorize(const net::Request& request, const net::Target& target, Instant now) {
  std::string token(request.headers.get("Authorization").value_or(""));
  constexpr std::string_view scheme = "Bearer ";
  if (token.starts_with(scheme)) {
    token.erase(0, scheme.size());
  } else {
    token = field_of(body_fields(request), "access_token").value_or(target.parameter("access_token").value_or(""));
  }
  const auto bearer = oauth_.bearer(token, now);
  if (!bearer) return strava_error(401, "Authorization Error", "Application", "", "invalid");
  notify(bearer->account, "athlete", athlete_id(bearer->account), "update", {{"authorized", "false"}}, now);
  oauth_.revoke(token);
  return json_response(200, json::object{{"access_token", token}});
}

// RFC 7009: an unknown token is as good as revoked.
net::Response Strava::revoke(const net::Request& request) {
  const std::string_view header = request.headers.get("Authorization").value_or("");
  constexpr std::string_view scheme = "Basic ";
  const auto decoded = header.starts_with(scheme) ? from_base64(header.substr(scheme.size())) : std::nullopt;
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos || !oauth_.check_client(decoded->substr(0, colon), decoded->substr(colon + 1))) {
    return strava_error(401, "Authorization Error", "Application", "", "invalid");
  }
  const auto token = field_of(body_fields(request), "token");
  if (!token) return bad_request("RequestToken", "token");
  oauth_.revoke(*token);
  return json_response(200, json::object{});
}

}  // namespace syncwell::sandbox
