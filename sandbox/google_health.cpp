#include "sandbox/google_health.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

std::string_view status_name(int status) {
  switch (status) {
    case 400:
      return "INVALID_ARGUMENT";
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 409:
      return "ALREADY_EXISTS";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 501:
      return "UNIMPLEMENTED";
    case 503:
      return "UNAVAILABLE";
    default:
      return "INTERNAL";
  }
}

std::string_view bearer_token(const net::Request& request) {
  std::string_view value = request.headers.get("Authorization").value_or("");
  constexpr std::string_view scheme = "Bearer ";
  return value.starts_with(scheme) ? value.substr(scheme.size()) : std::string_view{};
}

}  // namespace

net::Response google_error(int status, std::string_view message, std::string_view reason) {
  json::object error{{"code", status}, {"message", message}, {"status", status_name(status)}};
  if (!reason.empty()) {
    error.emplace("details", json::array{{{"@type", "type.googleapis.com/google.rpc.ErrorInfo"},
                                          {"reason", reason},
                                          {"domain", "health.googleapis.com"}}});
  }
  return json_response(status, json::object{{"error", std::move(error)}});
}

GoogleHealth::GoogleHealth(GoogleHealthOptions options, Random& random)
    : options_(std::move(options)), oauth_(options_.oauth, random) {}

std::string GoogleHealth::health_user_id(std::string_view account) {
  return fmt::format("{:016x}", stable_number("google_health:" + std::string(account)));
}

GoogleHealth::Account* GoogleHealth::account_of(const std::string& name) {
  const auto found = accounts_.find(name);
  if (found != accounts_.end()) return &found->second;
  if (accounts_.size() >= max_google_accounts) return nullptr;
  Account account;
  account.time_zone = options_.default_time_zone;
  return &accounts_.emplace(name, std::move(account)).first->second;
}

