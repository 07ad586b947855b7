// Takes what may start a job from the queue of triggers (TRIG-2, TRIG-4): a provider's notification makes a job of
// every sync that reads this type from that connection; a sync that brought something new is looked at sooner. At least
// once: acknowledges last, so that a crash repeats. What cannot be read goes to the queue's dead-letter queue.
// Everything happens on the runtime's thread; stop() before what it refers to goes.
#pragma once

#include "base/task_group.hpp"
#include "schedule/bursts.hpp"
#include "schedule/config_schedule.hpp"
#include "schedule/trigger_jobs.hpp"

namespace syncwell::schedule {

class Dispatcher {
 public:
  Dispatcher(queue::Queue& triggers, store::Table& table, TriggerJobs& jobs, Runtime& runtime)
      : queue_(triggers),
        jobs_(jobs),
        runtime_(runtime),
        configs_(table),
        schedule_(table, runtime),
        loop_(runtime.executor()),
        people_(runtime.executor()) {}

  void start() { loop_.spawn(run()); }
  [[nodiscard]] Async<void> stop();

 private:
  using Messages = std::vector<std::pair<queue::Message, bus::Event>>;
  [[nodiscard]] Async<void> run();
  [[nodiscard]] Async<Result<void>> take(std::vector<queue::Message> messages);
  // Those of one person one after another, so that they meet one another's job.
  [[nodiscard]] Async<void> handle_all(Messages messages);
  [[nodiscard]] Async<Result<void>> handle(queue::Message message, bus::Event event);
  // unreadable_input: it lacks what it must say.
  [[nodiscard]] Async<Result<void>> carry_out(const bus::Event& event);
  [[nodiscard]] Async<Result<void>> source_changed(const bus::Event& event);

  queue::Queue& queue_;
  TriggerJobs& jobs_;
  Runtime& runtime_;
  store::SyncConfigs configs_;
  ConfigSchedule schedule_;
  Bursts bursts_;
  bool stopping_ = false;
  TaskGroup loop_;
  TaskGroup people_;
};

}  // namespace syncwell::schedule
