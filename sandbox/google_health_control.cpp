// Google Health: what the control endpoints do to it (seed, remove, show).
#include <fmt/format.h>

#include <ranges>

#include "sandbox/google_health.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

std::string_view last_segment(const json::object& body) {
  const auto* name = body.if_contains("name");
  if (name == nullptr || !name->is_string()) return {};
  const std::string_view text(name->get_string().data(), name->get_string().size());
  const auto slash = text.rfind('/');
  return slash == std::string_view::npos ? text : text.substr(slash + 1);
}

// The data type is the one whose member the point has.
const GoogleHealthType* type_of(const json::object& body) {
  for (const GoogleHealthType& type : google_health_types()) {
    if (body.contains(type.camel_case())) return &type;
  }
  return nullptr;
}

bool has_time_stamp(const json::object& payload, const char* name) { return payload.contains(name); }

}  // namespace

std::expected<std::size_t, std::string> GoogleHealth::seed(const std::string& name, const json::object& body,
                                                           Instant now) {
  Account* account = account_of(name);
  if (account == nullptr) return std::unexpected(std::string("too many accounts"));
  std::vector<Point> points;
  if (const auto* list = body.if_contains("dataPoints"); list != nullptr) {
    if (!list->is_array()) return std::unexpected(std::string("dataPoints: a list is needed"));
    for (const json::value& value : list->get_array()) {
      const auto where = fmt::format("dataPoints[{}]", points.size());
      const auto* object = value.if_object();
      const GoogleHealthType* type = object == nullptr ? nullptr : type_of(*object);
      if (type == nullptr) return std::unexpected(where + ": no member of a known data type");
      auto point = read_point(*type, *object, PointAuthor::seed);
      if (!point) return std::unexpected(fmt::format("{}: {}", where, point.error()));
      point->id = std::string(last_segment(*object));
      if (point->id.size() > max_point_id_length) return std::unexpected(where + ": the id is too long");
      if (point->id.empty()) point->id = fmt::format("{}", stable_number(to_text(value)) >> 1);
      if (point->id.find('.') != std::string::npos) return std::unexpected(where + ": an id holds no '.'");
      const bool stamped = type->kind == PointKind::sleep || type->id == "exercise";
      if (stamped && !has_time_stamp(point->payload, "createTime")) point->payload["createTime"] = format_rfc3339(now);
      if (stamped && !has_time_stamp(point->payload, "updateTime")) point->payload["updateTime"] = format_rfc3339(now);
      points.push_back(std::move(*point));
    }
  }
  if (account->points + points.size() > max_points_per_account) return std::unexpected(std::string("too many points"));
  if (const auto* settings = body.if_contains("settings"); settings != nullptr && settings->is_object()) {
    const auto* zone = settings->get_object().if_contains("timeZone");
    if (zone == nullptr || !zone->is_string())
      return std::unexpected(std::string("settings.timeZone: a text is needed"));
    account->time_zone = std::string(zone->get_string());
  }
  std::map<const GoogleHealthType*, std::vector<TimeRange>> changed;
  for (Point& point : points) {
    changed[point.type].push_back({point.times.start, point.times.end});
    store(*account, std::move(point));
  }
  for (auto& [type, ranges] : changed) notify(name, *type, "UPSERT", std::move(ranges));
  return points.size();
}

bool GoogleHealth::remove(std::string_view name, std::string_view type, std::string_view id) {
  const auto account = accounts_.find(name);
  const Point* point = account == accounts_.end() ? nullptr : find(account->second, type, id);
  if (point == nullptr) return false;
  notify(account->first, *point->type, "DELETE", {{point->times.start, point->times.end}});
  return erase(account->second, type, id);
}

json::object GoogleHealth::state(std::string_view only_account, bool with_times) const {
  json::object accounts;
  for (const auto& [name, account] : accounts_) {
    if (!only_account.empty() && name != only_account) continue;
    json::object types;
    for (const auto& [type, collection] : account.collections) {
      if (collection.by_id.empty()) continue;
      json::array points;
      for (const auto& entry : std::views::reverse(collection.by_start)) {
        const Point& point = collection.by_id.find(entry.second)->second;
        json::object rendered = render(point, "me");
        json::object& payload = rendered.at(point.type->camel_case()).as_object();
        if (!with_times) {
          payload.erase("createTime");
          payload.erase("updateTime");
        }
        rendered.insert_or_assign("id", point.id);
        if (!point.owner_client.empty()) rendered.insert_or_assign("writtenBy", point.owner_client);
        points.push_back(std::move(rendered));
      }
      types.emplace(type, json::object{{"count", points.size()}, {"points", std::move(points)}});
    }
    accounts.emplace(name, json::object{{"points", account.points}, {"dataTypes", std::move(types)}});
  }
  return accounts;
}

void GoogleHealth::clear() {
  accounts_.clear();
  outbox_.clear();
}

}  // namespace syncwell::sandbox
