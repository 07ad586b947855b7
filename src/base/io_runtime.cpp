#include "base/io_runtime.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace syncwell {

namespace asio = boost::asio;

IoRuntime::IoRuntime(asio::io_context& context) : context_(context) {}

Instant IoRuntime::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Steady IoRuntime::steady_now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now());
}

Executor IoRuntime::executor() { return context_.get_executor(); }

Async<Result<void>> IoRuntime::sleep_until(Steady when) {
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none)
    co_return fail(ErrorCode::cancelled, "the wait was cancelled");
  asio::steady_timer timer(co_await asio::this_coro::executor, when);
  const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (error) co_return fail(ErrorCode::cancelled, "the wait was cancelled");
  co_return Result<void>{};
}

}  // namespace syncwell
