// `syncwell webhooks list|subscribe|unsubscribe PROVIDER`: the subscriptions of our application at a provider. Calls
// the provider directly with the credentials of the configuration; needs neither a running server nor the data folder
// (subscribing makes the provider try the address, so the server behind it has to run).
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "app/commands.hpp"
#include "app/platform.hpp"
#include "base/cancellation.hpp"
#include "base/io_runtime.hpp"
#include "providers/webhooks.hpp"

namespace syncwell::app {

namespace json = boost::json;

namespace {

constexpr Duration call_timeout = std::chrono::seconds{30};

struct WebhookArguments {
  std::string action;
  std::string provider;
  std::string url;
  std::string id;
  bool json = false;
};

json::object describe(const providers::Subscription& subscription) {
  return {{"id", subscription.id}, {"url", subscription.url}, {"state", subscription.state}};
}

void print(const std::vector<providers::Subscription>& subscriptions, bool as_json) {
  if (as_json) {
    json::array list;
    for (const auto& one : subscriptions) list.push_back(describe(one));
    fmt::print("{}\n", json::serialize(json::object{{"subscriptions", std::move(list)}}));
    return;
  }
  if (subscriptions.empty()) fmt::print("none\n");
  for (const auto& one : subscriptions) fmt::print("{}  {}  {}\n", one.id, one.url, one.state);
}

// Without an id: the only one that there is.
Async<Result<void>> unsubscribe(providers::Webhooks& webhooks, providers::CallContext context, std::string id) {
  if (id.empty()) {
    auto list = co_await webhooks.list(context);
    if (!list) co_return fail(std::move(list.error()));
    if (list->size() != 1) {
      co_return fail(ErrorCode::invalid_argument,
                     fmt::format("there are {} subscriptions: name one with --id", list->size()));
    }
    id = list->front().id;
  }
  co_return co_await webhooks.unsubscribe(context, std::move(id));
}

Async<Result<void>> carry_out(providers::Webhooks& webhooks, providers::CallContext context,
                              WebhookArguments arguments) {
  if (arguments.action == "list") {
    auto list = co_await webhooks.list(context);
    if (!list) co_return fail(std::move(list.error()));
    print(*list, arguments.json);
  } else if (arguments.action == "subscribe") {
    auto made = co_await webhooks.subscribe(context, arguments.url);
    if (!made) co_return fail(std::move(made.error()));
    print({*made}, arguments.json);
  } else {
    auto ended = co_await unsubscribe(webhooks, context, arguments.id);
    if (!ended) co_return ended;
    fmt::print("{}", arguments.json ? "{\"subscriptions\":[]}\n" : "unsubscribed\n");
  }
  co_return Result<void>{};
}

int run_webhooks(const CommandLine& line, const WebhookArguments& arguments) {
  const auto configuration = line.configuration();
  if (!configuration) return exit_usage;
  const auto registry = make_registry(*configuration);
  auto* provider = registry.find(arguments.provider);
  auto* webhooks = provider == nullptr ? nullptr : provider->webhooks();
  if (webhooks == nullptr)
    return report({ErrorCode::invalid_argument, "\"" + arguments.provider + "\" is no provider with webhooks"});
  boost::asio::io_context io(1);
  IoRuntime runtime(io);
  net::CurlClientSettings settings;
  settings.allow_private_addresses = configuration->flag("http.allow_private_addresses");
  net::CurlClient http(runtime, settings);
  Result<void> outcome;
  const providers::CallContext context{http, runtime, Deadline::after(runtime, call_timeout)};
  boost::asio::co_spawn(io, without_cancellation_exceptions(carry_out(*webhooks, context, arguments)),
                        [&](std::exception_ptr error, Result<void> result) {
                          if (error) std::rethrow_exception(error);
                          outcome = std::move(result);
                        });
  io.run();
  return outcome ? exit_ok : report(outcome.error());
}

CLI::App* add_action(CommandLine& line, CLI::App& group, const char* action, const char* meaning,
                     const std::shared_ptr<WebhookArguments>& arguments) {
  auto* command = group.add_subcommand(action, meaning);
  command->add_option("provider", arguments->provider, "google_health or strava")->required();
  command->add_flag("--json", arguments->json, "for programs");
  command->callback([&line, arguments, action] {
    arguments->action = action;
    line.run = [&line, arguments] { return run_webhooks(line, *arguments); };
  });
  return command;
}

}  // namespace

void add_webhook_commands(CommandLine& line) {
  auto* group = line.app.add_subcommand("webhooks", "subscriptions to what providers tell by themselves");
  group->require_subcommand(1);
  auto arguments = std::make_shared<WebhookArguments>();
  add_action(line, *group, "list", "the subscriptions of our application", arguments)
      ->footer("Example: syncwell webhooks list strava");
  auto* subscribe = add_action(line, *group, "subscribe", "let the provider notify an address", arguments);
  subscribe->add_option("--url", arguments->url, "where /webhooks/PROVIDER is reachable from outside")->required();
  subscribe->footer("Example: syncwell webhooks subscribe strava --url https://sync.example.org/webhooks/strava");
  auto* unsubscribe = add_action(line, *group, "unsubscribe", "end a subscription", arguments);
  unsubscribe->add_option("--id", arguments->id, "which one, where there are several");
  unsubscribe->footer("Example: syncwell webhooks unsubscribe strava");
}

}  // namespace syncwell::app
