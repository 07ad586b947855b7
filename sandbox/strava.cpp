#include "sandbox/strava.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sandbox/text.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

std::string_view bearer_token(const net::Request& request) {
  const std::string_view value = request.headers.get("Authorization").value_or("");
  constexpr std::string_view scheme = "Bearer ";
  return value.starts_with(scheme) ? value.substr(scheme.size()) : std::string_view{};
}

net::Parameters raw_fields(const net::Request& request) {
  const std::string_view type = request.headers.get("Content-Type").value_or("");
  net::Parameters fields;
  if (type.starts_with("multipart/")) {
    for (auto& part : net::decode_multipart(type, request.body).value_or(std::vector<net::FormPart>{})) {
      if (part.file_name.empty()) fields.emplace_back(std::move(part.name), std::move(part.value));
    }
    return fields;
  }
  if (!type.starts_with("application/json")) return net::decode_form(request.body);
  const auto body = parse_json(request.body);
  if (!body || !body->is_object()) return fields;
  for (const auto& member : body->get_object()) {
    const json::value& value = member.value();
    if (value.is_object() || value.is_array() || value.is_null()) continue;
    fields.emplace_back(member.key(), value.is_string() ? std::string(value.get_string()) : to_text(value));
  }
  return fields;
}

net::Response no_such_path() { return strava_error(404, "Record Not Found", "resource", "path", "invalid"); }

}  // namespace

net::Response strava_error(int status, std::string_view message, std::string_view resource, std::string_view field,
                           std::string_view code) {
  return json_response(
      status,
      json::object{{"message", message},
                   {"errors", json::array{json::object{{"resource", resource}, {"field", field}, {"code", code}}}}});
}

bool is_true(const std::optional<std::string>& text) { return text == "true" || text == "1"; }

net::Parameters body_fields(const net::Request& request) {
  net::Parameters fields = raw_fields(request);
  std::erase_if(fields, [](const auto& field) { return !is_utf8(field.second); });
  return fields;
}

Strava::Strava(StravaOptions options, Random& random) : options_(std::move(options)), oauth_(options_.oauth, random) {}

// Ids of today's athletes are past 2^26, and they fit a double.
std::int64_t Strava::athlete_id(std::string_view account) {
  return 100'000'000 + static_cast<std::int64_t>(stable_number("strava:" + std::string(account)) % 100'000'000);
}

Strava::Account* Strava::account_of(const std::string& name) {
  const auto found = accounts_.find(name);
  if (found != accounts_.end()) return &found->second;
  if (accounts_.size() >= max_strava_accounts) return nullptr;
  Account account;
  account.time_zone = options_.default_time_zone;
  return &accounts_.emplace(name, std::move(account)).first->second;
}

net::Response Strava::handle(const net::Request& request, const net::Target& target, Instant now) {
  settle(now);
  constexpr std::string_view api = "/api/v3/";
  if (!target.path.starts_with(api)) return handle_oauth(request, target, now);
  if (auto response = handle_subscriptions(request, target)) return std::move(*response);
  const auto bearer = oauth_.bearer(bearer_token(request), now);
  if (!bearer) return strava_error(401, "Authorization Error", "Athlete", "access_token", "invalid");
  const std::string_view path = std::string_view(target.path).substr(api.size());
  const bool is_read = request.method == "GET" && !path.starts_with("uploads");
  const bool within_limits = usage_.count(bearer->client_id, is_read, options_.limits, now);
  Account* account = account_of(bearer->account);
  net::Response response;
  if (!within_limits || account == nullptr) {
    response =
        options_.limit_errors_as_text
            ? json_response(429, json::object{{"message", "Too Many Requests"}, {"errors", "Rate limit exceeded"}})
            : strava_error(429, "Rate Limit Exceeded", "Application", "rate limit", "exceeded");
  } else {
    Call call{request, target, *bearer, *account, now};
    response = handle_api(call, path);
  }
  usage_.put_headers(response, bearer->client_id, is_read, options_.limits);
  return response;
}

