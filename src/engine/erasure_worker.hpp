// Carries out what eraser.hpp was asked for: takes the events from their queue one by one, and repeats those that could
// not be done with growing pauses. Everything happens on the runtime's thread; stop() before what it refers to goes.
#pragma once

#include "base/task_group.hpp"
#include "engine/eraser.hpp"

namespace syncwell::engine {

// Days of trying, then the event waits in the queue's dead-letter queue for the operator.
inline constexpr int max_erasure_attempts = 100;
inline constexpr Duration max_erasure_pause = std::chrono::hours{1};

class ErasureWorker {
 public:
  ErasureWorker(queue::Queue& queue, Eraser& eraser, Runtime& runtime)
      : queue_(queue), eraser_(eraser), runtime_(runtime), loop_(runtime.executor()) {}
  void start() { loop_.spawn(run()); }
  [[nodiscard]] Async<void> stop();

 private:
  [[nodiscard]] Async<void> run();
  [[nodiscard]] Async<Result<void>> handle(queue::Message message);

  queue::Queue& queue_;
  Eraser& eraser_;
  Runtime& runtime_;
  TaskGroup loop_;
};

}  // namespace syncwell::engine
