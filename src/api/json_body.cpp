#include "api/json_body.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace syncwell::api {

namespace json = boost::json;

namespace {
constexpr std::size_t max_text_bytes = 4096;
constexpr std::size_t max_depth = 8;
}  // namespace

Result<JsonBody> JsonBody::parse(const net::Request& request) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::error_code error;
  const json::value value = json::parse(request.body, error, {}, options);
  if (error) return fail(ErrorCode::invalid_argument, "the body is not valid JSON: " + error.message());
  if (!value.is_object()) return fail(ErrorCode::invalid_argument, "the body must be a JSON object");
  return JsonBody(value.get_object());
}

void JsonBody::refuse(std::string_view name, std::string_view what_would_be_right) {
  if (!error_) error_ = Error{ErrorCode::invalid_argument, std::string(name) + ": " + std::string(what_would_be_right)};
}

std::string JsonBody::required_text(std::string_view name) {
  std::string text = optional_text(name);
  if (text.empty()) refuse(name, "is required");
  return text;
}

std::string JsonBody::optional_text(std::string_view name) {
  const auto* value = object_.if_contains(name);
  if (value == nullptr || value->is_null()) return {};
  const auto* text = value->if_string();
  if (text == nullptr || text->size() > max_text_bytes) {
    refuse(name, "must be a text of at most 4096 bytes");
    return {};
  }
  return std::string(*text);
}

std::vector<std::string> JsonBody::optional_texts(std::string_view name) {
  std::vector<std::string> texts;
  const auto* value = object_.if_contains(name);
  if (value == nullptr) return texts;
  const auto* list = value->if_array();
  const bool are_texts =
      list != nullptr && std::ranges::all_of(*list, [](const auto& each) { return each.is_string(); });
  if (!are_texts) {
    refuse(name, "must be a list of texts");
    return texts;
  }
  for (const auto& each : *list) texts.emplace_back(each.get_string());
  return texts;
}

bool JsonBody::optional_flag(std::string_view name) {
  const auto* value = object_.if_contains(name);
  if (value == nullptr || value->is_null()) return false;
  if (!value->is_bool()) refuse(name, "must be true or false");
  return value->is_bool() && value->get_bool();
}

std::optional<std::int64_t> JsonBody::optional_number(std::string_view name, std::int64_t minimum,
                                                      std::int64_t maximum) {
  const auto* value = object_.if_contains(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (value->is_int64() && value->get_int64() >= minimum && value->get_int64() <= maximum) return value->get_int64();
  refuse(name, "must be a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum));
  return std::nullopt;
}

std::optional<Instant> JsonBody::optional_instant(std::string_view name) {
  const std::string text = optional_text(name);
  if (text.empty()) return std::nullopt;
  const auto moment = parse_rfc3339(text);
  if (!moment || !moment->offset || moment->at < min_instant || moment->at > max_instant) {
    refuse(name, "must be a time with zone, like 2026-03-28T11:15:00Z");
    return std::nullopt;
  }
  return moment->at;
}

}  // namespace syncwell::api
