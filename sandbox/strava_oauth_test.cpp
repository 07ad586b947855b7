// Strava's OAuth endpoints. Requirements: strava.md, OAuth2 and Errors; recorded oauth_token_*.json; PROV-2.
#include "sandbox/sandbox_test_support.hpp"

namespace syncwell::sandbox {
namespace {

using namespace std::chrono_literals;
using testing::json_of;
using testing::read_json;
using testing::World;

class StravaOAuth : public ::testing::Test {
 protected:
  net::Response authorize(const net::Parameters& more = {}) {
    net::Parameters parameters{{"client_id", "100001"},
                               {"redirect_uri", "http://127.0.0.1/cb?x=1"},
                               {"response_type", "code"},
                               {"scope", "read,activity:write"},
                               {"state", "s1"}};
    for (const auto& one : more) {
      std::erase_if(parameters, [&](const auto& parameter) { return parameter.first == one.first; });
      parameters.push_back(one);
    }
    return world.call({.url = "/strava/oauth/authorize?" + net::encode_form(parameters)});
  }
  std::string code(const net::Parameters& more = {}) {
    return net::parse_target(authorize(more).headers.get("Location").value_or("")).parameter("code").value_or("");
  }
  net::Response token(net::Parameters more) {
    net::Parameters form{{"client_id", "100001"}, {"client_secret", "syncwell-strava-secret"}};
    for (auto& one : more) {
      std::erase_if(form, [&](const auto& parameter) { return parameter.first == one.first; });
      form.push_back(one);
    }
    return world.post_form("/strava/oauth/token", form);
  }
  net::Response exchange(const std::string& with_code) {
    return token({{"grant_type", "authorization_code"}, {"code", with_code}});
  }
  net::Response refresh(const boost::json::value& answer) {
    return token(
        {{"grant_type", "refresh_token"}, {"refresh_token", std::string(answer.at("refresh_token").as_string())}});
  }

