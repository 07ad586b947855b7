// From a provider's webhook to events (TRIG-2): verifies, finds the connections of the account, and publishes. Nothing
// is fetched here; the answer is given when the events are durable.
#pragma once

#include <string>
#include <vector>

#include "api/webhook_counters.hpp"
#include "bus/event_bus.hpp"
#include "providers/registry.hpp"
#include "providers/webhooks.hpp"
#include "store/connections.hpp"
#include "vault/vault.hpp"

namespace syncwell::api {

class WebhookReceiver {
 public:
  // References outlive the object. One thread, apart from the counters.
  WebhookReceiver(store::Table& table, const vault::Vault& vault, bus::EventBus& bus,
                  const providers::Registry& providers, Runtime& runtime, WebhookCounters& counters);

  // 2xx as the provider wants it; 401 and 403 without a reason; 400 and 413 for what cannot be read; 404 for a provider
  // that is unknown, has no webhooks, or lacks the setting to verify them with (the log says which); 503 where the
  // store refuses: the provider repeats, and what was published already is published again, which does no harm.
  [[nodiscard]] Async<net::Response> receive(std::string provider, net::Request request);

 private:
  // The notifications of one account and kind.
  struct Account {
    std::string provider;
    std::string provider_user_id;
    std::vector<providers::Notification> notifications;
  };
  [[nodiscard]] Async<Result<void>> take(Account account);
  [[nodiscard]] Async<Result<void>> publish_change(store::Connection connection, providers::Notification change);
  // Publishes, then marks: a crash in between makes a second event rather than none.
  [[nodiscard]] Async<Result<void>> mark(store::Connection connection, std::optional<Instant> occurred_at);
  [[nodiscard]] net::Response refusal(const std::string& provider, const Error& error);

  const vault::Vault& vault_;
  bus::EventBus& bus_;
  const providers::Registry& providers_;
  Runtime& runtime_;
  WebhookCounters& counters_;
  store::Connections connections_;
  bool told_what_is_missing_ = false;
};

}  // namespace syncwell::api
