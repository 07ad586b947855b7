#include "providers/oauth2_form.hpp"

#include <fmt/format.h>

#include <utility>

#include "providers/json_access.hpp"

namespace syncwell::providers {
namespace {

constexpr std::chrono::seconds default_lifetime = std::chrono::hours{1};
constexpr std::chrono::seconds max_lifetime = std::chrono::hours{24 * 366};

Error refused(const net::Response& response, const std::string& provider_key, GrantRefused grant_refused, Instant now) {
  Error error = classify(response, provider_key, now);
  if (response.status < 400 || response.status >= 500) return error;
  if (retry_class_of(error.code) == RetryClass::transient || retry_class_of(error.code) == RetryClass::delayed) {
    return error;
  }
  const auto body = parse_json_object(response, provider_key);
  if (body && grant_refused(*body)) {
    error.code = ErrorCode::unauthenticated;
    error.message =
        fmt::format("{}: the authorization was refused or withdrawn; connect the account again", provider_key);
  } else {
    error.code = ErrorCode::provider_rejected;
    error.message += "; check the client id, client secret and redirect address in the configuration";
  }
  return error;
}

Instant expiry_of(const boost::json::object& body, Instant now) {
  const auto clamp = [&](std::chrono::seconds left) {
    return now + std::clamp(left, std::chrono::seconds{0}, max_lifetime);
  };
  if (const auto at = integer_field(body, "expires_at"); at.present() && at.value >= 0) {
    constexpr std::int64_t latest = 7'258'118'400;  // 2200-01-01
    return std::min(Instant{std::chrono::seconds{std::min(at.value, latest)}}, now + max_lifetime);
  }
  if (const auto in = integer_field(body, "expires_in"); in.present()) {
    return clamp(std::chrono::seconds{std::clamp<std::int64_t>(in.value, 0, max_lifetime.count())});
  }
  return now + default_lifetime;
}

}  // namespace

bool is_invalid_grant(const boost::json::object& body) {
  const auto error = text_field(body, "error");
  return error.present() && error.value == "invalid_grant";
}

Async<Result<TokenAnswer>> post_token_form(CallContext context, std::string provider_key, std::string url,
                                           net::Parameters form, GrantRefused grant_refused) {
  net::Request request{"POST", std::move(url), {}, net::encode_form(form)};
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.headers.set("Accept", "application/json");
  auto response = co_await context.http.send(std::move(request), context.deadline);
  if (!response) co_return fail(std::move(response.error()));
  const Instant now = context.runtime.now();
  if (response->status < 200 || response->status >= 300) {
    co_return fail(refused(*response, provider_key, grant_refused, now));
  }
  auto body = parse_json_object(*response, provider_key);
  if (!body) co_return fail(std::move(body.error()));
  const auto access_token = text_field(*body, "access_token");
  if (!access_token.present() || access_token.value.empty()) {
    co_return fail(ErrorCode::mapping, provider_key + ": the token answer has no access_token");
  }
  // It would be stored, and then refused by the HTTP client at every call.
  if (!net::is_field_value(access_token.value)) {
    co_return fail(ErrorCode::mapping, provider_key + ": the token answer has an access_token that cannot be sent");
  }
  TokenAnswer answer;
  answer.tokens.access_token = access_token.value;
  answer.tokens.refresh_token = text_field(*body, "refresh_token").value;
  answer.tokens.scope = text_field(*body, "scope").value;
  answer.tokens.expires_at = expiry_of(*body, now);
  answer.body = std::move(*body);
  co_return answer;
}

Tokens refreshed(Tokens answered, Tokens before) {
  if (answered.refresh_token.empty()) answered.refresh_token = std::move(before.refresh_token);
  if (answered.scope.empty()) answered.scope = std::move(before.scope);
  answered.provider_user_id = std::move(before.provider_user_id);
  return answered;
}

net::Headers bearer(const Tokens& tokens) {
  return {{"Authorization", "Bearer " + tokens.access_token}, {"Accept", "application/json"}};
}

}  // namespace syncwell::providers
