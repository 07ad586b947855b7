// Wraps the root of a coroutine chain so that cancellation arrives as an error value (Error{cancelled}) from the
// operation that was waiting, instead of an exception at the next co_await. Every co_spawn goes through this.
#pragma once

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

#include "base/async.hpp"

namespace syncwell {

template <class T>
Async<T> without_cancellation_exceptions(Async<T> task) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  co_return co_await std::move(task);
}

// Whether the running coroutine has been asked to stop. Work that nothing awaits does not see that by itself.
[[nodiscard]] inline Async<bool> is_cancelled() {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  co_return state.cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace syncwell
