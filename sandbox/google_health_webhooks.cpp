// Google Health: subscribers of a project and notifications. Source: google_health.md, Webhooks.
#include <fmt/format.h>

#include <algorithm>

#include "sandbox/google_health.hpp"
#include "sandbox/text.hpp"
#include "sandbox/webhook_signature.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t max_subscribers = 100;
constexpr std::size_t max_told_intervals = 50;  // with more points, one interval over all of them
constexpr std::string_view projects = "/v4/projects/";

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(json::string_view(name.data(), name.size()));
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

json::object object_of(const net::Request& request) {
  auto body = parse_json(request.body);
  return body && body->is_object() ? std::move(body->get_object()) : json::object{};
}

std::vector<std::string> texts_of(const json::value* list) {
  std::vector<std::string> texts;
  if (list == nullptr || !list->is_array()) return texts;
  for (const json::value& value : list->get_array()) {
    if (value.is_string()) texts.emplace_back(value.get_string());
  }
  return texts;
}

bool is_http(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

}  // namespace

bool GoogleHealth::is_project_call(const net::Request& request) const {
  return !options_.project_token.empty() &&
         request.headers.get("Authorization").value_or("") == "Bearer " + options_.project_token;
}

std::optional<net::Response> GoogleHealth::handle_project(const net::Request& request, const net::Target& target) {
  if (!target.path.starts_with(projects)) return std::nullopt;
  if (!is_project_call(request)) return google_error(401, "Request had invalid authentication credentials.");
  const auto parts = split(std::string_view(target.path).substr(projects.size()), '/');
  if (parts.size() < 2 || parts[0] != options_.project || parts[1] != "subscribers")
    return google_error(403, "The caller does not have permission");
  const std::string& method = request.method;
  if (parts.size() == 2 && method == "GET") {
    json::array list;
    for (const auto& [id, subscriber] : subscribers_) list.push_back(render(id, subscriber));
    return json_response(200, json::object{{"subscribers", std::move(list)}});
  }
  if (parts.size() == 2 && method == "POST") return create_subscriber(request, target);
  const auto found = parts.size() < 3 ? subscribers_.end() : subscribers_.find(parts[2]);
  if (found == subscribers_.end()) return google_error(404, "Subscriber not found.");
  if (parts.size() == 3 && method == "DELETE") {
    subscribers_.erase(found);
    return json_response(200, json::object{});
  }
  if (parts.size() == 4 && parts[3] == "subscriptions" && method == "POST") {
    const std::string user = text_at(object_of(request), "user");
    constexpr std::string_view prefix = "users/";
    if (!user.starts_with(prefix)) return google_error(400, "Request contains an invalid argument: user");
    const bool added = found->second.users.insert(user.substr(prefix.size())).second;
    return added ? json_response(200, json::object{{"user", user}})
                 : google_error(409, "Requested entity already exists");
  }
  return google_error(404, "Method not found.");
}

net::Response GoogleHealth::create_subscriber(const net::Request& request, const net::Target& target) {
  const json::object body = object_of(request);
  Subscriber subscriber;
  subscriber.url = text_at(body, "endpointUri");
  const std::string id = target.parameter("subscriberId").value_or("");
  if (!is_http(subscriber.url) || id.empty() || !is_utf8(id))
    return google_error(400, "Request contains an invalid argument: endpointUri or subscriberId");
  if (subscribers_.contains(id)) return google_error(409, "Requested entity already exists");
  if (subscribers_.size() >= max_subscribers) return google_error(429, "Resource has been exhausted.");
  if (const auto* authorization = body.if_contains("endpointAuthorization");
      authorization && authorization->is_object())
    subscriber.secret = text_at(authorization->get_object(), "secret");
  if (const auto* list = body.if_contains("subscriberConfigs"); list != nullptr && list->is_array()) {
    for (const json::value& value : list->get_array()) {
      const auto* one = value.if_object();
      if (one == nullptr) continue;
      subscriber.automatic = text_at(*one, "subscriptionCreatePolicy") != "MANUAL";
      for (std::string& type : texts_of(one->if_contains("dataTypes"))) subscriber.types.insert(std::move(type));
    }
  }
  const auto& stored = subscribers_.emplace(id, std::move(subscriber)).first->second;
  return json_response(200, render(id, stored));
}

