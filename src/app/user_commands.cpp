// `syncwell users`: the people of the built-in issuer, through the API of a running server.
#include <fmt/format.h>
#include <boost/json.hpp>

#include "app/commands.hpp"
#include "app/local_session.hpp"
#include "store/attributes.hpp"

namespace syncwell::app {

namespace json = boost::json;
using store::text_attribute;

namespace {

struct UserArguments {
  std::string server;
  std::string id;
  std::string tier;
  std::int64_t lifetime_minutes = 60;
  bool json = false;
};

using UserAction = int (*)(ApiSession&, const UserArguments&);

int run_users(const CommandLine& line, const UserArguments& arguments, UserAction action) {
  const auto configuration = line.configuration();
  if (!configuration) return exit_usage;
  auto session = operator_session(*configuration, arguments.server);
  return session ? action(**session, arguments) : report(session.error());
}

int add_user(ApiSession& session, const UserArguments& arguments) {
  json::object body;
  if (!arguments.tier.empty()) body["tier"] = arguments.tier;
  auto user = session.call("PUT", "/admin/users/" + net::percent_encode(arguments.id), body);
  if (!user) return report(user.error());
  if (arguments.json) {
    fmt::print("{}\n", json::serialize(*user));
  } else {
    fmt::print("{}  {}  {}\n", arguments.id, text_attribute(user->as_object(), "tier"),
               text_attribute(user->as_object(), "id"));
  }
  return exit_ok;
}

int print_token(ApiSession& session, const UserArguments& arguments) {
  auto issued = session.call("POST", "/admin/users/" + net::percent_encode(arguments.id) + "/tokens",
                             json::object{{"lifetimeMinutes", arguments.lifetime_minutes}});
  if (!issued) return report(issued.error());
  fmt::print("{}\n", arguments.json ? json::serialize(*issued) : text_attribute(issued->as_object(), "token"));
  return exit_ok;
}

int remove_user(ApiSession& session, const UserArguments& arguments) {
  auto removed = session.call("DELETE", "/admin/users/" + net::percent_encode(arguments.id), nullptr);
  if (!removed) return report(removed.error());
  fmt::print("{} is being erased with everything that is known of them\n", arguments.id);
  return exit_ok;
}

CLI::App* add(CommandLine& line, CLI::App& users, const char* name, const char* help, const char* example,
              UserAction action, const std::shared_ptr<UserArguments>& arguments) {
  auto* command = users.add_subcommand(name, help);
  command->add_option("id", arguments->id, "1 to 64 letters, digits and - . _ ~")->required();
  command->add_option("--server", arguments->server, "address of the server's API; default: from the configuration");
  command->add_flag("--json", arguments->json, "print the answer as JSON");
  command->footer(std::string("Example: ") + example);
  command->callback([&line, arguments, action] {
    line.run = [&line, arguments, action] { return run_users(line, *arguments, action); };
  });
  return command;
}

}  // namespace

void add_user_commands(CommandLine& line) {
  auto* users = line.app.add_subcommand("users", "people who may call the API with tokens of the built-in issuer");
  users->require_subcommand(1);
  users->footer("Example: syncwell users add alice && syncwell users token alice");
  auto added = std::make_shared<UserArguments>();
  add(line, *users, "add", "add a user, or change the tier of one", "syncwell users add alice --tier PRO", add_user,
      added)
      ->add_option("--tier", added->tier, "FREE or PRO")
      ->check(CLI::IsMember({"FREE", "PRO"}));
  auto token = std::make_shared<UserArguments>();
  add(line, *users, "token", "print a token for the user", "syncwell users token alice --minutes 1440", print_token,
      token)
      ->add_option("--minutes", token->lifetime_minutes, "how long it is good for, at most 90 days")
      ->check(CLI::Range(1, 90 * 24 * 60))
      ->capture_default_str();
  add(line, *users, "remove", "erase a user with everything that is known of them", "syncwell users remove alice",
      remove_user, std::make_shared<UserArguments>());
}

}  // namespace syncwell::app
