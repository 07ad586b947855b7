#include "providers/google_health/google_webhooks.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "providers/google_health/type_table.hpp"
#include "providers/json_access.hpp"
#include "providers/webhook_request.hpp"

namespace syncwell::providers::google_health {
namespace {

namespace json = boost::json;

constexpr std::string_view key = "google_health";
constexpr std::array signature_headers = {"X-HEALTHAPI-SIGNATURE", "GOOGLE-HEALTH-API-SIGNATURE"};
// What the type table reads and Google does not notify about (mid 2026): polled.
constexpr std::array never_notified = {std::string_view("oxygen-saturation"), std::string_view("active-energy-burned")};
constexpr std::string_view default_subscriber = "syncwell";

json::array notified_collections() {
  std::vector<std::string_view> names;
  for (const TypeRow& row : all_rows()) {
    const bool notified = std::ranges::find(never_notified, row.collection) == never_notified.end();
    if (notified && std::ranges::find(names, row.collection) == names.end()) names.push_back(row.collection);
  }
  json::array list;
  for (const std::string_view name : names) list.emplace_back(name);
  return list;
}

std::vector<model::DataType> types_of(std::string_view collection) {
  std::vector<model::DataType> types;
  for (const TypeRow& row : all_rows()) {
    if (row.collection == collection) types.push_back(row.type);
  }
  return types;
}

std::optional<TimeRange> physical_range(const json::value& value) {
  const auto* object = value.if_object();
  const auto interval =
      object == nullptr ? Field<const json::object*>{} : object_field(*object, "physicalTimeInterval");
  if (!interval.present()) return std::nullopt;
  const auto start = time_field(*interval.value, "startTime");
  const auto end = time_field(*interval.value, "endTime");
  if (!start.present() || !end.present() || end.value.at < start.value.at) return std::nullopt;
  // An instant is a range that holds it.
  return TimeRange{start.value.at, std::max(end.value.at, start.value.at + Duration{1})};
}

// The union; nullopt where one of them cannot be read, so that nothing is left out.
std::optional<TimeRange> range_of(const json::object& data) {
  const auto list = array_field(data, "intervals");
  if (!list.present() || list.value->empty() || list.value->size() > max_notified_intervals) return std::nullopt;
  std::optional<TimeRange> whole;
  for (const json::value& value : *list.value) {
    const auto one = physical_range(value);
    if (!one) return std::nullopt;
    whole = whole ? TimeRange{std::min(whole->start, one->start), std::max(whole->end, one->end)} : *one;
  }
  return whole;
}

Result<void> read_notification(const json::value& value, Receipt& receipt) {
  const auto malformed = [] { return fail(ErrorCode::unreadable_input, "google_health: a notification without data"); };
  const auto* object = value.if_object();
  const auto data = object == nullptr ? Field<const json::object*>{} : object_field(*object, "data");
  if (!data.present()) return malformed();
  const auto user = text_field(*data.value, "healthUserId");
  const auto collection = text_field(*data.value, "dataType");
  const auto operation = text_field(*data.value, "operation");
  if (!user.present() || user.value.empty()) return malformed();
  Notification notification;
  notification.provider_user_id = user.value;
  notification.types = types_of(collection.value);
  const bool known = operation.value == "UPSERT" || operation.value == "DELETE";
  if (!known || notification.types.empty()) {
    ++receipt.ignored;
    return {};
  }
  notification.range = range_of(*data.value);
  receipt.notifications.push_back(std::move(notification));
  return {};
}

class GoogleHealthWebhooks final : public Webhooks {
 public:
  explicit GoogleHealthWebhooks(CloudSettings settings) : settings_(std::move(settings)) {}

  std::string missing_setting() const override {
    if (settings_.webhooks.secret.empty()) return "webhook_secret";
    const bool no_key = settings_.webhooks.require_signature && settings_.webhooks.signature_public_key.empty();
    return no_key ? "webhook_public_key" : "";
  }

  Result<Receipt> receive(const net::Request& request, Instant) const override {
    if (request.method != "POST") return fail(ErrorCode::unreadable_input, "google_health: notifications are posted");
    const auto authorization = request.headers.get("Authorization").value_or("");
    if (settings_.webhooks.secret.empty() || !equal_in_constant_time(authorization, settings_.webhooks.secret))
      return fail(ErrorCode::unauthenticated, "google_health: the Authorization header does not fit");
    if (request.body.size() > max_webhook_body_bytes)
      return fail(ErrorCode::too_large, "google_health: a notification of more than a megabyte");
    const auto body = webhook_body(request, key);
    if (!body) return fail(body.error());
    // The handshake goes before the signature: a subscriber is tried before its key is known.
    const auto* object = body->if_object();
    if (object != nullptr && text_field(*object, "type").value == "verification") return Receipt{{201}};
    auto verified = verify_signature(request);
    if (!verified) return fail(std::move(verified.error()));
    Receipt receipt{{204}};
    if (object != nullptr) {
      auto read = read_notification(*body, receipt);
      if (!read) return fail(std::move(read.error()));
      return receipt;
    }
    if (!body->is_array()) return fail(ErrorCode::unreadable_input, "google_health: no list of notifications");
    if (body->get_array().size() > max_notifications)
      return fail(ErrorCode::too_large, "google_health: more than 1000 notifications in one request");
    for (const json::value& value : body->get_array()) {
      auto read = read_notification(value, receipt);
      if (!read) return fail(std::move(read.error()));
    }
    return receipt;
  }

