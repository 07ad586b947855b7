// The one alias for coroutines. An Async<T> runs on the executor of whoever awaits it; it is started with co_spawn
// or co_await only. Cancellation arrives as Error{cancelled} from the operation that was waiting, never as an
// exception: every co_spawn wraps its root in without_cancellation_exceptions (base/cancellation.hpp).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/error.hpp"

namespace syncwell {

template <class T>
using Async = boost::asio::awaitable<T, boost::asio::any_io_executor>;

using Executor = boost::asio::any_io_executor;

}  // namespace syncwell
