// What the conformance suites need of an adapter's test. An adapter defines a class of this shape and instantiates the
// suites with it:
//
//   struct MyHarness {
//     MyHarness();                      a new, empty engine; the ports below belong to it
//     VirtualRuntime& runtime();        the time that the engine goes by
//     store::Table& table();
//     queue::Queue& queue();            with conformance::queue_settings
//     queue::Queue& second_queue();     the same
//     bus::EventBus& bus();             with the rules below
//     vault::Vault& vault();
//     void restart();                   the process crashes and starts again: what was not durable is gone, and
//                                       references to the ports are invalid
//     void damage_secret(std::string pointer);   changes the stored bytes of a secret
//   };
//   using MyHarnesses = testing::Types<MyHarness>;
//   INSTANTIATE_TYPED_TEST_SUITE_P(My, TableConformance, MyHarnesses);
//
// Rules of the bus: wanted_type -> queue(); wanted_twice_type -> queue() and second_queue(); half_refused_type ->
// queue() and a queue that does not exist; every other type is wanted by nobody.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <string>

#include "base/cancellation.hpp"
#include "base/virtual_runtime.hpp"
#include "queue/queue.hpp"

namespace syncwell::conformance {

inline constexpr queue::Settings queue_settings{.visibility_timeout = std::chrono::seconds{60}, .max_receive_count = 3};
inline constexpr std::string_view wanted_type = "Wanted";
inline constexpr std::string_view wanted_twice_type = "WantedTwice";
inline constexpr std::string_view half_refused_type = "HalfRefused";

// The error code of a result, for EXPECT_EQ; internal when it is a success that the test did not expect.
template <class T>
ErrorCode code_of(const Result<T>& result) {
  return result ? ErrorCode::internal : result.error().code;
}

template <class Harness>
class PortConformance : public testing::Test {
 protected:
  template <class T>
  T run(Async<T> task) {
    return harness_.runtime().run(std::move(task));
  }
  // Runs a coroutine that must succeed and returns its value.
  template <class T>
  T value(Async<Result<T>> task) {
    auto result = run(std::move(task));
    EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
    if constexpr (std::is_void_v<T>) {
      return;
    } else {
      return result ? std::move(*result) : T{};
    }
  }
  template <class T>
  ErrorCode code(Async<Result<T>> task) {
    return code_of(run(std::move(task)));
  }
  // Starts a coroutine beside the test; `outcome` is set when it ends.
  template <class T>
  void start(Async<Result<T>> task, std::optional<Result<T>>& outcome) {
    boost::asio::co_spawn(harness_.runtime().executor(), without_cancellation_exceptions(std::move(task)),
                          [&outcome](std::exception_ptr error, Result<T> result) {
                            if (error) std::rethrow_exception(error);
                            outcome = std::move(result);
                          });
  }
  void pass(Duration duration) { harness_.runtime().run_for(duration); }
  Instant now() { return harness_.runtime().now(); }

  Harness harness_;
};

}  // namespace syncwell::conformance
