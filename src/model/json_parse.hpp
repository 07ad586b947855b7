// JSON text to a tree of values, with what Boost.JSON's own parse() lacks: numbers that are exact to the last bit
// (Boost 1.81 rounds some wrongly) and a bound on the number of values. Strict RFC 8259: no comments, no trailing
// commas, UTF-8 checked.
// Internal to the model's JSON reader.
#pragma once

#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <string_view>

#include "base/error.hpp"

namespace syncwell::model {

// The value lives in `storage`. unreadable_input: no JSON, not UTF-8, numbers beyond double, or past
// max_record_json_bytes, max_record_json_values or max_record_json_depth; names the byte.
[[nodiscard]] Result<boost::json::value> parse_json(std::string_view text, boost::json::storage_ptr storage);

}  // namespace syncwell::model
