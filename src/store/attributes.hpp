// Reading and writing of item attributes with their types. A missing or mistyped attribute reads as empty: items that
// an older version wrote lack what a newer one added.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace syncwell::store {

[[nodiscard]] std::string text_attribute(const boost::json::object& attributes, std::string_view name);
[[nodiscard]] std::int64_t number_attribute(const boost::json::object& attributes, std::string_view name);
[[nodiscard]] std::optional<Instant> instant_attribute(const boost::json::object& attributes, std::string_view name);
// Instants are kept as milliseconds since 1970; an empty one is left out.
void set_instant(boost::json::object& attributes, std::string_view name, std::optional<Instant> instant);

}  // namespace syncwell::store
