#include "notify/deliverer.hpp"

#include <algorithm>
#include <charconv>

#include "base/log.hpp"
#include "notify/standard_webhook.hpp"

namespace syncwell::notify {
namespace {

constexpr Duration look_again_after_storage_error = std::chrono::seconds{1};
constexpr int gone = 410;

// Up to a tenth earlier, so that what failed together does not come back together.
Duration with_jitter(Duration delay, Random& random) {
  return delay - Duration{random.below(static_cast<std::uint64_t>(delay.count() / 10) + 1)};
}

// Retry-After in seconds; a date is not worth a parser here, the schedule does as well.
std::optional<Duration> retry_after(const net::Response& answer) {
  const auto text = answer.headers.get("Retry-After").value_or("");
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::chrono::seconds{seconds};
}

}  // namespace

Async<void> Deliverer::stop() {
  stopping_ = true;
  loop_.cancel_all();
  co_await loop_.wait_empty();
  deliveries_.cancel_all();
  co_await deliveries_.wait_empty();
}

Async<void> Deliverer::run() {
  while (!stopping_) {
    co_await deliveries_.wait_below(max_deliveries_at_once);
    if (stopping_) co_return;
    const std::size_t most = std::min(queue::max_receive_batch, max_deliveries_at_once - deliveries_.size());
    auto messages = co_await queue_.receive(most, queue::max_wait);
    if (!messages) {
      if (messages.error().code == ErrorCode::cancelled) co_return;
      auto slept = co_await runtime_.sleep_for(look_again_after_storage_error);
      if (!slept) co_return;
      continue;
    }
    for (auto& message : *messages) deliveries_.spawn(handle(std::move(message)));
  }
}

// What fails here fails because of the store: the message shows itself again.
Async<void> Deliverer::handle(queue::Message message) { (void)co_await deliver(std::move(message)); }

Async<Result<void>> Deliverer::deliver(queue::Message message) {
  auto delivery = delivery_from_json(message.body);
  if (!delivery) co_return co_await queue_.dead_letter(message.receipt, "unreadable_input", delivery.error().message);
  std::vector<store::Key> keys{store::Subscriptions::key_of(delivery->subscription_id), delivery->event};
  auto items = co_await table_.get_many(keys);
  if (!items) co_return fail(std::move(items.error()));
  const auto* subscriber = store::find_item(*items, keys[0]);
  const auto* logged = store::find_item(*items, keys[1]);
  // Nobody listens any more, or the person was erased, or it is too old to be of use.
  if (subscriber == nullptr || logged == nullptr) co_return co_await queue_.remove(message.receipt);
  auto subscription = store::Subscriptions::from(*subscriber);
  if (!subscription.is_active()) co_return co_await queue_.remove(message.receipt);
  if (const auto health = health_.find(subscription.id);
      health != health_.end() && health->second.rests_until > runtime_.steady_now()) {
    co_return co_await try_later(message, "the subscriber does not answer at the moment", std::nullopt);
  }
  auto answer = co_await send(subscription, store::EventLog::from(*logged));
  if (!answer && answer.error().code == ErrorCode::cancelled) co_return co_await queue_.extend(message.receipt, {});
  if (answer && answer->status >= 200 && answer->status < 300) {
    health_.erase(subscription.id);
    ++counters_.delivered;
    co_return co_await queue_.remove(message.receipt);
  }
  if (answer && answer->status == gone) {
    auto disabled = co_await disable(std::move(subscription));
    if (!disabled) co_return disabled;
    co_return co_await queue_.remove(message.receipt);
  }
  ++counters_.failed;
  auto& health = health_[subscription.id];
  if (++health.failures >= failures_until_rest) health.rests_until = runtime_.steady_now() + rest;
  std::optional<Duration> at_least;
  if (answer) at_least = retry_after(*answer);
  co_return co_await try_later(
      message, answer ? "the subscriber answered " + std::to_string(answer->status) : answer.error().message, at_least);
}

Async<Result<net::Response>> Deliverer::send(const store::Subscription& subscription, const store::LoggedEvent& event) {
  auto secret = co_await vault_.get(subscription.secret_pointer);
  if (!secret) co_return fail(std::move(secret.error()));
  const Instant now = runtime_.now();
  const auto signed_by = signature(secret->value, event.id, now, event.body);
  if (!signed_by) co_return fail(ErrorCode::internal, "the subscription's secret cannot sign");
  net::Request request{"POST", subscription.url};
  request.body = event.body;
  request.headers = {
      {"Content-Type", "application/cloudevents+json"},
      {"webhook-id", event.id},
      {"webhook-timestamp", std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count())},
      {"webhook-signature", *signed_by}};
  co_return co_await http_.send(std::move(request), Deadline::after(runtime_, delivery_timeout));
}

Async<Result<void>> Deliverer::disable(store::Subscription subscription) {
  subscription.disabled_because = "the subscriber answered 410 Gone";
  log(LogLevel::warn, "a subscription was disabled: it answered 410", {{"subscriptionId", subscription.id}});
  auto changed = co_await subscriptions_.put(std::move(subscription));
  // Somebody changed or deleted it meanwhile, or another delivery was told the same.
  if (!changed && changed.error().code != ErrorCode::version_conflict) co_return fail(std::move(changed.error()));
  ++counters_.disabled;
  co_return Result<void>{};
}

Async<Result<void>> Deliverer::try_later(const queue::Message& message, const std::string& why,
                                         std::optional<Duration> at_least) {
  const auto delay = retry_delay(static_cast<std::size_t>(message.receive_count));
  if (!delay) {
    ++counters_.given_up;
    co_return co_await queue_.dead_letter(message.receipt, "delivery_failed", why);
  }
  const Duration pause = std::max(with_jitter(*delay, runtime_.random()), at_least.value_or(Duration{0}));
  co_return co_await queue_.extend(message.receipt, std::min(pause, queue::max_visibility));
}

}  // namespace syncwell::notify
