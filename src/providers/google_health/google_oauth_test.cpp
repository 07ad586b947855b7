#include "providers/google_health/google_oauth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/virtual_runtime.hpp"
#include "providers/scripted_http_client.hpp"

namespace syncwell::providers::google_health {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class GoogleOAuthTest : public testing::Test {
 protected:
  CallContext context() { return {http, runtime, Deadline::after(runtime, 30s)}; }
  VirtualRuntime runtime;
  ScriptedHttpClient http;
  std::unique_ptr<OAuth> oauth =
      make_oauth({"https://health.test", "https://accounts.test", "https://tokens.test", "our id", "our secret"});
  Tokens tokens{"access", "refresh", {}, "scope", "hu-1"};
};

TEST_F(GoogleOAuthTest, TheAddressAsksForOfflineAccessWithPkce) {  // PROV-2
  const auto url = oauth->authorization_url("https://us.test/back?x=1", "state value", "challenge");
  EXPECT_THAT(url, testing::StartsWith("https://accounts.test/o/oauth2/v2/auth?"));
  const auto target = net::parse_target(url.substr(std::string("https://accounts.test").size()));
  EXPECT_EQ(target.parameter("client_id"), "our id");
  EXPECT_EQ(target.parameter("redirect_uri"), "https://us.test/back?x=1");
  EXPECT_EQ(target.parameter("response_type"), "code");
  EXPECT_EQ(target.parameter("state"), "state value");
  EXPECT_EQ(target.parameter("code_challenge"), "challenge");
  EXPECT_EQ(target.parameter("code_challenge_method"), "S256");
  EXPECT_EQ(target.parameter("access_type"), "offline");
  EXPECT_EQ(target.parameter("prompt"), "consent");
  EXPECT_EQ(target.parameter("include_granted_scopes"), "true");
  EXPECT_THAT(*target.parameter("scope"), HasSubstr("googlehealth.sleep.readonly https://"));
  EXPECT_THAT(*target.parameter("scope"), HasSubstr("googlehealth.health_metrics_and_measurements.writeonly"));
  EXPECT_EQ(url.find("secret"), std::string::npos);
}

TEST_F(GoogleOAuthTest, ExchangesTheCodeAndAsksWhoItIs) {
  http.answer(200, R"({"access_token":"a1","refresh_token":"r1","expires_in":3599,"scope":"s"})")
      .answer(200, R"({"name":"users/hu-9/identity","healthUserId":"hu-9","legacyUserId":"L"})");
  const auto got = runtime.run(oauth->exchange(context(), "code", "verifier", "https://us.test/back"));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->access_token, "a1");
  EXPECT_EQ(got->refresh_token, "r1");
  EXPECT_EQ(got->provider_user_id, "hu-9");
  EXPECT_EQ(http.requests[0].url, "https://tokens.test/token");
  const net::Target form = net::parse_target("/?" + http.requests[0].body);
  EXPECT_EQ(form.parameter("grant_type"), "authorization_code");
  EXPECT_EQ(form.parameter("code_verifier"), "verifier");
  EXPECT_EQ(form.parameter("client_secret"), "our secret");
  EXPECT_EQ(http.requests[1].url, "https://health.test/v4/users/me/identity");
  EXPECT_EQ(http.requests[1].headers.get("authorization"), "Bearer a1");
}

TEST_F(GoogleOAuthTest, AFailedIdentityCallDoesNotThrowTheConsentAway) {
  for (const int status : {500, 403, 200}) {
    http.answer(200, R"({"access_token":"a1","refresh_token":"r1"})").answer(status, "<html>");
    const auto got = runtime.run(oauth->exchange(context(), "code", "verifier", "https://us.test/back"));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->provider_user_id, "");
  }
}

TEST_F(GoogleOAuthTest, ARefreshKeepsTheOldRefreshToken) {  // Google does not rotate
  http.answer(200, R"({"access_token":"a2","expires_in":3599,"scope":"s","token_type":"Bearer"})");
  const auto got = runtime.run(oauth->refresh(context(), tokens));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->access_token, "a2");
  EXPECT_EQ(got->refresh_token, "refresh");
  EXPECT_EQ(got->provider_user_id, "hu-1");
  EXPECT_EQ(got->expires_at, runtime.now() + 3599s);
}

TEST_F(GoogleOAuthTest, ARefreshTakesANewRefreshToken) {
  http.answer(200, R"({"access_token":"a2","refresh_token":"newer"})");
  EXPECT_EQ(runtime.run(oauth->refresh(context(), tokens))->refresh_token, "newer");
}

TEST_F(GoogleOAuthTest, OnlyInvalidGrantMeansReconnect) {  // a failed refresh is not a revoked connection
  http.answer(400, R"({"error":"invalid_grant","error_description":"Token has been expired or revoked."})");
  EXPECT_EQ(runtime.run(oauth->refresh(context(), tokens)).error().code, ErrorCode::unauthenticated);
  http.answer(503, "");
  EXPECT_EQ(runtime.run(oauth->refresh(context(), tokens)).error().code, ErrorCode::provider_failed);
  http.fail_with(ErrorCode::timeout);
  EXPECT_EQ(runtime.run(oauth->refresh(context(), tokens)).error().code, ErrorCode::timeout);
  http.answer(401, R"({"error":"invalid_client"})");
  EXPECT_EQ(runtime.run(oauth->refresh(context(), tokens)).error().code, ErrorCode::provider_rejected);
}

TEST_F(GoogleOAuthTest, RevokesTheRefreshToken) {
  http.answer(200, "");
  EXPECT_TRUE(runtime.run(oauth->revoke(context(), tokens)));
  EXPECT_EQ(http.requests[0].url, "https://tokens.test/revoke");
  EXPECT_EQ(http.requests[0].body, "token=refresh");
  http.answer(400, R"({"error":"invalid_token"})");
  EXPECT_TRUE(runtime.run(oauth->revoke(context(), tokens)));
  http.answer(400, R"({"error":"invalid_request"})");
  EXPECT_FALSE(runtime.run(oauth->revoke(context(), tokens)));
  http.answer(503, "");
  EXPECT_EQ(runtime.run(oauth->revoke(context(), tokens)).error().code, ErrorCode::provider_failed);
}

}  // namespace
}  // namespace syncwell::providers::google_health