  Async<Result<std::vector<Subscription>>> list(CallContext context) override {
    auto answer = co_await call(context, "GET", "", std::nullopt);
    if (!answer) co_return fail(std::move(answer.error()));
    std::vector<Subscription> subscriptions;
    const auto list = array_field(*answer, "subscribers");
    if (!list.present()) co_return subscriptions;
    for (const json::value& value : *list.value) {
      const auto* object = value.if_object();
      if (object == nullptr) continue;
      const std::string name = text_field(*object, "name").value;
      subscriptions.push_back({name.substr(name.rfind('/') + 1), text_field(*object, "endpointUri").value,
                               text_field(*object, "state").value});
    }
    co_return subscriptions;
  }

  Async<Result<Subscription>> subscribe(CallContext context, std::string url) override {
    if (settings_.webhooks.secret.empty())
      co_return fail(ErrorCode::invalid_argument, "set providers.google_health.webhook_secret first");
    json::object configuration{{"dataTypes", notified_collections()},
                               {"subscriptionCreatePolicy", settings_.webhooks.per_account ? "MANUAL" : "AUTOMATIC"}};
    json::object body{{"endpointUri", url},
                      {"subscriberConfigs", json::array{std::move(configuration)}},
                      {"endpointAuthorization", json::object{{"secret", settings_.webhooks.secret}}}};
    auto answer = co_await call(context, "POST", "?subscriberId=" + net::percent_encode(subscriber()), std::move(body));
    if (!answer) co_return fail(std::move(answer.error()));
    co_return Subscription{subscriber(), std::move(url), text_field(*answer, "state").value};
  }

  Async<Result<void>> unsubscribe(CallContext context, std::string id) override {
    auto answer = co_await call(context, "DELETE", "/" + net::percent_encode(id), std::nullopt);
    if (answer) co_return Result<void>{};
    if (answer.error().http_status != 404) co_return fail(std::move(answer.error()));
    co_return fail(ErrorCode::not_found, "google_health: there is no subscriber of this id");
  }

  Async<Result<void>> subscribe_account(CallContext context, std::string provider_user_id) override {
    if (!settings_.webhooks.per_account || provider_user_id.empty()) co_return Result<void>{};
    json::object body{{"user", "users/" + provider_user_id}, {"dataTypes", notified_collections()}};
    const std::string path = "/" + net::percent_encode(subscriber()) + "/subscriptions";
    auto answer = co_await call(context, "POST", path, std::move(body));
    // It is subscribed already.
    if (!answer && answer.error().http_status != 409) co_return fail(std::move(answer.error()));
    co_return Result<void>{};
  }

 private:
  [[nodiscard]] std::string subscriber() const {
    const std::string& name = settings_.webhooks.subscription_id;
    return name.empty() ? std::string(default_subscriber) : name;
  }

  [[nodiscard]] Result<void> verify_signature(const net::Request& request) const {
    const std::string& public_key = settings_.webhooks.signature_public_key;
    if (public_key.empty() && !settings_.webhooks.require_signature) return {};
    std::optional<std::string_view> signature;
    for (const char* name : signature_headers) {
      if (!signature) signature = request.headers.get(name);
    }
    if (!signature && !settings_.webhooks.require_signature) return {};
    if (!signature || !verify_p256_signature(public_key, request.body, *signature))
      return fail(ErrorCode::unauthenticated, "google_health: the signature does not fit");
    return {};
  }

  // A call as the project, not as a person.
  [[nodiscard]] Async<Result<json::object>> call(CallContext context, std::string method, std::string path,
                                                 std::optional<json::object> body) {
    const WebhookSettings& own = settings_.webhooks;
    if (own.project.empty() || own.credential.empty()) {
      co_return fail(ErrorCode::invalid_argument,
                     "set providers.google_health.webhook_project and webhook_credential first");
    }
    net::Request request{
        std::move(method),
        settings_.api_base + "/v4/projects/" + net::percent_encode(own.project) + "/subscribers" + path,
        {{"Authorization", "Bearer " + own.credential}, {"Accept", "application/json"}},
        {}};
    if (body) request.headers.set("Content-Type", "application/json");
    if (body) request.body = json::serialize(*body);
    auto response = co_await context.http.send(std::move(request), context.deadline);
    if (!response) co_return fail(std::move(response.error()));
    if (response->status < 200 || response->status >= 300)
      co_return fail(classify(*response, key, context.runtime.now()));
    if (response->body.empty()) co_return json::object{};
    co_return parse_json_object(*response, key);
  }

  CloudSettings settings_;
};

}  // namespace

std::unique_ptr<Webhooks> make_webhooks(CloudSettings settings) {
  return std::make_unique<GoogleHealthWebhooks>(std::move(settings));
}

}  // namespace syncwell::providers::google_health
