// Sends waiting spans to a collector, a batch at a time. A batch that the collector does not take is dropped after a
// few tries: traces are help, not records. Everything happens on the runtime's thread; stop() sends what waits, once.
#pragma once

#include <string>

#include "base/task_group.hpp"
#include "net/http_client.hpp"
#include "telemetry/span_queue.hpp"

namespace syncwell::telemetry {

inline constexpr Duration export_interval = std::chrono::seconds{2};
inline constexpr Duration export_timeout = std::chrono::seconds{10};
inline constexpr std::size_t max_exported_at_once = 512;
inline constexpr int max_export_tries = 3;

class SpanExporter {
 public:
  // `endpoint`: "http://127.0.0.1:4318"; spans go to its /v1/traces.
  SpanExporter(SpanQueue& spans, std::string endpoint, net::HttpClient& http, Runtime& runtime)
      : spans_(spans),
        url_(std::move(endpoint) + "/v1/traces"),
        http_(http),
        runtime_(runtime),
        loop_(runtime.executor()) {}
  void start() { loop_.spawn(run()); }
  [[nodiscard]] Async<void> stop();

 private:
  [[nodiscard]] Async<void> run();
  [[nodiscard]] Async<Result<void>> send(const std::vector<Span>& batch);

  SpanQueue& spans_;
  std::string url_;
  net::HttpClient& http_;
  Runtime& runtime_;
  bool is_told_ = false;  // that the collector does not answer
  TaskGroup loop_;
};

}  // namespace syncwell::telemetry
