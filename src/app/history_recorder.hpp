// Takes the samples of the history (history.hpp) every ten seconds from what the process counts anyway. One thread:
// that of the API.
#pragma once

#include <functional>
#include <vector>

#include "app/history.hpp"
#include "app/observation.hpp"
#include "base/runtime.hpp"
#include "base/task_group.hpp"
#include "engine/worker.hpp"
#include "queue/queue.hpp"

namespace syncwell::app {

struct HistorySources {  // references outlive the recorder
  queue::Queue& hot_queue;
  const Observation& observation;
  std::function<std::vector<const engine::Worker*>()> workers;  // those that run now
};

class HistoryRecorder {
 public:
  HistoryRecorder(HistorySources sources, Runtime& runtime);
  void start() { recording_.spawn(record()); }
  [[nodiscard]] Async<void> stop();
  // Takes one sample now. A queue that cannot be asked leaves out its figures.
  [[nodiscard]] Async<void> take();
  [[nodiscard]] const History& history() const { return history_; }

 private:
  [[nodiscard]] Async<void> record();

  HistorySources from_;
  Runtime& runtime_;
  History history_;
  TaskGroup recording_;
};

}  // namespace syncwell::app
