#include "engine/account_secret.hpp"

#include <boost/json.hpp>

#include "store/attributes.hpp"

namespace syncwell::engine {

namespace json = boost::json;

std::string to_json(const AccountSecret& secret) {
  json::object object{{"location", secret.location}, {"provider_user_id", secret.provider_user_id}};
  if (secret.tokens) {
    json::object tokens{{"access_token", secret.tokens->access_token},
                        {"refresh_token", secret.tokens->refresh_token},
                        {"scope", secret.tokens->scope},
                        {"provider_user_id", secret.tokens->provider_user_id}};
    store::set_instant(tokens, "expires_at", secret.tokens->expires_at);
    object["tokens"] = std::move(tokens);
  }
  return json::serialize(object);
}

Result<AccountSecret> account_secret_from_json(std::string_view text) {
  json::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object()) return fail(ErrorCode::internal, "the vault holds something that is no account");
  const json::object& object = value.get_object();
  AccountSecret secret{store::text_attribute(object, "location"), store::text_attribute(object, "provider_user_id")};
  const auto* member = object.if_contains("tokens");
  if (member != nullptr && member->is_object()) {
    const json::object& tokens = member->get_object();
    secret.tokens =
        providers::Tokens{store::text_attribute(tokens, "access_token"), store::text_attribute(tokens, "refresh_token"),
                          store::instant_attribute(tokens, "expires_at").value_or(Instant{}),
                          store::text_attribute(tokens, "scope"), store::text_attribute(tokens, "provider_user_id")};
  }
  return secret;
}

}  // namespace syncwell::engine
