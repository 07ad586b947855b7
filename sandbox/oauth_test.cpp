#include "sandbox/oauth.hpp"

#include <gtest/gtest.h>

#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

using namespace std::chrono_literals;

constexpr Instant start{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28}};

class OAuthTest : public ::testing::Test {
 protected:
  std::string code(const std::string& challenge = {}, const std::string& method = {}) {
    return oauth
        .authorize({.client_id = "app",
                    .redirect_uri = "https://app.example/cb",
                    .account = "alice",
                    .scopes = {"read"},
                    .code_challenge = challenge,
                    .code_challenge_method = method},
                   start)
        .value();
  }
  ExchangeRequest exchange_of(const std::string& with_code) {
    return {.client_id = "app", .client_secret = "secret", .code = with_code};
  }

  Random random{7};
  OAuth oauth{OAuthRules{.clients = {{"app", "secret"}, {"other", "secret2", {"https://other.example/cb"}}}}, random};
};

// PROV-2
TEST_F(OAuthTest, ACodeBuysTokensOnce) {
  const std::string once = code();
  const auto issued = oauth.exchange(exchange_of(once), start);
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->expires_at, start + 1h);
  EXPECT_EQ(oauth.bearer(issued->access_token, start)->account, "alice");
  EXPECT_EQ(oauth.exchange(exchange_of(once), start).error(), OAuthFailure::bad_code);
}

TEST_F(OAuthTest, ACodeDiesAfterTenMinutes) {
  EXPECT_TRUE(oauth.exchange(exchange_of(code()), start + 10min));
  EXPECT_EQ(oauth.exchange(exchange_of(code()), start + 10min + 1ms).error(), OAuthFailure::bad_code);
}

TEST_F(OAuthTest, RefusesWrongClientSecretAndForeignCode) {
  auto request = exchange_of(code());
  request.client_secret = "wrong";
  EXPECT_EQ(oauth.exchange(request, start).error(), OAuthFailure::wrong_secret);
  request.client_id = "nobody";
  EXPECT_EQ(oauth.exchange(request, start).error(), OAuthFailure::unknown_client);
  EXPECT_EQ(oauth.exchange({.client_id = "other", .client_secret = "secret2", .code = code()}, start).error(),
            OAuthFailure::bad_code);
}

TEST_F(OAuthTest, RedirectUriMustBeRegisteredAndTheSame) {
  auto request = exchange_of(code());
  request.redirect_uri = "https://app.example/other";
  EXPECT_EQ(oauth.exchange(request, start).error(), OAuthFailure::bad_redirect_uri);
  const auto authorize = [this](const std::string& client, const std::string& uri) {
    return oauth.authorize({.client_id = client, .redirect_uri = uri, .account = "alice"}, start);
  };
  EXPECT_EQ(authorize("other", "https://evil.example/cb").error(), OAuthFailure::bad_redirect_uri);
  EXPECT_EQ(authorize("app", "javascript:alert(1)").error(), OAuthFailure::bad_redirect_uri);
  EXPECT_EQ(authorize("app", "https://a.example/\r\nX: y").error(), OAuthFailure::bad_redirect_uri);
  EXPECT_TRUE(authorize("other", "https://other.example/cb"));
}

// PROV-2: PKCE
TEST_F(OAuthTest, VerifierMustMatchTheChallenge) {
  const std::string verifier(43, 'v');
  auto request = exchange_of(code(s256_challenge(verifier), "S256"));
  request.code_verifier = verifier;
  EXPECT_TRUE(oauth.exchange(request, start));
  request.code = code(s256_challenge(verifier), "S256");
  request.code_verifier = "another";
  EXPECT_EQ(oauth.exchange(request, start).error(), OAuthFailure::wrong_verifier);
  EXPECT_EQ(oauth.exchange(exchange_of(code(s256_challenge(verifier), "S256")), start).error(),
            OAuthFailure::missing_verifier);
  request.code = code(verifier, "plain");
  request.code_verifier = verifier;
  EXPECT_TRUE(oauth.exchange(request, start));
  EXPECT_EQ(oauth
                .authorize({.client_id = "app",
                            .redirect_uri = "https://a.example",
                            .account = "alice",
                            .code_challenge = "x",
                            .code_challenge_method = "S512"},
                           start)
                .error(),
            OAuthFailure::bad_challenge_method);
}

