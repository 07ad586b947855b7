#include "app/history_recorder.hpp"

#include <algorithm>
#include <string_view>

namespace syncwell::app {

namespace {

std::string_view label(const prometheus::ClientMetric& metric, std::string_view name) {
  const auto found = std::ranges::find_if(metric.label, [&](const auto& each) { return each.name == name; });
  return found == metric.label.end() ? std::string_view() : found->value;
}

void read_families(const std::vector<prometheus::MetricFamily>& families, HistorySample& sample) {
  for (const auto& family : families) {
    for (const auto& metric : family.metric) {
      const auto provider = [&]() -> HistorySample::Provider& {
        return sample.providers[std::string(label(metric, "provider"))];
      };
      if (family.name == job_seconds_metric) {
        sample.job_seconds.add(Distribution(metric.histogram));
      } else if (family.name == api_seconds_metric) {
        sample.api_seconds.add(Distribution(metric.histogram));
      } else if (family.name == call_seconds_metric) {
        provider().seconds.add(Distribution(metric.histogram));
      } else if (family.name == calls_metric) {
        const auto count = static_cast<std::uint64_t>(metric.counter.value);
        const auto outcome = label(metric, "outcome");
        provider().calls += count;
        if (outcome != "2xx" && outcome != "3xx") provider().errors += count;
      }
    }
  }
}

}  // namespace

HistoryRecorder::HistoryRecorder(HistorySources sources, Runtime& runtime)
    : from_(std::move(sources)), runtime_(runtime), recording_(runtime.executor()) {}

Async<void> HistoryRecorder::stop() {
  recording_.cancel_all();
  co_await recording_.wait_empty();
}

Async<void> HistoryRecorder::record() {
  for (Steady next = runtime_.steady_now();; next += history_step) {
    // A machine that stood still takes no samples for the time that is gone.
    next = std::max(next, runtime_.steady_now());
    auto slept = co_await runtime_.sleep_until(next);
    if (!slept) co_return;
    co_await take();
  }
}

Async<void> HistoryRecorder::take() {
  HistorySample sample;
  sample.at = runtime_.now();
  for (const auto* worker : from_.workers()) {
    const auto& counters = worker->counters();
    sample.jobs_succeeded += counters.succeeded;
    sample.jobs_failed += counters.dead_lettered + counters.needs_reauth;
  }
  if (auto depth = co_await from_.hot_queue.depth()) {
    sample.queue_visible = static_cast<std::int64_t>(depth->visible);
    sample.dead_letters = static_cast<std::int64_t>(depth->dead);
    const Duration age = depth->oldest_visible ? sample.at - *depth->oldest_visible : Duration{0};
    sample.queue_oldest_age_s = std::max(0.0, static_cast<double>(age.count()) / 1000.0);
  }
  read_families(from_.observation.collect(), sample);
  history_.add(std::move(sample));
}

}  // namespace syncwell::app
