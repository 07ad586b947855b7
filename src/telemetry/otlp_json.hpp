// Spans in the JSON form of OTLP (opentelemetry-proto 1.x, ExportTraceServiceRequest; "OTLP/HTTP", JSON Protobuf
// encoding: ids in hex, 64-bit numbers as text). A pure function, any thread.
#pragma once

#include <span>
#include <string>

#include "base/trace.hpp"

namespace syncwell::telemetry {

[[nodiscard]] std::string to_otlp_json(std::span<const Span> spans);

}  // namespace syncwell::telemetry
