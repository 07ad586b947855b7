#include "api/webhook_receiver.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <tuple>

#include "api/problem.hpp"
#include "engine/connector.hpp"

namespace syncwell::api {
namespace {

namespace json = boost::json;
using providers::Notification;

constexpr int max_mark_tries = 5;  // of a connection that others write at the same time

// One for each set of types, with the union of the ranges; those that leave the range open stay apart, because they
// mean the normal window, which need not hold the ranges of the others.
std::vector<Notification> joined(const std::vector<Notification>& notifications) {
  std::map<std::tuple<Notification::Kind, std::vector<model::DataType>, bool>, Notification> by_meaning;
  for (const Notification& one : notifications) {
    const auto [at, is_new] = by_meaning.try_emplace({one.kind, one.types, one.range.has_value()}, one);
    Notification& whole = at->second;
    if (is_new) continue;
    if (one.range)
      whole.range =
          TimeRange{std::min(whole.range->start, one.range->start), std::max(whole.range->end, one.range->end)};
    // The latest withdrawal decides; one without a time is believed.
    if (!one.occurred_at || (whole.occurred_at && *one.occurred_at > *whole.occurred_at))
      whole.occurred_at = one.occurred_at;
  }
  std::vector<Notification> list;
  list.reserve(by_meaning.size());
  for (auto& [meaning, notification] : by_meaning) list.push_back(std::move(notification));
  return list;
}

net::Response unknown_provider() { return problem(404, "not_found", "There is no webhook of this provider."); }

}  // namespace

WebhookReceiver::WebhookReceiver(store::Table& table, const vault::Vault& vault, bus::EventBus& bus,
                                 const providers::Registry& providers, Runtime& runtime, WebhookCounters& counters)
    : vault_(vault), bus_(bus), providers_(providers), runtime_(runtime), counters_(counters), connections_(table) {}

Async<net::Response> WebhookReceiver::receive(std::string provider, net::Request request) {
  auto* found = providers_.find(provider);
  auto* webhooks = found == nullptr ? nullptr : found->webhooks();
  if (webhooks == nullptr) co_return unknown_provider();
  if (const auto missing = webhooks->missing_setting(); !missing.empty()) {
    if (!told_what_is_missing_)
      spdlog::warn("a webhook of {} came, but providers.{}.{} is not set: answered with 404", provider, provider,
                   missing);
    told_what_is_missing_ = true;
    co_return unknown_provider();
  }
  auto receipt = webhooks->receive(request, runtime_.now());
  if (!receipt) co_return refusal(provider, receipt.error());
  counters_.add(provider, WebhookOutcome::ignored, receipt->ignored);
  if (receipt->notifications.empty() && receipt->ignored == 0) counters_.add(provider, WebhookOutcome::handshake);
  std::map<std::string, Account> accounts;
  for (Notification& notification : receipt->notifications) {
    Account& account = accounts[notification.provider_user_id];
    account.provider = provider;
    account.provider_user_id = notification.provider_user_id;
    account.notifications.push_back(std::move(notification));
  }
  for (auto& [id, account] : accounts) {
    auto taken = co_await take(std::move(account));
    if (taken) continue;
    counters_.add(provider, WebhookOutcome::unavailable);
    auto answer = problem(503, "unavailable", "The notification could not be kept; send it again.");
    answer.headers.set("Retry-After", "30");
    co_return answer;
  }
  co_return std::move(receipt->answer);
}

net::Response WebhookReceiver::refusal(const std::string& provider, const Error& error) {
  const bool refused = error.code == ErrorCode::unauthenticated || error.code == ErrorCode::forbidden;
  counters_.add(provider, refused ? WebhookOutcome::refused : WebhookOutcome::unreadable);
  if (error.code == ErrorCode::unauthenticated) return problem(401, "unauthenticated", "This is not for us to take.");
  if (error.code == ErrorCode::forbidden) return problem(403, "forbidden", "This is not for us to take.");
  return problem(error);
}

Async<Result<void>> WebhookReceiver::take(Account account) {
  auto connections =
      co_await connections_.with_account(engine::account_digest(vault_, account.provider, account.provider_user_id));
  if (!connections) co_return fail(std::move(connections.error()));
  std::erase_if(*connections, [](const auto& one) { return one.status == store::ConnectionStatus::erasing; });
  if (connections->empty()) {
    counters_.add(account.provider, WebhookOutcome::unknown_account, account.notifications.size());
    co_return Result<void>{};
  }
  for (const Notification& notification : joined(account.notifications)) {
    for (const store::Connection& connection : *connections) {
      const bool marks = notification.kind == Notification::Kind::deauthorised;
      auto done = marks ? co_await mark(connection, notification.occurred_at)
                        : co_await publish_change(connection, notification);
      if (!done) co_return done;
    }
  }
  for (const Notification& notification : account.notifications) {
    counters_.add(account.provider, notification.kind == Notification::Kind::deauthorised ? WebhookOutcome::deauthorised
                                                                                          : WebhookOutcome::accepted);
  }
  co_return Result<void>{};
}

// A connection that waits for its person would only fail: what changed meanwhile comes with its first sync afterwards.
Async<Result<void>> WebhookReceiver::publish_change(store::Connection connection, Notification change) {
  if (connection.status != store::ConnectionStatus::active) co_return Result<void>{};
  json::array types;
  for (const auto type : change.types) types.emplace_back(model::name_of(type));
  bus::Event event{runtime_.random().uuid4(), std::string(bus::source_data_changed), "webhooks", runtime_.now()};
  event.data = {{"user", connection.user}, {"connection_id", connection.id}, {"data_types", std::move(types)}};
  if (change.range) {
    event.data["from"] = format_rfc3339(change.range->start);
    event.data["until"] = format_rfc3339(change.range->end);
  }
  co_return co_await bus_.publish(std::move(event));
}

Async<Result<void>> WebhookReceiver::mark(store::Connection connection, std::optional<Instant> occurred_at) {
  bool published = false;
  for (int tries = 0; tries < max_mark_tries; ++tries) {
    // A replay, or a withdrawal that the person has taken back by connecting again (times are in whole seconds there).
    const auto authorized = std::chrono::floor<std::chrono::seconds>(connection.authorized);
    const bool is_old = occurred_at && *occurred_at < authorized;
    if (connection.status != store::ConnectionStatus::active || is_old) co_return Result<void>{};
    if (!published) {
      bus::Event event{runtime_.random().uuid4(), std::string(bus::reauthentication_needed), "webhooks",
                       runtime_.now()};
      event.data = {{"connection_id", connection.id}, {"provider", connection.provider}, {"user", connection.user}};
      auto told = co_await bus_.publish(std::move(event));
      if (!told) co_return told;
      published = true;
    }
    connection.status = store::ConnectionStatus::needs_reauth;
    auto updated = co_await connections_.update(connection);
    if (updated || updated.error().code != ErrorCode::version_conflict) co_return updated;
    auto again = co_await connections_.get(connection.user, connection.id);
    if (!again) co_return fail(std::move(again.error()));
    if (!*again) co_return Result<void>{};
    connection = std::move(**again);
  }
  co_return fail(ErrorCode::version_conflict, "others write this connection all the time");
}

}  // namespace syncwell::api
