#include "engine/disposition.hpp"

#include <gtest/gtest.h>

#include "queue/queue.hpp"

namespace syncwell::engine {
namespace {

using namespace std::chrono_literals;
using Kind = Disposition::Kind;
using store::JobStatus;

Disposition after(ErrorCode code, int attempts, std::optional<Duration> retry_after = std::nullopt) {
  Random random(1);
  Error error{code, "x"};
  error.retry_after = retry_after;
  return dispose(fail(std::move(error)), attempts, {}, random);
}

TEST(Disposition, SuccessIsAcknowledged) {  // ALG-9
  Random random(1);
  EXPECT_EQ(dispose({}, 1, {}, random).kind, Kind::acknowledge);
}

TEST(Disposition, ARefusedGrantEndsOutsideTheDeadLetterQueue) {  // PROV-3
  for (const auto code : {ErrorCode::unauthenticated, ErrorCode::forbidden}) {
    EXPECT_EQ(after(code, 1).kind, Kind::acknowledge);
    EXPECT_EQ(after(code, 1).status, JobStatus::needs_reauth);
  }
}

TEST(Disposition, DelaysUseNoAttemptHoweverManyThereWere) {  // DEC-1
  for (const auto code : {ErrorCode::rate_limited, ErrorCode::circuit_open, ErrorCode::busy}) {
    const auto disposition = after(code, 50, 20s);
    EXPECT_EQ(disposition.kind, Kind::send_anew);
    EXPECT_FALSE(disposition.attempt_used);
    EXPECT_GE(disposition.delay, 20s);
    EXPECT_LE(disposition.delay, 22s);
  }
  EXPECT_EQ(after(ErrorCode::rate_limited, 1, 5h).delay, queue::max_delay);
}

TEST(Disposition, CancellationGoesBackAtOnceWithoutAnAttempt) {  // DESIGN 4
  EXPECT_EQ(after(ErrorCode::cancelled, 4).kind, Kind::send_anew);
  EXPECT_EQ(after(ErrorCode::cancelled, 4).delay, 0s);
  EXPECT_FALSE(after(ErrorCode::cancelled, 4).attempt_used);
}

TEST(Disposition, PermanentErrorsAreDeadLetteredAtOnce) {  // DEC-3
  for (const auto code : {ErrorCode::provider_rejected, ErrorCode::mapping, ErrorCode::unsupported}) {
    EXPECT_EQ(after(code, 1).kind, Kind::dead_letter);
  }
}

TEST(Disposition, TransientErrorsAreHiddenFourTimesAndDeadLetteredTheFifth) {  // LIFE
  for (int attempt = 1; attempt <= 4; ++attempt) {
    EXPECT_EQ(after(ErrorCode::provider_failed, attempt).kind, Kind::hide);
    EXPECT_TRUE(after(ErrorCode::provider_failed, attempt).attempt_used);
  }
  EXPECT_EQ(after(ErrorCode::provider_failed, 5).kind, Kind::dead_letter);
}

TEST(Disposition, ANamedWaitOfATransientErrorIsKept) {
  EXPECT_GE(after(ErrorCode::provider_failed, 1, 5min).delay, 5min);
}

}  // namespace
}  // namespace syncwell::engine
