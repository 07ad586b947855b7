// The public HTTP API (ARCH-1, SPEC 9): knows the caller, validates, and publishes events or edits configuration. It
// runs no sync itself. One Api serves one thread.
#pragma once

#include <functional>
#include <string>

#include "api/idempotency.hpp"
#include "api/router.hpp"
#include "api/webhook_receiver.hpp"
#include "bus/event_bus.hpp"
#include "engine/connector.hpp"
#include "engine/worker.hpp"
#include "queue/queue.hpp"
#include "store/jobs.hpp"
#include "store/sync_configs.hpp"

namespace syncwell::api {

struct ApiServices {  // references outlive the Api
  store::Table& table;
  vault::Vault& vault;
  const store::Leases& leases;
  bus::EventBus& bus;
  queue::Queue& hot_queue;
  const providers::Registry& providers;
  engine::Connector& connector;
  Runtime& runtime;
  std::function<Async<std::string>()> metrics;  // the Prometheus text of the process
  WebhookCounters* webhook_counters = nullptr;  // null: the Api counts for itself
};

class Api {
 public:
  // `token`: the local bearer token; its holder is the user "local". `admin_token`: what /admin asks for.
  Api(ApiServices services, std::string token, std::string admin_token);
  // Never fails: every error is a problem details answer.
  [[nodiscard]] Async<net::Response> handle(net::Request request);

 private:
  [[nodiscard]] static bool bears(const net::Request& request, const std::string& token);
  [[nodiscard]] std::string user_key() const { return services_.vault.digest("user", "local"); }
  void add_webhook_routes();
  void add_connection_routes();
  void add_sync_config_routes();
  void add_sync_job_routes();
  void add_system_routes();
  void add_dead_letter_routes();

  [[nodiscard]] Async<net::Response> authorization_url(Call call);
  [[nodiscard]] Async<net::Response> list_connections(Call call);
  [[nodiscard]] Async<net::Response> get_connection(Call call);
  [[nodiscard]] Async<net::Response> create_connection(std::string user, net::Request request, std::string id);
  [[nodiscard]] Async<net::Response> list_configs(Call call);
  [[nodiscard]] Async<net::Response> get_config(Call call);
  [[nodiscard]] Async<net::Response> create_config(std::string user, net::Request request, std::string id);
  [[nodiscard]] Async<net::Response> replace_config(Call call);
  [[nodiscard]] Async<net::Response> delete_config(Call call);
  // A config from a request body, checked against both connections and what their providers can do.
  [[nodiscard]] Async<Result<store::SyncConfig>> config_from(std::string user, net::Request request);
  [[nodiscard]] Async<net::Response> create_job(Call call);
  [[nodiscard]] Async<net::Response> list_jobs(Call call);
  [[nodiscard]] Async<net::Response> get_job(Call call);
  [[nodiscard]] Async<net::Response> list_dead_letters(Call call);
  [[nodiscard]] Async<net::Response> redrive_dead_letter(Call call);
  [[nodiscard]] Async<net::Response> redrive_all_dead_letters(Call call);
  [[nodiscard]] Async<net::Response> purge_dead_letter(Call call);
  [[nodiscard]] Async<net::Response> ready(Call call);
  [[nodiscard]] Async<net::Response> metrics(Call call);

  ApiServices services_;
  std::string token_;
  std::string admin_token_;
  Router router_;
  IdempotentCalls idempotent_;
  store::Connections connections_;
  store::SyncConfigs configs_;
  store::Jobs jobs_;
  WebhookCounters own_webhook_counters_;
  WebhookReceiver webhooks_;
};

}  // namespace syncwell::api
