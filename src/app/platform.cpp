#include "app/platform.hpp"

#include <spdlog/spdlog.h>

#include "app/key_files.hpp"
#include "providers/apple_health/apple_health_provider.hpp"
#include "providers/fit/fit_provider.hpp"
#include "providers/fit/fit_writer.hpp"
#include "providers/google_health/google_health_provider.hpp"
#include "providers/gpx/gpx_provider.hpp"
#include "providers/json/json_provider.hpp"
#include "providers/strava/strava_provider.hpp"
#include "providers/tcx/tcx_provider.hpp"

namespace syncwell::app {
namespace {

providers::CloudSettings cloud_settings(const Configuration& configuration, const std::string& provider) {
  const auto key = [&](const char* name) { return configuration.text("providers." + provider + "." + name); };
  return {key("api_base"), key("auth_base"), key("token_base"), key("client_id"), key("client_secret"), {}};
}

providers::CloudSettings google_health_settings(const Configuration& configuration) {
  auto settings = cloud_settings(configuration, "google_health");
  settings.webhooks = {.secret = configuration.text("providers.google_health.webhook_secret"),
                       .subscription_id = configuration.text("providers.google_health.webhook_subscriber"),
                       .signature_public_key = configuration.text("providers.google_health.webhook_public_key"),
                       .require_signature = configuration.flag("providers.google_health.webhook_require_signature"),
                       .project = configuration.text("providers.google_health.webhook_project"),
                       .credential = configuration.text("providers.google_health.webhook_credential"),
                       .per_account = configuration.flag("providers.google_health.webhook_per_account")};
  return settings;
}

providers::CloudSettings strava_settings(const Configuration& configuration) {
  auto settings = cloud_settings(configuration, "strava");
  settings.webhooks.secret = configuration.text("providers.strava.webhook_verify_token");
  settings.webhooks.subscription_id = configuration.text("providers.strava.webhook_subscription_id");
  settings.webhooks.require_signature = configuration.flag("providers.strava.webhook_require_signature");
  return settings;
}

net::CurlClientSettings client_settings(const Configuration& configuration) {
  net::CurlClientSettings settings;
  settings.allow_private_addresses = configuration.flag("http.allow_private_addresses");
  return settings;
}

std::vector<std::filesystem::path> file_roots(const Configuration& configuration) {
  const auto list = configuration.list("files.roots");
  return {list.begin(), list.end()};
}

engine::BreakerSettings breaker_settings(const Configuration& configuration) {
  const auto number = [&](const char* name) { return configuration.number(name); };
  const auto count = [&](const char* name) { return static_cast<std::size_t>(number(name)); };
  const auto share = [&](const char* name) { return static_cast<double>(number(name)) / 100.0; };
  return {count("breaker.window_calls"),
          count("breaker.minimum_calls"),
          share("breaker.failure_percent"),
          share("breaker.slow_call_percent"),
          Duration{number("breaker.slow_call_ms")},
          Duration{number("breaker.open_wait_ms")},
          count("breaker.half_open_probes")};
}

engine::CircuitBreaker::Mode mode_of(const std::string& name) {
  using enum engine::CircuitBreaker::Mode;
  return name == "disabled" ? disabled : name == "read_only" ? read_only : normal;
}

}  // namespace

providers::Registry make_registry(const Configuration& configuration) {
  using namespace syncwell::providers;  // NOLINT(google-build-using-namespace): nine folders of one namespace
  Registry registry;
  registry.add(std::make_unique<google_health::GoogleHealthProvider>(google_health_settings(configuration),
                                                                     google_health::ReadMethod::reconcile));
  registry.add(std::make_unique<strava::StravaProvider>(strava_settings(configuration), fit::encode_workout));
  registry.add(apple_health::make_apple_health_provider());
  registry.add(fit::make_provider());
  registry.add(gpx::make_provider());
  registry.add(tcx::make_provider());
  registry.add(std::make_unique<json::JsonProvider>());
  return registry;
}

Platform::Platform(Configuration configuration)
    : configuration_(std::move(configuration)),
      limiter_([this] { return clock_.now(); }, [this] { return clock_.steady_now(); }),
      breakers_(breaker_settings(configuration_)),
      observation_(!configuration_.text("traces.otlp_endpoint").empty()),
      instance_(Random::from_system().uuid4()) {}

Result<std::unique_ptr<Platform>> Platform::open(Configuration configuration) {
  spdlog::set_level(spdlog::level::from_str(configuration.text("log.level")));
  std::unique_ptr<Platform> platform(new Platform(std::move(configuration)));
  const auto& settings = platform->configuration_;
  const auto folder = settings.data_folder();
  auto key = vault_key(folder, settings.text("vault.key"));
  if (!key) return fail(std::move(key.error()));
  const queue::Settings hot{Duration{settings.number("worker.visibility_timeout_ms")},
                            static_cast<int>(settings.number("worker.max_attempts"))};
  sqlite::StorageOptions options;
  options.folder = folder;
  options.master_key = *key;
  options.queues = queue_definitions(hot);
  options.rules = event_rules();
  auto storage = sqlite::Storage::open(std::move(options), platform->clock_);
  if (!storage) return fail(std::move(storage.error()));
  platform->storage_ = std::move(*storage);
  return platform;
}

void Platform::apply(const Configuration& configuration) {
  spdlog::set_level(spdlog::level::from_str(configuration.text("log.level")));
  breakers_.configure(breaker_settings(configuration));
  for (const char* provider : {"google_health", "strava"}) {
    breakers_.set_mode(provider, mode_of(configuration.text(std::string("providers.") + provider + ".mode")));
  }
}

engine::RunnerSettings Platform::runner_settings() {
  engine::RunnerSettings settings;
  settings.observer = &observation_;
  settings.progress = &progress_;
  settings.lease_time = Duration{configuration_.number("worker.lease_time_ms")};
  settings.conflict_threshold = std::chrono::seconds{configuration_.number("engine.conflict_threshold_s")};
  settings.first_sync_window = std::chrono::hours{24 * configuration_.number("engine.first_sync_days")};
  return settings;
}

engine::WorkerSettings Platform::worker_settings() const {
  engine::WorkerSettings settings;
  settings.concurrent_jobs = static_cast<std::size_t>(configuration_.number("worker.concurrent_jobs"));
  settings.visibility_timeout = Duration{configuration_.number("worker.visibility_timeout_ms")};
  settings.retry.max_attempts = static_cast<int>(configuration_.number("worker.max_attempts"));
  settings.retry.backoff = {Duration{configuration_.number("worker.backoff_base_ms")},
                            Duration{configuration_.number("worker.backoff_ceiling_ms")}};
  return settings;
}

Lane::Lane(Platform& platform)
    : io(1),
      runtime(io),
      http(runtime, client_settings(platform.configuration())),
      providers(make_registry(platform.configuration())),
      leases(platform.storage().table(), runtime, platform.instance(), true),
      runner(platform.storage().table(), platform.storage().vault(), platform.storage().bus(), providers, http,
             platform.limiter(), platform.breakers(), leases, runtime, platform.runner_settings()),
      connector(platform.storage().table(), platform.storage().vault(), providers, http, platform.limiter(),
                platform.breakers(), runtime, file_roots(platform.configuration())),
      eraser({platform.storage().table(), platform.storage().vault(), platform.storage().bus(),
              queues_that_name_people(platform.storage()), providers, http, platform.limiter(), platform.breakers(),
              leases, runtime}) {}

}  // namespace syncwell::app
