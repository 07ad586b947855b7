// Takes what subscribers are to be told from its queue and puts it into the outbox. At least once: acknowledges last.
// What cannot be read goes to the queue's dead-letter queue. Everything happens on the runtime's thread; stop() before
// what it refers to goes.
#pragma once

#include "base/task_group.hpp"
#include "notify/outbox.hpp"

namespace syncwell::notify {

class Announcer {
 public:
  Announcer(queue::Queue& events, Outbox outbox, Runtime& runtime)
      : queue_(events), outbox_(std::move(outbox)), runtime_(runtime), loop_(runtime.executor()) {}
  void start() { loop_.spawn(run()); }
  [[nodiscard]] Async<void> stop();

 private:
  [[nodiscard]] Async<void> run();
  [[nodiscard]] Async<Result<void>> handle(queue::Message message);

  queue::Queue& queue_;
  Outbox outbox_;
  Runtime& runtime_;
  TaskGroup loop_;
};

}  // namespace syncwell::notify
