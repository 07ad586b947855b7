// Wraps the root of a coroutine chain so that cancellation arrives as an error value (Error{cancelled}) from the
// operation that was waiting, instead of an exception at the next co_await. Every co_spawn goes through this.
#pragma once

#include <boost/asio/this_coro.hpp>

#include <utility>

#include "base/async.hpp"

namespace syncwell {

template <class T>
Async<T> without_cancellation_exceptions(Async<T> task) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  co_return co_await std::move(task);
}

}  // namespace syncwell
