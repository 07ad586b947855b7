#include "app/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <chrono>

namespace syncwell::app {

Metrics::Metrics(queue::Queue& hot_queue, engine::Breakers& breakers,
                 std::function<std::vector<const engine::Worker*>()> workers, const api::WebhookCounters* webhooks)
    : hot_queue_(hot_queue), breakers_(breakers), workers_(std::move(workers)), webhooks_(webhooks) {}

// Everything is read when it is asked for: nothing is counted twice, nothing costs anything in between.
Async<std::string> Metrics::text() {
  prometheus::Registry registry;
  auto& jobs = prometheus::BuildCounter().Name("syncwell_jobs_total").Help("Job runs by outcome.").Register(registry);
  auto& running =
      prometheus::BuildGauge().Name("syncwell_jobs_running").Help("Jobs that run now.").Register(registry).Add({});
  auto& suppressed = prometheus::BuildCounter()
                         .Name("syncwell_idempotency_hits_total")
                         .Help("Duplicate jobs that were suppressed.")
                         .Register(registry)
                         .Add({});
  for (const auto* worker : workers_()) {
    const auto& counters = worker->counters();
    jobs.Add({{"outcome", "succeeded"}}).Increment(static_cast<double>(counters.succeeded));
    jobs.Add({{"outcome", "retried"}}).Increment(static_cast<double>(counters.retried));
    jobs.Add({{"outcome", "delayed"}}).Increment(static_cast<double>(counters.delayed));
    jobs.Add({{"outcome", "dead_lettered"}}).Increment(static_cast<double>(counters.dead_lettered));
    jobs.Add({{"outcome", "needs_reauth"}}).Increment(static_cast<double>(counters.needs_reauth));
    suppressed.Increment(static_cast<double>(counters.duplicates_suppressed));
    running.Increment(static_cast<double>(counters.running));
  }
  if (auto depth = co_await hot_queue_.depth()) {
    auto& messages = prometheus::BuildGauge()
                         .Name("syncwell_queue_messages")
                         .Help("Messages of the hot queue by state.")
                         .Register(registry);
    messages.Add({{"state", "visible"}}).Set(static_cast<double>(depth->visible));
    messages.Add({{"state", "in_flight"}}).Set(static_cast<double>(depth->in_flight));
    messages.Add({{"state", "delayed"}}).Set(static_cast<double>(depth->delayed));
    messages.Add({{"state", "dead"}}).Set(static_cast<double>(depth->dead));
    const Instant now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const auto age = depth->oldest_visible ? now - *depth->oldest_visible : Duration{0};
    prometheus::BuildGauge()
        .Name("syncwell_queue_oldest_age_seconds")
        .Help("Age of the oldest visible message.")
        .Register(registry)
        .Add({})
        .Set(static_cast<double>(age.count()) / 1000.0);
  }
  auto& breaker = prometheus::BuildGauge()
                      .Name("syncwell_breaker_open")
                      .Help("1: calls are paused, 0.5: probing.")
                      .Register(registry);
  for (const auto& [provider, state] : breakers_.states()) {
    const double value = state == engine::CircuitBreaker::State::open        ? 1
                         : state == engine::CircuitBreaker::State::half_open ? 0.5
                                                                             : 0;
    breaker.Add({{"provider", provider}}).Set(value);
  }
  if (webhooks_ != nullptr) {
    auto& total = prometheus::BuildCounter()
                      .Name("syncwell_webhooks_total")
                      .Help("Notifications of providers by outcome.")
                      .Register(registry);
    for (const auto& [key, count] : webhooks_->counts()) {
      total.Add({{"provider", key.first}, {"outcome", std::string(api::name_of(key.second))}})
          .Increment(static_cast<double>(count));
    }
  }
  co_return prometheus::TextSerializer().Serialize(registry.Collect());
}

}  // namespace syncwell::app
