// Everything that a process has once: configuration, storage, limits shared by all threads. And a Lane: everything that
// a thread has for itself. The wiring of the ports stands here and nowhere else.
#pragma once

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>

#include "adapters/sqlite/storage.hpp"
#include "app/configuration.hpp"
#include "app/observation.hpp"
#include "app/queues.hpp"
#include "base/io_runtime.hpp"
#include "engine/connector.hpp"
#include "engine/eraser.hpp"
#include "engine/job_runner.hpp"
#include "engine/worker.hpp"
#include "net/curl_client.hpp"
#include "providers/registry.hpp"

namespace syncwell::app {

class Platform {
 public:
  // Errors: those of the storage and the key files, with what to do about them.
  [[nodiscard]] static Result<std::unique_ptr<Platform>> open(Configuration configuration);

  [[nodiscard]] const Configuration& configuration() const { return configuration_; }
  [[nodiscard]] sqlite::Storage& storage() { return *storage_; }
  [[nodiscard]] queue::Queue& hot_queue() { return storage_->queue(hot_queue_name); }
  [[nodiscard]] engine::InProcessRateLimiter& limiter() { return limiter_; }
  [[nodiscard]] engine::Breakers& breakers() { return breakers_; }
  // Metrics and traces of what the engine does.
  [[nodiscard]] Observation& observation() { return observation_; }
  // How far the jobs that run have got.
  [[nodiscard]] engine::ProgressBoard& progress() { return progress_; }
  // What can change while the process runs (ARCH-9): log level, breakers, kill switches. Any thread.
  void apply(const Configuration& configuration);
  // Names this start of the process, for leases.
  [[nodiscard]] const std::string& instance() const { return instance_; }
  [[nodiscard]] engine::RunnerSettings runner_settings();
  [[nodiscard]] engine::WorkerSettings worker_settings() const;

 private:
  explicit Platform(Configuration configuration);
  Configuration configuration_;
  sqlite::SystemClock clock_;
  engine::InProcessRateLimiter limiter_;
  engine::Breakers breakers_;
  Observation observation_;
  engine::ProgressBoard progress_;
  std::string instance_;
  std::unique_ptr<sqlite::Storage> storage_;
};

// The order of the members is the order of dependence.
struct Lane {
  explicit Lane(Platform& platform);

  boost::asio::io_context io;
  IoRuntime runtime;
  net::CurlClient http;
  providers::Registry providers;
  store::Leases leases;
  engine::JobRunner runner;
  engine::Connector connector;
  engine::Eraser eraser;
};

// Every provider that this program has.
[[nodiscard]] providers::Registry make_registry(const Configuration& configuration);

}  // namespace syncwell::app
