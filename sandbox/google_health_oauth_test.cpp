// Google's OAuth endpoints. Requirements: google_health.md, OAuth2; PROV-2.
#include "sandbox/sandbox_test_support.hpp"

namespace syncwell::sandbox {
namespace {

using namespace std::chrono_literals;
using testing::json_of;
using testing::World;

constexpr std::string_view client = "syncwell-google-client";
constexpr std::string_view secret = "syncwell-google-secret";

class GoogleOAuth : public ::testing::Test {
 protected:
  net::Response authorize(net::Parameters more = {}) {
    net::Parameters parameters{{"client_id", std::string(client)},
                               {"redirect_uri", "http://127.0.0.1:8080/callback"},
                               {"response_type", "code"},
                               {"access_type", "offline"},
                               {"prompt", "consent"},
                               {"scope", testing::google_scopes},
                               {"state", "st&te"}};
    for (auto& one : more) {
      std::erase_if(parameters, [&](const auto& parameter) { return parameter.first == one.first; });
      if (!one.second.empty()) parameters.push_back(one);
    }
    return world.call({.url = "/google/o/oauth2/v2/auth?" + net::encode_form(parameters)});
  }
  std::string code(net::Parameters more = {}) {
    const auto response = authorize(std::move(more));
    EXPECT_EQ(response.status, 302);
    return net::parse_target(response.headers.get("Location").value_or("")).parameter("code").value_or("");
  }
  net::Response token(net::Parameters more) {
    net::Parameters form{{"client_id", std::string(client)}, {"client_secret", std::string(secret)}};
    for (auto& one : more) {
      std::erase_if(form, [&](const auto& parameter) { return parameter.first == one.first; });
      form.push_back(one);
    }
    return world.post_form("/google/token", form);
  }
  net::Response exchange(const std::string& with_code, net::Parameters more = {}) {
    net::Parameters form{
        {"grant_type", "authorization_code"}, {"code", with_code}, {"redirect_uri", "http://127.0.0.1:8080/callback"}};
    form.insert(form.end(), more.begin(), more.end());
    return token(form);
  }
  static std::string error_of(const net::Response& response) {
    return std::string(json_of(response).at("error").as_string());
  }

  World world;
};

TEST_F(GoogleOAuth, ConsentPageRedirectsWithCodeAndState) {
  const auto response = authorize({{"login_hint", "bob"}});
  EXPECT_EQ(response.status, 302);
  const auto target = net::parse_target(*response.headers.get("Location"));
  EXPECT_EQ(target.path, "/callback");
  EXPECT_EQ(target.parameter("state"), "st&te");
  const auto answer = json_of(exchange(*target.parameter("code")));
  EXPECT_EQ(answer.at("token_type"), "Bearer");
  EXPECT_EQ(answer.at("expires_in"), 3600);
  EXPECT_TRUE(answer.as_object().contains("refresh_token"));
  world.google_token = std::string(answer.at("access_token").as_string());
  EXPECT_EQ(json_of(world.google("GET", "identity")).at("healthUserId").as_string(),
            GoogleHealth::health_user_id("bob"));
}

TEST_F(GoogleOAuth, DenialAndUntickedScopes) {
  const auto denied = authorize({{"sandbox_consent", "deny"}});
  EXPECT_EQ(net::parse_target(*denied.headers.get("Location")).parameter("error"), "access_denied");
  const std::string kept = "https://www.googleapis.com/auth/googlehealth.sleep.readonly";
  EXPECT_EQ(json_of(exchange(code({{"sandbox_scope", kept}}))).at("scope").as_string(), kept);
}

TEST_F(GoogleOAuth, BadAuthorizationRequests) {
  EXPECT_EQ(authorize({{"client_id", "nobody"}}).status, 401);
  EXPECT_EQ(error_of(authorize({{"scope", ""}})), "invalid_request");
  EXPECT_EQ(error_of(authorize({{"response_type", "token"}})), "unsupported_response_type");
  EXPECT_EQ(error_of(authorize({{"redirect_uri", "ftp://x"}})), "redirect_uri_mismatch");
  EXPECT_EQ(error_of(authorize({{"login_hint", "a/b"}})), "invalid_request");
}

TEST_F(GoogleOAuth, TokenErrors) {
  EXPECT_EQ(error_of(exchange("nonsense")), "invalid_grant");
  EXPECT_EQ(exchange("nonsense").status, 400);
  auto form = net::Parameters{{"grant_type", "authorization_code"}, {"code", code()}, {"redirect_uri", "http://x"}};
  EXPECT_EQ(error_of(token(form)), "redirect_uri_mismatch");
  EXPECT_EQ(token({{"grant_type", "refresh_token"}, {"refresh_token", "x"}, {"client_secret", "wrong"}}).status, 401);
  EXPECT_EQ(error_of(token({{"grant_type", "refresh_token"}, {"refresh_token", "x"}})), "invalid_grant");
  EXPECT_EQ(error_of(token({{"grant_type", "password"}})), "unsupported_grant_type");
  EXPECT_EQ(error_of(token({{"grant_type", "refresh_token"}})), "invalid_request");
  EXPECT_EQ(error_of(token({{"grant_type", "authorization_code"}, {"code", "x"}})), "invalid_request");
}

TEST_F(GoogleOAuth, PkceIsVerified) {
  const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const net::Parameters challenge{{"code_challenge", s256_challenge(verifier)}, {"code_challenge_method", "S256"}};
  EXPECT_EQ(exchange(code(challenge), {{"code_verifier", verifier}}).status, 200);
  EXPECT_EQ(error_of(exchange(code(challenge), {{"code_verifier", "wrong"}})), "invalid_grant");
  EXPECT_EQ(error_of(exchange(code(challenge))), "invalid_grant");
}

TEST_F(GoogleOAuth, RefreshKeepsTheRefreshTokenUnlessAskedToRotate) {
  const auto first = json_of(exchange(code()));
  const std::string refresh_token(first.at("refresh_token").as_string());
  world.now += 2h;
  const auto refresh = [&] { return token({{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}}); };
  EXPECT_FALSE(json_of(refresh()).as_object().contains("refresh_token"));
  ASSERT_EQ(world.control("PUT", "options", R"({"google_health":{"rotate_refresh_tokens":true}})").status, 200);
  EXPECT_TRUE(json_of(refresh()).as_object().contains("refresh_token"));
  EXPECT_EQ(error_of(refresh()), "invalid_grant");
}

TEST_F(GoogleOAuth, AccessTokenLifeIsConfigurable) {
  ASSERT_EQ(world.control("PUT", "options", R"({"google_health":{"access_token_life_ms":5000}})").status, 200);
  const auto answer = json_of(exchange(code()));
  EXPECT_EQ(answer.at("expires_in"), 5);
  world.google_token = std::string(answer.at("access_token").as_string());
  EXPECT_EQ(world.google("GET", "identity").status, 200);
  world.now += 5s;
  EXPECT_EQ(world.google("GET", "identity").status, 401);
}

TEST_F(GoogleOAuth, Revoke) {
  const auto answer = json_of(exchange(code()));
  EXPECT_EQ(world.post_form("/google/revoke", {{"token", std::string(answer.at("refresh_token").as_string())}}).status,
            200);
  world.google_token = std::string(answer.at("access_token").as_string());
  const auto refused = world.google("GET", "identity");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(json_of(refused).at("error").at("status"), "UNAUTHENTICATED");
  EXPECT_EQ(error_of(world.post_form("/google/revoke", {{"token", "x"}})), "invalid_token");
}

}  // namespace
}  // namespace syncwell::sandbox