json::object GoogleHealth::render(const std::string& id, const Subscriber& subscriber) const {
  return {{"name", fmt::format("projects/{}/subscribers/{}", options_.project, id)},
          {"endpointUri", subscriber.url},
          {"state", "ACTIVE"}};
}

void GoogleHealth::subscribe(std::string url, std::string secret) {
  subscribers_["sandbox"] = Subscriber{.url = std::move(url), .secret = std::move(secret)};
}

std::optional<Handshake> GoogleHealth::handshake_for(const net::Request& request, const net::Target& target) const {
  if (request.method != "POST" || !is_project_call(request) ||
      target.path != fmt::format("{}{}/subscribers", projects, options_.project))
    return std::nullopt;
  const json::object body = object_of(request);
  const std::string url = text_at(body, "endpointUri");
  const auto* authorization = body.if_contains("endpointAuthorization");
  if (!is_http(url) || authorization == nullptr || !authorization->is_object()) return std::nullopt;
  Handshake handshake;
  const net::Request bare{"POST", url, {{"Content-Type", "application/json"}}, R"({"type":"verification"})"};
  handshake.requests = {bare, bare};
  handshake.requests[0].headers.set("Authorization", text_at(authorization->get_object(), "secret"));
  const bool any_success = options_.any_2xx_verifies;
  handshake.accepts = [any_success](const std::vector<net::Response>& answers) {
    if (answers.size() != 2) return false;
    const int with = answers[0].status;
    const int without = answers[1].status;
    return (with == 201 || (any_success && with >= 200 && with < 300)) && (without == 401 || without == 403);
  };
  handshake.refusal =
      google_error(400, "The endpoint could not be verified.", "SUBSCRIBER_ENDPOINT_VERIFICATION_FAILED");
  return handshake;
}

void GoogleHealth::notify(const std::string& account, const GoogleHealthType& type, std::string_view operation,
                          std::vector<TimeRange> ranges) {
  if (ranges.empty() || !oauth_.has_grant(account)) return;
  if (ranges.size() > max_told_intervals) {
    TimeRange whole = ranges.front();
    for (const TimeRange& one : ranges) whole = {std::min(whole.start, one.start), std::max(whole.end, one.end)};
    ranges = {whole};
  }
  json::array intervals;
  for (const TimeRange& one : ranges) {
    intervals.push_back(json::object{{"physicalTimeInterval", json::object{{"startTime", format_rfc3339(one.start)},
                                                                           {"endTime", format_rfc3339(one.end)}}}});
  }
  const std::string user = health_user_id(account);
  for (const auto& [id, subscriber] : subscribers_) {
    if (!subscriber.types.empty() && !subscriber.types.contains(std::string(type.id))) continue;
    if (!subscriber.automatic && !subscriber.users.contains(user)) continue;
    const json::object notification{{"data", json::object{{"version", "1"},
                                                          {"clientProvidedSubscriptionName", id},
                                                          {"healthUserId", user},
                                                          {"operation", operation},
                                                          {"dataType", type.id},
                                                          {"intervals", intervals}}}};
    net::Request request{"POST", subscriber.url, {{"Content-Type", "application/json"}}, {}};
    if (!subscriber.secret.empty()) request.headers.set("Authorization", subscriber.secret);
    request.body = options_.notify_as_object ? to_text(json::value(notification))
                                             : to_text(json::array{json::value(notification)});
    if (outbox_.size() >= max_waiting_notifications) outbox_.pop_front();
    outbox_.push_back(std::move(request));
  }
}

std::vector<net::Request> GoogleHealth::take_notifications() {
  std::vector<net::Request> requests(std::make_move_iterator(outbox_.begin()), std::make_move_iterator(outbox_.end()));
  outbox_.clear();
  if (options_.signing_key.empty()) return requests;
  const char* name = options_.other_signature_header ? "GOOGLE-HEALTH-API-SIGNATURE" : "X-HEALTHAPI-SIGNATURE";
  for (net::Request& request : requests) {
    if (const auto signature = ecdsa_base64(options_.signing_key, request.body)) request.headers.set(name, *signature);
  }
  return requests;
}

}  // namespace syncwell::sandbox
