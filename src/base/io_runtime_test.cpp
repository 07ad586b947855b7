#include "base/io_runtime.hpp"

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include "base/cancellation.hpp"

namespace syncwell {
namespace {

using namespace std::chrono_literals;

// As a coroutine does that was cancelled while it waited for a durable write.
Async<Result<void>> wait_after_cancellation(Runtime& runtime, boost::asio::cancellation_signal& stop) {
  stop.emit(boost::asio::cancellation_type::terminal);
  co_return co_await runtime.sleep_for(1h);
}

TEST(IoRuntime, ACancellationThatCameBeforeTheWaitEndsIt) {  // DEC-10: or a finished job's lease is renewed on and on
  boost::asio::io_context io(1);
  IoRuntime runtime(io);
  boost::asio::cancellation_signal stop;
  std::optional<Result<void>> outcome;
  boost::asio::co_spawn(io, without_cancellation_exceptions(wait_after_cancellation(runtime, stop)),
                        boost::asio::bind_cancellation_slot(
                            stop.slot(), [&](std::exception_ptr, Result<void> result) { outcome = result; }));
  io.poll();
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace syncwell