net::Response GoogleHealth::handle(const net::Request& request, const net::Target& target, Instant now) {
  constexpr std::string_view api = "/v4/";
  if (!target.path.starts_with(api)) return handle_oauth(request, target, now);
  if (auto response = handle_project(request, target)) return std::move(*response);
  const auto bearer = oauth_.bearer(bearer_token(request), now);
  if (!bearer) {
    net::Response response = google_error(401,
                                          "Request had invalid authentication credentials. Expected OAuth 2 access "
                                          "token, login cookie or other valid authentication credential.");
    response.headers.set("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"");
    return response;
  }
  Account* account = account_of(bearer->account);
  if (account == nullptr) return google_error(429, "Resource has been exhausted (e.g. check quota).");
  const auto minute = std::chrono::floor<std::chrono::minutes>(now).time_since_epoch().count();
  if (account->minute != minute) {
    account->minute = minute;
    account->requests_in_minute = 0;
  }
  if (++account->requests_in_minute > options_.requests_per_minute_per_user) {
    return google_error(429, "Resource has been exhausted (e.g. check quota).");
  }
  Call call{request, target, *bearer, *account, now};
  return handle_user(call, std::string_view(target.path).substr(api.size()));
}

// users/{user}/identity, users/{user}/dataTypes/{type}/dataPoints, …/dataPoints:{verb}, …/dataPoints/{id}
net::Response GoogleHealth::handle_user(Call& call, std::string_view escaped_path) {
  // Some clients escape the colon before a verb.
  std::string path(escaped_path);
  for (auto at = path.find("%3A"); at != std::string::npos; at = path.find("%3A")) path.replace(at, 3, ":");
  net::Response unknown = google_error(404, "Method not found.");
  const auto parts = split(path, '/');
  if (parts.size() < 3 || parts[0] != "users") return unknown;
  if (parts[1] != "me" && parts[1] != health_user_id(call.bearer.account)) {
    return google_error(403, "The caller does not have permission");
  }
  if (parts.size() == 3 && call.request.method == "GET") {
    if (parts[2] == "identity") return identity(call);
    if (parts[2] == "settings") return settings(call);
    if (parts[2] == "profile") return json_response(200, {{"name", fmt::format("users/{}/profile", parts[1])}});
    if (parts[2] == "pairedDevices") return json_response(200, json::object{});
    return unknown;
  }
  if (parts.size() < 5 || parts.size() > 6 || parts[2] != "dataTypes") return unknown;
  if (parts.size() == 5 && parts[4] == "dataPoints:batchDelete" && call.request.method == "POST") {
    return batch_delete(call, parts[3]);
  }
  const GoogleHealthType* type = find_google_health_type(parts[3]);
  if (type == nullptr) return google_error(400, "Request contains an invalid argument: unknown data type.");
  if (parts.size() == 5) {
    constexpr std::string_view collection = "dataPoints";
    if (!parts[4].starts_with(collection)) return unknown;
    return handle_collection(call, *type, parts[4].substr(collection.size()));
  }
  if (parts[4] != "dataPoints") return unknown;
  if (call.request.method == "GET") return get(call, *type, parts[5]);
  if (call.request.method == "PATCH") return update(call, *type, parts[5]);
  return unknown;
}

net::Response GoogleHealth::handle_collection(Call& call, const GoogleHealthType& type, std::string_view verb) {
  const std::string& method = call.request.method;
  if (verb.empty() && method == "GET") return list(call, type);
  if (verb.empty() && method == "POST") return create(call, type);
  if (verb == ":reconcile" && method == "GET") return reconcile(call, type);
  if ((verb == ":rollUp" || verb == ":dailyRollUp") && method == "POST") {
    return google_error(501, "This imposter does not roll up.");
  }
  return google_error(404, "Method not found.");
}

bool GoogleHealth::may(const Call& call, std::string_view scope, bool write, bool enforced) {
  if (!enforced) return true;
  const std::string base = fmt::format("https://www.googleapis.com/auth/googlehealth.{}", scope);
  return std::ranges::any_of(call.bearer.scopes, [&](const std::string& granted) {
    return granted == base || granted == base + (write ? ".writeonly" : ".readonly");
  });
}

net::Response GoogleHealth::identity(const Call& call) const {
  const std::string id = health_user_id(call.bearer.account);
  return json_response(
      200, {{"name", "users/" + id + "/identity"},
            {"healthUserId", id},
            {"legacyUserId", fmt::format("{:06X}", stable_number("fitbit:" + call.bearer.account) % 0x1000000)}});
}

net::Response GoogleHealth::settings(const Call& call) const {
  if (!may(call, "settings", false, options_.enforce_scopes)) {
    return google_error(403, "Request had insufficient authentication scopes.", "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
  }
  const auto offset = offset_in_zone(call.account.time_zone, call.now).value_or(UtcOffset{});
  return json_response(200, {{"name", "users/" + health_user_id(call.bearer.account) + "/settings"},
                             {"timeZone", call.account.time_zone},
                             {"utcOffset", fmt::format("{}s", offset.east.count())}});
}

json::object GoogleHealth::render(const Point& point, std::string_view user) const {
  json::object object;
  if (point.type->identifiable || options_.names_for_all_types) {
    object.emplace("name", fmt::format("users/{}/dataTypes/{}/dataPoints/{}", user, point.type->id, point.id));
  }
  if (!point.data_source.empty()) object.emplace("dataSource", point.data_source);
  object.emplace(point.type->camel_case(), rendered_payload(point));
  return object;
}

const Point* GoogleHealth::find(const Account& account, std::string_view type, std::string_view id) {
  const auto collection = account.collections.find(type);
  if (collection == account.collections.end()) return nullptr;
  const auto point = collection->second.by_id.find(id);
  return point == collection->second.by_id.end() ? nullptr : &point->second;
}

void GoogleHealth::store(Account& account, Point point) {
  erase(account, point.type->id, point.id);
  Collection& collection = account.collections[std::string(point.type->id)];
  collection.by_start.emplace(point.times.start, point.id);
  const std::string id = point.id;
  collection.by_id.emplace(id, std::move(point));
  ++account.points;
}

bool GoogleHealth::erase(Account& account, std::string_view type, std::string_view id) {
  const auto collection = account.collections.find(type);
  if (collection == account.collections.end()) return false;
  const auto point = collection->second.by_id.find(id);
  if (point == collection->second.by_id.end()) return false;
  collection->second.by_start.erase({point->second.times.start, point->first});
  collection->second.by_id.erase(point);
  --account.points;
  return true;
}

}  // namespace syncwell::sandbox
