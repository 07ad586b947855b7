#include "telemetry/span_exporter.hpp"

#include "base/log.hpp"
#include "telemetry/otlp_json.hpp"

namespace syncwell::telemetry {

Async<void> SpanExporter::stop() {
  loop_.cancel_all();
  co_await loop_.wait_empty();
  const auto rest = spans_.take(max_waiting_spans);
  if (!rest.empty()) (void)co_await send(rest);
}

Async<void> SpanExporter::run() {
  while (true) {
    auto slept = co_await runtime_.sleep_for(export_interval);
    if (!slept) co_return;
    for (auto batch = spans_.take(max_exported_at_once); !batch.empty(); batch = spans_.take(max_exported_at_once)) {
      for (int tries = 1;; ++tries) {
        auto sent = co_await send(batch);
        if (sent) break;
        if (sent.error().code == ErrorCode::cancelled) co_return;
        if (tries == max_export_tries) {
          spans_.drop(batch.size());
          break;
        }
        auto waited = co_await runtime_.sleep_for(export_interval);
        if (!waited) co_return;
      }
    }
  }
}

Async<Result<void>> SpanExporter::send(const std::vector<Span>& batch) {
  net::Request request{"POST", url_, {{"Content-Type", "application/json"}}, to_otlp_json(batch)};
  auto answer = co_await http_.send(std::move(request), Deadline::after(runtime_, export_timeout));
  if (answer && answer->status >= 200 && answer->status < 300) {
    is_told_ = false;
    co_return Result<void>{};
  }
  Error error = answer ? Error{ErrorCode::provider_failed, "it answered " + std::to_string(answer->status)}
                       : std::move(answer.error());
  if (!is_told_ && error.code != ErrorCode::cancelled) {
    is_told_ = true;
    log(LogLevel::warn, "the trace collector takes no spans", {{"detail", error.message}});
  }
  co_return fail(std::move(error));
}

}  // namespace syncwell::telemetry
