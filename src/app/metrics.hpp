// The process's metrics as Prometheus text (OBS, ARCH-12).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/webhook_counters.hpp"
#include "engine/outward_client.hpp"
#include "engine/worker.hpp"
#include "queue/queue.hpp"
#include "schedule/counters.hpp"

namespace syncwell::app {

class Metrics {
 public:
  // References outlive the object; `workers` gives those that run now.
  Metrics(queue::Queue& hot_queue, engine::Breakers& breakers,
          std::function<std::vector<const engine::Worker*>()> workers, const api::WebhookCounters* webhooks = nullptr,
          const schedule::Counters* schedule = nullptr);
  [[nodiscard]] Async<std::string> text();

 private:
  queue::Queue& hot_queue_;
  engine::Breakers& breakers_;
  std::function<std::vector<const engine::Worker*>()> workers_;
  const api::WebhookCounters* webhooks_;
  const schedule::Counters* schedule_;
};

}  // namespace syncwell::app
