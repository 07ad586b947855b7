// `syncwell subscriptions`: who is told what happens (docs/events.md), through the API of a running server.
#include <fmt/format.h>
#include <boost/json.hpp>

#include "app/commands.hpp"
#include "app/local_session.hpp"
#include "store/attributes.hpp"

namespace syncwell::app {

namespace json = boost::json;
using store::number_attribute;
using store::text_attribute;

namespace {

constexpr const char* path = "/admin/event-subscriptions";

struct SubscriptionArguments {
  std::string server;
  std::string url;
  std::vector<std::string> types;
  std::string id;
  std::string since;
  bool json = false;
};

using SubscriptionAction = int (*)(ApiSession&, const SubscriptionArguments&);

int run_subscriptions(const CommandLine& line, const SubscriptionArguments& arguments, SubscriptionAction action) {
  const auto configuration = line.configuration();
  if (!configuration) return exit_usage;
  auto session = operator_session(*configuration, arguments.server);
  return session ? action(**session, arguments) : report(session.error());
}

void print(const json::object& subscription) {
  fmt::print("{}  {}  {}\n", text_attribute(subscription, "id"), text_attribute(subscription, "status"),
             text_attribute(subscription, "url"));
  if (const auto why = text_attribute(subscription, "disabledBecause"); !why.empty()) fmt::print("    {}\n", why);
  if (const auto secret = text_attribute(subscription, "secret"); !secret.empty())
    fmt::print("    secret, shown this once: {}\n", secret);
}

int print_answer(const Result<json::value>& answer, const SubscriptionArguments& arguments) {
  if (!answer) return report(answer.error());
  if (arguments.json) {
    fmt::print("{}\n", json::serialize(*answer));
  } else {
    print(answer->as_object());
  }
  return exit_ok;
}

int list(ApiSession& session, const SubscriptionArguments& arguments) {
  auto answer = session.get(path);
  if (!answer) return report(answer.error());
  if (arguments.json) {
    fmt::print("{}\n", json::serialize(*answer));
    return exit_ok;
  }
  const auto& items = answer->as_object().at("eventSubscriptions").as_array();
  if (items.empty()) fmt::print("none\n");
  for (const auto& item : items) print(item.as_object());
  return exit_ok;
}

int add(ApiSession& session, const SubscriptionArguments& arguments) {
  json::object body{{"url", arguments.url}};
  if (!arguments.types.empty()) body["types"] = json::array(arguments.types.begin(), arguments.types.end());
  return print_answer(session.call("POST", path, body), arguments);
}

int enable(ApiSession& session, const SubscriptionArguments& arguments) {
  return print_answer(session.call("POST", std::string(path) + "/" + arguments.id + "/enable", json::object()),
                      arguments);
}

int replay(ApiSession& session, const SubscriptionArguments& arguments) {
  auto answer = session.call("POST", std::string(path) + "/" + arguments.id + "/replay",
                             json::object{{"since", arguments.since}});
  if (!answer) return report(answer.error());
  fmt::print("{} events are told again\n", number_attribute(answer->as_object(), "replayed"));
  return exit_ok;
}

int remove(ApiSession& session, const SubscriptionArguments& arguments) {
  auto answer = session.call("DELETE", std::string(path) + "/" + arguments.id, nullptr);
  if (!answer) return report(answer.error());
  fmt::print("removed\n");
  return exit_ok;
}

CLI::App* command(CommandLine& line, CLI::App& parent, const char* name, const char* help, const char* example,
                  SubscriptionAction action, const std::shared_ptr<SubscriptionArguments>& arguments) {
  auto* made = parent.add_subcommand(name, help);
  made->add_option("--server", arguments->server, "address of the server's API; default: from the configuration");
  made->add_flag("--json", arguments->json, "print the answer as JSON");
  made->footer(std::string("Example: ") + example);
  made->callback([&line, arguments, action] {
    line.run = [&line, arguments, action] { return run_subscriptions(line, *arguments, action); };
  });
  return made;
}

}  // namespace

void add_subscription_commands(CommandLine& line) {
  auto* parent =
      line.app.add_subcommand("subscriptions", "who is told when a sync succeeds, fails or needs its person");
  parent->require_subcommand(1);
  parent->footer("Example: syncwell subscriptions add https://team.example/syncwell");
  const auto arguments = [] { return std::make_shared<SubscriptionArguments>(); };
  command(line, *parent, "list", "list the subscriptions", "syncwell subscriptions list", list, arguments());
  auto added = arguments();
  auto* adding = command(line, *parent, "add", "tell this URL what happens",
                         "syncwell subscriptions add https://team.example/syncwell", add, added);
  adding->add_option("url", added->url, "an https URL")->required();
  adding->add_option("--type", added->types, "only events of this type; repeatable");
  auto enabled = arguments();
  command(line, *parent, "enable", "go on telling a subscriber that was given up",
          "syncwell subscriptions enable sub_0b1c…", enable, enabled)
      ->add_option("id", enabled->id, "a subscription's id")
      ->required();
  auto replayed = arguments();
  auto* replaying = command(line, *parent, "replay", "tell again what happened since a time of the last week",
                            "syncwell subscriptions replay sub_0b1c… --since 2026-11-20T08:00:00Z", replay, replayed);
  replaying->add_option("id", replayed->id, "a subscription's id")->required();
  replaying->add_option("--since", replayed->since, "a time (RFC 3339)")->required();
  auto removed = arguments();
  command(line, *parent, "remove", "end a subscription", "syncwell subscriptions remove sub_0b1c…", remove, removed)
      ->add_option("id", removed->id, "a subscription's id")
      ->required();
}

}  // namespace syncwell::app
