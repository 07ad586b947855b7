#include "providers/json_access.hpp"

#include <fmt/format.h>
#include <boost/json/parse.hpp>

#include <charconv>
#include <cmath>
#include <limits>

namespace syncwell::providers {
namespace {

// The member, or null where it is absent or a JSON null.
const boost::json::value* find(const boost::json::object& object, std::string_view name) {
  const boost::json::value* value = object.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

template <class T>
Field<T> unreadable() {
  return {Presence::unreadable, T{}};
}

template <class T>
Field<T> present(T value) {
  return {Presence::present, std::move(value)};
}

}  // namespace

Result<boost::json::value> parse_json_answer(const net::Response& response, std::string_view provider_key) {
  boost::json::parse_options options;
  options.max_depth = max_json_depth;
  boost::json::error_code error;
  auto value = boost::json::parse(response.body, error, {}, options);
  if (error) {
    Error failure{ErrorCode::provider_failed,
                  fmt::format("{}: the answer (HTTP {}, {} bytes) is not readable JSON; it is tried again later",
                              provider_key, response.status, response.body.size())};
    failure.http_status = response.status;
    return fail(std::move(failure));
  }
  return value;
}

Result<boost::json::object> parse_json_object(const net::Response& response, std::string_view provider_key) {
  auto value = parse_json_answer(response, provider_key);
  if (!value) return fail(std::move(value.error()));
  if (!value->is_object()) {
    return fail(ErrorCode::mapping, fmt::format("{}: the answer is JSON, but not an object", provider_key));
  }
  return std::move(value->get_object());
}

Field<double> number_of(const boost::json::value& value) {
  if (value.is_null()) return {};
  double number = std::numeric_limits<double>::quiet_NaN();
  if (const auto* whole = value.if_int64()) {
    number = static_cast<double>(*whole);
  } else if (const auto* large = value.if_uint64()) {
    number = static_cast<double>(*large);
  } else if (const auto* fraction = value.if_double()) {
    number = *fraction;
  } else if (const auto* text = value.if_string()) {
    const char* end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) return unreadable<double>();
  }
  return std::isfinite(number) ? present(number) : unreadable<double>();
}

Field<double> number_field(const boost::json::object& object, std::string_view name) {
  const auto* value = find(object, name);
  return value == nullptr ? Field<double>{} : number_of(*value);
}

Field<std::int64_t> integer_field(const boost::json::object& object, std::string_view name) {
  const auto* value = find(object, name);
  if (value == nullptr) return {};
  if (const auto* whole = value->if_int64()) return present(*whole);
  if (const auto* fraction = value->if_double()) {
    constexpr double exact_up_to = 9007199254740992.0;  // 2^53: beyond it a double does not name one integer
    if (std::abs(*fraction) <= exact_up_to && std::trunc(*fraction) == *fraction) {
      return present(static_cast<std::int64_t>(*fraction));
    }
    return unreadable<std::int64_t>();
  }
  if (const auto* text = value->if_string()) {
    std::int64_t number = 0;
    const char* end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, number);
    if (read.ec == std::errc{} && read.ptr == end) return present(number);
  }
  return unreadable<std::int64_t>();
}

Field<std::string> text_field(const boost::json::object& object, std::string_view name) {
  const auto* value = find(object, name);
  if (value == nullptr) return {};
  const auto* text = value->if_string();
  if (text == nullptr || text->size() > max_text_field_bytes) return unreadable<std::string>();
  return present(std::string(text->data(), text->size()));
}

Field<bool> flag_field(const boost::json::object& object, std::string_view name) {
  const auto* value = find(object, name);
  if (value == nullptr) return {};
  const auto* flag = value->if_bool();
  return flag == nullptr ? unreadable<bool>() : present(*flag);
}

Field<Moment> time_field(const boost::json::object& object, std::string_view name) {
  const auto text = text_field(object, name);
  if (!text.present()) return {text.presence, {}};
  const auto moment = parse_rfc3339(text.value);
  if (!moment || moment->at < min_instant || moment->at > max_instant) return unreadable<Moment>();
  return present(*moment);
}

Field<const boost::json::object*> object_field(const boost::json::object& object, std::string_view name) {
  const auto* value = find(object, name);
  if (value == nullptr) return {};
  const auto* inner = value->if_object();
  return inner == nullptr ? unreadable<const boost::json::object*>() : present(inner);
}

Field<const boost::json::array*> array_field(const boost::json::object& object, std::string_view name) {
  const auto* value = find(object, name);
  if (value == nullptr) return {};
  const auto* inner = value->if_array();
  return inner == nullptr ? unreadable<const boost::json::array*>() : present(inner);
}

}  // namespace syncwell::providers
