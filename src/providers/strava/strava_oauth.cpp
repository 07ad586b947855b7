#include "providers/strava/strava_oauth.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <utility>

#include "providers/json_access.hpp"
#include "providers/oauth2_form.hpp"
#include "providers/strava/rate_limits.hpp"

namespace syncwell::providers::strava {
namespace {

constexpr std::string_view key = "strava";
constexpr std::string_view scopes = "read,activity:read_all,activity:write";

// {"message":"Bad Request","errors":[{"resource":"RefreshToken","field":"refresh_token","code":"invalid"}]}. The same
// words about the client id or secret mean that our settings are wrong, not that a person took the consent back.
bool is_refused_grant(const boost::json::object& body) {
  const auto errors = array_field(body, "errors");
  if (!errors.present()) return is_invalid_grant(body);
  return std::ranges::any_of(*errors.value, [](const boost::json::value& value) {
    const auto* error = value.if_object();
    if (error == nullptr || text_field(*error, "code").value != "invalid") return false;
    const auto field = text_field(*error, "field").value;
    return field != "client_id" && field != "client_secret" && field != "redirect_uri";
  });
}

std::string athlete_id(const boost::json::object& answer) {
  const auto athlete = object_field(answer, "athlete");
  const auto id = athlete.present() ? integer_field(*athlete.value, "id") : Field<std::int64_t>{};
  return id.present() ? std::to_string(id.value) : std::string{};
}

class StravaOAuth final : public OAuth {
 public:
  explicit StravaOAuth(CloudSettings settings) : settings_(std::move(settings)) {}

  std::string authorization_url(const std::string& redirect_uri, const std::string& state,
                                const std::string&) const override {
    return settings_.auth_base + "/oauth/authorize?" +
           net::encode_form({{"client_id", settings_.client_id},
                             {"redirect_uri", redirect_uri},
                             {"response_type", "code"},
                             {"approval_prompt", "auto"},
                             {"scope", std::string(scopes)},
                             {std::string(oauth_state_parameter), state}});
  }

  Async<Result<Tokens>> exchange(CallContext context, std::string code, std::string, std::string) override {
    net::Parameters form{{"client_id", settings_.client_id},
                         {"client_secret", settings_.client_secret},
                         {"code", std::move(code)},
                         {"grant_type", "authorization_code"}};
    auto answer = co_await post_token_form(context, std::string(key), settings_.token_base + "/oauth/token",
                                           std::move(form), is_refused_grant);
    if (!answer) co_return fail(std::move(answer.error()));
    answer->tokens.provider_user_id = athlete_id(answer->body);
    co_return std::move(answer->tokens);
  }

  Async<Result<Tokens>> refresh(CallContext context, Tokens tokens) override {
    net::Parameters form{{"client_id", settings_.client_id},
                         {"client_secret", settings_.client_secret},
                         {"grant_type", "refresh_token"},
                         {"refresh_token", tokens.refresh_token}};
    auto answer = co_await post_token_form(context, std::string(key), settings_.token_base + "/oauth/token",
                                           std::move(form), is_refused_grant);
    if (!answer) co_return fail(std::move(answer.error()));
    co_return refreshed(std::move(answer->tokens), std::move(tokens));
  }

  Async<Result<void>> revoke(CallContext context, Tokens tokens) override {
    net::Request request{"POST", settings_.token_base + "/oauth/deauthorize", bearer(tokens),
                         net::encode_form({{"access_token", tokens.access_token}})};
    request.headers.set("Content-Type", "application/x-www-form-urlencoded");
    auto response = co_await context.http.send(std::move(request), context.deadline);
    if (!response) co_return fail(std::move(response.error()));
    if (response->status >= 200 && response->status < 300) co_return Result<void>{};
    if (response->status == 401) co_return Result<void>{};
    co_return fail(error_of(*response, context.runtime.now()));
  }

 private:
  CloudSettings settings_;
};

}  // namespace

std::unique_ptr<OAuth> make_oauth(CloudSettings settings) { return std::make_unique<StravaOAuth>(std::move(settings)); }

}  // namespace syncwell::providers::strava