net::Response Strava::handle_api(Call& call, std::string_view path) {
  const std::string& method = call.request.method;
  const auto parts = split(path, '/');
  if (path == "athlete" && method == "GET") return athlete(call);
  if (path == "athlete" && method == "PUT") return update_athlete(call);
  if (path == "athlete/activities" && method == "GET") return list_activities(call);
  if (path == "uploads" && method == "POST") return upload(call);
  if (path == "activities" && method == "POST") return create_activity(call);
  if (parts.size() == 2 && parts[0] == "uploads" && method == "GET") return get_upload(call, parts[1]);
  if (parts.size() < 2 || parts.size() > 3 || parts[0] != "activities") return no_such_path();
  const auto id = parse_integer(parts[1]);
  if (!id) return strava_error(404, "Record Not Found", "Activity", "id", "invalid");
  return handle_activity(call, *id, parts.size() == 3 ? parts[2] : "");
}

net::Response Strava::handle_activity(Call& call, std::int64_t id, std::string_view part) {
  const auto found = call.account.activities.find(id);
  if (found == call.account.activities.end()) return strava_error(404, "Record Not Found", "Activity", "id", "invalid");
  StravaActivity& activity = found->second;
  if (call.request.method == "GET") {
    if (part.empty()) return get_activity(call, activity);
    if (part == "streams") return streams(call, activity);
    if (part == "laps" || part == "zones") return json_response(200, json::array{});
  }
  // There is no DELETE: it was taken out of the API in 2017.
  if (call.request.method == "PUT" && part.empty()) return update_activity(call, activity);
  return no_such_path();
}

net::Response Strava::athlete(Call& call) const {
  const std::int64_t id = athlete_id(call.bearer.account);
  json::object object{{"id", id},
                      {"username", call.bearer.account},
                      {"resource_state", 2},
                      {"firstname", "Sandbox"},
                      {"lastname", "Athlete"},
                      {"premium", true},
                      {"summit", true},
                      {"measurement_preference", "meters"}};
  const auto& scopes = call.bearer.scopes;
  if (call.account.weight_kg && std::ranges::find(scopes, "profile:read_all") != scopes.end()) {
    object.emplace("weight", *call.account.weight_kg);
  }
  return json_response(200, object);
}

net::Response Strava::update_athlete(Call& call) {
  const auto& scopes = call.bearer.scopes;
  if (std::ranges::find(scopes, "profile:write") == scopes.end()) {
    return strava_error(401, "Authorization Error", "AccessToken", "profile:write_permission", "missing");
  }
  auto text = field_of(body_fields(call.request), "weight");
  if (!text) text = call.target.parameter("weight");
  const auto weight = text ? parse_number(*text) : std::nullopt;
  if (!weight || *weight <= 0 || *weight > 1000)
    return strava_error(400, "Bad Request", "Athlete", "weight", "invalid");
  call.account.weight_kg = weight;
  return athlete(call);
}

StravaActivity& Strava::store(Account& account, StravaActivity activity) {
  if (stored_points_ + activity.points.size() > max_stored_track_points) activity.points.clear();
  stored_points_ += activity.points.size();
  const auto [at, inserted] = account.activities.try_emplace(activity.id);
  if (!inserted) stored_points_ -= at->second.points.size();
  at->second = std::move(activity);
  return at->second;
}

// Detection is by content: the start, and then sport or place. An external_id says nothing.
const StravaActivity* Strava::duplicate_of(const Account& account, const StravaActivity& activity) const {
  constexpr double same_place_m = 100;
  const auto first_fix = [](const StravaActivity& other) {
    return std::ranges::find_if(other.points, [](const TrackPoint& point) { return point.latitude_deg.has_value(); });
  };
  const auto fix = first_fix(activity);
  for (const auto& [id, other] : account.activities) {
    if (std::chrono::abs(other.start - activity.start) > options_.duplicate_start_tolerance) continue;
    if (other.sport_type == activity.sport_type) return &other;
    const auto other_fix = first_fix(other);
    if (fix == activity.points.end() || other_fix == other.points.end()) continue;
    if (distance_between_m(*fix->latitude_deg, *fix->longitude_deg, *other_fix->latitude_deg,
                           *other_fix->longitude_deg) <= same_place_m) {
      return &other;
    }
  }
  return nullptr;
}

}  // namespace syncwell::sandbox
