#include "sandbox/oauth.hpp"

#include <algorithm>

#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

bool looks_like_redirect_uri(std::string_view uri) {
  return (uri.starts_with("http://") || uri.starts_with("https://")) && uri.find('#') == std::string_view::npos &&
         std::ranges::none_of(uri, [](unsigned char c) { return c <= 0x20 || c >= 0x7f; });
}

}  // namespace

const OAuthClient* OAuth::find_client(std::string_view id) const {
  const auto found = std::ranges::find(rules_.clients, id, &OAuthClient::id);
  return found == rules_.clients.end() ? nullptr : &*found;
}

std::expected<void, OAuthFailure> OAuth::check_client(std::string_view id, std::string_view secret) const {
  const OAuthClient* client = find_client(id);
  if (client == nullptr) return std::unexpected(OAuthFailure::unknown_client);
  if (client->secret != secret) return std::unexpected(OAuthFailure::wrong_secret);
  return {};
}

std::string OAuth::random_hex(std::size_t digits) {
  constexpr std::string_view alphabet = "0123456789abcdef";
  std::string text;
  while (text.size() < digits) {
    std::uint64_t bits = random_->next();
    for (int i = 0; i < 16 && text.size() < digits; ++i, bits >>= 4) text += alphabet[bits & 15];
  }
  return text;
}

std::expected<std::string, OAuthFailure> OAuth::authorize(const AuthorizeRequest& request, Instant now) {
  const OAuthClient* client = find_client(request.client_id);
  if (client == nullptr) return std::unexpected(OAuthFailure::unknown_client);
  const bool registered = client->redirect_uris.empty() ||
                          std::ranges::find(client->redirect_uris, request.redirect_uri) != client->redirect_uris.end();
  if (!registered || !looks_like_redirect_uri(request.redirect_uri)) {
    return std::unexpected(OAuthFailure::bad_redirect_uri);
  }
  const std::string& method = request.code_challenge_method;
  if (!method.empty() && method != "S256" && method != "plain") {
    return std::unexpected(OAuthFailure::bad_challenge_method);
  }
  std::string code = random_hex(40);
  codes_.emplace(code, Code{request, now});
  code_order_.push_back(code);
  if (code_order_.size() > max_oauth_codes) {
    codes_.erase(code_order_.front());
    code_order_.pop_front();
  }
  return code;
}

std::expected<IssuedTokens, OAuthFailure> OAuth::exchange(const ExchangeRequest& request, Instant now) {
  if (auto checked = check_client(request.client_id, request.client_secret); !checked) {
    return std::unexpected(checked.error());
  }
  const auto found = codes_.find(request.code);
  if (found == codes_.end()) return std::unexpected(OAuthFailure::bad_code);
  const Code code = found->second;
  codes_.erase(found);  // a code is good for one try, whatever comes of it
  if (code.request.client_id != request.client_id || now - code.issued_at > rules_.code_life) {
    return std::unexpected(OAuthFailure::bad_code);
  }
  if (request.redirect_uri && *request.redirect_uri != code.request.redirect_uri) {
    return std::unexpected(OAuthFailure::bad_redirect_uri);
  }
  if (!code.request.code_challenge.empty()) {
    if (!request.code_verifier || request.code_verifier->empty()) {
      return std::unexpected(OAuthFailure::missing_verifier);
    }
    const std::string proof =
        code.request.code_challenge_method == "S256" ? s256_challenge(*request.code_verifier) : *request.code_verifier;
    if (proof != code.request.code_challenge) return std::unexpected(OAuthFailure::wrong_verifier);
  }
  const bool first_consent = consented_.emplace(request.client_id, code.request.account).second;
  const bool with_refresh_token =
      !rules_.refresh_token_needs_offline || (code.request.offline && (first_consent || code.request.force_consent));
  const auto grant = add_grant({.client_id = request.client_id,
                                .account = code.request.account,
                                .scopes = code.request.scopes,
                                .refresh_token = {},
                                .access_token = {}});
  return issue(grant, with_refresh_token, now);
}

