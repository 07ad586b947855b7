// Reads a JSON object by a table of field rules, as the service's proto3 JSON parser does: unknown members and
// members of the wrong kind are refused, int64 may come as number or text and is kept as text, null is absent.
// Pure function, any thread.
#pragma once

#include <boost/json.hpp>
#include <expected>
#include <span>
#include <string>

#include "base/time.hpp"
#include "sandbox/google_health_types.hpp"

namespace syncwell::sandbox {

// The members in the order of the rules. With `keep_output_only` false output-only members are left out.
// Error: "field: reason", never with the value.
[[nodiscard]] std::expected<boost::json::object, std::string> read_message(std::span<const FieldRule> rules,
                                                                           const boost::json::object& input,
                                                                           bool keep_output_only);

// "-18000s", "1.5s"; nullopt for anything else.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
[[nodiscard]] std::string format_duration(Duration duration);

}  // namespace syncwell::sandbox
