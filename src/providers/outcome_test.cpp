#include "providers/outcome.hpp"

#include <gtest/gtest.h>

namespace syncwell::providers {
namespace {

using namespace std::chrono_literals;

constexpr Instant noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 28} + 12h};
constexpr TimeRange hour{noon, noon + 1h};

model::TimeFrame frame(Duration start, Duration end) { return {{noon + start, {}}, {noon + end, {}}}; }

TEST(Overlaps, IntervalsThatShareTimeBelong) {
  EXPECT_TRUE(overlaps(frame(-30min, 1ms), hour));
  EXPECT_TRUE(overlaps(frame(59min, 90min), hour));
  EXPECT_TRUE(overlaps(frame(-1h, 2h), hour));
  EXPECT_FALSE(overlaps(frame(-30min, 0min), hour));
  EXPECT_FALSE(overlaps(frame(60min, 90min), hour));
}

TEST(Overlaps, InstantsBelongFromTheStartToBeforeTheEnd) {
  EXPECT_TRUE(overlaps(frame(0min, 0min), hour));
  EXPECT_FALSE(overlaps(frame(60min, 60min), hour));
  EXPECT_FALSE(overlaps(frame(-1ms, -1ms), hour));
}

TEST(ConcernsTheWholeCall, TellsTheRecordsFaultFromTheCalls) {  // ALG-7
  for (const auto code : {ErrorCode::provider_rejected, ErrorCode::mapping, ErrorCode::invalid_argument,
                          ErrorCode::unsupported, ErrorCode::too_large}) {
    EXPECT_FALSE(concerns_the_whole_call({code, ""})) << name_of(code);
  }
  for (const auto code :
       {ErrorCode::unauthenticated, ErrorCode::forbidden, ErrorCode::rate_limited, ErrorCode::circuit_open,
        ErrorCode::provider_failed, ErrorCode::timeout, ErrorCode::connection_failed, ErrorCode::cancelled}) {
    EXPECT_TRUE(concerns_the_whole_call({code, ""})) << name_of(code);
  }
}

}  // namespace
}  // namespace syncwell::providers
