#include "model/json_node.hpp"

#include <fmt/format.h>

#include <cmath>

#include "model/json_text.hpp"

namespace syncwell::model {
namespace {

namespace json = boost::json;

const json::object& empty_object() {
  static const json::object empty;
  return empty;
}

const json::array& empty_array() {
  static const json::array empty;
  return empty;
}

}  // namespace

std::optional<double> number_in(const json::value& value) {
  if (const auto* number = value.if_double()) return *number;
  if (const auto* number = value.if_int64()) return static_cast<double>(*number);
  if (const auto* number = value.if_uint64()) return static_cast<double>(*number);
  return std::nullopt;
}

std::optional<std::int64_t> integer_in(const json::value& value) {
  if (const auto* number = value.if_int64()) return *number;
  constexpr double limit = 9007199254740992.0;  // 2^53: beyond it a double says nothing about single units
  if (const auto* number = value.if_double();
      number != nullptr && std::abs(*number) <= limit && std::trunc(*number) == *number) {
    return static_cast<std::int64_t>(*number);
  }
  return std::nullopt;
}

ObjectNode::ObjectNode(const json::value& document, Complaint& complaint)
    : ObjectNode(&document, nullptr, "document", std::nullopt, complaint) {}

ObjectNode::ObjectNode(const json::value* value, const ObjectNode* parent, std::string_view name,
                       std::optional<std::size_t> index, Complaint& complaint)
    : object_(&empty_object()), parent_(parent), name_(name), index_(index), complaint_(complaint) {
  if (value == nullptr) return;  // whoever looked for it has complained
  if (const auto* object = value->if_object()) {
    object_ = object;
  } else {
    complaint_.raise(path(), "not an object");
  }
}

std::string ObjectNode::path() const {
  if (parent_ == nullptr) return std::string(name_);
  std::string own = parent_->parent_ == nullptr ? std::string(name_) : parent_->path() + "." + std::string(name_);
  if (index_) own += fmt::format("[{}]", *index_);
  return own;
}

void ObjectNode::complain(std::string_view member, std::string_view what) const {
  if (complaint_.raised()) return;
  complaint_.raise(parent_ == nullptr ? std::string(member) : path() + "." + std::string(member), what);
}

const json::value* ObjectNode::find(std::string_view name) const {
  return object_->if_contains(json::string_view(name.data(), name.size()));
}

const json::value* ObjectNode::require(std::string_view name) const {
  const json::value* value = find(name);
  if (value == nullptr) complain(name, "missing");
  return value;
}

bool ObjectNode::has(std::string_view name) const { return find(name) != nullptr; }

ObjectNode ObjectNode::object(std::string_view name) const {
  return {require(name), this, name, std::nullopt, complaint_};
}

ObjectNode ObjectNode::element(std::string_view name, const json::value& element, std::size_t index) const {
  return {&element, this, name, index, complaint_};
}

std::string ObjectNode::text(std::string_view name) const {
  return require(name) == nullptr ? std::string() : optional_text(name);
}

std::string ObjectNode::optional_text(std::string_view name) const {
  const json::value* value = find(name);
  if (value == nullptr) return {};
  if (const auto* text = value->if_string()) return std::string(text->data(), text->size());
  complain(name, "not a text");
  return {};
}

std::optional<bool> ObjectNode::optional_boolean(std::string_view name) const {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* boolean = value->if_bool()) return *boolean;
  complain(name, "neither true nor false");
  return std::nullopt;
}

double ObjectNode::number(std::string_view name) const {
  const json::value* value = require(name);
  if (value == nullptr) return 0;
  const auto number = number_in(*value);
  if (!number) complain(name, "not a number");
  return number.value_or(0);
}

std::int64_t ObjectNode::integer(std::string_view name) const {
  const json::value* value = require(name);
  if (value == nullptr) return 0;
  const auto number = integer_in(*value);
  if (!number) complain(name, "not a whole number");
  return number.value_or(0);
}

Moment ObjectNode::date_time(std::string_view name) const {
  return require(name) == nullptr ? Moment{} : optional_date_time(name).value_or(Moment{});
}

std::optional<Moment> ObjectNode::optional_date_time(std::string_view name) const {
  const json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto* text = value->if_string();
  auto moment = text == nullptr ? std::nullopt : parse_json_date_time(std::string_view(text->data(), text->size()));
  if (!moment) complain(name, "no date-time with an offset (RFC 3339)");
  return moment;
}

const json::array* ObjectNode::optional_array(std::string_view name) const {
  const json::value* value = find(name);
  if (value == nullptr) return nullptr;
  if (const auto* array = value->if_array()) return array;
  complain(name, "not an array");
  return nullptr;
}

const json::array& ObjectNode::array(std::string_view name) const {
  const json::array* array = require(name) == nullptr ? nullptr : optional_array(name);
  return array == nullptr ? empty_array() : *array;
}

}  // namespace syncwell::model
