#include "identity/authenticator.hpp"

namespace syncwell::identity {
namespace {

Error refusal() { return {ErrorCode::unauthenticated, "the bearer token is not valid"}; }

}  // namespace

std::string user_key(const vault::Vault& vault, const std::string& issuer, const std::string& subject) {
  return vault.digest("user", issuer == built_in_name ? subject : issuer + "\n" + subject);
}

Async<Result<Caller>> JwtAuthenticator::authenticate(std::string token) {
  if (token.empty() || token.size() > max_token_bytes) {
    (void)refuse(TokenFault::malformed);
    co_return std::unexpected(refusal());
  }
  std::string digest = vault_.digest("access-token", token);
  const auto known = decisions_.find(digest);
  if (known != decisions_.end()) {
    const bool good = known->second.until > runtime_.steady_now() && known->second.expires > runtime_.now();
    if (good) co_return known->second.caller;
    decisions_.erase(known);
  }
  auto subject = co_await subject_of(token);
  if (!subject) co_return std::unexpected(std::move(subject.error()));
  auto user = co_await users_.get(subject->user);
  if (!user) co_return std::unexpected(std::move(user.error()));
  if (user->status == store::UserStatus::erasing) {
    co_return fail(ErrorCode::forbidden, "this account is being erased");
  }
  if (subject->must_be_known && user->version == 0) {
    (void)refuse(TokenFault::subject);
    co_return std::unexpected(refusal());
  }
  keep(std::move(digest), {{subject->user}, runtime_.steady_now() + decision_lifetime, subject->expires});
  co_return Caller{std::move(subject->user)};
}

Async<Result<JwtAuthenticator::Subject>> JwtAuthenticator::subject_of(const std::string& token) {
  const Unverified says = peek(token);
  if (issuer_ != nullptr && says.issuer == built_in_name) {
    auto claims = verify(token, issuer_->keys(), Issuer::policy(), runtime_.now());
    if (!claims) co_return refuse(claims.error());
    co_return Subject{user_key(vault_, says.issuer, claims->subject), claims->expires, true};
  }
  // Keys are fetched only for tokens that could be the provider's: nobody makes us call out with nonsense.
  if (!provider_ || says.issuer != provider_->policy.issuer) {
    co_return refuse(says.issuer.empty() ? TokenFault::malformed : TokenFault::issuer);
  }
  auto keys = co_await provider_->keys.keys_for(says.key_id);
  if (!keys) co_return std::unexpected(std::move(keys.error()));
  auto claims = verify(token, **keys, provider_->policy, runtime_.now());
  if (!claims) co_return refuse(claims.error());
  co_return Subject{user_key(vault_, says.issuer, claims->subject), claims->expires, false};
}

Result<JwtAuthenticator::Subject> JwtAuthenticator::refuse(TokenFault fault) {
  ++refusals_[static_cast<std::size_t>(fault)];
  return std::unexpected(refusal());
}

void JwtAuthenticator::invalidate() {
  decisions_.clear();
  if (provider_) provider_->keys.invalidate();
}

void JwtAuthenticator::forget(const std::string& user) {
  std::erase_if(decisions_, [&](const auto& each) { return each.second.caller.user == user; });
}

void JwtAuthenticator::keep(std::string digest, Decision decision) {
  if (decisions_.size() >= max_decisions) {
    std::erase_if(decisions_, [now = runtime_.steady_now()](const auto& each) { return each.second.until <= now; });
    if (decisions_.size() >= max_decisions) decisions_.clear();  // decided again when they come again
  }
  decisions_.insert_or_assign(std::move(digest), std::move(decision));
}

}  // namespace syncwell::identity
