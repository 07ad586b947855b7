#include "providers/strava/strava_webhooks.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <utility>

#include "providers/json_access.hpp"
#include "providers/strava/rate_limits.hpp"
#include "providers/webhook_request.hpp"

namespace syncwell::providers::strava {
namespace {

namespace json = boost::json;

constexpr std::string_view key = "strava";
constexpr std::string_view signature_header = "X-Strava-Signature";

std::string base_of(const CloudSettings& settings) { return settings.api_base + "/api/v3/push_subscriptions"; }

// "t=1700000000,v1=hex[,v1=hex]".
Result<void> verify_signature(std::string_view header, const CloudSettings& settings, std::string_view body,
                              Instant now) {
  const auto wrong = [] { return fail(ErrorCode::unauthenticated, "strava: the signature does not fit"); };
  std::string_view time;
  bool fits = false;
  std::string expected;
  while (!header.empty()) {
    const auto comma = header.find(',');
    std::string_view part = header.substr(0, comma);
    header.remove_prefix(comma == std::string_view::npos ? header.size() : comma + 1);
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.starts_with("t=") && time.empty()) {
      time = part.substr(2);
      expected = hmac_sha256_hex(settings.client_secret, std::string(time) + "." + std::string(body));
    } else if (part.starts_with("v1=") && !expected.empty()) {
      fits = equal_in_constant_time(part.substr(3), expected) || fits;
    }
  }
  std::int64_t seconds = 0;
  const auto read = std::from_chars(time.data(), time.data() + time.size(), seconds);
  if (settings.client_secret.empty() || time.empty() || read.ec != std::errc{} || read.ptr != time.data() + time.size())
    return wrong();
  const std::int64_t now_s = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  constexpr std::int64_t tolerance_s = std::chrono::floor<std::chrono::seconds>(signature_tolerance).count();
  if (!fits || seconds < now_s - tolerance_s || seconds > now_s + tolerance_s) return wrong();
  return {};
}

std::optional<Instant> event_time_of(const json::object& event) {
  const auto seconds = integer_field(event, "event_time");
  constexpr std::int64_t latest = std::chrono::floor<std::chrono::seconds>(max_instant.time_since_epoch()).count();
  if (!seconds.present() || seconds.value < 0 || seconds.value > latest) return std::nullopt;
  return Instant{std::chrono::seconds{seconds.value}};
}

// "false" as the documents have it, or false.
bool says_unauthorized(const json::object& event) {
  const auto updates = object_field(event, "updates");
  if (!updates.present()) return false;
  const auto text = text_field(*updates.value, "authorized");
  const auto flag = flag_field(*updates.value, "authorized");
  return (text.present() && text.value == "false") || (flag.present() && !flag.value);
}

class StravaWebhooks final : public Webhooks {
 public:
  explicit StravaWebhooks(CloudSettings settings) : settings_(std::move(settings)) {}

  std::string missing_setting() const override {
    return settings_.webhooks.secret.empty() ? "webhook_verify_token" : "";
  }

  Result<Receipt> receive(const net::Request& request, Instant now) const override {
    return request.method == "GET" ? handshake(request) : event(request, now);
  }

  Async<Result<std::vector<Subscription>>> list(CallContext context) override {
    net::Request request{"GET", base_of(settings_) + "?" + credentials(), {{"Accept", "application/json"}}, {}};
    auto response = co_await context.http.send(std::move(request), context.deadline);
    if (!response) co_return fail(std::move(response.error()));
    if (response->status != 200) co_return fail(error_of(*response, context.runtime.now()));
    const auto body = parse_json_answer(*response, key);
    if (!body) co_return fail(body.error());
    if (!body->is_array()) co_return fail(ErrorCode::mapping, "strava: the subscriptions are no list");
    std::vector<Subscription> subscriptions;
    for (const json::value& value : body->get_array()) {
      const auto* object = value.if_object();
      const auto id = object == nullptr ? Field<std::int64_t>{} : integer_field(*object, "id");
      if (id.present())
        subscriptions.push_back({std::to_string(id.value), text_field(*object, "callback_url").value, {}});
    }
    co_return subscriptions;
  }

  Async<Result<Subscription>> subscribe(CallContext context, std::string url) override {
    if (settings_.webhooks.secret.empty())
      co_return fail(ErrorCode::invalid_argument, "set providers.strava.webhook_verify_token first");
    net::Request request{"POST",
                         base_of(settings_),
                         {{"Accept", "application/json"}, {"Content-Type", "application/x-www-form-urlencoded"}},
                         net::encode_form({{"client_id", settings_.client_id},
                                           {"client_secret", settings_.client_secret},
                                           {"callback_url", url},
                                           {"verify_token", settings_.webhooks.secret}})};
    auto response = co_await context.http.send(std::move(request), context.deadline);
    if (!response) co_return fail(std::move(response.error()));
    if (response->status != 200 && response->status != 201) co_return fail(error_of(*response, context.runtime.now()));
    const auto body = parse_json_object(*response, key);
    if (!body) co_return fail(body.error());
    const auto id = integer_field(*body, "id");
    if (!id.present()) co_return fail(ErrorCode::mapping, "strava: the new subscription has no id");
    co_return Subscription{std::to_string(id.value), std::move(url), {}};
  }

