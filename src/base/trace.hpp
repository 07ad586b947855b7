// Traces (OBS): W3C Trace Context and the spans of OpenTelemetry as plain values. A trace's id is the correlation id of
// what it follows (a UUID without its dashes), so that logs, jobs and traces are found by one id.
// Sources: W3C Trace Context (Recommendation of 2021-11-23); OpenTelemetry specification 1.x, trace API.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"

namespace syncwell {

struct TraceContext {
  std::string trace_id;  // 32 lower-case hex digits; empty: there is no trace
  std::string span_id;   // 16 lower-case hex digits
};

// The `traceparent` header. nullopt for what the recommendation calls invalid.
[[nodiscard]] std::optional<TraceContext> parse_traceparent(std::string_view header);
[[nodiscard]] std::string to_traceparent(const TraceContext& context);

// "0af76519-16cd-43dd-8448-eb211c80319c" <-> "0af7651916cd43dd8448eb211c80319c". Empty where the other is no such id.
[[nodiscard]] std::string trace_id_of(std::string_view correlation_id);
[[nodiscard]] std::string correlation_id_of(std::string_view trace_id);

[[nodiscard]] std::string new_span_id(Random& random);
[[nodiscard]] std::string new_trace_id(Random& random);

// One step that has ended. Names and attributes hold ids of jobs, codes and counts, as log lines do.
struct Span {
  enum class Kind { server = 2, client = 3, consumer = 5 };  // OTLP's numbers
  TraceContext context;
  std::string parent_span_id{};  // empty: the trace begins here
  std::string name{};
  Kind kind = Kind::server;
  Instant began{};
  Duration took{};
  std::vector<std::pair<std::string, std::variant<std::string, std::int64_t>>> attributes{};
  std::string error{};  // empty: it went well
};

}  // namespace syncwell
