// The sandbox as a whole: routing, control endpoints, determinism.
#include "sandbox/sandbox.hpp"

#include "sandbox/sandbox_test_support.hpp"

namespace syncwell::sandbox {
namespace {

using testing::json_of;
using testing::World;

TEST(Sandbox, RoutesByPrefix) {
  World world;
  EXPECT_EQ(world.google("GET", "identity").status, 200);
  EXPECT_EQ(world.strava("GET", "athlete").status, 200);
  EXPECT_EQ(world.control("GET", "state").status, 200);
  EXPECT_EQ(world.call({.url = "/googlex/v4"}).status, 404);
  EXPECT_EQ(world.call({.url = ""}).status, 404);
}

TEST(Sandbox, DemoAccountIsListedOverTheApi) {
  World world;
  ASSERT_EQ(world.control("POST", "demo?account=alice&days=3&until=2026-03-28").status, 200);
  const auto sleep = json_of(world.google("GET", "dataTypes/sleep/dataPoints"));
  EXPECT_EQ(sleep.at("dataPoints").as_array().size(), 3U);
  const auto weight = json_of(world.google("GET", "dataTypes/weight/dataPoints"));
  EXPECT_EQ(weight.at("dataPoints").as_array().size(), 3U);
}

}  // namespace
}  // namespace syncwell::sandbox
