#include "providers/google_health/google_oauth.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "providers/json_access.hpp"
#include "providers/oauth2_form.hpp"

namespace syncwell::providers::google_health {
namespace {

constexpr std::string_view key = "google_health";
constexpr std::string_view scope_prefix = "https://www.googleapis.com/auth/googlehealth.";
// The areas that the type table reads and writes, the zone for daily values, and the account's id.
constexpr std::array scopes = {
    "activity_and_fitness.readonly",
    "activity_and_fitness.writeonly",
    "health_metrics_and_measurements.readonly",
    "health_metrics_and_measurements.writeonly",
    "sleep.readonly",
    "sleep.writeonly",
    "settings.readonly",
    "profile.readonly",
};

std::string scope_text() {
  std::string text;
  for (const char* scope : scopes) {
    if (!text.empty()) text += ' ';
    text.append(scope_prefix).append(scope);
  }
  return text;
}

class GoogleHealthOAuth final : public OAuth {
 public:
  explicit GoogleHealthOAuth(CloudSettings settings) : settings_(std::move(settings)) {}

  // access_type=offline and prompt=consent: without the first there is no refresh token, without the second only at the
  // very first consent.
  std::string authorization_url(const std::string& redirect_uri, const std::string& state,
                                const std::string& code_challenge) const override {
    return settings_.auth_base + "/o/oauth2/v2/auth?" +
           net::encode_form({{"client_id", settings_.client_id},
                             {"redirect_uri", redirect_uri},
                             {"response_type", "code"},
                             {"scope", scope_text()},
                             {std::string(oauth_state_parameter), state},
                             {"code_challenge", code_challenge},
                             {"code_challenge_method", "S256"},
                             {"access_type", "offline"},
                             {"prompt", "consent"},
                             {"include_granted_scopes", "true"}});
  }

  Async<Result<Tokens>> exchange(CallContext context, std::string code, std::string verifier,
                                 std::string redirect_uri) override {
    net::Parameters form{{"grant_type", "authorization_code"},   {"code", std::move(code)},
                         {"code_verifier", std::move(verifier)}, {"redirect_uri", std::move(redirect_uri)},
                         {"client_id", settings_.client_id},     {"client_secret", settings_.client_secret}};
    auto answer = co_await post_token_form(context, std::string(key), settings_.token_base + "/token", std::move(form),
                                           is_invalid_grant);
    if (!answer) co_return fail(std::move(answer.error()));
    answer->tokens.provider_user_id = co_await identity(context, answer->tokens);
    co_return std::move(answer->tokens);
  }

  Async<Result<Tokens>> refresh(CallContext context, Tokens tokens) override {
    net::Parameters form{{"grant_type", "refresh_token"},
                         {"refresh_token", tokens.refresh_token},
                         {"client_id", settings_.client_id},
                         {"client_secret", settings_.client_secret}};
    auto answer = co_await post_token_form(context, std::string(key), settings_.token_base + "/token", std::move(form),
                                           is_invalid_grant);
    if (!answer) co_return fail(std::move(answer.error()));
    co_return refreshed(std::move(answer->tokens), std::move(tokens));
  }

  Async<Result<void>> revoke(CallContext context, Tokens tokens) override {
    // Revoking the refresh token ends the access tokens with it.
    const std::string& token = tokens.refresh_token.empty() ? tokens.access_token : tokens.refresh_token;
    net::Request request{"POST", settings_.token_base + "/revoke", {}, net::encode_form({{"token", token}})};
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    auto response = co_await context.http.send(std::move(request), context.deadline);
    if (!response) co_return fail(std::move(response.error()));
    if (response->status >= 200 && response->status < 300) co_return Result<void>{};
    if (response->status == 400) {
      // {"error": "invalid_token"}: expired or revoked already, which is what was wanted.
      const auto body = parse_json_object(*response, key);
      if (body && text_field(*body, "error").value == "invalid_token") co_return Result<void>{};
    }
    co_return fail(classify(*response, key, context.runtime.now()));
  }

 private:
  Async<std::string> identity(CallContext context, Tokens tokens) {
    net::Request request{"GET", settings_.api_base + "/v4/users/me/identity", bearer(tokens), {}};
    const auto response = co_await context.http.send(std::move(request), context.deadline);
    if (!response || response->status != 200) co_return std::string{};
    const auto body = parse_json_object(*response, key);
    co_return body ? text_field(*body, "healthUserId").value : std::string{};
  }

  CloudSettings settings_;
};

}  // namespace

std::unique_ptr<OAuth> make_oauth(CloudSettings settings) {
  return std::make_unique<GoogleHealthOAuth>(std::move(settings));
}

}  // namespace syncwell::providers::google_health