TEST_F(OAuthTest, WithoutRotationTheRefreshTokenStays) {
  const auto issued = oauth.exchange(exchange_of(code()), start);
  const auto refreshed = oauth.refresh("app", "secret", issued->refresh_token, start + 2h);
  ASSERT_TRUE(refreshed);
  EXPECT_TRUE(refreshed->refresh_token.empty());
  EXPECT_FALSE(oauth.bearer(issued->access_token, start + 2h));
  EXPECT_TRUE(oauth.bearer(refreshed->access_token, start + 2h));
  EXPECT_TRUE(oauth.refresh("app", "secret", issued->refresh_token, start + 4h));
}

TEST_F(OAuthTest, WithRotationTheOldRefreshTokenDies) {
  oauth.rules().rotate_refresh_tokens = true;
  const auto issued = oauth.exchange(exchange_of(code()), start);
  const auto refreshed = oauth.refresh("app", "secret", issued->refresh_token, start + 2h);
  EXPECT_NE(refreshed->refresh_token, issued->refresh_token);
  EXPECT_EQ(oauth.refresh("app", "secret", issued->refresh_token, start + 2h).error(), OAuthFailure::bad_refresh_token);
  EXPECT_TRUE(oauth.refresh("app", "secret", refreshed->refresh_token, start + 2h));
}

TEST_F(OAuthTest, AFreshTokenIsAnsweredAgain) {
  oauth.rules().rotate_refresh_tokens = true;
  oauth.rules().access_token_life = 6h;
  oauth.rules().same_token_while_more_than = 1h;
  const auto issued = oauth.exchange(exchange_of(code()), start);
  const auto same = oauth.refresh("app", "secret", issued->refresh_token, start + 4h + 59min);
  EXPECT_EQ(same->access_token, issued->access_token);
  EXPECT_EQ(same->refresh_token, issued->refresh_token);
  const auto fresh = oauth.refresh("app", "secret", issued->refresh_token, start + 5h);
  EXPECT_NE(fresh->access_token, issued->access_token);
  EXPECT_NE(fresh->refresh_token, issued->refresh_token);
}

TEST_F(OAuthTest, RevokingAnyTokenEndsTheGrant) {
  auto issued = oauth.exchange(exchange_of(code()), start);
  EXPECT_TRUE(oauth.revoke(issued->access_token));
  EXPECT_FALSE(oauth.bearer(issued->access_token, start));
  EXPECT_EQ(oauth.refresh("app", "secret", issued->refresh_token, start).error(), OAuthFailure::bad_refresh_token);
  EXPECT_FALSE(oauth.revoke(issued->access_token));
  issued = oauth.exchange(exchange_of(code()), start);
  EXPECT_TRUE(oauth.revoke(issued->refresh_token));
  EXPECT_FALSE(oauth.bearer(issued->access_token, start));
  issued = oauth.exchange(exchange_of(code()), start);
  EXPECT_EQ(oauth.revoke_account("alice"), 1U);
  EXPECT_EQ(oauth.revoke_account("alice"), 0U);
}

TEST_F(OAuthTest, RefreshTokenOnlyForOfflineAndOnFirstOrForcedConsent) {
  oauth.rules().refresh_token_needs_offline = true;
  const auto buy = [this](bool offline, bool force) {
    AuthorizeRequest request{.client_id = "app", .redirect_uri = "https://a.example", .account = "alice"};
    request.offline = offline;
    request.force_consent = force;
    return oauth.exchange(exchange_of(oauth.authorize(request, start).value()), start)->refresh_token;
  };
  EXPECT_NE(buy(true, false), "");  // the first consent
  EXPECT_EQ(buy(true, false), "");  // already consented
  EXPECT_EQ(buy(false, true), "");  // not offline
  EXPECT_NE(buy(true, true), "");   // prompt=consent
}

TEST_F(OAuthTest, OldestCodesAreForgottenPastTheMaximum) {
  const std::string first = code();
  for (std::size_t i = 0; i < max_oauth_codes; ++i) (void)code();
  EXPECT_EQ(oauth.exchange(exchange_of(first), start).error(), OAuthFailure::bad_code);
}

}  // namespace
}  // namespace syncwell::sandbox
