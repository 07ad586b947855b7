// Whether a later version of a schema keeps faith with an earlier one of the same major version: what the later one
// allows, a reader of the earlier one understands, and the other way round. For tests only.
//   may change: members added that nobody has to write; values added to an enum (readers take unknown ones for
//               other / unknown); alternatives added to a oneOf whose alternatives are told apart by a constant, if
//               the new one has a constant of its own; titles and descriptions
//   may not:    members removed, renamed or of another type; members newly required or no longer required; enum values
//               removed, enums added or dropped; bounds or constants changed; other alternatives added or removed;
//               additional members newly forbidden or allowed
#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace syncwell::model {

// Each break with its place in the schema; empty when there is none. Both schemas pass unsupported_keywords().
[[nodiscard]] std::vector<std::string> schema_breaks(const boost::json::value& earlier,
                                                     const boost::json::value& later);

}  // namespace syncwell::model
