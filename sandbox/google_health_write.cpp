// Google Health: create, update (PATCH) and batchDelete. Source: google_health.md, Writing. An app may change only what
// it wrote itself; what it writes is marked with its client id and platform GOOGLE_WEB_API.
#include <fmt/format.h>

#include "sandbox/google_health.hpp"
#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

struct PointName {
  std::string_view user;
  std::string_view type;
  std::string_view id;
};

// users/{user}/dataTypes/{type}/dataPoints/{id}
std::optional<PointName> parse_point_name(std::string_view name) {
  const auto parts = split(name, '/');
  if (parts.size() != 6 || parts[0] != "users" || parts[2] != "dataTypes" || parts[4] != "dataPoints") {
    return std::nullopt;
  }
  return PointName{parts[1], parts[3], parts[5]};
}

net::Response invalid(std::string_view what) {
  return google_error(400, fmt::format("Request contains an invalid argument: {}", what));
}

std::optional<std::string_view> name_of(const json::object& body) {
  const auto* name = body.if_contains("name");
  if (name == nullptr || !name->is_string() || name->get_string().empty()) return std::nullopt;
  return std::string_view(name->get_string().data(), name->get_string().size());
}

json::object source_of(const json::object& given, const std::string& client_id, bool with_web_client_id) {
  json::object source = given;
  if (!source.contains("recordingMethod")) source.emplace("recordingMethod", "UNKNOWN");
  json::object application;
  if (with_web_client_id) application.emplace("webClientId", client_id);
  application.emplace("googleWebClientId", client_id);
  source["application"] = std::move(application);
  source["platform"] = "GOOGLE_WEB_API";
  return source;
}

}  // namespace

net::Response GoogleHealth::operation(const Call& call, std::string_view response_type, json::object response) const {
  constexpr std::string_view package = "type.googleapis.com/google.devicesandservices.health.v4.";
  json::object typed{{"@type", fmt::format("{}{}", package, response_type)}};
  for (auto& member : response) typed.emplace(member.key(), member.value());
  // The name depends on the request only, so that a repeated run gives the same answers.
  const auto number = stable_number(call.request.method + call.target.path + call.request.body);
  return json_response(
      200, {{"name", fmt::format("operations/{:016x}", number)}, {"done", true}, {"response", std::move(typed)}});
}

