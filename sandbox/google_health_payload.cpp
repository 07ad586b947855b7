#include "sandbox/google_health_payload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sandbox/google_health_point.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;
using Value = std::expected<json::value, std::string>;

std::string_view text_of(const json::value& value) {
  const auto* text = value.if_string();
  return text == nullptr ? std::string_view{} : std::string_view(text->data(), text->size());
}

std::optional<std::int64_t> integer_of(const json::value& value) {
  if (const auto* number = value.if_int64()) return *number;
  if (const auto* number = value.if_double()) {
    if (*number == std::floor(*number) && std::abs(*number) < 9e15) return static_cast<std::int64_t>(*number);
    return std::nullopt;
  }
  return parse_integer(text_of(value));
}

std::optional<double> number_of(const json::value& value) {
  if (const auto* number = value.if_double()) return *number;
  if (const auto* number = value.if_int64()) return static_cast<double>(*number);
  if (const auto* number = value.if_uint64()) return static_cast<double>(*number);
  return parse_number(text_of(value));
}

Value refuse(const FieldRule& rule, std::string_view reason) {
  return std::unexpected(fmt::format("{}: {}", rule.name, reason));
}

bool is_enumeration(std::string_view text) {
  return !text.empty() && text.size() <= 64 && !text.ends_with("_UNSPECIFIED") &&
         std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

Value read_scalar(const FieldRule& rule, const json::value& input) {
  switch (rule.kind) {
    case FieldKind::int64: {
      const auto number = integer_of(input);
      if (!number) return refuse(rule, "an int64 is needed");
      if (*number < 0) return refuse(rule, "must not be negative");
      return json::value(std::to_string(*number));
    }
    case FieldKind::number:
    case FieldKind::percentage: {
      const auto number = number_of(input);
      if (!number) return refuse(rule, "a number is needed");
      if (rule.kind == FieldKind::percentage && !(*number >= 0 && *number <= 100)) return refuse(rule, "not in 0–100");
      return json::value(*number);
    }
    case FieldKind::text:
      if (!input.is_string()) return refuse(rule, "a text is needed");
      return input;
    case FieldKind::boolean:
      if (!input.is_bool()) return refuse(rule, "true or false is needed");
      return input;
    case FieldKind::enumeration:
      if (!is_enumeration(text_of(input))) return refuse(rule, "not a value of the enumeration");
      return input;
    case FieldKind::duration: {
      const auto duration = parse_duration(text_of(input));
      if (!duration) return refuse(rule, "a duration such as \"3600s\" is needed");
      return json::value(format_duration(*duration));
    }
    case FieldKind::timestamp: {
      const auto moment = parse_rfc3339(text_of(input));
      if (!moment || !moment->offset || moment->at < min_instant || moment->at > max_instant) {
        return refuse(rule, "an RFC 3339 time with a zone is needed");
      }
      return json::value(format_rfc3339(moment->at));
    }
    default:
      return input;
  }
}

Value read_value(const FieldRule& rule, const json::value& input, bool keep_output_only) {
  if (rule.kind == FieldKind::message) {
    const auto* object = input.if_object();
    if (object == nullptr) return refuse(rule, "an object is needed");
    auto message = read_message(rule.members, *object, keep_output_only);
    if (!message) return std::unexpected(fmt::format("{}.{}", rule.name, message.error()));
    return json::value(std::move(*message));
  }
  if (rule.kind == FieldKind::list) {
    const auto* array = input.if_array();
    if (array == nullptr) return refuse(rule, "a list is needed");
    if (array->size() > max_list_members) return refuse(rule, "too many members");
    json::array list;
    for (const json::value& element : *array) {
      const auto* object = element.if_object();
      if (object == nullptr) return refuse(rule, "a list of objects is needed");
      auto message = read_message(rule.members, *object, keep_output_only);
      if (!message) return std::unexpected(fmt::format("{}[{}].{}", rule.name, list.size(), message.error()));
      list.push_back(std::move(*message));
    }
    return json::value(std::move(list));
  }
  return read_scalar(rule, input);
}

}  // namespace

std::expected<json::object, std::string> read_message(std::span<const FieldRule> rules, const json::object& input,
                                                      bool keep_output_only) {
  if (rules.empty()) return input;
  for (const auto& member : input) {
    const std::string_view key(member.key().data(), member.key().size());
    if (std::ranges::find(rules, key, &FieldRule::name) == rules.end()) {
      return std::unexpected(std::string("unknown name: Cannot find field."));
    }
  }
  json::object output;
  for (const FieldRule& rule : rules) {
    const auto* value = input.if_contains(json::string_view(rule.name.data(), rule.name.size()));
    if (value == nullptr || value->is_null()) {
      if (rule.required) return std::unexpected(fmt::format("{}: required", rule.name));
      continue;
    }
    if (rule.output_only && !keep_output_only) continue;
    auto read = read_value(rule, *value, keep_output_only);
    if (!read) return std::unexpected(std::move(read.error()));
    output.emplace(json::string_view(rule.name.data(), rule.name.size()), std::move(*read));
  }
  return output;
}

std::optional<Duration> parse_duration(std::string_view text) {
  if (!text.ends_with('s')) return std::nullopt;
  const auto seconds = parse_number(text.substr(0, text.size() - 1));
  if (!seconds || std::abs(*seconds) > 315'576'000'000.0) return std::nullopt;  // the limit of google.protobuf.Duration
  return Duration{static_cast<std::int64_t>(std::llround(*seconds * 1000))};
}

std::string format_duration(Duration duration) {
  const auto milliseconds = duration.count();
  if (milliseconds % 1000 == 0) return fmt::format("{}s", milliseconds / 1000);
  return fmt::format("{}{}.{:03}s", milliseconds < 0 ? "-" : "", std::abs(milliseconds) / 1000,
                     std::abs(milliseconds) % 1000);
}

}  // namespace syncwell::sandbox