std::expected<IssuedTokens, OAuthFailure> OAuth::mint(std::string_view client_id, const std::string& account,
                                                      std::vector<std::string> scopes, Instant now) {
  if (find_client(client_id) == nullptr) return std::unexpected(OAuthFailure::unknown_client);
  consented_.emplace(client_id, account);
  const auto grant = add_grant({.client_id = std::string(client_id),
                                .account = account,
                                .scopes = std::move(scopes),
                                .refresh_token = {},
                                .access_token = {}});
  return issue(grant, true, now);
}

std::expected<IssuedTokens, OAuthFailure> OAuth::refresh(std::string_view client_id, std::string_view client_secret,
                                                         std::string_view refresh_token, Instant now) {
  if (auto checked = check_client(client_id, client_secret); !checked) return std::unexpected(checked.error());
  const auto found = refresh_tokens_.find(refresh_token);
  if (found == refresh_tokens_.end() || grants_.at(found->second).client_id != client_id) {
    return std::unexpected(OAuthFailure::bad_refresh_token);
  }
  const std::uint64_t grant_id = found->second;
  const Grant& grant = grants_.at(grant_id);
  const bool still_fresh = rules_.same_token_while_more_than > Duration{0} &&
                           grant.expires_at - now > rules_.same_token_while_more_than &&
                           access_tokens_.contains(grant.access_token);
  if (still_fresh) {
    return IssuedTokens{grant.access_token, grant.refresh_token, grant.expires_at, grant.scopes, grant.account};
  }
  return issue(grant_id, rules_.rotate_refresh_tokens, now);
}

IssuedTokens OAuth::issue(std::uint64_t grant_id, bool with_refresh_token, Instant now) {
  Grant& grant = grants_.at(grant_id);
  grant.access_token = rules_.access_token_prefix + random_hex(40);
  grant.expires_at = now + rules_.access_token_life;
  access_tokens_.emplace(grant.access_token, AccessToken{grant_id, grant.expires_at});
  access_token_order_.push_back(grant.access_token);
  if (access_token_order_.size() > max_oauth_access_tokens) {
    access_tokens_.erase(access_token_order_.front());
    access_token_order_.pop_front();
  }
  IssuedTokens issued{grant.access_token, {}, grant.expires_at, grant.scopes, grant.account};
  if (with_refresh_token) {
    refresh_tokens_.erase(grant.refresh_token);
    grant.refresh_token = rules_.refresh_token_prefix + random_hex(40);
    refresh_tokens_.emplace(grant.refresh_token, grant_id);
    issued.refresh_token = grant.refresh_token;
  }
  return issued;
}

std::uint64_t OAuth::add_grant(Grant grant) {
  if (grants_.size() >= max_oauth_grants) end_grant(grants_.begin()->first);
  grants_.emplace(next_grant_, std::move(grant));
  return next_grant_++;
}

void OAuth::end_grant(std::uint64_t grant_id) {
  const auto found = grants_.find(grant_id);
  if (found == grants_.end()) return;
  consented_.erase({found->second.client_id, found->second.account});
  refresh_tokens_.erase(found->second.refresh_token);
  grants_.erase(found);
}

std::optional<Bearer> OAuth::bearer(std::string_view access_token, Instant now) const {
  const auto token = access_tokens_.find(access_token);
  if (token == access_tokens_.end() || now >= token->second.expires_at) return std::nullopt;
  const auto grant = grants_.find(token->second.grant);
  if (grant == grants_.end()) return std::nullopt;
  return Bearer{grant->second.account, grant->second.client_id, grant->second.scopes};
}

bool OAuth::revoke(std::string_view token) {
  if (const auto refresh = refresh_tokens_.find(token); refresh != refresh_tokens_.end()) {
    end_grant(refresh->second);
    return true;
  }
  const auto access = access_tokens_.find(token);
  if (access == access_tokens_.end() || !grants_.contains(access->second.grant)) return false;
  end_grant(access->second.grant);
  return true;
}

bool OAuth::has_grant(std::string_view account, std::string_view client_id) const {
  return std::ranges::any_of(grants_, [&](const auto& entry) {
    return entry.second.account == account && (client_id.empty() || entry.second.client_id == client_id);
  });
}

std::size_t OAuth::revoke_account(std::string_view account) {
  std::vector<std::uint64_t> ended;
  for (const auto& [id, grant] : grants_) {
    if (grant.account == account) ended.push_back(id);
  }
  for (const std::uint64_t id : ended) end_grant(id);
  return ended.size();
}

}  // namespace syncwell::sandbox
