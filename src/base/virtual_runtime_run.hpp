// VirtualRuntime::run(Async<T>): apart, because co_spawn is a large header.
#pragma once

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/cancellation.hpp"
#include "base/virtual_runtime.hpp"

namespace syncwell {

template <class T>
T VirtualRuntime::run(Async<T> task) {
  std::exception_ptr thrown;
  if constexpr (std::is_void_v<T>) {
    bool done = false;
    boost::asio::co_spawn(executor(), without_cancellation_exceptions(std::move(task)), [&](std::exception_ptr error) {
      thrown = error;
      done = true;
    });
    run();
    if (thrown) std::rethrow_exception(thrown);
    if (!done) throw std::logic_error("the coroutine waits for something that never comes");
  } else {
    std::optional<T> value;
    boost::asio::co_spawn(executor(), without_cancellation_exceptions(std::move(task)),
                          [&](std::exception_ptr error, T result) {
                            thrown = error;
                            value.emplace(std::move(result));
                          });
    run();
    if (thrown) std::rethrow_exception(thrown);
    if (!value) throw std::logic_error("the coroutine waits for something that never comes");
    return std::move(*value);
  }
}

}  // namespace syncwell
