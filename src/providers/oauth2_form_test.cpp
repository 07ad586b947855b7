#include "providers/oauth2_form.hpp"

#include <gtest/gtest.h>

#include "base/virtual_runtime.hpp"
#include "providers/scripted_http_client.hpp"

namespace syncwell::providers {
namespace {

using namespace std::chrono_literals;

class TokenForm : public testing::Test {
 protected:
  Result<TokenAnswer> post() {
    return runtime.run(
        post_token_form({http, runtime, Deadline::after(runtime, 10s)}, "acme", "https://acme.test/token",
                        {{"grant_type", "refresh_token"}, {"refresh_token", "secret"}}, is_invalid_grant));
  }
  VirtualRuntime runtime;
  ScriptedHttpClient http;
};

TEST_F(TokenForm, SendsAFormAndReadsTheTokens) {  // PROV-2
  http.answer(200, R"({"access_token":"a","refresh_token":"r","expires_in":3599,"scope":"x y","token_type":"Bearer"})");
  const auto answer = post();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->tokens.access_token, "a");
  EXPECT_EQ(answer->tokens.refresh_token, "r");
  EXPECT_EQ(answer->tokens.scope, "x y");
  EXPECT_EQ(answer->tokens.expires_at, runtime.now() + 3599s);
  EXPECT_EQ(http.requests[0].method, "POST");
  EXPECT_EQ(http.requests[0].headers.get("content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(http.requests[0].body, "grant_type=refresh_token&refresh_token=secret");
}

TEST_F(TokenForm, ExpiresAtComesBeforeExpiresIn) {
  const auto at = std::chrono::duration_cast<std::chrono::seconds>((runtime.now() + 2h).time_since_epoch()).count();
  http.answer(200, R"({"access_token":"a","expires_in":60,"expires_at":)" + std::to_string(at) + "}");
  EXPECT_EQ(post()->tokens.expires_at, runtime.now() + 2h);
}

TEST_F(TokenForm, HostileLifetimesStayInBounds) {
  for (const char* lifetime :
       {R"("expires_at":9223372036854775807)", R"("expires_in":9223372036854775807)",
        R"("expires_in":-9223372036854775808)", R"("expires_in":"soon")", R"("expires_at":-1)"}) {
    http.answer(200, std::string(R"({"access_token":"a",)") + lifetime + "}");
    const auto answer = post();
    ASSERT_TRUE(answer) << lifetime;
    EXPECT_GE(answer->tokens.expires_at, runtime.now()) << lifetime;
    EXPECT_LE(answer->tokens.expires_at, runtime.now() + 24h * 366) << lifetime;
  }
}

TEST_F(TokenForm, OnlyARefusedGrantIsUnauthenticated) {  // PROV-2, PROV-3
  http.answer(400, R"({"error":"invalid_grant","error_description":"Token has been expired or revoked."})");
  EXPECT_EQ(post().error().code, ErrorCode::unauthenticated);
  for (const auto& [status, body] :
       std::vector<std::pair<int, std::string>>{{400, R"({"error":"invalid_client"})"},
                                                {401, R"({"error":"invalid_client"})"},
                                                {401, "<html>"},
                                                {403, "{}"},
                                                {404, ""},
                                                {400, R"({"error":{"status":"invalid_grant"}})"}}) {
    http.answer(status, body);
    EXPECT_EQ(post().error().code, ErrorCode::provider_rejected) << status << body;
  }
}

TEST_F(TokenForm, ATransientFailureStaysTransient) {  // a failed refresh is not a revoked connection
  http.answer(500, R"({"error":"invalid_grant"})");
  EXPECT_EQ(post().error().code, ErrorCode::provider_failed);
  http.answer(429, "", {{"Retry-After", "7"}});
  const auto limited = post();
  EXPECT_EQ(limited.error().code, ErrorCode::rate_limited);
  EXPECT_EQ(limited.error().retry_after, 7s);
  for (const ErrorCode code : {ErrorCode::timeout, ErrorCode::connection_failed, ErrorCode::cancelled}) {
    http.fail_with(code);
    EXPECT_EQ(post().error().code, code);
  }
  http.answer(200, "<html>captive portal</html>");
  EXPECT_EQ(post().error().code, ErrorCode::provider_failed);
}

TEST_F(TokenForm, AnAnswerWithoutAccessTokenIsAMappingError) {
  for (const char* body : {"{}", R"({"access_token":""})", R"({"access_token":null})", R"({"access_token":5})", "[]"}) {
    http.answer(200, body);
    EXPECT_EQ(post().error().code, ErrorCode::mapping) << body;
  }
}

TEST_F(TokenForm, AnAccessTokenThatNoFieldCanCarryIsAMappingError) {  // found by fuzzing
  for (const char* body : {R"({"access_token":"a\r\nX-Other: b"})", R"({"access_token":"a\u0000b"})"}) {
    http.answer(200, body);
    EXPECT_EQ(post().error().code, ErrorCode::mapping) << body;
  }
}

// PROV-2: a provider that does not rotate sends no refresh token; losing the old one would disconnect the person.
TEST(RefreshedTokens, KeepWhatTheAnswerLacks) {
  const Tokens before{"a1", "r1", Instant{1h}, "x y", "account"};
  const Tokens kept = refreshed({"a2", "", Instant{2h}, "", ""}, before);
  EXPECT_EQ(kept.access_token, "a2");
  EXPECT_EQ(kept.refresh_token, "r1");
  EXPECT_EQ(kept.expires_at, Instant{2h});
  EXPECT_EQ(kept.scope, "x y");
  EXPECT_EQ(kept.provider_user_id, "account");
  const Tokens rotated = refreshed({"a2", "r2", Instant{2h}, "x", ""}, before);
  EXPECT_EQ(rotated.refresh_token, "r2");
  EXPECT_EQ(rotated.scope, "x");
}

TEST_F(TokenForm, NoErrorHoldsASecret) {
  http.answer(400, R"({"error":"invalid_request","error_description":"refresh_token secret is bad"})");
  EXPECT_EQ(post().error().message.find("secret is"), std::string::npos);
}

}  // namespace
}  // namespace syncwell::providers
