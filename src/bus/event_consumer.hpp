// Takes events from their queue one by one and has them carried out. At least once: acknowledges last. What cannot be
// read, or what the handler calls unreadable_input, goes to the queue's dead-letter queue; whatever else fails is tried
// again. Everything happens on the runtime's thread; stop() before what it refers to goes.
#pragma once

#include <functional>

#include "base/runtime.hpp"
#include "base/task_group.hpp"
#include "bus/event_bus.hpp"
#include "queue/queue.hpp"

namespace syncwell::bus {

class EventConsumer {
 public:
  // `attempt` counts from 1.
  using Handler = std::function<Async<Result<void>>(Event event, int attempt)>;
  // How long a failed event waits for its next attempt.
  using Pause = std::function<Duration(int attempt)>;

  // Without `pause`, a failed event shows itself again when its visibility time-out is over.
  EventConsumer(queue::Queue& queue, Runtime& runtime, Handler handler, Pause pause = {})
      : queue_(queue),
        runtime_(runtime),
        handler_(std::move(handler)),
        pause_(std::move(pause)),
        loop_(runtime.executor()) {}
  void start() { loop_.spawn(run()); }
  [[nodiscard]] Async<void> stop();

 private:
  [[nodiscard]] Async<void> run();
  [[nodiscard]] Async<Result<void>> handle(queue::Message message);

  queue::Queue& queue_;
  Runtime& runtime_;
  Handler handler_;
  Pause pause_;
  TaskGroup loop_;
};

}  // namespace syncwell::bus
