#include "app/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <thread>

#include "api/api.hpp"
#include "app/callers.hpp"
#include "app/console_folder.hpp"
#include "app/key_files.hpp"
#include "app/live_configuration.hpp"
#include "app/metrics.hpp"
#include "app/operator_view.hpp"
#include "app/support_service.hpp"
#include "base/cancellation.hpp"
#include "bus/event_consumer.hpp"
#include "net/http_server.hpp"
#include "notify/deliverer.hpp"
#include "schedule/dispatcher.hpp"
#include "schedule/scheduler.hpp"
#include "telemetry/span_exporter.hpp"

namespace syncwell::app {

namespace asio = boost::asio;

namespace {

constexpr int worker_niceness = 15;

// Where there are fewer processors than threads, whoever calls is answered first; jobs can wait. Linux has a niceness
// per thread; a system that refuses it is none the worse.
void yield_to_the_api() { (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), worker_niceness); }

// A thread that runs one worker.
class WorkerThread {
 public:
  explicit WorkerThread(Platform& platform)
      : lane_(platform),
        worker_(platform.hot_queue(), lane_.runner, lane_.runtime, platform.worker_settings()),
        keep_running_(asio::make_work_guard(lane_.io)) {
    worker_.start();
    thread_ = std::thread([this] {
      yield_to_the_api();
      lane_.io.run();
    });
  }

  [[nodiscard]] const engine::Worker& worker() const { return worker_; }

  // Called from another thread; returns when every job has finished or gone back.
  void stop(Duration grace) {
    asio::co_spawn(lane_.io, without_cancellation_exceptions(worker_.stop(grace)), asio::use_future).get();
    keep_running_.reset();
    thread_.join();
  }

 private:
  Lane lane_;
  engine::Worker worker_;
  asio::executor_work_guard<asio::io_context::executor_type> keep_running_;
  std::thread thread_;
};

Async<void> wait_for_signal(asio::signal_set& signals) {
  (void)co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
}

// Half of the workers at most: the other half is there for what people ask for.
schedule::SchedulerSettings scheduler_settings(const Configuration& configuration) {
  schedule::SchedulerSettings settings;
  const auto workers = configuration.number("worker.concurrent_jobs") * configuration.number("worker.threads");
  settings.most_jobs = static_cast<std::size_t>(std::max<std::int64_t>(workers / 2, 1));
  return settings;
}

// Empty where nobody collects traces.
std::function<void(Span)> trace_sink(Observation& observation) {
  if (!observation.has_traces()) return {};
  return [&spans = observation.spans()](Span span) { spans.add(std::move(span)); };
}

std::function<void(const api::RequestEnded&)> request_sink(Observation& observation) {
  return [&observation](const api::RequestEnded& request) { observation.request_ended(request); };
}

Async<net::Response> answer(const api::ConsoleFiles& console, api::Api& api, net::Request request) {
  if (auto file = console.answer(request)) co_return std::move(*file);
  co_return co_await api.handle(std::move(request));
}

// What runs beside the API on its thread, from start to end of the server.
struct Background {
  std::function<void()> start;
  std::function<Async<void>()> stop;
};

template <class Work>
Background background(Work& work) {
  return {[&work] { work.start(); }, [&work] { return work.stop(); }};
}

Async<void> run_api(net::HttpServer& server, const std::vector<Background>& beside, asio::signal_set& signals) {
  for (const auto& work : beside) work.start();
  co_await wait_for_signal(signals);
  co_await server.stop(std::chrono::seconds{5});
  for (const auto& work : beside) co_await work.stop();
}

// Before the server begins: runs this one task on its thread.
template <class T>
T run_alone(asio::io_context& io, Async<T> task) {
  std::optional<T> value;
  asio::co_spawn(io, without_cancellation_exceptions(std::move(task)), [&](std::exception_ptr error, T result) {
    if (error) std::rethrow_exception(error);
    value.emplace(std::move(result));
  });
  io.run();
  io.restart();
  return std::move(*value);
}

}  // namespace

