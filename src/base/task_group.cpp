#include "base/task_group.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cassert>
#include <exception>

#include "base/cancellation.hpp"

namespace syncwell {

namespace asio = boost::asio;

struct TaskGroup::Waiter {
  std::size_t count;
  std::move_only_function<void()> resume;
};

TaskGroup::TaskGroup(Executor executor) : executor_(std::move(executor)) {}

TaskGroup::~TaskGroup() = default;

void TaskGroup::spawn(Async<void> task) {
  const auto entry = tasks_.emplace(tasks_.end());
  asio::co_spawn(executor_, without_cancellation_exceptions(std::move(task)),
                 asio::bind_cancellation_slot(entry->slot(), [this, entry](std::exception_ptr error) {
                   (void)was_cancelled(error);  // any other exception ends the process
                   tasks_.erase(entry);
                   wake();
                 }));
}

void TaskGroup::cancel_all() {
  // A cancelled task may finish, and so leave the list, only later: its handlers are posted.
  for (auto& signal : tasks_) signal.emit(asio::cancellation_type::terminal);
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

}  // namespace syncwell
