#include "world.hpp"

#include <signal.h>

#include "app/demo_environment.hpp"

namespace syncwell::crash {
namespace {

constexpr Duration start_patience = std::chrono::seconds{30};
constexpr int start_tries = 5;  // the port may be taken for a moment by an outgoing connection

}  // namespace

Result<World> World::create(std::string program, std::filesystem::path folder) {
  std::error_code error;
  for (const auto* part : {"sources", "records"}) std::filesystem::create_directories(folder / part, error);
  if (error) return fail(ErrorCode::storage_failed, folder.string() + ": " + error.message());
  auto sandbox = LoggedProcess::start(program, {"sandbox", "--port", "0"}, {}, folder / "sandbox.log");
  if (!sandbox) return fail(std::move(sandbox.error()));
  auto address = sandbox->wait_for_address("at", start_patience);
  if (!address) return fail(std::move(address.error()));
  return World(std::move(program), std::move(folder), std::move(*sandbox), std::move(*address), free_port());
}

std::vector<std::string> World::environment() const {
  std::vector<std::string> environment = {
      "SYNCWELL_SERVER_PORT=" + std::to_string(port_),
      std::string("SYNCWELL_ADMIN_TOKEN=") + admin_token,
      "SYNCWELL_API_REQUESTS_PER_MINUTE=1000000",
      std::string("SYNCWELL_VAULT_KEY=") + vault_key,
      "SYNCWELL_LOG_LEVEL=trace",  // whatever could be logged is searched
      "SYNCWELL_WORKER_THREADS=2",
      "SYNCWELL_WORKER_VISIBILITY_TIMEOUT_MS=" + std::to_string(lease_time.count()),
      "SYNCWELL_WORKER_LEASE_TIME_MS=" + std::to_string(lease_time.count()),
      "SYNCWELL_WORKER_MAX_ATTEMPTS=100",
      "SYNCWELL_WORKER_BACKOFF_BASE_MS=50",
      "SYNCWELL_WORKER_BACKOFF_CEILING_MS=500",
      "SYNCWELL_BREAKER_OPEN_WAIT_MS=200",
  };
  if (!provider_address_.empty()) {
    for (const auto* setting : {"GOOGLE_HEALTH_API_BASE=%/google", "GOOGLE_HEALTH_TOKEN_BASE=%/google",
                                "STRAVA_API_BASE=%/strava", "STRAVA_TOKEN_BASE=%/strava"}) {
      std::string entry = std::string("SYNCWELL_PROVIDERS_") + setting;
      environment.push_back(entry.replace(entry.find('%'), 1, provider_address_));
    }
  }
  const auto demo = app::to_environment({sandbox_address_, data_folder(), {sources().string(), records().string()}});
  environment.insert(environment.end(), demo.begin(), demo.end());
  return environment;
}

std::uint16_t World::sandbox_port() const {
  return static_cast<std::uint16_t>(std::stoi(sandbox_address_.substr(sandbox_address_.rfind(':') + 1)));
}

void World::crash_server() { server_->end(SIGKILL); }
void World::stop_server() { server_->send(SIGSTOP); }
void World::continue_server() { server_->send(SIGCONT); }

Result<void> World::start_server() {
  Result<void> started;
  for (int i = 0; i < start_tries; ++i) {
    auto process = LoggedProcess::start(program_, {"serve"}, environment(), log());
    if (!process) return fail(std::move(process.error()));
    server_ = std::move(*process);
    auto address = server_->wait_for_address("serves", start_patience);
    if (address) return {};
    started = fail(std::move(address.error()));
  }
  return started;
}

}  // namespace syncwell::crash
