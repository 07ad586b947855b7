#include "api/router.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace syncwell::api {
namespace {

Async<net::Response> answer(Call) { co_return net::Response{200}; }

Router sample() {
  Router router;
  router.add("GET", "/v1/things", Router::Access::open, answer);
  router.add("POST", "/v1/things", Router::Access::user, answer);
  router.add("GET", "/v1/things/special", Router::Access::admin, answer);
  router.add("GET", "/v1/things/{id}", Router::Access::user, answer);
  router.add("DELETE", "/v1/things/{id}/parts/{part}", Router::Access::user, answer);
  return router;
}

TEST(Router, FindsTheRouteAndItsAccess) {
  const Router router = sample();
  EXPECT_EQ(router.match("GET", "/v1/things").access, Router::Access::open);
  EXPECT_EQ(router.match("POST", "/v1/things").access, Router::Access::user);
  EXPECT_NE(router.match("POST", "/v1/things").handler, nullptr);
}

TEST(Router, NamedSegmentsAreTakenAsTheyStand) {
  const Router router = sample();
  const auto match = router.match("DELETE", "/v1/things/a%2Fb/parts/{part}");
  ASSERT_NE(match.handler, nullptr);
  EXPECT_EQ(match.path.at("id"), "a%2Fb") << "an escaped slash is no separator";
  EXPECT_EQ(match.path.at("part"), "{part}");
}

TEST(Router, TheRouteThatWasAddedFirstWins) {
  const auto match = sample().match("GET", "/v1/things/special");
  EXPECT_EQ(match.access, Router::Access::admin);
  EXPECT_TRUE(match.path.empty()) << "nothing is left of patterns that were tried";
}

TEST(Router, AKnownPathWithAnotherMethodNamesThoseThereAre) {  // 405 with Allow
  const Router router = sample();
  const auto match = router.match("PUT", "/v1/things");
  EXPECT_EQ(match.handler, nullptr);
  EXPECT_EQ(match.allowed, "GET, POST");
  EXPECT_EQ(router.match("get", "/v1/things").handler, nullptr) << "methods are case-sensitive (RFC 9110)";
}

TEST(Router, HeadIsAnsweredLikeGetAndNothingElseIs) {  // RFC 9110 section 9.3.2
  const Router router = sample();
  EXPECT_NE(router.match("HEAD", "/v1/things").handler, nullptr);
  EXPECT_EQ(router.match("HEAD", "/v1/things/1/parts/2").handler, nullptr);
  EXPECT_EQ(router.match("HEAD", "/v1/things/special").access, Router::Access::admin);
}

TEST(Router, NearlyTheSamePathIsAnotherOne) {  // 404; nothing gets around a route's access by spelling
  const Router router = sample();
  for (const auto* path : {"", "/", "v1/things", "/v1/things/", "//v1/things", "/v1//things", "/V1/things",
                           "/v1/things/1/parts/", "/v1/things//parts/2", "/v1/things/1/parts/2/3", "/v1/thing"}) {
    for (const auto* method : {"GET", "POST", "DELETE"}) {
      const auto match = router.match(method, path);
      EXPECT_EQ(match.handler, nullptr) << method << ' ' << path;
      EXPECT_EQ(match.allowed, "") << method << ' ' << path;
    }
  }
}

RC_GTEST_PROP(RouterProperty, ArbitraryPathsMatchOneSegmentOrNothing, (const std::string& text)) {
  const Router router = sample();
  const auto match = router.match("GET", "/v1/things/" + text);
  const bool one_segment = !text.empty() && !text.contains('/');
  RC_ASSERT((match.handler != nullptr) == one_segment);
  if (one_segment && text != "special") RC_ASSERT(match.path.at("id") == text);
}

}  // namespace
}  // namespace syncwell::api
