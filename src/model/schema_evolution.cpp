#include "model/schema_evolution.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "model/schema_subset_validator.hpp"

namespace syncwell::model {
namespace {

namespace json = boost::json;

constexpr int max_depth = 64;

std::string text_of(json::string_view view) { return {view.data(), view.size()}; }

std::set<std::string> texts(const json::value* list) {
  std::set<std::string> set;
  if (list == nullptr) return set;
  if (list->is_string()) set.insert(text_of(list->get_string()));  // "type" may be one name
  if (!list->is_array()) return set;
  for (const json::value& text : list->get_array()) set.insert(text_of(text.as_string()));
  return set;
}

// The constants that a schema demands of its members: path → constant. They tell the alternatives of a oneOf apart.
void collect_constants(const json::object& schema, const std::string& path, std::map<std::string, json::value>& found) {
  if (const auto* constant = schema.if_contains("const")) found.emplace(path, *constant);
  if (const auto* properties = schema.if_contains("properties")) {
    for (const auto& [name, member] : properties->as_object()) {
      if (member.is_object()) collect_constants(member.get_object(), path + "/" + text_of(name), found);
    }
  }
}

std::map<std::string, json::value> constants_of(const json::value& schema) {
  std::map<std::string, json::value> found;
  if (schema.is_object()) collect_constants(schema.get_object(), "", found);
  return found;
}

// True when some member is a constant in all of `known` and in `added`, there with a value that none of `known` has.
bool is_told_apart(const json::array& known, const json::value& added) {
  for (const auto& [path, constant] : constants_of(added)) {
    const bool apart = std::ranges::all_of(known, [&](const json::value& alternative) {
      const auto constants = constants_of(alternative);
      const auto found = constants.find(path);
      return found != constants.end() && found->second != constant;
    });
    if (apart) return true;
  }
  return false;
}

class Comparison {
 public:
  Comparison(const json::object& earlier_root, const json::object& later_root)
      : earlier_root_(earlier_root), later_root_(later_root) {}

  void compare(const json::value& earlier_value, const json::value& later_value, const std::string& path, int depth) {
    if (earlier_value.is_bool() || later_value.is_bool()) {
      if (earlier_value != later_value) report(path, "allowed or forbidden as a whole");
      return;
    }
    const json::object* earlier = resolve_schema(earlier_root_, earlier_value.as_object());
    const json::object* later = resolve_schema(later_root_, later_value.as_object());
    if (earlier == nullptr || later == nullptr || depth > max_depth) {
      report(path, "a $ref leads nowhere or in a circle");
      return;
    }
    if (texts(earlier->if_contains("type")) != texts(later->if_contains("type"))) report(path, "of another type");
    for (const char* keyword : {"const", "minimum", "maximum"}) {
      if (!same(earlier->if_contains(keyword), later->if_contains(keyword))) {
        report(path, fmt::format("{} changed", keyword));
      }
    }
    compare_enum(*earlier, *later, path);
    compare_required(*earlier, *later, path);
    compare_properties(*earlier, *later, path, depth);
    compare_optional("additionalProperties", *earlier, *later, path, depth);
    compare_optional("items", *earlier, *later, path, depth);
    compare_alternatives(*earlier, *later, path, depth);
  }

  std::vector<std::string> breaks;

 private:
  void report(const std::string& path, std::string_view what) { breaks.push_back(path + ": " + std::string(what)); }

  static bool same(const json::value* a, const json::value* b) {
    return (a == nullptr) == (b == nullptr) && (a == nullptr || *a == *b);
  }

  void compare_enum(const json::object& earlier, const json::object& later, const std::string& path) {
    const auto* before = earlier.if_contains("enum");
    const auto* after = later.if_contains("enum");
    if ((before == nullptr) != (after == nullptr)) report(path, "enum added or dropped");
    if (before == nullptr || after == nullptr) return;
    for (const json::value& value : before->as_array()) {
      const auto& kept = after->as_array();
      if (std::ranges::find(kept, value) == kept.end()) report(path, "enum lost " + json::serialize(value));
    }
  }

  void compare_required(const json::object& earlier, const json::object& later, const std::string& path) {
    const auto before = texts(earlier.if_contains("required"));
    const auto after = texts(later.if_contains("required"));
    for (const std::string& name : after) {
      if (!before.contains(name)) report(path, name + " newly required");
    }
    for (const std::string& name : before) {
      if (!after.contains(name)) report(path, name + " no longer required");
    }
  }

  void compare_properties(const json::object& earlier, const json::object& later, const std::string& path, int depth) {
    static const json::object none;
    const auto* before = earlier.if_contains("properties");
    const auto* after = later.if_contains("properties");
    const json::object& known = before == nullptr ? none : before->as_object();
    const json::object& now = after == nullptr ? none : after->as_object();
    for (const auto& [name, member] : known) {
      const std::string place = path + "/" + text_of(name);
      if (const auto* kept = now.if_contains(name)) {
        compare(member, *kept, place, depth + 1);
      } else {
        report(place, "removed");
      }
    }
    const auto* additional = earlier.if_contains("additionalProperties");
    if (additional == nullptr || *additional == json::value(true)) return;
    for (const auto& [name, member] : now) {
      if (!known.contains(name)) report(path + "/" + text_of(name), "added where the earlier schema is closed");
    }
  }

  // A keyword whose value is a schema and whose absence means `true`.
  void compare_optional(const char* keyword, const json::object& earlier, const json::object& later,
                        const std::string& path, int depth) {
    static const json::value anything = true;
    const auto* before = earlier.if_contains(keyword);
    const auto* after = later.if_contains(keyword);
    compare(before == nullptr ? anything : *before, after == nullptr ? anything : *after, path + "/" + keyword,
            depth + 1);
  }

  void compare_alternatives(const json::object& earlier, const json::object& later, const std::string& path,
                            int depth) {
    const auto* before = earlier.if_contains("oneOf");
    const auto* after = later.if_contains("oneOf");
    if ((before == nullptr) != (after == nullptr)) report(path, "oneOf added or dropped");
    if (before == nullptr || after == nullptr) return;
    const auto compatible = [&](const json::value& old_one, const json::value& new_one) {
      Comparison inner(earlier_root_, later_root_);
      inner.compare(old_one, new_one, path, depth + 1);
      return inner.breaks.empty();
    };
    const json::array& known = before->as_array();
    const json::array& now = after->as_array();
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (std::ranges::none_of(now, [&](const auto& alternative) { return compatible(known[i], alternative); })) {
        report(path, fmt::format("alternative {} of oneOf removed or changed", i));
      }
    }
    for (std::size_t i = 0; i < now.size(); ++i) {
      const bool is_known =
          std::ranges::any_of(known, [&](const auto& old_one) { return compatible(old_one, now[i]); });
      if (!is_known && !is_told_apart(known, now[i])) {
        report(path, fmt::format("alternative {} of oneOf added without a constant of its own", i));
      }
    }
  }

  const json::object& earlier_root_;
  const json::object& later_root_;
};

}  // namespace

std::vector<std::string> schema_breaks(const json::value& earlier, const json::value& later) {
  Comparison comparison(earlier.as_object(), later.as_object());
  comparison.compare(earlier, later, "#", 0);
  return std::move(comparison.breaks);
}

}  // namespace syncwell::model
