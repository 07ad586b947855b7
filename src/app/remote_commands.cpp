// connections and jobs: what a running server knows, through its API.
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

struct RemoteArguments {
  std::string server;
  std::string user = default_user;
  bool json = false;
  std::string id;
};

using RemoteAction = int (*)(ApiSession&, const RemoteArguments&);

int run_remote(const CommandLine& line, const RemoteArguments& arguments, RemoteAction action) {
  const auto configuration = line.configuration();
  if (!configuration) return exit_usage;
  auto session = user_session(*configuration, arguments.server, arguments.user);
  return session ? action(**session, arguments) : report(session.error());
}

// Prints the answer as it is (`--json`), or each element of `list` as a line.
template <class PrintLine>
int print_list(const Result<json::value>& answer, const RemoteArguments& arguments, const char* list,
               PrintLine print_line) {
  if (!answer) return report(answer.error());
  if (arguments.json) {
    fmt::print("{}\n", json::serialize(*answer));
    return exit_ok;
  }
  const auto& items = answer->as_object().at(list).as_array();
  if (items.empty()) fmt::print("none\n");
  for (const auto& item : items) print_line(item.as_object());
  return exit_ok;
}

int list_connections(ApiSession& session, const RemoteArguments& arguments) {
  return print_list(session.get("/v1/connections"), arguments, "connections", [](const json::object& item) {
    fmt::print("{}  {:<20} {:<14} {}\n", text_attribute(item, "id"), text_attribute(item, "provider"),
               text_attribute(item, "status"), text_attribute(item, "createdAt"));
  });
}

void print_job(const json::object& job) {
  const auto& counts = job.at("counts").as_object();
  fmt::print("{}  {:<18} {:<14} attempts {}  read {}  written {}  deleted {}  unchanged {}  skipped {}  {}\n",
             text_attribute(job, "id"), text_attribute(job, "dataType"), text_attribute(job, "status"),
             number_attribute(job, "attempts"), number_attribute(counts, "read"), number_attribute(counts, "written"),
             number_attribute(counts, "deleted"), number_attribute(counts, "unchanged"),
             number_attribute(counts, "skipped"), text_attribute(job, "updatedAt"));
  if (const auto* error = job.if_contains("error")) {
    fmt::print("    {}: {}\n", text_attribute(error->as_object(), "code"),
               text_attribute(error->as_object(), "message"));
    if (const auto advice = text_attribute(error->as_object(), "advice"); !advice.empty())
      fmt::print("    what to do: {}\n", advice);
  }
}

int list_jobs(ApiSession& session, const RemoteArguments& arguments) {
  if (arguments.id.empty()) return print_list(session.get("/v1/sync-jobs"), arguments, "syncJobs", print_job);
  auto job = session.get("/v1/sync-jobs/" + arguments.id);
  if (!job) return report(job.error());
  if (arguments.json) {
    fmt::print("{}\n", json::serialize(*job));
  } else {
    print_job(job->as_object());
  }
  return exit_ok;
}

// What the job did with each record, and why.
int explain_job(ApiSession& session, const RemoteArguments& arguments) {
  const std::string path = "/v1/sync-jobs/" + arguments.id;
  auto job = session.get(path);
  if (!job) return report(job.error());
  json::array decisions;
  bool truncated = false;
  std::string after;
  do {
    auto page = session.get(path + "/decisions?limit=200" + (after.empty() ? "" : "&after=" + after));
    if (!page) return report(page.error());
    auto& body = page->as_object();
    for (auto& decision : body.at("decisions").as_array()) decisions.push_back(std::move(decision));
    truncated = truncated || body.at("truncated").as_bool();
    after = text_attribute(body, "next");
  } while (!after.empty());
  if (arguments.json) {
    fmt::print("{}\n",
               json::serialize(json::object{{"job", *job}, {"decisions", decisions}, {"truncated", truncated}}));
    return exit_ok;
  }
  print_job(job->as_object());
  for (const auto& each : decisions) {
    const auto& decision = each.as_object();
    fmt::print("    {:<12} {}  {}\n", text_attribute(decision, "action"), text_attribute(decision, "recordId"),
               text_attribute(decision, "reason"));
  }
  if (decisions.empty()) fmt::print("    no record was new, changed or gone: there was nothing to decide\n");
  if (truncated) fmt::print("    … and more, which were counted but not written down\n");
  return exit_ok;
}

CLI::App* add(CommandLine& line, CLI::App& parent, const char* name, const char* help, const char* example,
              RemoteAction action, std::shared_ptr<RemoteArguments> arguments) {
  auto* command = parent.add_subcommand(name, help);
  command->add_option("--server", arguments->server, "address of the server's API; default: from the configuration");
  command->add_flag("--json", arguments->json, "print the answer as JSON");
  command->add_option("--user", arguments->user, "whose they are")->capture_default_str();
  command->footer(std::string("Example: ") + example);
  command->callback([&line, command, arguments, action] {
    if (!command->get_subcommands().empty()) return;  // the callback of that one has it
    line.run = [&line, arguments, action] { return run_remote(line, *arguments, action); };
  });
  return command;
}

}  // namespace

void add_remote_commands(CommandLine& line) {
  const auto arguments = [] { return std::make_shared<RemoteArguments>(); };
  add(line, line.app, "connections", "list the connections of a running server", "syncwell connections",
      list_connections, arguments());

  auto of_job = arguments();
  auto* jobs = add(line, line.app, "jobs", "list the latest jobs of a running server, or show one",
                   "syncwell jobs job_0b1c…", list_jobs, of_job);
  jobs->add_option("id", of_job->id, "a job's id");
  auto explained = arguments();
  add(line, *jobs, "explain", "what a job did with each record, and why", "syncwell jobs explain job_0b1c…",
      explain_job, explained)
      ->add_option("id", explained->id, "a job's id")
      ->required();
}

}  // namespace syncwell::app