std::expected<Point, net::Response> GoogleHealth::read_body(const Call& call, const GoogleHealthType& type) const {
  if (!may(call, type.scope, true, options_.enforce_scopes)) {
    return std::unexpected(
        google_error(403, "Request had insufficient authentication scopes.", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"));
  }
  if (!type.writable) return std::unexpected(invalid("this data type cannot be written"));
  const auto body = parse_json(call.request.body);
  if (!body || !body->is_object()) return std::unexpected(google_error(400, "Invalid JSON payload received."));
  auto point = read_point(type, body->get_object(), PointAuthor::application);
  if (!point) return std::unexpected(google_error(400, "Invalid JSON payload received. " + point.error()));
  if (const auto name = name_of(body->get_object())) {
    const auto parsed = parse_point_name(*name);
    const bool ours = parsed && (parsed->user == "me" || parsed->user == health_user_id(call.bearer.account));
    if (!ours || parsed->type != type.id || !is_client_point_id(parsed->id)) return std::unexpected(invalid("name"));
    point->id = std::string(parsed->id);
  }
  point->owner_client = call.bearer.client_id;
  point->data_source = source_of(point->data_source, call.bearer.client_id, options_.write_web_client_id);
  return std::move(*point);
}

net::Response GoogleHealth::create(Call& call, const GoogleHealthType& type) {
  auto point = read_body(call, type);
  if (!point) return point.error();
  if (point->id.empty()) {
    // Made from the content, so that the order in which parallel clients arrive does not show.
    const std::uint64_t number = stable_number(call.request.body);
    for (std::uint64_t attempt = 0; point->id.empty() || find(call.account, type.id, point->id) != nullptr; ++attempt) {
      point->id = fmt::format("{}", (number + attempt) >> 1);
    }
  }
  if (find(call.account, type.id, point->id) != nullptr) return google_error(409, "Requested entity already exists");
  if (call.account.points >= max_points_per_account)
    return google_error(429, "Resource has been exhausted (e.g. check quota).");
  complete_derived_members(*point, call.now, call.now);
  json::object rendered = render(*point, health_user_id(call.bearer.account));
  if (options_.notify_own_writes) notify(call.bearer.account, type, "UPSERT", {{point->times.start, point->times.end}});
  store(call.account, std::move(*point));
  return operation(call, "DataPoint", std::move(rendered));
}

net::Response GoogleHealth::update(Call& call, const GoogleHealthType& type, std::string_view id) {
  auto point = read_body(call, type);
  if (!point) return point.error();
  if (!point->id.empty() && point->id != id) return invalid("name differs from the resource");
  const Point* existing = find(call.account, type.id, id);
  if (existing == nullptr) return google_error(404, "Data point not found.");
  if (existing->owner_client != call.bearer.client_id) return google_error(403, "The caller does not have permission");
  point->id = std::string(id);
  Instant created = call.now;
  if (const auto* text = existing->payload.if_contains("createTime"); text != nullptr && text->is_string()) {
    const auto moment = parse_rfc3339(std::string_view(text->get_string().data(), text->get_string().size()));
    if (moment) created = moment->at;
  }
  complete_derived_members(*point, created, call.now);
  json::object rendered = render(*point, health_user_id(call.bearer.account));
  if (options_.notify_own_writes) notify(call.bearer.account, type, "UPSERT", {{point->times.start, point->times.end}});
  store(call.account, std::move(*point));
  return operation(call, "DataPoint", std::move(rendered));
}

// All or nothing: nothing is deleted unless every name is there and is ours.
net::Response GoogleHealth::batch_delete(Call& call, std::string_view parent_type) {
  if (parent_type != "-" && find_google_health_type(parent_type) == nullptr) return invalid("unknown data type");
  const auto body = parse_json(call.request.body);
  const auto* object = body ? body->if_object() : nullptr;
  const auto* names = object == nullptr ? nullptr : object->if_contains("names");
  if (names == nullptr || !names->is_array()) return invalid("names");
  const json::array& list = names->get_array();
  if (list.empty() || list.size() > max_names_per_batch_delete) return invalid("names: 1 to 10000 are needed");
  std::vector<PointName> parsed;
  for (const json::value& value : list) {
    const auto* text = value.if_string();
    const auto name = text == nullptr ? std::nullopt : parse_point_name(std::string_view(text->data(), text->size()));
    if (!name || (parent_type != "-" && name->type != parent_type)) return invalid("names: not of the parent");
    if (name->user != "me" && name->user != health_user_id(call.bearer.account)) {
      return google_error(403, "The caller does not have permission");
    }
    const GoogleHealthType* type = find_google_health_type(name->type);
    if (type == nullptr || !type->writable) return invalid("names: a data type that cannot be deleted");
    if (!may(call, type->scope, true, options_.enforce_scopes)) {
      return google_error(403, "Request had insufficient authentication scopes.", "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
    }
    const Point* point = find(call.account, name->type, name->id);
    if (point == nullptr) return google_error(404, "Data point not found.");
    if (point->owner_client != call.bearer.client_id) return google_error(403, "The caller does not have permission");
    parsed.push_back(*name);
  }
  std::map<const GoogleHealthType*, std::vector<TimeRange>> gone;
  for (const PointName& name : parsed) {
    const Point* point = find(call.account, name.type, name.id);
    if (point != nullptr) gone[point->type].push_back({point->times.start, point->times.end});
    erase(call.account, name.type, name.id);
  }
  for (auto& [type, ranges] : gone) {
    if (options_.notify_own_writes) notify(call.bearer.account, *type, "DELETE", std::move(ranges));
  }
  return operation(call, "BatchDeleteDataPointsResponse", {});
}

}  // namespace syncwell::sandbox
