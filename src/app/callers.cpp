#include "app/callers.hpp"

namespace syncwell::app {
namespace {

Result<identity::TokenPolicy> provider_policy(const Configuration& configuration) {
  identity::TokenPolicy policy{configuration.text("identity.issuer"), configuration.text("identity.audience"), {}};
  const auto& url = configuration.text("identity.jwks_url");
  const bool trusted =
      url.starts_with("https://") || (url.starts_with("http://") && configuration.flag("http.allow_private_addresses"));
  if (!trusted)
    return fail(ErrorCode::invalid_argument, "identity.jwks_url must be the https address of the provider's keys");
  if (policy.audience.empty()) return fail(ErrorCode::invalid_argument, "identity.audience must not be empty");
  if (policy.issuer == identity::built_in_name)
    return fail(ErrorCode::invalid_argument, "identity.issuer: \"syncwell\" is the built-in issuer");
  for (const auto& name : configuration.list("identity.algorithms")) {
    const auto algorithm = identity::parse_algorithm(name);
    if (!algorithm) return fail(ErrorCode::invalid_argument, "identity.algorithms may name RS256 and ES256 only");
    policy.algorithms.push_back(*algorithm);
  }
  if (policy.algorithms.empty()) return fail(ErrorCode::invalid_argument, "identity.algorithms must not be empty");
  return policy;
}

}  // namespace

Async<Result<std::unique_ptr<Callers>>> Callers::open(Platform& platform, Lane& lane) {
  const auto& configuration = platform.configuration();
  std::unique_ptr<Callers> callers(new Callers);
  std::optional<identity::JwtAuthenticator::Provider> provider;
  if (!configuration.text("identity.issuer").empty()) {
    auto policy = provider_policy(configuration);
    if (!policy) co_return fail(std::move(policy.error()));
    callers->keys_.emplace(lane.http, lane.runtime,
                           identity::KeySourceSettings{.url = configuration.text("identity.jwks_url")});
    provider.emplace(std::move(*policy), *callers->keys_);
  }
  auto& storage = platform.storage();
  if (configuration.flag("identity.built_in_issuer")) {
    auto issuer = co_await identity::Issuer::open(storage.table(), storage.vault());
    if (!issuer) co_return fail(std::move(issuer.error()));
    callers->issuer_ = std::move(*issuer);
  } else if (!provider) {
    co_return fail(ErrorCode::invalid_argument,
                   "nobody could call: set identity.issuer, or switch identity.built_in_issuer on");
  }
  callers->authenticator_.emplace(storage.table(), storage.vault(), lane.runtime, std::move(provider),
                                  callers->issuer_.get());
  co_return callers;
}

}  // namespace syncwell::app
