// Brings events to their subscribers (Standard Webhooks): signed, repeated over days with growing pauses until the
// subscriber answers 2xx, given up into the queue's dead-letter queue after that; 410 ends the subscription. One that
// does not answer holds up nobody else: after a few failures in a row it is left alone for a while. At least once:
// subscribers know a repetition by its webhook-id. Everything happens on the runtime's thread; stop() before what it
// refers to goes.
#pragma once

#include <atomic>
#include <map>

#include "base/task_group.hpp"
#include "net/http_client.hpp"
#include "notify/outbox.hpp"
#include "vault/vault.hpp"

namespace syncwell::notify {

inline constexpr std::size_t max_deliveries_at_once = 32;
inline constexpr Duration delivery_timeout = std::chrono::seconds{15};
inline constexpr int max_delivery_attempts = 9;  // one, and one after each delay of standard_webhook.hpp
inline constexpr int failures_until_rest = 5;    // of one subscriber, in a row
inline constexpr Duration rest = std::chrono::seconds{30};

// Since the process started. Written on the deliverer's thread, read from any.
struct DeliveryCounters {
  std::atomic<std::uint64_t> delivered = 0;
  std::atomic<std::uint64_t> failed = 0;  // attempts
  std::atomic<std::uint64_t> given_up = 0;
  std::atomic<std::uint64_t> disabled = 0;  // subscriptions
};

class Deliverer {
 public:
  Deliverer(queue::Queue& deliveries, store::Table& table, vault::Vault& vault, net::HttpClient& http, Runtime& runtime,
            DeliveryCounters& counters)
      : queue_(deliveries),
        table_(table),
        vault_(vault),
        http_(http),
        runtime_(runtime),
        counters_(counters),
        subscriptions_(table),
        loop_(runtime.executor()),
        deliveries_(runtime.executor()) {}
  void start() { loop_.spawn(run()); }
  [[nodiscard]] Async<void> stop();

 private:
  struct Health {
    int failures = 0;
    Steady rests_until{};
  };
  [[nodiscard]] Async<void> run();
  [[nodiscard]] Async<void> handle(queue::Message message);
  [[nodiscard]] Async<Result<void>> deliver(queue::Message message);
  [[nodiscard]] Async<Result<net::Response>> send(const store::Subscription& subscription,
                                                  const store::LoggedEvent& event);
  [[nodiscard]] Async<Result<void>> disable(store::Subscription subscription);
  [[nodiscard]] Async<Result<void>> try_later(const queue::Message& message, const std::string& why,
                                              std::optional<Duration> at_least);

  queue::Queue& queue_;
  store::Table& table_;
  vault::Vault& vault_;
  net::HttpClient& http_;
  Runtime& runtime_;
  DeliveryCounters& counters_;
  store::Subscriptions subscriptions_;
  std::map<std::string, Health> health_;  // of those that failed lately
  bool stopping_ = false;
  TaskGroup loop_;
  TaskGroup deliveries_;
};

}  // namespace syncwell::notify