  World world;
};

TEST_F(StravaOAuth, RedirectCarriesCodeScopeAndState) {
  const auto response = authorize();
  EXPECT_EQ(response.status, 302);
  const auto target = net::parse_target(*response.headers.get("Location"));
  EXPECT_EQ(target.parameter("x"), "1");
  EXPECT_EQ(target.parameter("scope"), "read,activity:write");
  EXPECT_EQ(target.parameter("state"), "s1");
  const auto less = authorize({{"sandbox_scope", "read"}});
  EXPECT_EQ(net::parse_target(*less.headers.get("Location")).parameter("scope"), "read");
  const auto denied = authorize({{"sandbox_consent", "deny"}});
  EXPECT_EQ(net::parse_target(*denied.headers.get("Location")).parameter("error"), "access_denied");
}

TEST_F(StravaOAuth, FirstExchangeHasTheRecordedMembersAndTheAthlete) {
  const auto recorded =
      read_json("api/strava/oauth_token_authorization_code.json").as_array()[0].at("response").at("body");
  const auto answer = json_of(exchange(code()));
  for (const auto& member : recorded.as_object())
    EXPECT_TRUE(answer.as_object().contains(member.key())) << member.key();
  EXPECT_EQ(answer.at("expires_in"), 21600);
  EXPECT_EQ(answer.at("expires_at"), world.now.time_since_epoch().count() / 1000 + 21600);
  EXPECT_EQ(answer.at("athlete").at("id"), Strava::athlete_id("alice"));
}

TEST_F(StravaOAuth, AWrongCodeAnswersAsRecorded) {
  const auto recorded = read_json("api/strava/oauth_token_invalid_code.json").as_array()[0].at("response");
  const auto refused = exchange("wrong");
  EXPECT_EQ(refused.status, recorded.at("status").as_int64());
  EXPECT_EQ(json_of(refused), recorded.at("body"));
}

TEST_F(StravaOAuth, OtherTokenErrorsNameTheirField) {
  const auto field_of_error = [](const net::Response& response) {
    EXPECT_EQ(response.status, 400);
    return std::string(json_of(response).at("errors").as_array()[0].at("field").as_string());
  };
  EXPECT_EQ(field_of_error(token({{"client_id", "1"}, {"grant_type", "refresh_token"}})), "client_id");
  EXPECT_EQ(field_of_error(token({{"client_secret", "x"}, {"grant_type", "refresh_token"}})), "client_secret");
  EXPECT_EQ(field_of_error(token({{"grant_type", "refresh_token"}, {"refresh_token", "x"}})), "refresh_token");
  EXPECT_EQ(field_of_error(token({{"grant_type", "password"}})), "grant_type");
  EXPECT_EQ(field_of_error(authorize({{"scope", "read activity:write"}})), "scope");  // commas, not blanks
  EXPECT_EQ(field_of_error(authorize({{"scope", ""}})), "scope");
  EXPECT_EQ(field_of_error(authorize({{"client_id", "9"}})), "client_id");
  EXPECT_EQ(field_of_error(authorize({{"redirect_uri", "x"}})), "redirect_uri");
  EXPECT_EQ(field_of_error(authorize({{"response_type", "token"}})), "response_type");
}

TEST_F(StravaOAuth, AnEarlyRefreshGivesTheSameTokensALateOneRotates) {
  const auto first = json_of(exchange(code()));
  world.now += 4h;
  const auto early = json_of(refresh(first));
  EXPECT_EQ(early.at("access_token"), first.at("access_token"));
  EXPECT_EQ(early.at("refresh_token"), first.at("refresh_token"));
  EXPECT_EQ(early.at("expires_in"), 7200);
  EXPECT_FALSE(early.as_object().contains("athlete"));
  world.now += 90min;
  const auto late = json_of(refresh(first));
  EXPECT_NE(late.at("access_token"), first.at("access_token"));
  EXPECT_NE(late.at("refresh_token"), first.at("refresh_token"));
  EXPECT_EQ(refresh(first).status, 400);  // the old one is dead
  EXPECT_EQ(refresh(late).status, 200);
}

TEST_F(StravaOAuth, PkceIsVerifiedWhenAChallengeWasGiven) {
  const std::string verifier(50, 'v');
  const net::Parameters challenge{{"code_challenge", s256_challenge(verifier)}, {"code_challenge_method", "S256"}};
  EXPECT_EQ(exchange(code(challenge)).status, 400);
  EXPECT_EQ(
      token({{"grant_type", "authorization_code"}, {"code", code(challenge)}, {"code_verifier", verifier}}).status,
      200);
}

TEST_F(StravaOAuth, DeauthorizeAndRevoke) {
  auto answer = json_of(exchange(code()));
  const std::string access_token(answer.at("access_token").as_string());
  const net::Request deauthorize{
      .method = "POST", .url = "/strava/oauth/deauthorize", .headers = {{"Authorization", "Bearer " + access_token}}};
  const auto ended = world.call(deauthorize);
  EXPECT_EQ(ended.status, 200);
  EXPECT_EQ(json_of(ended).at("access_token").as_string(), access_token);
  EXPECT_EQ(world.call(deauthorize).status, 401);
  EXPECT_EQ(refresh(answer).status, 400);

  answer = json_of(exchange(code()));
  const auto revoke = [&](const std::string& basic) {
    return world
        .call({.method = "POST",
               .url = "/strava/oauth/revoke",
               .headers = {{"Authorization", "Basic " + basic}},
               .body = "token_type_hint=refresh_token&token=" + std::string(answer.at("refresh_token").as_string())})
        .status;
  };
  EXPECT_EQ(revoke("bm9wZQ=="), 401);
  EXPECT_EQ(revoke("%"), 401);
  EXPECT_EQ(revoke("MTAwMDAxOnN5bmN3ZWxsLXN0cmF2YS1zZWNyZXQ="), 200);  // 100001:syncwell-strava-secret
  EXPECT_EQ(refresh(answer).status, 400);
}

}  // namespace
}  // namespace syncwell::sandbox
