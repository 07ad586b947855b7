#include "engine/token_source.hpp"

namespace syncwell::engine {

TokenSource::TokenSource(vault::Vault& vault, store::Leases& leases, Runtime& runtime, net::HttpClient& http,
                         providers::OAuth& oauth, std::string connection_id, std::string secret_pointer)
    : vault_(vault),
      leases_(leases),
      runtime_(runtime),
      http_(http),
      oauth_(oauth),
      connection_id_(std::move(connection_id)),
      secret_pointer_(std::move(secret_pointer)) {}

bool TokenSource::usable(const AccountSecret& secret, const std::string& refused) const {
  return secret.tokens && secret.tokens->access_token != refused &&
         secret.tokens->expires_at > runtime_.now() + token_expiry_margin;
}

Async<Result<std::string>> TokenSource::access_token(Deadline deadline) {
  if (!tokens_.access_token.empty() && tokens_.expires_at > runtime_.now() + token_expiry_margin) {
    co_return tokens_.access_token;
  }
  co_return co_await refresh("", deadline);
}

Async<Result<std::string>> TokenSource::replace_refused(std::string refused, Deadline deadline) {
  return refresh(std::move(refused), deadline);
}

Async<Result<TokenSource::Stored>> TokenSource::read_vault() {
  auto stored = co_await vault_.get(secret_pointer_);
  if (!stored) co_return fail(std::move(stored.error()));
  auto secret = account_secret_from_json(stored->value);
  if (!secret) co_return fail(std::move(secret.error()));
  if (!secret->tokens)
    co_return fail(ErrorCode::unauthenticated, "this connection has no tokens: connect the account again");
  co_return Stored{std::move(*secret), stored->version};
}

Async<Result<std::string>> TokenSource::refresh(std::string refused, Deadline deadline) {
  while (true) {
    auto stored = co_await read_vault();
    if (!stored) co_return fail(std::move(stored.error()));
    if (usable(stored->secret, refused)) {
      tokens_ = *stored->secret.tokens;
      co_return tokens_.access_token;
    }
    auto lease = co_await leases_.acquire("refresh#" + connection_id_, refresh_lease_time);
    if (lease) {
      auto token =
          co_await refresh_holding_lease(refused, deadline.no_later_than(Deadline::after(runtime_, refresh_timeout)));
      auto released = co_await leases_.release(*lease);
      if (!released) co_return fail(std::move(released.error()));
      co_return token;
    }
    if (lease.error().code != ErrorCode::version_conflict) co_return fail(std::move(lease.error()));
    // Somebody else is refreshing: look again soon.
    if (deadline.remaining(runtime_) == Duration{0})
      co_return fail(ErrorCode::timeout, "waited too long for a token that another job refreshes");
    auto slept = co_await runtime_.sleep_for(Duration{50 + static_cast<std::int64_t>(runtime_.random().below(100))});
    if (!slept) co_return fail(std::move(slept.error()));
  }
}

Async<Result<std::string>> TokenSource::refresh_holding_lease(std::string refused, Deadline deadline) {
  auto stored = co_await read_vault();
  if (!stored) co_return fail(std::move(stored.error()));
  AccountSecret& secret = stored->secret;
  if (!usable(secret, refused)) {
    auto fresh = co_await oauth_.refresh({http_, runtime_, deadline}, *secret.tokens);
    if (!fresh) co_return fail(std::move(fresh.error()));
    secret.tokens = *fresh;
    auto replaced = co_await vault_.replace(secret_pointer_, stored->version, to_json(secret));
    if (!replaced) co_return fail(std::move(replaced.error()));
  }
  tokens_ = *secret.tokens;
  co_return tokens_.access_token;
}

}  // namespace syncwell::engine
