// A scope for coroutines (STYLE 4): whoever starts tasks waits for them here; nothing is detached. All methods are
// called on the thread of the executor. The group outlives its tasks: wait_empty() before destroying it.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "base/async.hpp"

namespace boost::asio {
class cancellation_signal;
}

namespace syncwell {

class TaskGroup {
 public:
  explicit TaskGroup(Executor executor);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts the task on the executor. Exceptions of a task end the process: they are broken invariants.
  void spawn(Async<void> task);
  [[nodiscard]] std::size_t size() const { return tasks_.size(); }
  // Asks every running task to stop: what they await returns Error{cancelled}.
  void cancel_all();
  // Resumes when fewer than `count` tasks run. Cancellation ends the wait early.
  [[nodiscard]] Async<void> wait_below(std::size_t count);
  [[nodiscard]] Async<void> wait_empty() { return wait_below(1); }

 private:
  struct Waiter;
  void wake();

  Executor executor_;
  std::list<boost::asio::cancellation_signal> tasks_;
  std::list<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace syncwell
