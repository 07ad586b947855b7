#include "model/schema_subset_validator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace syncwell::model {
namespace {

namespace json = boost::json;

std::string text_of(json::string_view view) { return {view.data(), view.size()}; }

bool is_integer(const json::value& value) {
  if (value.is_int64() || value.is_uint64()) return true;
  return value.is_double() && std::trunc(value.get_double()) == value.get_double();
}

bool is_of_type(const json::value& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  if (type == "integer") return is_integer(value);
  return false;
}

// A schema may hold further properties of its own beside $ref (2020-12): both hold.
class Validation {
 public:
  explicit Validation(const json::object& root) : root_(root) {}

  void check(const json::value& schema, const json::value& value, const std::string& path) {
    if (schema.is_bool()) {
      if (!schema.get_bool()) violation(path, "not allowed");
      return;
    }
    const json::object& rules = schema.as_object();
    if (rules.contains("$ref")) {
      const json::object* target = resolve_schema(root_, rules);
      if (target == nullptr) {
        violation(path, "the schema's $ref leads nowhere");
      } else {
        check_rules(*target, value, path);
      }
    }
    check_rules(rules, value, path);
  }

  std::vector<std::string> violations;

 private:
  void violation(const std::string& path, std::string_view what) {
    violations.push_back(path + ": " + std::string(what));
  }

  void check_rules(const json::object& rules, const json::value& value, const std::string& path) {
    check_type(rules, value, path);
    if (const auto* expected = rules.if_contains("const"); expected != nullptr && value != *expected) {
      violation(path, "not the constant");
    }
    if (const auto* allowed = rules.if_contains("enum");
        allowed != nullptr && std::ranges::find(allowed->as_array(), value) == allowed->as_array().end()) {
      violation(path, "not in the enum");
    }
    if (value.is_number()) check_bounds(rules, value.to_number<double>(), path);
    if (value.is_object()) check_object(rules, value.get_object(), path);
    if (const auto* items = rules.if_contains("items"); items != nullptr && value.is_array()) {
      for (std::size_t i = 0; i < value.get_array().size(); ++i) {
        check(*items, value.get_array()[i], fmt::format("{}[{}]", path, i));
      }
    }
    check_one_of(rules, value, path);
  }

  void check_type(const json::object& rules, const json::value& value, const std::string& path) {
    const auto* type = rules.if_contains("type");
    if (type == nullptr) return;
    const auto matches = [&](const json::value& name) { return is_of_type(value, text_of(name.as_string())); };
    if (type->is_array() ? std::ranges::none_of(type->get_array(), matches) : !matches(*type)) {
      violation(path, "of another type");
    }
  }

  void check_bounds(const json::object& rules, double value, const std::string& path) {
    if (const auto* minimum = rules.if_contains("minimum");
        minimum != nullptr && value < minimum->to_number<double>()) {
      violation(path, "below the minimum");
    }
    if (const auto* maximum = rules.if_contains("maximum");
        maximum != nullptr && value > maximum->to_number<double>()) {
      violation(path, "above the maximum");
    }
  }

  void check_object(const json::object& rules, const json::object& object, const std::string& path) {
    if (const auto* required = rules.if_contains("required")) {
      for (const json::value& name : required->as_array()) {
        if (!object.contains(name.as_string())) violation(path, "misses " + text_of(name.as_string()));
      }
    }
    const auto* properties = rules.if_contains("properties");
    const auto* additional = rules.if_contains("additionalProperties");
    for (const auto& [name, member] : object) {
      const auto* rule = properties == nullptr ? nullptr : properties->as_object().if_contains(name);
      if (rule == nullptr) rule = additional;
      if (rule != nullptr) check(*rule, member, path + "." + text_of(name));
    }
  }

  void check_one_of(const json::object& rules, const json::value& value, const std::string& path) {
    const auto* alternatives = rules.if_contains("oneOf");
    if (alternatives == nullptr) return;
    const auto matching = std::ranges::count_if(alternatives->as_array(), [&](const json::value& alternative) {
      Validation inner(root_);
      inner.check(alternative, value, path);
      return inner.violations.empty();
    });
    if (matching != 1) violation(path, fmt::format("matches {} alternatives of oneOf", matching));
  }

  const json::object& root_;
};

class KeywordCheck {
 public:
  explicit KeywordCheck(const json::object& root) : root_(root) {}

  void check(const json::value& schema, const std::string& path) {
    if (schema.is_bool()) return;
    if (!schema.is_object()) {
      found.push_back(path + " is no schema");
      return;
    }
    for (const auto& [name, value] : schema.get_object()) check_keyword(schema.get_object(), name, value, path);
  }

  std::vector<std::string> found;

 private:
  void check_keyword(const json::object& schema, json::string_view name, const json::value& value,
                     const std::string& path) {
    static constexpr std::array plain = {"type",    "required", "enum", "const", "minimum",
                                         "maximum", "$schema",  "$id",  "title", "description"};
    const std::string place = path + "/" + text_of(name);
    if (name == "properties" || name == "$defs") {
      for (const auto& [key, member] : value.as_object()) check(member, place + "/" + text_of(key));
    } else if (name == "items" || name == "additionalProperties") {
      check(value, place);
    } else if (name == "oneOf") {
      for (std::size_t i = 0; i < value.as_array().size(); ++i)
        check(value.as_array()[i], fmt::format("{}/{}", place, i));
    } else if (name == "$ref") {
      if (resolve_schema(root_, schema) == nullptr) found.push_back(place + " leads nowhere");
    } else if (std::ranges::find(plain, std::string_view(name.data(), name.size())) == plain.end()) {
      found.push_back(place);
    }
  }

  const json::object& root_;
};

}  // namespace

const json::object* resolve_schema(const json::object& root, const json::object& schema) {
  const auto* reference = schema.if_contains("$ref");
  if (reference == nullptr) return &schema;
  constexpr std::string_view prefix = "#/$defs/";
  const std::string text = reference->is_string() ? text_of(reference->get_string()) : std::string();
  const auto* definitions = root.if_contains("$defs");
  if (!text.starts_with(prefix) || definitions == nullptr || !definitions->is_object()) return nullptr;
  const auto* target = definitions->get_object().if_contains(text.substr(prefix.size()));
  const json::object* object = target == nullptr ? nullptr : target->if_object();
  return object == nullptr || object->contains("$ref") ? nullptr : object;  // no chains: they could be circles
}

std::vector<std::string> schema_violations(const json::value& schema, const json::value& document) {
  Validation validation(schema.as_object());
  validation.check(schema, document, "$");
  return std::move(validation.violations);
}

std::vector<std::string> unsupported_keywords(const json::value& schema) {
  KeywordCheck check(schema.as_object());
  check.check(schema, "#");
  return std::move(check.found);
}

}  // namespace syncwell::model
