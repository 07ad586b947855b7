#include "base/task_group.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

#include "base/cancellation.hpp"

namespace syncwell {

namespace asio = boost::asio;

// Boost.Asio 1.81 throws out of the executor when a coroutine is cancelled between co_spawn and its first step, so a
// cancellation waits for that step.
class TaskGroup::Task {
 public:
  [[nodiscard]] asio::cancellation_slot slot() { return signal_.slot(); }

  void begun() {
    begun_ = true;
    if (cancelled_) signal_.emit(asio::cancellation_type::terminal);
  }

  void cancel() {
    cancelled_ = true;
    if (begun_) signal_.emit(asio::cancellation_type::terminal);
  }

 private:
  asio::cancellation_signal signal_;
  bool begun_ = false;
  bool cancelled_ = false;
};

struct TaskGroup::Waiter {
  std::size_t count;
  std::move_only_function<void()> resume;
};

TaskGroup::TaskGroup(Executor executor) : executor_(std::move(executor)) {}

TaskGroup::~TaskGroup() = default;

TaskGroup::Task& TaskGroup::spawn(Async<void> task) {
  const auto entry = tasks_.emplace(tasks_.end());
  asio::co_spawn(executor_, begin(*entry, std::move(task)),
                 asio::bind_cancellation_slot(entry->slot(), [this, entry](std::exception_ptr error) {
                   if (error) std::rethrow_exception(error);
                   tasks_.erase(entry);
                   wake();
                 }));
  return *entry;
}

Async<void> TaskGroup::begin(Task& entry, Async<void> task) {
  co_await asio::this_coro::throw_if_cancelled(false);
  entry.begun();
  co_await std::move(task);
}

void TaskGroup::cancel(Task& task) { task.cancel(); }

void TaskGroup::cancel_all() {
  // A cancelled task may finish, and so leave the list, only later: its handlers are posted.
  for (auto& task : tasks_) task.cancel();
}

void TaskGroup::wake() {
  for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
    if (tasks_.size() < (*waiter)->count) {
      asio::post(executor_, std::move((*waiter)->resume));
      waiter = waiters_.erase(waiter);
    } else {
      ++waiter;
    }
  }
}

Async<void> TaskGroup::wait_below(std::size_t count) {
  if (tasks_.size() < count) co_return;
  co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(
      [](auto handler, TaskGroup* group, std::size_t below) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto waiter =
            std::make_shared<Waiter>(below, [handler = std::move(handler)]() mutable { std::move(handler)(); });
        group->waiters_.push_back(waiter);
        if (slot.is_connected()) {
          slot.assign([group, weak = std::weak_ptr(waiter)](asio::cancellation_type) {
            const auto cancelled = weak.lock();
            if (!cancelled || std::erase(group->waiters_, cancelled) == 0) return;
            asio::post(group->executor_, std::move(cancelled->resume));
          });
        }
      },
      asio::use_awaitable_t<Executor>{}, this, count);
}

namespace {

Async<void> then_cancel_all(Async<void> task, TaskGroup& group, bool& one_ended) {
  co_await std::move(task);
  one_ended = true;
  group.cancel_all();
}

}  // namespace

Async<void> until_first(Async<void> one, Async<void> other) {
  TaskGroup group(co_await asio::this_coro::executor);
  bool one_ended = false;
  group.spawn(then_cancel_all(std::move(one), group, one_ended));
  group.spawn(then_cancel_all(std::move(other), group, one_ended));
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  // An executor may run the first before there is the other.
  if (one_ended || cancellation.cancelled() != asio::cancellation_type::none) group.cancel_all();
  // A cancellation ends the wait early: it goes on to both.
  for (co_await group.wait_empty(); group.size() > 0; co_await group.wait_empty()) group.cancel_all();
}

}  // namespace syncwell
