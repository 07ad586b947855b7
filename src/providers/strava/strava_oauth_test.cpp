#include "providers/strava/strava_oauth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/virtual_runtime.hpp"
#include "providers/strava/recorded.hpp"

namespace syncwell::providers::strava {
namespace {

using namespace std::chrono_literals;

const std::string folder = SYNCWELL_SOURCE_DIR "/tests/data/api/strava/";

class StravaOAuthTest : public testing::Test {
 protected:
  CallContext context() { return {http, runtime, Deadline::after(runtime, 30s)}; }
  // The recorded tokens expired in 2018: the clock is set to when they were given.
  void replay(const char* file) {
    const auto response = read_recorded(folder + file)[0].response;
    http.answer(response.status, response.body, response.headers);
  }
  VirtualRuntime runtime{1, parse_rfc3339("2018-11-22T20:29:59Z")->at};
  ScriptedHttpClient http;
  std::unique_ptr<OAuth> oauth =
      make_oauth({"https://strava.test", "https://strava.test", "https://strava.test", "our id", "our secret"});
  Tokens tokens{"access", "refresh", {}, "scope", "26462176"};
};

TEST_F(StravaOAuthTest, TheAddressHasCommaSeparatedScopes) {
  const auto url = oauth->authorization_url("https://us.test/back", "state", "challenge");
  EXPECT_THAT(url, testing::StartsWith("https://strava.test/oauth/authorize?"));
  const auto target = net::parse_target(url.substr(std::string("https://strava.test").size()));
  EXPECT_EQ(target.parameter("scope"), "read,activity:read_all,activity:write");
  EXPECT_EQ(target.parameter("client_id"), "our id");
  EXPECT_EQ(target.parameter("response_type"), "code");
  EXPECT_EQ(target.parameter("state"), "state");
  EXPECT_EQ(url.find("secret"), std::string::npos);
}

TEST_F(StravaOAuthTest, ExchangesARecordedCode) {  // PROV-2
  replay("oauth_token_authorization_code.json");
  const auto got = runtime.run(oauth->exchange(context(), "code", "verifier", "https://us.test/back"));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->access_token, "REDACTED");
  EXPECT_EQ(got->provider_user_id, "12342176");
  EXPECT_EQ(got->expires_at, Instant{1542940199s});
  EXPECT_EQ(http.requests[0].url, "https://strava.test/oauth/token");
  const auto form = net::parse_target("/?" + http.requests[0].body);
  EXPECT_EQ(form.parameter("grant_type"), "authorization_code");
  EXPECT_EQ(form.parameter("code"), "code");
}

TEST_F(StravaOAuthTest, ARefusedCodeIsUnauthenticated) {
  replay("oauth_token_invalid_code.json");
  EXPECT_EQ(runtime.run(oauth->exchange(context(), "code", "", "")).error().code, ErrorCode::unauthenticated);
}

TEST_F(StravaOAuthTest, TheNewestRefreshTokenIsReturned) {  // rotation: a lost one disconnects the user
  http.answer(200, R"({"access_token":"a2","refresh_token":"r2","expires_at":1542940199,"expires_in":14282})");
  const auto got = runtime.run(oauth->refresh(context(), tokens));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->refresh_token, "r2");
  EXPECT_EQ(got->provider_user_id, "26462176");
  EXPECT_EQ(net::parse_target("/?" + http.requests[0].body).parameter("refresh_token"), "refresh");
  http.answer(200, R"({"access_token":"a3","expires_in":14282})");
  EXPECT_EQ(runtime.run(oauth->refresh(context(), tokens))->refresh_token, "refresh");
}

TEST_F(StravaOAuthTest, ARecordedEarlyRefreshGivesTheSameExpiry) {  // more than an hour was left
  replay("oauth_token_refresh_token.json");
  EXPECT_EQ(runtime.run(oauth->refresh(context(), tokens))->expires_at, Instant{1542940199s});
}

TEST_F(StravaOAuthTest, OnlyARefusedGrantMeansReconnect) {
  const auto answer = [&](int status, const char* resource, const char* field) {
    http.answer(status, R"({"message":"Bad Request","errors":[{"resource":")" + std::string(resource) +
                            R"(","field":")" + field + R"(","code":"invalid"}]})");
    return runtime.run(oauth->refresh(context(), tokens)).error().code;
  };
  EXPECT_EQ(answer(400, "RefreshToken", "refresh_token"), ErrorCode::unauthenticated);
  EXPECT_EQ(answer(401, "RefreshToken", "code"), ErrorCode::unauthenticated);
  EXPECT_EQ(answer(400, "Application", "client_id"), ErrorCode::provider_rejected);
  EXPECT_EQ(answer(401, "Application", "client_secret"), ErrorCode::provider_rejected);
  EXPECT_EQ(answer(500, "RefreshToken", "refresh_token"), ErrorCode::provider_failed);
  http.answer(400, R"({"message":"Bad Request","errors":"odd"})");
  EXPECT_EQ(runtime.run(oauth->refresh(context(), tokens)).error().code, ErrorCode::provider_rejected);
  http.fail_with(ErrorCode::connection_failed);
  EXPECT_EQ(runtime.run(oauth->refresh(context(), tokens)).error().code, ErrorCode::connection_failed);
}

TEST_F(StravaOAuthTest, Deauthorizes) {
  http.answer(200, R"({"access_token":"access"})");
  EXPECT_TRUE(runtime.run(oauth->revoke(context(), tokens)));
  EXPECT_EQ(http.requests[0].url, "https://strava.test/oauth/deauthorize");
  EXPECT_EQ(http.requests[0].headers.get("authorization"), "Bearer access");
  http.answer(401, "{}");  // gone already
  EXPECT_TRUE(runtime.run(oauth->revoke(context(), tokens)));
  http.answer(503, "");
  EXPECT_EQ(runtime.run(oauth->revoke(context(), tokens)).error().code, ErrorCode::provider_failed);
}

}  // namespace
}  // namespace syncwell::providers::strava
