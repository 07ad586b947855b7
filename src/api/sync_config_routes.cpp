#include <boost/json.hpp>

#include "api/api.hpp"
#include "api/describe.hpp"
#include "api/json_body.hpp"
#include "api/page_cursor.hpp"
#include "api/problem.hpp"
#include "api/versions.hpp"
#include "engine/job_runner.hpp"

namespace syncwell::api {

namespace json = boost::json;

void Api::add_sync_config_routes() {
  using enum Router::Access;
  router_.add("GET", "/v1/sync-configs", user, [this](Call call) { return list_configs(std::move(call)); });
  router_.add("GET", "/v1/sync-configs/{id}", user, [this](Call call) { return get_config(std::move(call)); });
  router_.add("PUT", "/v1/sync-configs/{id}", user, [this](Call call) { return replace_config(std::move(call)); });
  router_.add("DELETE", "/v1/sync-configs/{id}", user, [this](Call call) { return delete_config(std::move(call)); });
  router_.add("POST", "/v1/sync-configs", user, [this](Call call) {
    return idempotent_.run(call.user, call.request, [this, caller = call.user, request = call.request](std::string id) {
      return create_config(caller, request, "sync_" + id);
    });
  });
}

Async<net::Response> Api::list_configs(Call call) {
  auto configs = co_await configs_.list(call.user);
  if (!configs) co_return problem(configs.error());
  auto page = page_request(call.target);
  if (!page) co_return problem(page.error());
  const auto part = slice(std::move(*configs), *page);
  json::array items;
  for (const auto& config : part.items) {
    auto progress = co_await configs_.progress(config.id);
    if (!progress) co_return problem(progress.error());
    items.push_back(describe(config, *progress));
  }
  json::object answer{{"syncConfigs", std::move(items)}};
  if (part.next) answer["next"] = *part.next;
  co_return json_answer(200, answer);
}

Async<net::Response> Api::get_config(Call call) {
  auto config = co_await configs_.get(call.user, call.path["id"]);
  if (!config) co_return problem(config.error());
  if (!*config) co_return problem(404, "not_found", "There is no sync config with this id.");
  auto progress = co_await configs_.progress((*config)->id);
  if (!progress) co_return problem(progress.error());
  co_return with_version(json_answer(200, describe(**config, *progress)), (*config)->version);
}

Async<Result<store::SyncConfig>> Api::config_from(std::string user, net::Request request) {
  auto body = JsonBody::parse(request);
  if (!body) co_return fail(std::move(body.error()));
  store::SyncConfig config;
  config.user = user;
  config.source_connection = body->required_text("sourceConnectionId");
  config.destination_connection = body->required_text("destinationConnectionId");
  const auto type = model::parse_data_type(body->required_text("dataType"));
  if (!type) body->refuse("dataType", "must be one of " + model::data_type_list());
  config.data_type = type.value_or(model::DataType::steps);
  const std::string strategy = body->optional_text("conflictResolutionStrategy");
  const auto parsed = engine::parse_strategy(strategy.empty() ? "source_wins" : strategy);
  if (!parsed) body->refuse("conflictResolutionStrategy", "must be source_wins, dest_wins or newest_wins");
  config.strategy = name_of(parsed.value_or(engine::Strategy::source_wins));
  config.since = body->optional_instant("since");
  config.until = body->optional_instant("until");
  if (config.since && config.until && *config.since >= *config.until) body->refuse("until", "must be later than since");
  config.reading_opt_in = body->optional_flag("readingConsent");
  config.paused = body->optional_flag("paused");
  auto person = co_await users_.get(user);
  if (!person) co_return fail(std::move(person.error()));
  constexpr std::chrono::minutes minute{1};
  if (const auto minutes = body->optional_number("pollIntervalMinutes", schedule::floor_of(person->tier) / minute,
                                                 schedule::max_poll_interval / minute))
    config.poll_interval = std::chrono::minutes{*minutes};
  if (config.source_connection == config.destination_connection)
    body->refuse("destinationConnectionId", "must differ from the source");
  if (body->error()) co_return fail(*body->error());

  auto source = co_await connections_.get(user, config.source_connection);
  if (!source) co_return fail(std::move(source.error()));
  if (!*source || (*source)->status == store::ConnectionStatus::erasing)
    co_return fail(ErrorCode::invalid_argument, "sourceConnectionId: there is no such connection");
  auto destination = co_await connections_.get(user, config.destination_connection);
  if (!destination) co_return fail(std::move(destination.error()));
  if (!*destination || (*destination)->status == store::ConnectionStatus::erasing)
    co_return fail(ErrorCode::invalid_argument, "destinationConnectionId: there is no such connection");
  const auto* from = services_.providers.find((*source)->provider);
  const auto* to = services_.providers.find((*destination)->provider);
  if (from == nullptr || to == nullptr)
    co_return fail(ErrorCode::unsupported, "a provider of these connections is not available here");
  auto allowed =
      engine::check_direction(from->capabilities(), to->capabilities(), config.data_type, config.reading_opt_in);
  if (!allowed) co_return fail(std::move(allowed.error()));
  co_return config;
}

Async<net::Response> Api::create_config(std::string user, net::Request request, std::string id) {
  auto config = co_await config_from(std::move(user), std::move(request));
  if (!config) co_return problem(config.error());
  config->id = std::move(id);
  config->created = services_.runtime.now();
  config->version = 1;
  auto added = co_await schedule_.add(*config);
  if (!added && added.error().code != ErrorCode::already_exists) co_return problem(added.error());
  auto created = json_answer(201, describe(*config, {}));
  created.headers.set("Location", "/v1/sync-configs/" + config->id);
  co_return with_version(std::move(created), config->version);
}

Async<net::Response> Api::replace_config(Call call) {
  auto expected = expected_version(call.request);
  if (!expected) co_return problem(expected.error());
  auto existing = co_await configs_.get(call.user, call.path["id"]);
  if (!existing) co_return problem(existing.error());
  if (!*existing) co_return problem(404, "not_found", "There is no sync config with this id.");
  auto config = co_await config_from(call.user, call.request);
  if (!config) co_return problem(config.error());
  const store::SyncConfig& old = **existing;
  if (config->source_connection != old.source_connection ||
      config->destination_connection != old.destination_connection || config->data_type != old.data_type) {
    co_return problem(422, "unsupported", "Connections and data type of a sync are fixed: create another sync config.");
  }
  config->id = old.id;
  config->created = old.created;
  config->version = expected->value_or(old.version);
  auto version = co_await schedule_.update(*config);
  if (!version && version.error().code == ErrorCode::version_conflict) {
    co_return changed_meanwhile("sync config");
  }
  if (!version) co_return problem(version.error());
  config->version = *version;
  auto progress = co_await configs_.progress(config->id);
  if (!progress) co_return problem(progress.error());
  co_return with_version(json_answer(200, describe(*config, *progress)), *version);
}

Async<net::Response> Api::delete_config(Call call) {
  auto config = co_await configs_.get(call.user, call.path["id"]);
  if (!config) co_return problem(config.error());
  if (!*config) co_return problem(404, "not_found", "There is no sync config with this id.");
  auto expected = expected_version(call.request);
  if (!expected) co_return problem(expected.error());
  if (*expected && **expected != (*config)->version) co_return changed_meanwhile("sync config");
  auto erased = co_await services_.eraser.request_config(**config);
  if (!erased) co_return problem(erased.error());
  co_return net::Response{204};
}

}  // namespace syncwell::api
