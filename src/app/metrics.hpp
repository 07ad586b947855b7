// The process's metrics as Prometheus text (OBS, ARCH-12).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/webhook_counters.hpp"
#include "app/observation.hpp"
#include "engine/outward_client.hpp"
#include "engine/worker.hpp"
#include "notify/deliverer.hpp"
#include "providers/registry.hpp"
#include "queue/queue.hpp"
#include "schedule/counters.hpp"
#include "store/table.hpp"
#include "support/outside.hpp"

namespace syncwell::app {

struct MetricSources {  // references outlive the metrics
  queue::Queue& hot_queue;
  engine::Breakers& breakers;
  engine::InProcessRateLimiter& limiter;
  const providers::Registry& providers;
  Observation& observation;
  const api::WebhookCounters& webhooks;
  const schedule::Counters& schedule;
  const notify::DeliveryCounters& deliveries;
  const support::NoticeCounters& notices;
  store::Table& table;
  std::function<std::vector<const engine::Worker*>()> workers;  // those that run now
};

class Metrics {
 public:
  explicit Metrics(MetricSources sources) : from_(std::move(sources)) {}
  [[nodiscard]] Async<std::string> text();

 private:
  MetricSources from_;
};

}  // namespace syncwell::app
