#include "api/request_limits.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/virtual_runtime.hpp"

namespace syncwell::api {
namespace {

using namespace std::chrono_literals;

TEST(RequestLimits, OnePastTheLimitIsRefusedAndToldWhenToComeBack) {  // API
  VirtualRuntime runtime;
  RequestLimits limits(runtime, 60);
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(limits.admit("alice").admitted) << i;
  const auto refused = limits.admit("alice");
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.retry_after, 1s);
  EXPECT_TRUE(limits.admit("bob").admitted) << "nobody else is harmed";
  net::Response answer{429};
  limits.describe(refused, answer);
  EXPECT_EQ(answer.headers.get("Retry-After"), "1");
  EXPECT_EQ(answer.headers.get("RateLimit-Policy"), "\"user\";q=60;w=60");
  EXPECT_EQ(answer.headers.get("RateLimit"), "\"user\";r=0;t=60");
  runtime.run_for(1s);
  EXPECT_TRUE(limits.admit("alice").admitted);
  EXPECT_FALSE(limits.admit("alice").admitted);
}

TEST(RequestLimits, TheHeadersCountDown) {  // API
  VirtualRuntime runtime;
  RequestLimits limits(runtime, 10);
  const auto first = limits.admit("alice");
  EXPECT_EQ(first.remaining, 9U);
  EXPECT_EQ(first.until_full, 6s);
  EXPECT_EQ(limits.admit("alice").remaining, 8U);
  runtime.run_for(1min);
  EXPECT_EQ(limits.admit("alice").remaining, 9U);
}

RC_GTEST_PROP(RequestLimits, NobodyGetsMoreThanTheLimitAndItsRefill, ()) {  // API
  VirtualRuntime runtime;
  const auto limit = *rc::gen::inRange<std::uint32_t>(1, 500);
  RequestLimits limits(runtime, limit);
  const auto pauses = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3000));
  std::uint64_t admitted = 0;
  const Steady began = runtime.steady_now();
  for (const int pause_ms : pauses) {
    runtime.run_for(Duration{pause_ms});
    admitted += limits.admit("alice").admitted ? 1 : 0;
  }
  const double refilled = static_cast<double>((runtime.steady_now() - began).count()) / 60'000.0 * limit;
  RC_ASSERT(static_cast<double>(admitted) <= limit + refilled + 1);
}

}  // namespace
}  // namespace syncwell::api
