// Who is told what happens: the subscribers of events, made by the operator (notify/, docs/events.md).
#include <boost/json.hpp>

#include <algorithm>
#include <numeric>

#include "api/api.hpp"
#include "api/json_body.hpp"
#include "api/problem.hpp"
#include "notify/outbox.hpp"
#include "notify/standard_webhook.hpp"

namespace syncwell::api {

namespace json = boost::json;

namespace {

constexpr std::size_t max_url_bytes = 2048;

// What is said travels signed but readable: over the open network only by TLS.
bool is_safe_url(std::string_view url) {
  if (url.size() > max_url_bytes || url.find_first_of(" \t\r\n#") != std::string_view::npos) return false;
  if (url.starts_with("https://")) return url.size() > std::string_view("https://").size();
  return url.starts_with("http://127.0.0.1:") || url.starts_with("http://127.0.0.1/") ||
         url.starts_with("http://localhost:") || url.starts_with("http://localhost/") ||
         url.starts_with("http://[::1]:") || url.starts_with("http://[::1]/");
}

json::object describe(const store::Subscription& subscription) {
  json::object object{{"id", subscription.id},
                      {"url", subscription.url},
                      {"types", json::array(subscription.types.begin(), subscription.types.end())},
                      {"status", subscription.is_active() ? "active" : "disabled"},
                      {"createdAt", format_rfc3339(subscription.created)}};
  if (!subscription.is_active()) object["disabledBecause"] = subscription.disabled_because;
  return object;
}

net::Response no_such_subscription() { return problem(404, "not_found", "There is no subscription with this id."); }

}  // namespace

void Api::add_subscription_routes() {
  using enum Router::Access;
  router_.add("GET", "/admin/event-subscriptions", admin, [this](Call) { return list_subscriptions(); });
  router_.add("POST", "/admin/event-subscriptions", admin,
              [this](Call call) { return create_subscription(std::move(call)); });
  router_.add("DELETE", "/admin/event-subscriptions/{id}", admin,
              [this](Call call) { return delete_subscription(std::move(call)); });
  router_.add("POST", "/admin/event-subscriptions/{id}/enable", admin,
              [this](Call call) { return enable_subscription(std::move(call)); });
  router_.add("POST", "/admin/event-subscriptions/{id}/replay", admin,
              [this](Call call) { return replay_to_subscription(std::move(call)); });
}

Async<net::Response> Api::list_subscriptions() {
  auto list = co_await subscriptions_.list();
  if (!list) co_return problem(list.error());
  json::array items;
  for (const auto& subscription : *list) items.push_back(describe(subscription));
  co_return json_answer(200, {{"eventSubscriptions", std::move(items)}});
}

// The secret is shown this once.
Async<net::Response> Api::create_subscription(Call call) {
  auto body = JsonBody::parse(call.request);
  if (!body) co_return problem(body.error());
  store::Subscription subscription;
  subscription.url = body->required_text("url");
  subscription.types = body->optional_texts("types");
  if (!is_safe_url(subscription.url)) body->refuse("url", "must be an https URL (http only to this very machine)");
  const auto known = notify::public_types();
  for (const auto& type : subscription.types) {
    if (std::ranges::find(known, type) == known.end())
      body->refuse("types",
                   "may hold: " + std::accumulate(std::next(known.begin()), known.end(), std::string(known.front()),
                                                  [](std::string text, std::string_view name) {
                                                    return std::move(text) + ", " + std::string(name);
                                                  }));
  }
  if (body->error()) co_return problem(*body->error());
  auto list = co_await subscriptions_.list();
  if (!list) co_return problem(list.error());
  if (list->size() >= store::max_subscriptions)
    co_return problem(413, "too_large", "There are as many subscriptions as there may be: delete one first.");
  std::string secret = notify::new_secret();
  auto pointer = co_await services_.vault.put(secret);
  if (!pointer) co_return problem(pointer.error());
  subscription.secret_pointer = std::move(*pointer);
  subscription.id = "sub_" + services_.runtime.random().uuid4();
  subscription.created = services_.runtime.now();
  auto put = co_await subscriptions_.put(subscription);
  if (!put) co_return problem(put.error());
  auto object = describe(subscription);
  object["secret"] = secret;
  auto answer = json_answer(201, object);
  answer.headers.set("Location", "/admin/event-subscriptions/" + subscription.id);
  answer.headers.set("Cache-Control", "no-store");
  co_return answer;
}

Async<net::Response> Api::delete_subscription(Call call) {
  auto subscription = co_await subscriptions_.get(call.segment("id"));
  if (!subscription) co_return problem(subscription.error());
  if (!*subscription) co_return no_such_subscription();
  auto erased = co_await subscriptions_.erase((*subscription)->id);
  if (erased) erased = co_await services_.vault.erase((*subscription)->secret_pointer);
  if (!erased) co_return problem(erased.error());
  co_return net::Response{204};
}

Async<net::Response> Api::enable_subscription(Call call) {
  auto subscription = co_await subscriptions_.get(call.segment("id"));
  if (!subscription) co_return problem(subscription.error());
  if (!*subscription) co_return no_such_subscription();
  (*subscription)->disabled_because.clear();
  auto put = co_await subscriptions_.put(**subscription);
  if (!put && put.error().code == ErrorCode::version_conflict)
    co_return problem(409, "version_conflict", "The subscription was changed meanwhile: look at it again.");
  if (!put) co_return problem(put.error());
  co_return json_answer(200, describe(**subscription));
}

Async<net::Response> Api::replay_to_subscription(Call call) {
  auto body = JsonBody::parse(call.request);
  if (!body) co_return problem(body.error());
  const auto since = body->optional_instant("since");
  if (!since && !body->error()) body->refuse("since", "must be a time (RFC 3339); events are kept for a week");
  if (body->error()) co_return problem(*body->error());
  auto subscription = co_await subscriptions_.get(call.segment("id"));
  if (!subscription) co_return problem(subscription.error());
  if (!*subscription) co_return no_such_subscription();
  if (!(*subscription)->is_active())
    co_return problem(409, "subscription_disabled", "Enable the subscription first: nothing is sent to it.");
  notify::Outbox outbox(services_.table, services_.deliveries);
  auto replayed = co_await outbox.replay(**subscription, *since, services_.runtime.now());
  if (!replayed) co_return problem(replayed.error());
  co_return json_answer(202, {{"replayed", *replayed}});
}

}  // namespace syncwell::api
