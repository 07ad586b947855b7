// A Google Health data point: reading it from JSON (create, PATCH, seeds) and writing it as the service does.
// Source: fact sheet google_health.md, Time model, Payload by type and Writing.
// Pure functions, any thread. Messages name the field, never a value.
#pragma once

#include <boost/json.hpp>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "sandbox/google_health_filter.hpp"
#include "sandbox/google_health_types.hpp"

namespace syncwell::sandbox {

inline constexpr std::size_t max_point_id_length = 63;
inline constexpr std::size_t min_point_id_length = 4;
inline constexpr std::size_t max_list_members = 20'000;  // stages, splits, events of one point

struct Point {
  const GoogleHealthType* type = nullptr;
  std::string id;
  boost::json::object payload;      // without civil times; members in the table's order
  boost::json::object data_source;  // empty: none
  std::string owner_client;         // the OAuth client that wrote it; empty: it was not written through the API
  PointTimes times;
};

// Who wrote the JSON: an app (output-only members are ignored), or a seed (they are taken over).
enum class PointAuthor { application, seed };

// Letters a–z, digits and hyphens, 4 to 63 of them.
[[nodiscard]] bool is_client_point_id(std::string_view id);

// Reads {name?, dataSource?, <type>: {...}}; `id` and `owner_client` stay empty. Error: what is wrong, at which field.
[[nodiscard]] std::expected<Point, std::string> read_point(const GoogleHealthType& type,
                                                           const boost::json::object& body, PointAuthor author);
// The payload with its civil times.
[[nodiscard]] boost::json::object rendered_payload(const Point& point);
// Sets createTime and updateTime where the type has them, and what the service works out for a sleep: metadata,
// summary.
void complete_derived_members(Point& point, Instant created, Instant updated);

}  // namespace syncwell::sandbox
