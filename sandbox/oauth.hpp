// An OAuth 2.0 authorization server as a pure state machine (RFC 6749, RFC 7636, RFC 7009), shared by both imposters.
// It knows codes, grants and tokens; the imposters know the words: paths, JSON shapes, status codes.
// Owned by an imposter, one thread. Time comes with every call, randomness from the sandbox's seeded Random.
// Memory is bounded: past a maximum the oldest entry is forgotten, which its holder sees as "invalid".
#pragma once

#include <deque>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"

namespace syncwell::sandbox {

inline constexpr std::size_t max_oauth_codes = 10'000;
inline constexpr std::size_t max_oauth_grants = 20'000;
inline constexpr std::size_t max_oauth_access_tokens = 50'000;

struct OAuthClient {
  std::string id;
  std::string secret;
  std::vector<std::string> redirect_uris{};  // exact; empty: any http or https URI
};

struct OAuthRules {
  std::vector<OAuthClient> clients;
  Duration code_life = std::chrono::minutes{10};
  Duration access_token_life = std::chrono::hours{1};
  // A refresh answers with a new refresh token and the old one dies.
  bool rotate_refresh_tokens = false;
  // A refresh while more than this remains answers with the very same tokens; zero: never.
  Duration same_token_while_more_than{0};
  // A refresh token only for offline access, and only on first or forced consent (Google).
  bool refresh_token_needs_offline = false;
  std::string access_token_prefix{};
  std::string refresh_token_prefix{};
};

enum class OAuthFailure {
  unknown_client,
  wrong_secret,
  bad_redirect_uri,  // not registered, or not the one of the authorization request
  bad_code,          // unknown, used or older than code_life
  missing_verifier,  // a challenge was given, so a verifier is needed
  wrong_verifier,
  bad_challenge_method,  // only S256 and plain
  bad_refresh_token,     // unknown, replaced or revoked
};

struct AuthorizeRequest {
  std::string client_id;
  std::string redirect_uri;
  std::string account;
  std::vector<std::string> scopes{};
  std::string code_challenge{};
  std::string code_challenge_method{};  // empty means plain, as RFC 7636 says
  bool offline = true;
  bool force_consent = true;
};

struct ExchangeRequest {
  std::string client_id;
  std::string client_secret;
  std::string code;
  std::optional<std::string> redirect_uri{};  // compared when given
  std::optional<std::string> code_verifier{};
};

struct IssuedTokens {
  std::string access_token;
  std::string refresh_token;  // empty: none issued
  Instant expires_at{};
  std::vector<std::string> scopes;
  std::string account;
};

// Who is behind a valid access token.
struct Bearer {
  std::string account;
  std::string client_id;
  std::vector<std::string> scopes;
};

class OAuth {
 public:
  // `random` outlives this object.
  OAuth(OAuthRules rules, Random& random) : rules_(std::move(rules)), random_(&random) {}

  // The code to put into the redirect. Errors: unknown_client, bad_redirect_uri, bad_challenge_method.
  [[nodiscard]] std::expected<std::string, OAuthFailure> authorize(const AuthorizeRequest& request, Instant now);
  [[nodiscard]] std::expected<IssuedTokens, OAuthFailure> exchange(const ExchangeRequest& request, Instant now);
  [[nodiscard]] std::expected<IssuedTokens, OAuthFailure> refresh(std::string_view client_id,
                                                                  std::string_view client_secret,
                                                                  std::string_view refresh_token, Instant now);
  // Tokens without the detour over a browser, for tests and tools. Error: unknown_client.
  [[nodiscard]] std::expected<IssuedTokens, OAuthFailure> mint(std::string_view client_id, const std::string& account,
                                                               std::vector<std::string> scopes, Instant now);

  [[nodiscard]] std::optional<Bearer> bearer(std::string_view access_token, Instant now) const;
  // True for a valid or expired access token or a refresh token of ours: its whole grant ends.
  bool revoke(std::string_view token);
  // As if the person had removed the app in the provider's settings.
  std::size_t revoke_account(std::string_view account);
  // The person has consented, to this client or (empty) to any, and not taken it back.
  [[nodiscard]] bool has_grant(std::string_view account, std::string_view client_id = {}) const;
  // Error: unknown_client, wrong_secret.
  [[nodiscard]] std::expected<void, OAuthFailure> check_client(std::string_view id, std::string_view secret) const;

  [[nodiscard]] OAuthRules& rules() { return rules_; }
  [[nodiscard]] const OAuthRules& rules() const { return rules_; }

 private:
  struct Code {
    AuthorizeRequest request;
    Instant issued_at{};
  };
  struct Grant {
    std::string client_id;
    std::string account;
    std::vector<std::string> scopes;
    std::string refresh_token;  // the living one; empty: none
    std::string access_token;   // the newest one
    Instant expires_at{};
  };
  struct AccessToken {
    std::uint64_t grant = 0;
    Instant expires_at{};
  };

  [[nodiscard]] const OAuthClient* find_client(std::string_view id) const;
  [[nodiscard]] IssuedTokens issue(std::uint64_t grant_id, bool with_refresh_token, Instant now);
  [[nodiscard]] std::string random_hex(std::size_t digits);
  std::uint64_t add_grant(Grant grant);
  void end_grant(std::uint64_t grant_id);

  OAuthRules rules_;
  Random* random_;
  std::uint64_t next_grant_ = 1;
  std::map<std::string, Code, std::less<>> codes_;
  std::deque<std::string> code_order_;
  std::map<std::uint64_t, Grant> grants_;
  std::map<std::string, std::uint64_t, std::less<>> refresh_tokens_;
  std::map<std::string, AccessToken, std::less<>> access_tokens_;
  std::deque<std::string> access_token_order_;
  std::set<std::pair<std::string, std::string>> consented_;  // client, account
};

}  // namespace syncwell::sandbox
