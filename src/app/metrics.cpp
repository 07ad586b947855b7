#include "app/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "support/situation.hpp"

namespace syncwell::app {

namespace {

void add_schedule(prometheus::Registry& registry, const schedule::Counters& counters) {
  auto& triggers = prometheus::BuildCounter()
                       .Name("syncwell_triggers_total")
                       .Help("What the schedule and webhooks asked for, by what became of it.")
                       .Register(registry);
  const auto add = [&](const char* outcome, const std::atomic<std::uint64_t>& count) {
    triggers.Add({{"outcome", outcome}}).Increment(static_cast<double>(count.load()));
  };
  add("polled", counters.polls);
  add("webhook_job", counters.webhook_jobs);
  add("merged", counters.merged);
  add("dropped", counters.dropped);
  add("spared", counters.spared);
  add("held_back", counters.held_back);
  add("repaired", counters.repaired);
  prometheus::BuildCounter()
      .Name("syncwell_poll_lateness_seconds_total")
      .Help("How long after they were due polls began, all together.")
      .Register(registry)
      .Add({})
      .Increment(static_cast<double>(counters.lateness_ms.load()) / 1000.0);
  prometheus::BuildGauge()
      .Name("syncwell_poll_lateness_worst_seconds")
      .Help("The latest poll since the process started.")
      .Register(registry)
      .Add({})
      .Set(static_cast<double>(counters.worst_lateness_ms.load()) / 1000.0);
}

void add_deliveries(prometheus::Registry& registry, const notify::DeliveryCounters& counters) {
  auto& deliveries = prometheus::BuildCounter()
                         .Name("syncwell_event_deliveries_total")
                         .Help("Attempts to tell subscribers, by outcome.")
                         .Register(registry);
  deliveries.Add({{"outcome", "delivered"}}).Increment(static_cast<double>(counters.delivered));
  deliveries.Add({{"outcome", "failed"}}).Increment(static_cast<double>(counters.failed));
  deliveries.Add({{"outcome", "given_up"}}).Increment(static_cast<double>(counters.given_up));
  deliveries.Add({{"outcome", "gone"}}).Increment(static_cast<double>(counters.disabled));
}

void add_desk(prometheus::Registry& registry, const support::Situation& situation) {
  prometheus::BuildGauge()
      .Name("syncwell_incidents_open")
      .Help("Incidents of the support desk that are open.")
      .Register(registry)
      .Add({})
      .Set(static_cast<double>(situation.open_incidents));
  auto& people = prometheus::BuildGauge()
                     .Name("syncwell_contacts_due")
                     .Help("People who have to be told of a failed sync, by stage of the contact clock; at most 1000.")
                     .Register(registry);
  for (const auto& [stage, count] : situation.contacts_due)
    people.Add({{"stage", stage}}).Set(static_cast<double>(count));
  prometheus::BuildGauge()
      .Name("syncwell_notices_undelivered")
      .Help("Alarms, tickets and mails that did not arrive and are not tried any more; at most 1000.")
      .Register(registry)
      .Add({})
      .Set(static_cast<double>(situation.undelivered_notices));
}

void add_notices(prometheus::Registry& registry, const support::NoticeCounters& counters) {
  auto& notices = prometheus::BuildCounter()
                      .Name("syncwell_notices_total")
                      .Help("Attempts to deliver alarms, tickets and mails, by outcome.")
                      .Register(registry);
  notices.Add({{"outcome", "sent"}}).Increment(static_cast<double>(counters.sent));
  notices.Add({{"outcome", "failed"}}).Increment(static_cast<double>(counters.failed));
}

}  // namespace

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
  for (const auto* worker : from_.workers()) {
    const auto& counters = worker->counters();
    jobs.Add({{"outcome", "succeeded"}}).Increment(static_cast<double>(counters.succeeded));
    jobs.Add({{"outcome", "retried"}}).Increment(static_cast<double>(counters.retried));
    jobs.Add({{"outcome", "delayed"}}).Increment(static_cast<double>(counters.delayed));
    jobs.Add({{"outcome", "dead_lettered"}}).Increment(static_cast<double>(counters.dead_lettered));
    jobs.Add({{"outcome", "needs_reauth"}}).Increment(static_cast<double>(counters.needs_reauth));
    suppressed.Increment(static_cast<double>(counters.duplicates_suppressed));
    running.Increment(static_cast<double>(counters.running));
  }
  if (auto depth = co_await from_.hot_queue.depth()) {
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
  for (const auto& [provider, state] : from_.breakers.states()) {
    const double value = state == engine::CircuitBreaker::State::open        ? 1
                         : state == engine::CircuitBreaker::State::half_open ? 0.5
                                                                             : 0;
    breaker.Add({{"provider", provider}}).Set(value);
  }
  auto& budget = prometheus::BuildGauge()
                     .Name("syncwell_rate_limit_budget_ratio")
                     .Help("What is left of the limits that all users share; 1: all of it.")
                     .Register(registry);
  for (const auto& provider : from_.providers.all()) {
    const auto& capabilities = provider->capabilities();
    for (const auto& rule : from_.limiter.budgets(capabilities.key, capabilities.rate_rules)) {
      const double used = std::min(1.0, static_cast<double>(rule.used) / std::max(1U, rule.limit));
      budget.Add({{"provider", capabilities.key}, {"rule", rule.rule}}).Set(1.0 - used);
    }
  }
  auto& webhooks = prometheus::BuildCounter()
                       .Name("syncwell_webhooks_total")
                       .Help("Notifications of providers by outcome.")
                       .Register(registry);
  for (const auto& [key, count] : from_.webhooks.counts()) {
    webhooks.Add({{"provider", key.first}, {"outcome", std::string(api::name_of(key.second))}})
        .Increment(static_cast<double>(count));
  }
  add_schedule(registry, from_.schedule);
  add_deliveries(registry, from_.deliveries);
  add_notices(registry, from_.notices);
  if (auto situation = co_await support::situation(from_.table)) add_desk(registry, *situation);
  prometheus::BuildCounter()
      .Name("syncwell_trace_spans_dropped_total")
      .Help("Spans that the collector did not take.")
      .Register(registry)
      .Add({})
      .Increment(static_cast<double>(from_.observation.spans().dropped()));
  auto families = registry.Collect();
  std::ranges::move(from_.observation.collect(), std::back_inserter(families));
  co_return prometheus::TextSerializer().Serialize(families);
}

}  // namespace syncwell::app
