// A validator for the part of JSON Schema 2020-12 that schema/*.json uses. For tests only: Debian has no validator
// library, and a schema that nothing checks is a drawing. Keywords outside the part are found by
// unsupported_keywords(), so that a schema cannot quietly rely on something that is not checked.
//   checked:  type, properties, required, enum, const, items, additionalProperties, minimum, maximum, oneOf,
//             $ref to "#/$defs/…"
//   ignored:  $schema, $id, $defs, title, description
#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace syncwell::model {

// Where and why `document` does not validate: "$.body.heart_rate: …"; empty when it does.
[[nodiscard]] std::vector<std::string> schema_violations(const boost::json::value& schema,
                                                         const boost::json::value& document);

// Every keyword (with its place) that the validator would not check, and every $ref that leads nowhere.
[[nodiscard]] std::vector<std::string> unsupported_keywords(const boost::json::value& schema);

// The schema itself, or what its $ref leads to in `root`; null when that leads nowhere.
[[nodiscard]] const boost::json::object* resolve_schema(const boost::json::object& root,
                                                        const boost::json::object& schema);

}  // namespace syncwell::model
