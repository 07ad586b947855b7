// What the engine tells (engine/observer.hpp) as metrics, and as spans where a collector is configured. Any thread.
#pragma once

#include <prometheus/registry.h>

#include <functional>
#include <string_view>

#include "api/request_ended.hpp"
#include "base/mutex.hpp"
#include "base/random.hpp"
#include "engine/observer.hpp"
#include "telemetry/span_queue.hpp"

namespace syncwell::app {

// What is counted here, for who reads it again.
inline constexpr std::string_view call_seconds_metric = "syncwell_provider_call_seconds";
inline constexpr std::string_view calls_metric = "syncwell_provider_calls_total";
inline constexpr std::string_view job_seconds_metric = "syncwell_job_seconds";
inline constexpr std::string_view api_seconds_metric = "syncwell_api_request_seconds";

class Observation final : public engine::Observer {
 public:
  explicit Observation(bool with_traces);
  void call_ended(const engine::CallEnded& call) override;
  void job_ended(const engine::JobEnded& job) override;
  // A request to the API. `route`: its pattern, never its path.
  void request_ended(const api::RequestEnded& request);

  [[nodiscard]] std::vector<prometheus::MetricFamily> collect() const { return registry_.Collect(); }
  [[nodiscard]] telemetry::SpanQueue& spans() { return spans_; }
  [[nodiscard]] bool has_traces() const { return with_traces_; }

 private:
  [[nodiscard]] std::string new_span_id();

  const bool with_traces_;
  telemetry::SpanQueue spans_;
  Mutex mutex_;
  Random random_ SYNCWELL_GUARDED_BY(mutex_) = Random::from_system();
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Histogram>& call_seconds_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Histogram>& job_seconds_;
  prometheus::Family<prometheus::Counter>& failures_;
  prometheus::Histogram& sync_seconds_;
  prometheus::Family<prometheus::Histogram>& api_seconds_;
};

}  // namespace syncwell::app
