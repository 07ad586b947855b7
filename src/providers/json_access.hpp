// Reading JSON answers that others wrote: bounded, without exceptions, and with the difference between "not there" and
// "there but unreadable" that decides between an empty field, a warning and a mapping error (PROV-3).
// Pure functions, any thread. Views (object, array, text) live as long as the value they were taken from.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/time.hpp"
#include "net/http.hpp"

namespace syncwell::providers {

inline constexpr std::size_t max_json_depth = 32;
inline constexpr std::size_t max_text_field_bytes = 16 * 1024;  // longer texts count as unreadable

// A JSON null counts as absent: proto3 JSON and Strava both write it for "not set".
enum class Presence { absent, unreadable, present };

template <class T>
struct Field {
  Presence presence = Presence::absent;
  T value{};
  [[nodiscard]] bool present() const { return presence == Presence::present; }
  [[nodiscard]] bool unreadable() const { return presence == Presence::unreadable; }
  [[nodiscard]] std::optional<T> optional() const { return present() ? std::optional<T>(value) : std::nullopt; }
};

// The answer's body. provider_failed for a body that is no JSON, is truncated, is no UTF-8 or nests deeper than
// max_json_depth: behind a 200 that is a proxy, a captive portal or a broken server, and the next try may be sound.
[[nodiscard]] Result<boost::json::value> parse_json_answer(const net::Response& response,
                                                           std::string_view provider_key);
// The same, for answers that must be an object; mapping for sound JSON of another kind.
[[nodiscard]] Result<boost::json::object> parse_json_object(const net::Response& response,
                                                            std::string_view provider_key);

// Finite numbers; also numbers written as text ("812"), which is how proto3 JSON writes 64-bit integers.
[[nodiscard]] Field<double> number_of(const boost::json::value& value);
[[nodiscard]] Field<double> number_field(const boost::json::object& object, std::string_view name);
// Whole numbers within 64 bits, as number, as text, or as a number with a zero fraction.
[[nodiscard]] Field<std::int64_t> integer_field(const boost::json::object& object, std::string_view name);
[[nodiscard]] Field<std::string> text_field(const boost::json::object& object, std::string_view name);
[[nodiscard]] Field<bool> flag_field(const boost::json::object& object, std::string_view name);
// RFC 3339 within [min_instant, max_instant]; the offset as written.
[[nodiscard]] Field<Moment> time_field(const boost::json::object& object, std::string_view name);
[[nodiscard]] Field<const boost::json::object*> object_field(const boost::json::object& object, std::string_view name);
[[nodiscard]] Field<const boost::json::array*> array_field(const boost::json::object& object, std::string_view name);

}  // namespace syncwell::providers