  Async<Result<void>> unsubscribe(CallContext context, std::string id) override {
    net::Request request{"DELETE", base_of(settings_) + "/" + net::percent_encode(id) + "?" + credentials(), {}, {}};
    auto response = co_await context.http.send(std::move(request), context.deadline);
    if (!response) co_return fail(std::move(response.error()));
    if (response->status >= 200 && response->status < 300) co_return Result<void>{};
    if (response->status == 404) co_return fail(ErrorCode::not_found, "strava: there is no subscription of this id");
    co_return fail(error_of(*response, context.runtime.now()));
  }

 private:
  [[nodiscard]] std::string credentials() const {
    return net::encode_form({{"client_id", settings_.client_id}, {"client_secret", settings_.client_secret}});
  }

  [[nodiscard]] Result<Receipt> handshake(const net::Request& request) const {
    const auto target = net::parse_target(request.url);
    const auto challenge = target.parameter("hub.challenge");
    if (target.parameter("hub.mode") != "subscribe" || !challenge || challenge->size() > max_text_field_bytes)
      return fail(ErrorCode::unreadable_input, "strava: no handshake of a subscription");
    const std::string& secret = settings_.webhooks.secret;
    if (secret.empty() || !equal_in_constant_time(target.parameter("hub.verify_token").value_or(""), secret))
      return fail(ErrorCode::forbidden, "strava: the handshake has another verify token");
    // What came in percent-encoded need not be text.
    json::error_code error;
    (void)json::parse('"' + *challenge + '"', error);
    if (error) return fail(ErrorCode::unreadable_input, "strava: the challenge is no plain text");
    return Receipt{
        {200, {{"Content-Type", "application/json"}}, json::serialize(json::object{{"hub.challenge", *challenge}})}};
  }

  [[nodiscard]] Result<Receipt> event(const net::Request& request, Instant now) const {
    const auto signature = request.headers.get(signature_header);
    if (!signature && settings_.webhooks.require_signature)
      return fail(ErrorCode::unauthenticated, "strava: the event is not signed");
    if (request.body.size() > max_webhook_body_bytes)
      return fail(ErrorCode::too_large, "strava: a notification of more than a megabyte");
    if (signature) {
      auto verified = verify_signature(*signature, settings_, request.body, now);
      if (!verified) return fail(std::move(verified.error()));
    }
    const auto body = webhook_body(request, key);
    if (!body) return fail(body.error());
    if (!body->is_object()) return fail(ErrorCode::unreadable_input, "strava: the event is no object");
    const json::object& object = body->get_object();
    const std::string& expected = settings_.webhooks.subscription_id;
    const auto subscription = integer_field(object, "subscription_id");
    if (!expected.empty() &&
        (!subscription.present() || !equal_in_constant_time(std::to_string(subscription.value), expected))) {
      return fail(ErrorCode::unauthenticated, "strava: an event of another subscription");
    }
    return read(object, signature.has_value() || !expected.empty());
  }

  [[nodiscard]] static Result<Receipt> read(const json::object& event, bool vouched_for) {
    const auto owner = integer_field(event, "owner_id");
    const auto kind = text_field(event, "object_type");
    if (!owner.present() || !kind.present())
      return fail(ErrorCode::unreadable_input, "strava: the event has no owner_id or object_type");
    Receipt receipt{{200}};
    Notification notification;
    notification.provider_user_id = std::to_string(owner.value);
    if (kind.value == "activity") {
      notification.types = {model::DataType::workout};
    } else if (kind.value == "athlete" &&
               (says_unauthorized(event) || text_field(event, "aspect_type").value == "delete")) {
      if (vouched_for) notification.kind = Notification::Kind::deauthorised;
      if (vouched_for) notification.occurred_at = event_time_of(event);
    } else {
      receipt.ignored = 1;
      return receipt;
    }
    receipt.notifications.push_back(std::move(notification));
    return receipt;
  }

  CloudSettings settings_;
};

}  // namespace

std::unique_ptr<Webhooks> make_webhooks(CloudSettings settings) {
  return std::make_unique<StravaWebhooks>(std::move(settings));
}

}  // namespace syncwell::providers::strava
