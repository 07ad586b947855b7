// Strava: push subscriptions and events. Source: strava.md, Webhooks.
#include <fmt/format.h>

#include "sandbox/strava.hpp"
#include "sandbox/text.hpp"
#include "sandbox/webhook_signature.hpp"

namespace syncwell::sandbox {
namespace {

namespace json = boost::json;

net::Response bad_subscription(std::string_view field, std::string_view code) {
  return strava_error(400, "Bad Request", "PushSubscription", field, code);
}

net::Parameters all_fields(const net::Request& request, const net::Target& target) {
  net::Parameters fields = body_fields(request);
  fields.insert(fields.end(), target.query.begin(), target.query.end());
  return fields;
}

bool is_subscription_path(std::string_view path) {
  constexpr std::string_view collection = "/api/v3/push_subscriptions";
  return path.starts_with(collection) && (path.size() == collection.size() || path[collection.size()] == '/');
}

bool is_http(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

}  // namespace

std::optional<net::Response> Strava::handle_subscriptions(const net::Request& request, const net::Target& target) {
  if (!is_subscription_path(target.path)) return std::nullopt;
  const net::Parameters fields = all_fields(request, target);
  const std::string client = field_of(fields, "client_id").value_or("");
  if (!oauth_.check_client(client, field_of(fields, "client_secret").value_or("")))
    return strava_error(401, "Authorization Error", "Application", "client_id", "invalid");
  const auto own = subscriptions_.find(client);
  const auto parts = split(std::string_view(target.path).substr(1), '/');
  if (parts.size() == 3 && request.method == "GET") {
    json::array list;
    if (own != subscriptions_.end()) {
      list.push_back(json::object{{"id", own->second.id},
                                  {"resource_state", 2},
                                  {"application_id", parse_integer(client).value_or(0)},
                                  {"callback_url", own->second.callback_url}});
    }
    return json_response(200, list);
  }
  if (parts.size() == 3 && request.method == "POST") {
    const std::string url = field_of(fields, "callback_url").value_or("");
    if (!is_http(url)) return bad_subscription("callback_url", "invalid");
    if (own != subscriptions_.end()) return bad_subscription("application_id", "already exists");
    return json_response(201, json::object{{"id", subscribe(client, url)}});
  }
  if (parts.size() == 4 && request.method == "DELETE") {
    if (own == subscriptions_.end() || std::to_string(own->second.id) != parts[3])
      return strava_error(404, "Record Not Found", "PushSubscription", "id", "invalid");
    subscriptions_.erase(own);
    return net::Response{204};
  }
  return strava_error(404, "Record Not Found", "resource", "path", "invalid");
}

std::int64_t Strava::subscribe(const std::string& client, std::string url) {
  const auto id = 100'000 + static_cast<std::int64_t>(stable_number(client + "|" + url) % 900'000);
  subscriptions_[client] = {id, std::move(url)};
  return id;
}

std::optional<Handshake> Strava::handshake_for(const net::Request& request, const net::Target& target) const {
  if (!is_subscription_path(target.path) || request.method != "POST") return std::nullopt;
  const net::Parameters fields = all_fields(request, target);
  const std::string client = field_of(fields, "client_id").value_or("");
  const std::string url = field_of(fields, "callback_url").value_or("");
  // What is refused anyway is refused without a handshake.
  if (!is_http(url) || subscriptions_.contains(client) ||
      !oauth_.check_client(client, field_of(fields, "client_secret").value_or("")))
    return std::nullopt;
  const std::string challenge = fmt::format("{:016x}", stable_number("challenge|" + client + "|" + url));
  Handshake handshake;
  handshake.requests.push_back(
      {"GET", url + (url.find('?') == std::string::npos ? "?" : "&") +
                  net::encode_form({{"hub.mode", "subscribe"},
                                    {"hub.challenge", challenge},
                                    {"hub.verify_token", field_of(fields, "verify_token").value_or("")}})});
  handshake.accepts = [challenge](const std::vector<net::Response>& answers) {
    const auto body = answers.size() == 1 ? parse_json(answers[0].body) : std::nullopt;
    const auto* object = body ? body->if_object() : nullptr;
    const auto* echoed = object == nullptr ? nullptr : object->if_contains("hub.challenge");
    return answers.size() == 1 && answers[0].status == 200 && echoed != nullptr && echoed->is_string() &&
           std::string_view(echoed->get_string().data(), echoed->get_string().size()) == challenge;
  };
  handshake.refusal = bad_subscription("callback url", "GET to callback URL does not return 200");
  return handshake;
}

void Strava::notify(std::string_view account, std::string_view object_type, std::int64_t object_id,
                    std::string_view aspect, json::object updates, Instant now) {
  for (const auto& [client, subscription] : subscriptions_) {
    if (!oauth_.has_grant(account, client)) continue;
    const json::object event{{"object_type", object_type},
                             {"object_id", object_id},
                             {"aspect_type", aspect},
                             {"updates", updates},
                             {"owner_id", athlete_id(account)},
                             {"subscription_id", subscription.id},
                             {"event_time", std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()}};
    if (outbox_.size() >= max_waiting_notifications) outbox_.pop_front();
    outbox_.emplace_back(
        client,
        net::Request{"POST", subscription.callback_url, {{"Content-Type", "application/json"}}, to_text(event)});
  }
}

std::size_t Strava::remove_application(const std::string& account, Instant now) {
  notify(account, "athlete", athlete_id(account), "update", {{"authorized", "false"}}, now);
  return oauth_.revoke_account(account);
}

// Signed when they leave, so that a shifted clock of the sandbox makes no signature old.
std::vector<net::Request> Strava::take_notifications(Instant now) {
  std::vector<net::Request> requests;
  for (auto& [client, request] : outbox_) {
    std::string secret;
    for (const OAuthClient& one : oauth_.rules().clients) {
      if (one.id == client) secret = one.secret;
    }
    const auto time = std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
    if (options_.sign_events)
      request.headers.set("X-Strava-Signature", "t=" + time + ",v1=" + hmac_hex(secret, time + "." + request.body));
    requests.push_back(std::move(request));
  }
  outbox_.clear();
  return requests;
}

}  // namespace syncwell::sandbox
