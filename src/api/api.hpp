// The public HTTP API (ARCH-1, SPEC 9): knows the caller, validates, and publishes events or edits configuration. It
// runs no sync itself. One Api serves one thread.
#pragma once

#include <boost/json/object.hpp>

#include <functional>
#include <string>

#include "api/idempotency.hpp"
#include "api/job_events.hpp"
#include "api/request_ended.hpp"
#include "api/request_limits.hpp"
#include "api/router.hpp"
#include "api/support_routes.hpp"
#include "api/webhook_receiver.hpp"
#include "bus/event_bus.hpp"
#include "engine/connector.hpp"
#include "engine/eraser.hpp"
#include "engine/worker.hpp"
#include "identity/authenticator.hpp"
#include "queue/queue.hpp"
#include "schedule/config_schedule.hpp"
#include "store/jobs.hpp"
#include "store/subscriptions.hpp"
#include "store/sync_configs.hpp"

namespace syncwell::api {

// What only the whole process knows, for its staff: JSON as openapi.py describes it. Empty: this process does not tell.
struct OperatorData {
  using Source = std::function<Async<Result<boost::json::object>>()>;
  Source history{};
  Source providers{};
  Source configuration{};  // secrets masked
};

struct ApiServices {  // references outlive the Api
  store::Table& table;
  vault::Vault& vault;
  const store::Leases& leases;
  bus::EventBus& bus;
  queue::Queue& hot_queue;
  queue::Queue& deliveries;  // to the subscribers of events
  const providers::Registry& providers;
  engine::Connector& connector;
  engine::JobRunner& runner;  // for previews
  engine::Eraser& eraser;
  support::SupportDesk& support;
  identity::Authenticator& authenticator;
  const identity::Issuer* issuer;  // null: the built-in issuer is switched off
  Runtime& runtime;
  std::function<Async<std::string>()> metrics;          // the Prometheus text of the process
  WebhookCounters* webhook_counters = nullptr;          // null: the Api counts for itself
  std::function<void(Span)> traces{};                   // empty: nobody traces
  const engine::ProgressBoard* progress = nullptr;      // of the jobs that run; null: only their records are known
  std::function<void(const RequestEnded&)> requests{};  // told of each; empty: nobody counts
  OperatorData operator_data{};
};

struct ApiSettings {
  std::string admin_token;                   // the operator's: a member of the staff with every right
  std::uint32_t requests_per_minute = 1200;  // of one person
};

class Api {
 public:
  Api(ApiServices services, ApiSettings settings);
  // Never fails: every error is a problem details answer.
  [[nodiscard]] Async<net::Response> handle(net::Request request);
  void limit_requests(std::uint32_t per_minute) { limits_.set(per_minute); }
  // "GET /v1/connections/{id}" …: what there is.
  [[nodiscard]] std::vector<std::string> routes() const { return router_.routes(); }

 private:
  [[nodiscard]] Async<net::Response> traced(net::Target target, Router::Match match, const net::Request& request);
  [[nodiscard]] Async<net::Response> answer(net::Target target, Router::Match match, const net::Request& request,
                                            TraceContext trace);
  [[nodiscard]] Async<std::optional<net::Response>> admit_staff(Router::Access access, Call& call);
  // nullopt: the caller may go on, and `call` says who it is.
  [[nodiscard]] Async<std::optional<net::Response>> admit(Router::Access access, Call& call);
  void add_user_routes();
  void add_webhook_routes();
  void add_connection_routes();
  void add_sync_config_routes();
  void add_sync_job_routes();
  void add_insight_routes();
  void add_export_routes();
  void add_system_routes();
  void add_operator_routes();
  void add_subscription_routes();

  [[nodiscard]] Async<net::Response> get_me(Call call);
  [[nodiscard]] Async<net::Response> change_settings(Call call);
  [[nodiscard]] Async<net::Response> erase_me(Call call);
  [[nodiscard]] Async<net::Response> change_user(Call call);
  [[nodiscard]] Async<net::Response> issue_token(Call call);
  [[nodiscard]] Async<net::Response> erase_user(Call call);
  [[nodiscard]] Async<net::Response> erase(std::string user);
  [[nodiscard]] Async<net::Response> invalidate_identity();
  [[nodiscard]] std::string key_of_path(const Call& call) const;
  [[nodiscard]] Async<net::Response> authorization_url(Call call);
  [[nodiscard]] Async<net::Response> list_providers();
  [[nodiscard]] Async<net::Response> list_connections(Call call);
  [[nodiscard]] Async<net::Response> get_connection(Call call);
  [[nodiscard]] Async<net::Response> create_connection(std::string user, net::Request request, std::string id);
  [[nodiscard]] Async<net::Response> reauthorize_connection(std::string user, net::Request request, std::string id);
  [[nodiscard]] Async<net::Response> delete_connection(Call call);
  [[nodiscard]] Async<net::Response> list_configs(Call call);
  [[nodiscard]] Async<net::Response> get_config(Call call);
  [[nodiscard]] Async<net::Response> create_config(std::string user, net::Request request, std::string id);
  [[nodiscard]] Async<net::Response> replace_config(Call call);
  [[nodiscard]] Async<net::Response> delete_config(Call call);
  // A config from a request body, checked against both connections and what their providers can do.
  [[nodiscard]] Async<Result<store::SyncConfig>> config_from(std::string user, net::Request request);
  [[nodiscard]] Async<net::Response> create_job(Call call);
  [[nodiscard]] Async<Result<void>> enqueue(store::Job job, bus::Event event);
  [[nodiscard]] Async<net::Response> list_jobs(Call call);
  [[nodiscard]] Async<net::Response> get_job(Call call);
  [[nodiscard]] Async<net::Response> watch_job(Call call);
  [[nodiscard]] Async<net::Response> list_decisions(Call call);
  [[nodiscard]] Async<net::Response> preview(Call call);
  [[nodiscard]] Async<net::Response> create_export(Call call);
  [[nodiscard]] Async<net::Response> get_export(Call call);
  [[nodiscard]] Async<net::Response> download_export(Call call);
  [[nodiscard]] net::Response describe_export(int status, const std::string& id, const store::Item& item) const;
  [[nodiscard]] Async<net::Response> list_subscriptions();
  [[nodiscard]] Async<net::Response> create_subscription(Call call);
  [[nodiscard]] Async<net::Response> delete_subscription(Call call);
  [[nodiscard]] Async<net::Response> enable_subscription(Call call);
  [[nodiscard]] Async<net::Response> replay_to_subscription(Call call);
  [[nodiscard]] Async<net::Response> ready(Call call);
  [[nodiscard]] Async<net::Response> metrics(Call call);
  [[nodiscard]] static Async<net::Response> show(const OperatorData::Source& source);

  ApiServices services_;
  ApiSettings settings_;
  RequestLimits limits_;
  Router router_;
  std::size_t previews_running_ = 0;
  EventStreams event_streams_;
  IdempotentCalls idempotent_;
  store::Users users_;
  store::Connections connections_;
  store::SyncConfigs configs_;
  schedule::ConfigSchedule schedule_;
  store::Jobs jobs_;
  store::Subscriptions subscriptions_;
  store::Staff staff_;
  SupportRoutes support_;
  WebhookCounters own_webhook_counters_;
  WebhookReceiver webhooks_;
};

}  // namespace syncwell::api
