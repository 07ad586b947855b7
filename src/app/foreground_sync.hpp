// `syncwell sync` and `syncwell preview`: one sync of some data types in this process, through the same engine, store
// and ledger as the server's, so that the same sync again writes nothing. A delayed or failed type is tried again here
// with the same waits and the same number of attempts as a worker's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/endpoint_spec.hpp"
#include "app/platform.hpp"

namespace syncwell::app {

struct ForegroundRequest {
  EndpointSpec from;
  EndpointSpec to;
  std::vector<model::DataType> types;  // empty: all that can travel this way
  std::optional<Instant> since{};
  std::optional<Instant> until{};
  engine::Strategy strategy = engine::Strategy::source_wins;
  bool dry_run = false;
  bool reading_consent = false;
};

struct TypeOutcome {
  model::DataType type{};
  Result<void> outcome{};
  engine::RunReport report;
};

struct ForegroundCallbacks {
  std::function<void(model::DataType, const engine::RunReport&)> on_progress;
  std::function<void(model::DataType, Duration wait, const Error& why)> on_wait;
};

// The types to sync: those asked for, each checked, or all that both sides can. unsupported: with what would be right.
[[nodiscard]] Result<std::vector<model::DataType>> types_for(const ForegroundRequest& request,
                                                             const providers::Registry& registry);

// The connection id of a spec: the same spec is the same connection. A folder of canonical JSON is known by the
// identity that it carries, and is made where `may_create`.
[[nodiscard]] Result<std::string> connection_id_of(const EndpointSpec& spec, const vault::Vault& vault, Random& random,
                                                   bool may_create);

// Runs to the end; an Error only where nothing could be begun (unknown account, storage).
[[nodiscard]] Async<Result<std::vector<TypeOutcome>>> run_foreground(Platform& platform, Lane& lane,
                                                                     ForegroundRequest request,
                                                                     ForegroundCallbacks callbacks);

}  // namespace syncwell::app
