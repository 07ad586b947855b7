#include "notify/outbox.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "notify/standard_webhook.hpp"
#include "store/attributes.hpp"

namespace syncwell::notify {
namespace {

bool wants(const store::Subscription& subscription, const std::string& type) {
  return subscription.is_active() &&
         (subscription.types.empty() || std::ranges::find(subscription.types, type) != subscription.types.end());
}

}  // namespace

std::string to_json(const Delivery& delivery) {
  return boost::json::serialize(boost::json::object{
      {"subscription", delivery.subscription_id}, {"day", delivery.event.partition}, {"event", delivery.event.sort}});
}

Result<Delivery> delivery_from_json(std::string_view text) {
  boost::system::error_code error;
  const auto value = boost::json::parse(text, error);
  if (error || !value.is_object()) return fail(ErrorCode::unreadable_input, "the delivery is no JSON object");
  const auto& object = value.get_object();
  Delivery delivery{store::text_attribute(object, "subscription"),
                    {store::text_attribute(object, "day"), store::text_attribute(object, "event")}};
  if (delivery.subscription_id.empty() || delivery.event.partition.empty() || delivery.event.sort.empty())
    return fail(ErrorCode::unreadable_input, "the delivery lacks an id");
  return delivery;
}

Async<Result<void>> Outbox::add(bus::Event event) {
  auto told = public_events(event);
  if (told.empty()) co_return Result<void>{};
  auto subscriptions = co_await subscriptions_.list();
  if (!subscriptions) co_return fail(std::move(subscriptions.error()));
  for (auto& each : told) {
    store::LoggedEvent logged{std::move(each.id), std::move(each.type), store::text_attribute(event.data, "user"),
                              event.time, std::move(each.body)};
    auto added = co_await add(std::move(logged), *subscriptions);
    if (!added) co_return added;
  }
  co_return Result<void>{};
}

Async<Result<void>> Outbox::add(store::LoggedEvent event, const std::vector<store::Subscription>& subscriptions) {
  std::vector<std::string> wanted_by;
  for (const auto& subscription : subscriptions) {
    if (wants(subscription, event.type)) wanted_by.push_back(subscription.id);
  }
  if (wanted_by.empty()) co_return Result<void>{};
  const store::Key key = store::EventLog::key_of(event);
  auto put = co_await log_.put(std::move(event));
  if (!put) co_return put;
  for (const auto& id : wanted_by) {
    auto sent = co_await deliveries_.send(to_json({id, key}), Duration{0});
    if (!sent) co_return fail(std::move(sent.error()));
  }
  co_return Result<void>{};
}

Async<Result<std::size_t>> Outbox::replay(store::Subscription subscription, Instant since, Instant now) {
  std::size_t told = 0;
  since = std::max(since, now - store::event_log_lifetime);
  for (auto day = std::chrono::floor<std::chrono::days>(since); day <= now; day += std::chrono::days{1}) {
    std::optional<store::Key> after;
    do {
      auto page = co_await log_.list(day, std::move(after));
      if (!page) co_return fail(std::move(page.error()));
      for (const auto& event : page->events) {
        if (event.time < since || !wants(subscription, event.type)) continue;
        auto sent = co_await deliveries_.send(to_json({subscription.id, store::EventLog::key_of(event)}), Duration{0});
        if (!sent) co_return fail(std::move(sent.error()));
        ++told;
      }
      after = std::move(page->next);
    } while (after);
  }
  co_return told;
}

}  // namespace syncwell::notify
