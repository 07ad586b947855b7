// Wraps the root of a coroutine chain so that cancellation arrives as an error value (Error{cancelled}) from the
// operation that was waiting, instead of an exception at the next co_await. Every co_spawn goes through this.
#pragma once

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <utility>

#include "base/async.hpp"

namespace syncwell {

template <class T>
Async<T> without_cancellation_exceptions(Async<T> task) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  co_return co_await std::move(task);
}

// A coroutine that was cancelled before it began ends with asio's exception all the same. True for that one; rethrows
// any other; false for none.
[[nodiscard]] inline bool was_cancelled(std::exception_ptr error) {
  if (!error) return false;
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& thrown) {
    if (thrown.code() == boost::asio::error::operation_aborted) return true;
    throw;
  }
}

}  // namespace syncwell
