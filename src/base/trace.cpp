#include "base/trace.hpp"

#include <algorithm>

namespace syncwell {
namespace {

constexpr std::size_t trace_digits = 32;
constexpr std::size_t span_digits = 16;
constexpr std::size_t header_length = 55;  // of version 00; later ones may be longer
constexpr std::size_t uuid_length = 36;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

// An id of zeros is none.
bool is_id(std::string_view text, std::size_t digits) {
  return text.size() == digits && is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

std::string hex_digits_of(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (is_hex({&c, 1})) digits += c;
  }
  return digits;
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view header) {
  if (header.size() < header_length || header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
  const auto version = header.substr(0, 2);
  const bool has_more = header.size() > header_length;
  if (!is_hex(version) || version == "ff" || (version == "00" && has_more)) return std::nullopt;
  if (has_more && header[header_length] != '-') return std::nullopt;
  const auto trace = header.substr(3, trace_digits);
  const auto span = header.substr(36, span_digits);
  if (!is_id(trace, trace_digits) || !is_id(span, span_digits) || !is_hex(header.substr(53, 2))) return std::nullopt;
  return TraceContext{std::string(trace), std::string(span)};
}

std::string to_traceparent(const TraceContext& context) {
  return "00-" + context.trace_id + "-" + context.span_id + "-01";
}

std::string trace_id_of(std::string_view correlation_id) {
  if (correlation_id.size() != uuid_length) return {};
  std::string id = hex_digits_of(correlation_id);
  return is_id(id, trace_digits) ? id : std::string();
}

std::string correlation_id_of(std::string_view trace_id) {
  if (!is_id(trace_id, trace_digits)) return {};
  std::string id(trace_id);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) id.insert(dash, 1, '-');
  return id;
}

std::string new_span_id(Random& random) { return hex_digits_of(random.uuid4()).substr(trace_digits - span_digits); }

std::string new_trace_id(Random& random) { return hex_digits_of(random.uuid4()); }

}  // namespace syncwell