Result<void> serve(Platform& platform, const std::filesystem::path& configuration_file, ServerCallbacks callbacks) {
  const auto& configuration = platform.configuration();
  auto admin = admin_token(configuration.data_folder(), configuration.text("admin.token"));
  if (!admin) return fail(std::move(admin.error()));

  Lane lane(platform);
  auto callers = run_alone(lane.io, Callers::open(platform, lane));
  if (!callers) return fail(std::move(callers.error()));
  asio::signal_set signals(lane.io, SIGINT, SIGTERM);
  std::vector<std::unique_ptr<WorkerThread>> workers;
  api::WebhookCounters webhook_counters;
  schedule::Counters schedule_counters;
  notify::DeliveryCounters delivery_counters;
  support::NoticeCounters notice_counters;
  const auto running_workers = [&workers] {
    std::vector<const engine::Worker*> running;
    running.reserve(workers.size());
    for (const auto& worker : workers) running.push_back(&worker->worker());
    return running;
  };
  Metrics metrics({platform.hot_queue(), platform.breakers(), platform.limiter(), lane.providers,
                   platform.observation(), webhook_counters, schedule_counters, delivery_counters, notice_counters,
                   platform.storage().table(), running_workers});
  OperatorView operator_view(platform, lane, running_workers);
  auto& storage = platform.storage();
  // Subscribers, pagers, tickets and the trace collector are the operator's choice: they may be in the operator's own
  // network.
  net::CurlClientSettings operators_targets;
  operators_targets.allow_private_addresses = true;
  net::CurlClient operators_http(lane.runtime, operators_targets);
  const auto sum_of = [&workers](const std::atomic<std::uint64_t> engine::WorkerCounters::* counter) {
    return std::accumulate(
        workers.begin(), workers.end(), std::uint64_t{0},
        [counter](std::uint64_t sum, const auto& each) { return sum + (each->worker().counters().*counter).load(); });
  };
  const auto console = open_console(configuration, std::filesystem::read_symlink("/proc/self/exe"));
  if (!console) return fail(console.error());
  std::optional<api::Api> api;  // nobody is served before all is there
  net::ServerLimits limits;
  limits.max_connections = static_cast<std::size_t>(configuration.number("server.max_connections"));
  net::HttpServer server(lane.runtime, limits,
                         [&](net::Request request) { return answer(*console, *api, std::move(request)); });
  auto listening = server.listen(configuration.text("server.address"),
                                 static_cast<std::uint16_t>(configuration.number("server.port")));
  if (!listening) return listening;
  auto support = SupportService::open(platform, lane, operators_http,
                                      {[&] { return sum_of(&engine::WorkerCounters::needs_reauth); },
                                       [&] { return sum_of(&engine::WorkerCounters::duplicates_suppressed); }},
                                      notice_counters, console_url(configuration, server.port()));
  if (!support) return fail(std::move(support.error()));
  api.emplace(api::ApiServices{storage.table(),
                               storage.vault(),
                               lane.leases,
                               storage.bus(),
                               platform.hot_queue(),
                               storage.queue(delivery_queue_name),
                               lane.providers,
                               lane.connector,
                               lane.runner,
                               lane.eraser,
                               (*support)->desk(),
                               (*callers)->authenticator(),
                               (*callers)->issuer(),
                               lane.runtime,
                               [&metrics] { return metrics.text(); },
                               &webhook_counters,
                               trace_sink(platform.observation()),
                               &platform.progress(),
                               request_sink(platform.observation()),
                               operator_view.data()},
              api::ApiSettings{*admin, static_cast<std::uint32_t>(configuration.number("api.requests_per_minute"))});
  bus::EventConsumer erasures(
      storage.queue(erasure_queue_name), lane.runtime,
      [&lane](bus::Event event, int attempt) { return lane.eraser.carry_out(std::move(event), attempt); },
      engine::pause_after_erasure);
  schedule::TriggerJobs trigger_jobs(storage.table(), platform.hot_queue(), lane.runtime, schedule_counters);
  schedule::Dispatcher dispatcher(storage.queue(trigger_queue_name), storage.table(), trigger_jobs, lane.runtime);
  schedule::Scheduler scheduler(storage.table(), trigger_jobs, lane.providers, lane.runtime, schedule_counters,
                                scheduler_settings(configuration));
  LiveConfiguration live(configuration, configuration_file, storage.table(), lane.runtime,
                         [&platform, &api, &scheduler, &operator_view](const Configuration& changed) {
                           platform.apply(changed);
                           operator_view.show(changed);
                           scheduler.pause(changed.flag("schedule.paused"));
                           api->limit_requests(static_cast<std::uint32_t>(changed.number("api.requests_per_minute")));
                         });
  notify::Outbox outbox(storage.table(), storage.queue(delivery_queue_name));
  bus::EventConsumer announcer(storage.queue(notification_queue_name), lane.runtime,
                               [&outbox](bus::Event event, int) { return outbox.add(std::move(event)); });
  notify::Deliverer deliverer(storage.queue(delivery_queue_name), storage.table(), storage.vault(), operators_http,
                              lane.runtime, delivery_counters);
  telemetry::SpanExporter exporter(platform.observation().spans(), configuration.text("traces.otlp_endpoint"),
                                   operators_http, lane.runtime);
  std::vector<Background> beside{background(erasures),  background(live),         background(dispatcher),
                                 background(scheduler), background(announcer),    background(deliverer),
                                 background(**support), background(operator_view)};
  if (platform.observation().has_traces()) beside.push_back(background(exporter));
  for (std::int64_t i = 0; i < configuration.number("worker.threads"); ++i)
    workers.push_back(std::make_unique<WorkerThread>(platform));
  if (callbacks.on_ready) callbacks.on_ready(server.port());

  asio::co_spawn(lane.io, without_cancellation_exceptions(run_api(server, beside, signals)), asio::detached);
  lane.io.run();
  const Duration grace{configuration.number("worker.grace_ms")};
  for (auto& worker : workers) worker->stop(grace);
  return {};
}

}  // namespace syncwell::app
