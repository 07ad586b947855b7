#include "adapters/sqlite/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace syncwell::sqlite {

namespace asio = boost::asio;

Instant SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Steady SystemClock::steady_now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now());
}

Async<Result<void>> SystemClock::sleep_until(Steady when) const {
  asio::steady_timer timer(co_await asio::this_coro::executor, when);
  const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (error) co_return fail(ErrorCode::cancelled, "the wait was cancelled");
  co_return Result<void>{};
}

QueueClock::QueueClock(const Clock& clock, Instant not_before)
    : clock_(clock),
      wall_minus_steady_ms_((not_before.time_since_epoch() - clock.steady_now().time_since_epoch()).count()) {}

Instant QueueClock::now() const {
  const Duration steady = clock_.steady_now().time_since_epoch();
  const std::int64_t wall_minus_steady_ms = (clock_.now().time_since_epoch() - steady).count();
  std::int64_t known = wall_minus_steady_ms_.load(std::memory_order_relaxed);
  while (wall_minus_steady_ms > known &&
         !wall_minus_steady_ms_.compare_exchange_weak(known, wall_minus_steady_ms, std::memory_order_relaxed)) {
  }
  return Instant{steady + Duration{std::max(known, wall_minus_steady_ms)}};
}

}  // namespace syncwell::sqlite
