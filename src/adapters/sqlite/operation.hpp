// One thing that a caller wants done on a connection by another thread, and the way back to the caller.
//
// The caller's coroutine is suspended; the operation goes through a queue to the thread that owns the connection, is
// performed there, and finish() resumes the coroutine on its own executor. That executor is told that work is
// outstanding, so that an io_context does not end under a caller. A started operation cannot be cancelled.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <utility>

#include "base/async.hpp"

namespace syncwell::sqlite {

// Context: what perform() works on. Owned by the queue it is in, destroyed on the caller's thread.
template <class Context>
class Operation {
 public:
  explicit Operation(std::size_t bytes) : bytes_(bytes) {}
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  virtual ~Operation() = default;

  // Does the work; false: it failed, see error(). May be called again after a rollback: the last result counts.
  virtual bool perform(Context& context) = 0;
  // Replaces the result by an error.
  virtual void fail_with(Error error) = 0;
  // Resumes the caller with the result, on the caller's executor. The operation is handed over to it.
  virtual void finish(std::unique_ptr<Operation> self) = 0;
  // About how much memory the operation holds, for the limits of the queues.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_;
};

// Work: a callable Result<T>(Context&) that leaves what it captured as it was, so that it can be called again.
template <class T, class Context, class Work, class Handler>
class AwaitedOperation final : public Operation<Context> {
 public:
  AwaitedOperation(Work work, Handler handler, std::size_t bytes)
      : Operation<Context>(bytes),
        work_(std::move(work)),
        executor_(boost::asio::prefer(Executor(boost::asio::get_associated_executor(handler)),
                                      boost::asio::execution::outstanding_work.tracked)),
        handler_(std::move(handler)) {}

  bool perform(Context& context) override {
    result_ = work_(context);
    return result_.has_value();
  }

  void fail_with(Error error) override { result_ = fail(std::move(error)); }

  void finish(std::unique_ptr<Operation<Context>> self) override {
    auto executor = executor_;
    boost::asio::post(executor, [self = std::move(self), this]() mutable {
      auto handler = std::move(handler_);
      auto result = std::move(result_);
      self.reset();
      std::move(handler)(std::move(result));
    });
  }

 private:
  Work work_;
  Executor executor_;
  Handler handler_;
  Result<T> result_ = fail(ErrorCode::internal, "the operation was not performed");
};

// Hands `work` to target.submit(std::unique_ptr<Operation<Context>>) and waits for its result.
template <class T, class Context, class Target, class Work>
Async<Result<T>> perform_on(Target& target, Work work, std::size_t bytes) {
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Result<T>)>(
      []<class Handler>(Handler handler, Target* to, Work moved, std::size_t size) {
        to->submit(
            std::make_unique<AwaitedOperation<T, Context, Work, Handler>>(std::move(moved), std::move(handler), size));
      },
      boost::asio::use_awaitable, &target, std::move(work), bytes);
}

}  // namespace syncwell::sqlite
