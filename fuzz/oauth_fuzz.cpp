// What token endpoints answer. Input: a byte for the provider, one for the call (exchange, refresh, revoke), then the
// answers (scripted_answers.hpp).
#include "base/virtual_runtime.hpp"
#include "fuzz/input.hpp"
#include "fuzz/property.hpp"
#include "fuzz/scripted_answers.hpp"
#include "fuzz/target.hpp"
#include "providers/google_health/google_oauth.hpp"
#include "providers/strava/strava_oauth.hpp"

namespace syncwell::fuzz {

using namespace providers;

namespace {

void check_outward(const Error& error, std::string_view input) {
  require(is_outward_error(error.code), "an outward call fails with a code of outward calls");
  require_message(error.message, input);
}

void check_tokens(const Result<Tokens>& tokens, std::string_view input) {
  if (!tokens) {
    check_outward(tokens.error(), input);
    return;
  }
  require(!tokens->access_token.empty(), "there is an access token");
  require(net::is_field_value(tokens->access_token), "an access token can be sent as a field of a request");
  require(tokens->expires_at >= min_instant && tokens->expires_at <= max_instant, "tokens expire within our calendar");
}

}  // namespace

void run(std::string_view bytes) {
  static const CloudSettings settings{"https://api", "https://auth", "https://token", "client", "secret"};
  static const auto google = google_health::make_oauth(settings);
  static const auto strava = strava::make_oauth(settings);
  Input input(bytes);
  OAuth& oauth = input.choice(2) == 0 ? *google : *strava;
  const std::size_t call = input.choice(3);
  VirtualRuntime runtime;
  ScriptedAnswers answers(input);
  const CallContext context{answers, runtime, Deadline::after(runtime, std::chrono::minutes{1})};
  const Tokens before{
      .access_token = "access", .refresh_token = "refresh", .expires_at = {}, .scope = "read", .provider_user_id = "7"};
  if (call == 0) {
    check_tokens(runtime.run(oauth.exchange(context, "code", "verifier", "https://redirect")), bytes);
  } else if (call == 1) {
    const auto tokens = runtime.run(oauth.refresh(context, before));
    check_tokens(tokens, bytes);
    if (tokens) {
      require(!tokens->refresh_token.empty(), "a refresh never loses the refresh token");
      require(tokens->provider_user_id == before.provider_user_id, "a refresh does not change the account");
    }
  } else {
    const auto revoked = runtime.run(oauth.revoke(context, before));
    if (!revoked) check_outward(revoked.error(), bytes);
  }
  require(answers.requests_were_sound(), "what an answer says cannot break the next request");
}

}  // namespace syncwell::fuzz
