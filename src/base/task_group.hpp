// A scope for coroutines (STYLE 4): whoever starts tasks waits for them here; nothing is detached. All methods are
// called on the thread of the executor. The group outlives its tasks: wait_empty() before destroying it.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>

#include "base/async.hpp"

namespace syncwell {

class TaskGroup {
 public:
  class Task;

  explicit TaskGroup(Executor executor);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts the task on the executor. Exceptions of a task end the process: they are broken invariants. The reference is
  // good for cancel() until the task ends.
  Task& spawn(Async<void> task);
  [[nodiscard]] std::size_t size() const { return tasks_.size(); }
  // Asks a task to stop: what it awaits returns Error{cancelled}. One that has not begun is asked when it does.
  static void cancel(Task& task);
  void cancel_all();
  // Resumes when fewer than `count` tasks run. Cancellation ends the wait early.
  [[nodiscard]] Async<void> wait_below(std::size_t count);
  [[nodiscard]] Async<void> wait_empty() { return wait_below(1); }

 private:
  struct Waiter;
  [[nodiscard]] static Async<void> begin(Task& entry, Async<void> task);
  void wake();

  Executor executor_;
  std::list<Task> tasks_;
  std::list<std::shared_ptr<Waiter>> waiters_;
};

// Runs both at the same time until one of them ends, then cancels the other and waits for its end. Cancellation cancels
// both.
[[nodiscard]] Async<void> until_first(Async<void> one, Async<void> other);

}  // namespace syncwell
