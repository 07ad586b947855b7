// What the staff is shown of the process: its providers and its configuration, as JSON (GET /admin/providers and
// /admin/configuration). Nothing of any person, no secret.
#pragma once

#include <boost/json/object.hpp>

#include "app/configuration.hpp"
#include "app/history.hpp"
#include "base/async.hpp"
#include "engine/outward_client.hpp"
#include "engine/rate_limiter.hpp"
#include "providers/registry.hpp"
#include "store/table.hpp"

namespace syncwell::app {

struct ProviderSources {  // references outlive the call
  const providers::Registry& providers;
  engine::Breakers& breakers;
  engine::InProcessRateLimiter& limiter;
  const History& history;
  store::Table& table;
};

// {"providers": [{"key", "name", "mode", "breaker", "calls", "errors", "latencyP50Ms"?, "latencyP95Ms"?, "rateBudget",
// "openIncidents"}]}: those that are called over the network; calls are those of the last hour. Storage errors.
[[nodiscard]] Async<Result<boost::json::object>> describe_providers(ProviderSources from);

// {"settings": [{"name", "value", "origin", "meaning", "live"}]}, secrets masked.
[[nodiscard]] boost::json::object describe_settings(const Configuration& configuration);

}  // namespace syncwell::app
