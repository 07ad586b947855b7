#include "store/attributes.hpp"

namespace syncwell::store {

std::string text_attribute(const boost::json::object& attributes, std::string_view name) {
  const auto* value = attributes.if_contains(name);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string{} : std::string(*text);
}

std::int64_t number_attribute(const boost::json::object& attributes, std::string_view name) {
  const auto* value = attributes.if_contains(name);
  if (value == nullptr || !value->is_number()) return 0;
  boost::json::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  return error ? 0 : number;
}

std::optional<Instant> instant_attribute(const boost::json::object& attributes, std::string_view name) {
  const auto* value = attributes.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return Instant{std::chrono::milliseconds{number_attribute(attributes, name)}};
}

void set_instant(boost::json::object& attributes, std::string_view name, std::optional<Instant> instant) {
  if (instant) attributes[name] = instant->time_since_epoch().count();
}

}  // namespace syncwell::store
