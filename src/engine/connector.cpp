#include "engine/connector.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "providers/webhooks.hpp"
#include "store/attributes.hpp"

namespace syncwell::engine {
namespace {

store::Key state_key(const std::string& state) { return {"oauth#" + state, "state"}; }

// An S256 challenge is 43 characters of base64url (RFC 7636 section 4.2).
bool is_challenge(std::string_view text) {
  return text.size() == 43 &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

bool lies_below(const std::filesystem::path& path, const std::filesystem::path& root) {
  const auto [in_root, in_path] = std::ranges::mismatch(root, path);
  return !root.empty() && (in_root == root.end() || (std::next(in_root) == root.end() && in_root->empty()));
}

}  // namespace

std::string account_digest(const vault::Vault& vault, std::string_view provider, std::string_view provider_user_id) {
  if (provider_user_id.empty()) return {};
  return vault.digest("account", std::string(provider) + "\n" + std::string(provider_user_id));
}

Connector::Connector(store::Table& table, vault::Vault& vault, const providers::Registry& providers,
                     net::HttpClient& http, RateLimiter& limiter, Breakers& breakers, Runtime& runtime,
                     std::vector<std::filesystem::path> file_roots)
    : table_(table),
      vault_(vault),
      providers_(providers),
      http_(http),
      limiter_(limiter),
      breakers_(breakers),
      runtime_(runtime),
      connections_(table) {
  for (const auto& root : file_roots) file_roots_.push_back(std::filesystem::weakly_canonical(root));
}

Result<providers::DataProvider*> Connector::provider_of(const std::string& key) const {
  auto* provider = providers_.find(key);
  if (provider == nullptr) {
    return fail(ErrorCode::not_found, "there is no provider \"" + key + "\"; there are: " + providers_.key_list());
  }
  return provider;
}

Async<Result<AuthorizationStart>> Connector::start(std::string user, std::string provider, std::string redirect_uri,
                                                   std::string code_challenge) {
  auto found = provider_of(provider);
  if (!found) co_return fail(std::move(found.error()));
  auto* oauth = (*found)->oauth();
  if (oauth == nullptr)
    co_return fail(ErrorCode::unsupported, provider + " has no accounts: connect its files by path");
  if (!is_challenge(code_challenge)) {
    co_return fail(ErrorCode::invalid_argument,
                   "codeChallenge must be the base64url SHA-256 of the verifier (RFC 7636, S256)");
  }
  const std::string state = runtime_.random().uuid4();
  store::Item item{state_key(state)};
  item.attributes = {{"user", user}, {"provider", provider}, {"redirect_uri", redirect_uri}};
  item.expires_at = runtime_.now() + oauth_state_lifetime;
  item.indexes.push_back({std::string(store::items_by_user_index), user, item.key.partition});
  auto stored = co_await table_.put(std::move(item), store::Condition::absent());
  if (!stored) co_return fail(std::move(stored.error()));
  co_return AuthorizationStart{oauth->authorization_url(redirect_uri, state, code_challenge), state};
}

Async<Result<store::Connection>> Connector::finish(std::string user, std::string connection_id,
                                                   AuthorizationAnswer answer) {
  auto existing = co_await connections_.get(user, connection_id);
  if (!existing) co_return fail(std::move(existing.error()));
  if (*existing && (*existing)->status == store::ConnectionStatus::active) co_return **existing;
  if (*existing && (*existing)->provider != answer.provider) {
    co_return fail(ErrorCode::invalid_argument, "this connection is one to " + (*existing)->provider);
  }
  auto found = provider_of(answer.provider);
  if (!found) co_return fail(std::move(found.error()));
  auto* oauth = (*found)->oauth();
  if (oauth == nullptr)
    co_return fail(ErrorCode::unsupported, answer.provider + " has no accounts: connect its files by path");
  auto state = co_await table_.get(state_key(answer.state));
  if (!state) co_return fail(std::move(state.error()));
  const bool matches = *state && store::text_attribute((*state)->attributes, "user") == user &&
                       store::text_attribute((*state)->attributes, "provider") == answer.provider;
  if (!matches) {
    co_return fail(ErrorCode::invalid_argument,
                   "state is unknown, used or older than 10 minutes: start the connection again");
  }
  const std::string redirect_uri = store::text_attribute((*state)->attributes, "redirect_uri");
  // Used once, whatever comes of it.
  auto used = co_await table_.erase(state_key(answer.state), store::Condition::version_is((*state)->version));
  if (!used) {
    if (used.error().code != ErrorCode::version_conflict) co_return fail(std::move(used.error()));
    co_return fail(ErrorCode::invalid_argument, "state was used by another call: start the connection again");
  }

  OutwardClient client(http_, limiter_, breakers_, runtime_, **found, connection_id, Priority::high);
  auto tokens = co_await oauth->exchange({client, runtime_, Deadline::after(runtime_, exchange_timeout)}, answer.code,
                                         answer.code_verifier, redirect_uri);
  if (!tokens) co_return fail(std::move(tokens.error()));
  AccountSecret secret{"", tokens->provider_user_id, *tokens};
  const std::string provider_user_id = secret.provider_user_id;
  auto connection = *existing ? co_await replace_secret(std::move(**existing), std::move(secret))
                              : co_await store_connection(std::move(user), std::move(connection_id), answer.provider,
                                                          std::move(secret));
  if (connection) co_await subscribe(**found, connection->id, provider_user_id);
  co_return connection;
}

// A reconnect: new tokens for the connection that waited for them.
Async<Result<store::Connection>> Connector::replace_secret(store::Connection connection, AccountSecret secret) {
  auto old = co_await vault_.get(connection.secret_pointer);
  if (!old) co_return fail(std::move(old.error()));
  auto before = account_secret_from_json(old->value);
  if (!before) co_return fail(std::move(before.error()));
  // The ledger of this connection's syncs speaks of the other account's records.
  if (!before->provider_user_id.empty() && !secret.provider_user_id.empty() &&
      before->provider_user_id != secret.provider_user_id) {
    co_return fail(ErrorCode::invalid_argument, "this connection is one to another account at " + connection.provider +
                                                    ": sign in with that account, or make a new connection");
  }
  auto replaced = co_await vault_.replace(connection.secret_pointer, old->version, to_json(secret));
  if (!replaced) co_return fail(std::move(replaced.error()));
  connection.status = store::ConnectionStatus::active;
  connection.authorized = runtime_.now();
  // Where the provider did not say who it is this time, it is whom it was.
  auto account = account_digest(vault_, connection.provider, secret.provider_user_id);
  if (!account.empty()) connection.account = std::move(account);
  auto updated = co_await connections_.update(connection);
  if (!updated) co_return fail(std::move(updated.error()));
  co_return connection;
}

Async<void> Connector::subscribe(providers::DataProvider& provider, std::string connection_id,
                                 std::string provider_user_id) {
  auto* webhooks = provider.webhooks();
  if (webhooks == nullptr || provider_user_id.empty()) co_return;
  OutwardClient client(http_, limiter_, breakers_, runtime_, provider, connection_id, Priority::high);
  auto subscribed = co_await webhooks->subscribe_account(
      {client, runtime_, Deadline::after(runtime_, subscribe_timeout)}, provider_user_id);
  if (!subscribed)
    spdlog::warn("no webhooks for a new connection to {}: {}", provider.capabilities().key, subscribed.error().message);
}

Async<Result<store::Connection>> Connector::connect_files(std::string user, std::string connection_id,
                                                          std::string provider, std::string path) {
  auto existing = co_await connections_.get(user, connection_id);
  if (!existing) co_return fail(std::move(existing.error()));
  if (*existing) co_return **existing;
  auto found = provider_of(provider);
  if (!found) co_return fail(std::move(found.error()));
  if ((*found)->capabilities().kind != providers::ProviderKind::file) {
    co_return fail(ErrorCode::unsupported, provider + " is connected through its authorization page, not by path");
  }
  std::error_code error;
  const auto canonical = std::filesystem::weakly_canonical(path, error);
  if (error || !std::ranges::any_of(file_roots_, [&](const auto& root) { return lies_below(canonical, root); })) {
    co_return fail(ErrorCode::invalid_argument,
                   "path is not below a folder that this server may use (files.roots in the configuration)");
  }
  co_return co_await store_connection(std::move(user), std::move(connection_id), std::move(provider),
                                      AccountSecret{canonical.string(), "", std::nullopt});
}

Async<Result<store::Connection>> Connector::store_connection(std::string user, std::string connection_id,
                                                             std::string provider, AccountSecret secret) {
  auto pointer = co_await vault_.put(to_json(secret));
  if (!pointer) co_return fail(std::move(pointer.error()));
  std::string account = account_digest(vault_, provider, secret.provider_user_id);
  store::Connection connection{std::move(connection_id),        std::move(user), std::move(provider),
                               store::ConnectionStatus::active, *pointer,        runtime_.now()};
  connection.account = std::move(account);
  connection.authorized = connection.created;
  auto added = co_await connections_.add(connection);
  if (!added) co_return fail(std::move(added.error()));
  co_return connection;
}

}  // namespace syncwell::engine
