// Webhooks over the control endpoints (README, Control), and what the sandbox has to send.
#include "sandbox/sandbox_state.hpp"
#include "sandbox/text.hpp"
#include "sandbox/webhook_signature.hpp"

namespace syncwell::sandbox {

namespace json = boost::json;

namespace {

net::Response refuse(std::string_view why) { return json_response(400, json::object{{"error", why}}); }

std::string text_at(const json::object& object, const char* name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool is_http(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

}  // namespace

// {"google_health": {"url", "secret", "signing_key"?}, "strava": {"url", "client_id"?}}: sends there without handshake.
net::Response Sandbox::State::set_webhooks(const net::Request& request) {
  const auto body = parse_json(request.body);
  if (!body || !body->is_object()) return refuse("the body must be a JSON object");
  const auto& object = body->get_object();
  for (const auto& member : object) {
    const bool known = member.key() == "google_health" || member.key() == "strava";
    if (!known || !member.value().is_object()) return refuse("an object for google_health or strava");
    const auto& target = member.value().get_object();
    if (!is_http(text_at(target, "url"))) return refuse("url: an http or https address");
    const std::string signing_key = text_at(target, "signing_key");
    if (!signing_key.empty() && !ecdsa_base64(signing_key, "")) return refuse("signing_key: a private EC key in PEM");
  }
  json::object answer;
  if (const auto* google = object.if_contains("google_health")) {
    const auto& target = google->get_object();
    google_health.options().signing_key = text_at(target, "signing_key");
    google_health.subscribe(text_at(target, "url"), text_at(target, "secret"));
    answer.emplace("google_health", json::object{{"subscriber", "sandbox"}});
  }
  if (const auto* target = object.if_contains("strava")) {
    std::string client = text_at(target->get_object(), "client_id");
    if (client.empty()) client = strava.oauth().rules().clients.front().id;
    const auto id = strava.subscribe(client, text_at(target->get_object(), "url"));
    answer.emplace("strava", json::object{{"subscription_id", id}});
  }
  return json_response(200, answer);
}

net::Response Sandbox::State::show_webhooks() const {
  json::array list;
  for (const Delivery& delivery : deliveries) {
    list.push_back(json::object{{"url", delivery.request.url},
                                {"body", is_utf8(delivery.request.body) ? delivery.request.body : std::string()},
                                {"status", delivery.status},
                                {"attempts", delivery.attempts}});
  }
  return json_response(200,
                       json::object{{"waiting", google_health.waiting_notifications() + strava.waiting_notifications()},
                                    {"delivered", std::move(list)}});
}

std::vector<net::Request> Sandbox::take_notifications(Instant now) {
  auto requests = state_->google_health.take_notifications();
  for (auto& request : state_->strava.take_notifications(now)) requests.push_back(std::move(request));
  return requests;
}

void Sandbox::note_delivery(Delivery delivery) {
  if (state_->deliveries.size() >= max_kept_deliveries) state_->deliveries.pop_front();
  state_->deliveries.push_back(std::move(delivery));
}

std::optional<Handshake> Sandbox::handshake_for(const net::Request& request) const {
  net::Target target = net::parse_target(request.url);
  constexpr std::string_view google_prefix = "/google/";
  constexpr std::string_view strava_prefix = "/strava/";
  const bool google = target.path.starts_with(google_prefix);
  if (!google && !target.path.starts_with(strava_prefix)) return std::nullopt;
  target.path.erase(0, google_prefix.size() - 1);
  return google ? state_->google_health.handshake_for(request, target) : state_->strava.handshake_for(request, target);
}

}  // namespace syncwell::sandbox
