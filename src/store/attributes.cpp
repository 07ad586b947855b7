#include "store/attributes.hpp"

namespace syncwell::store {
namespace {

std::optional<std::int64_t> whole_number(const boost::json::object& attributes, std::string_view name) {
  const auto* value = attributes.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  boost::json::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  return error ? std::nullopt : std::optional(number);
}

}  // namespace

std::string text_attribute(const boost::json::object& attributes, std::string_view name) {
  const auto* value = attributes.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string{} : std::string(*text);
}

std::int64_t number_attribute(const boost::json::object& attributes, std::string_view name) {
  return whole_number(attributes, name).value_or(0);
}

std::optional<Instant> instant_attribute(const boost::json::object& attributes, std::string_view name) {
  const auto number = whole_number(attributes, name);
  return number ? std::optional(Instant{Duration{*number}}) : std::nullopt;
}

void set_instant(boost::json::object& attributes, std::string_view name, std::optional<Instant> instant) {
  if (instant) attributes[name] = instant->time_since_epoch().count();
}

}  // namespace syncwell::store
