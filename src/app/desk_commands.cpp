// dlq, incidents, contacts, audit, staff: the support desk on the command line, through the API of a running server
// (SUP-5, SUP-6).
#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>

#include "app/commands.hpp"
#include "app/local_session.hpp"
#include "app/terminal_text.hpp"
#include "net/http.hpp"
#include "store/attributes.hpp"

namespace syncwell::app {

namespace json = boost::json;
using store::number_attribute;

namespace {

struct DeskArguments {
  std::string server;
  std::string token;
  std::string id;
  std::string state;
  std::string provider;
  std::string category;
  std::string code;
  std::string incident;
  std::string purpose;
  std::string text;
  std::string name;
  std::string role = "viewer";
  std::string message = "initial";
  std::string locale;
  std::string head;
  std::string after;
  std::int64_t limit = 50;
  bool everything = false;
  bool json = false;
};

using DeskAction = int (*)(ApiSession&, const DeskArguments&);

int run_desk(const CommandLine& line, const DeskArguments& arguments, DeskAction action) {
  const auto configuration = line.configuration();
  if (!configuration) return exit_usage;
  auto session = operator_session(*configuration, arguments.server);
  if (!session) return report(session.error());
  if (!arguments.token.empty()) (*session)->set_token(arguments.token);
  return action(**session, arguments);
}

// Whatever came over the wire is for the eyes only.
std::string text_of(const json::object& object, std::string_view name) {
  return terminal_text(store::text_attribute(object, name));
}

using Table = std::vector<std::vector<std::string>>;

// Columns as wide as their widest cell; the first row is the heading.
void print_table(const Table& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) fmt::print("{:<{}}  ", row[i], widths[i]);
    fmt::print("{}\n", row.back());
  }
}

template <class Show>
int show(const Result<json::value>& answer, const DeskArguments& arguments, Show show_for_people) {
  if (!answer) return report(answer.error());
  if (arguments.json) {
    fmt::print("{}\n", json::serialize(*answer));
  } else {
    show_for_people(answer->as_object());
  }
  return exit_ok;
}

int show_list(const Result<json::value>& answer, const DeskArguments& arguments, const char* list,
              std::vector<std::string> heading, std::vector<std::string> (*row)(const json::object&)) {
  return show(answer, arguments, [&](const json::object& body) {
    Table rows{std::move(heading)};
    for (const auto& item : body.at(list).as_array()) rows.push_back(row(item.as_object()));
    if (rows.size() == 1) {
      fmt::print("none\n");
      return;
    }
    print_table(rows);
    if (body.contains("next"))
      fmt::print("… and more: narrow the list, raise --limit, or go on with --after {}\n", text_of(body, "next"));
  });
}

std::string query_of(const DeskArguments& arguments) {
  net::Parameters parameters{{"limit", std::to_string(arguments.limit)}};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) parameters.emplace_back(name, value);
  };
  add("state", arguments.state);
  add("provider", arguments.provider);
  add("category", arguments.category);
  add("code", arguments.code);
  add("incident", arguments.incident);
  add("after", arguments.after);
  return "?" + net::encode_form(parameters);
}

std::string case_path(const DeskArguments& arguments, const char* action = "") {
  return "/admin/dlq/" + net::percent_encode(arguments.id) + action;
}

int list_cases(ApiSession& session, const DeskArguments& arguments) {
  return show_list(session.get("/admin/dlq" + query_of(arguments)), arguments, "deadLetters",
                   {"ID", "STATE", "CATEGORY", "CODE", "PROVIDER", "TRIES", "DIED", "CONTACT"},
                   [](const json::object& item) {
                     return std::vector{text_of(item, "id"),       text_of(item, "state"),
                                        text_of(item, "category"), text_of(item, "code"),
                                        text_of(item, "provider"), std::to_string(number_attribute(item, "attempts")),
                                        text_of(item, "diedAt"),   text_of(item.at("contact").as_object(), "state")};
                   });
}

void print_case(const json::object& entry) {
  for (const char* name :
       {"id", "state", "category", "rule", "code", "meaning", "advice", "provider", "message", "dataType", "userId",
        "syncConfigId", "jobId", "correlationId", "incidentId", "firstFailedAt", "diedAt", "statusPage"}) {
    if (const auto value = text_of(entry, name); !value.empty()) fmt::print("{:<15} {}\n", name, value);
  }
  const auto& contact = entry.at("contact").as_object();
  fmt::print("{:<15} {}, due {}\n\n", "contact", text_of(contact, "state"), text_of(contact, "dueAt"));
  Table rows{{"WHEN", "WHAT", "CODE", "PROVIDER", "STATUS", "BY", "TEXT"}};
  for (const auto& each : entry.at("timeline").as_array()) {
    const auto& step = each.as_object();
    const auto status = number_attribute(step, "httpStatus");
    const auto count = number_attribute(step, "count");
    rows.push_back({text_of(step, "at"), text_of(step, "kind") + (count > 1 ? fmt::format(" × {}", count) : ""),
                    text_of(step, "code"), text_of(step, "provider"), status == 0 ? "" : std::to_string(status),
                    text_of(step, "by"), text_of(step, "text")});
  }
  print_table(rows);
  fmt::print("\n{}\n", text_of(entry, "playbook"));
}

int show_case(ApiSession& session, const DeskArguments& arguments) {
  return show(session.get(case_path(arguments) + "?" + net::encode_form({{"purpose", arguments.purpose}})), arguments,
              print_case);
}

int redrive(ApiSession& session, const DeskArguments& arguments) {
  json::object filter;
  for (const auto& [name, value] : {std::pair<const char*, const std::string&>{"provider", arguments.provider},
                                    {"category", arguments.category},
                                    {"code", arguments.code},
                                    {"incident", arguments.incident}}) {
    if (!value.empty()) filter[name] = value;
  }
  if (arguments.id.empty() && filter.empty() && !arguments.everything) {
    return report(
        {ErrorCode::invalid_argument, "say which: an id, --provider, --category, --code, --incident, or --all"});
  }
  auto answer = arguments.id.empty() ? session.call("POST", "/admin/dlq/redrive", filter)
                                     : session.call("POST", case_path(arguments, "/redrive"), json::object());
  return show(answer, arguments,
              [](const json::object& body) { fmt::print("{} redriven\n", number_attribute(body, "redriven")); });
}

int archive(ApiSession& session, const DeskArguments& arguments) {
  return show(session.call("POST", case_path(arguments, "/archive"), json::object()), arguments,
              [](const json::object&) { fmt::print("archived\n"); });
}

int annotate(ApiSession& session, const DeskArguments& arguments) {
  return show(session.call("POST", case_path(arguments, "/annotations"), json::object{{"text", arguments.text}}),
              arguments, [](const json::object&) { fmt::print("noted\n"); });
}

int purge(ApiSession& session, const DeskArguments& arguments) {
  if (arguments.text != arguments.id) {
    return report({ErrorCode::invalid_argument,
                   "what is purged never comes back: repeat the id as --confirm " + terminal_text(arguments.id)});
  }
  auto answer =
      session.call("DELETE", case_path(arguments) + "?" + net::encode_form({{"confirm", arguments.id}}), nullptr);
  if (!answer) return report(answer.error());
  fmt::print("purged\n");
  return exit_ok;
}

std::vector<std::string> incident_row(const json::object& item) {
  return {text_of(item, "id"),
          text_of(item, "state"),
          text_of(item, "category"),
          text_of(item, "provider"),
          text_of(item, "code"),
          std::to_string(number_attribute(item, "entries")),
          std::to_string(number_attribute(item, "open")),
          std::to_string(number_attribute(item, "redriven")),
          text_of(item, "openedAt"),
          text_of(item, "nextRedriveAt")};
}

int list_incidents(ApiSession& session, const DeskArguments& arguments) {
  return show_list(
      session.get("/admin/incidents" + query_of(arguments)), arguments, "incidents",
      {"ID", "STATE", "CATEGORY", "PROVIDER", "CODE", "ENTRIES", "OPEN", "ON THEIR WAY", "SINCE", "NEXT REDRIVE"},
      incident_row);
}

int show_incident(ApiSession& session, const DeskArguments& arguments) {
  return show(session.get("/admin/incidents/" + net::percent_encode(arguments.id)), arguments,
              [](const json::object& incident) {
                for (const auto& [name, value] : incident) {
                  if (value.is_string()) fmt::print("{:<14} {}\n", std::string(name), text_of(incident, name));
                  if (value.is_number()) fmt::print("{:<14} {}\n", std::string(name), number_attribute(incident, name));
                }
              });
}

int redrive_incident(ApiSession& session, const DeskArguments& arguments) {
  return show(
      session.call("POST", "/admin/incidents/" + net::percent_encode(arguments.id) + "/redrive", json::object()),
      arguments, [](const json::object& body) { fmt::print("{} redriven\n", number_attribute(body, "redriven")); });
}

int list_contacts(ApiSession& session, const DeskArguments& arguments) {
  return show_list(
      session.get("/admin/contacts" + query_of(arguments)), arguments, "contacts",
      {"ENTRY", "STATE", "PROVIDER", "FIRST FAILED", "DUE", "MESSAGES"}, [](const json::object& item) {
        std::string messages;
        for (const auto& each : item.at("messages").as_array()) {
          const auto& message = each.as_object();
          messages += (messages.empty() ? "" : ", ") + text_of(message, "template") + " " + text_of(message, "state");
        }
        return std::vector{text_of(item, "entryId"),       text_of(item, "state"), text_of(item, "provider"),
                           text_of(item, "firstFailedAt"), text_of(item, "dueAt"), messages};
      });
}

int preview_message(ApiSession& session, const DeskArguments& arguments) {
  json::object body{{"template", arguments.message}};
  if (!arguments.locale.empty()) body["locale"] = arguments.locale;
  return show(session.call("POST", "/admin/contacts/" + net::percent_encode(arguments.id) + "/preview", body),
              arguments, [](const json::object& message) {
                fmt::print("{}\n\n", text_of(message, "subject"));
                const auto text = store::text_attribute(message, "body");
                for (std::size_t begin = 0; begin < text.size();) {
                  const auto end = std::min(text.find('\n', begin), text.size());
                  fmt::print("{}\n", terminal_text(std::string_view(text).substr(begin, end - begin)));
                  begin = end + 1;
                }
              });
}

int send_message(ApiSession& session, const DeskArguments& arguments) {
  return show(session.call("POST", "/admin/contacts/" + net::percent_encode(arguments.id) + "/send",
                           json::object{{"template", arguments.message}}),
              arguments, [](const json::object&) { fmt::print("queued\n"); });
}

int list_audit(ApiSession& session, const DeskArguments& arguments) {
  return show_list(session.get("/admin/audit" + query_of(arguments)), arguments, "audit",
                   {"NUMBER", "WHEN", "WHO", "ROLE", "ACTION", "TARGET", "PURPOSE", "DETAIL"},
                   [](const json::object& item) {
                     return std::vector{std::to_string(number_attribute(item, "sequence")),
                                        text_of(item, "at"),
                                        text_of(item, "who"),
                                        text_of(item, "role"),
                                        text_of(item, "action"),
                                        text_of(item, "target"),
                                        text_of(item, "purpose"),
                                        text_of(item, "detail")};
                   });
}

int verify_audit(ApiSession& session, const DeskArguments& arguments) {
  const auto query = arguments.head.empty() ? "" : "?" + net::encode_form({{"head", arguments.head}});
  auto answer = session.get("/admin/audit/verify" + query);
  if (!answer) return report(answer.error());
  const auto& verdict = answer->as_object();
  const bool intact = verdict.at("intact").as_bool();
  if (arguments.json) {
    fmt::print("{}\n", json::serialize(*answer));
  } else if (intact) {
    fmt::print("intact: {} entries, newest hash {}\n", number_attribute(verdict, "entries"), text_of(verdict, "head"));
  } else {
    fmt::print(stderr, "broken at entry {}: {}\n", number_attribute(verdict, "brokenAt"), text_of(verdict, "reason"));
  }
  return intact ? exit_ok : exit_failed;
}

int list_staff(ApiSession& session, const DeskArguments& arguments) {
  return show_list(session.get("/admin/staff"), arguments, "staff", {"ID", "NAME", "ROLE", "SINCE"},
                   [](const json::object& item) {
                     return std::vector{text_of(item, "id"), text_of(item, "name"), text_of(item, "role"),
                                        text_of(item, "createdAt")};
                   });
}

int add_staff(ApiSession& session, const DeskArguments& arguments) {
  return show(session.call("POST", "/admin/staff", json::object{{"name", arguments.name}, {"role", arguments.role}}),
              arguments, [](const json::object& member) {
                fmt::print("{}  {}  {}\ntoken, shown this once: {}\n", text_of(member, "id"), text_of(member, "name"),
                           text_of(member, "role"), text_of(member, "token"));
              });
}

int remove_staff(ApiSession& session, const DeskArguments& arguments) {
  auto answer = session.call("DELETE", "/admin/staff/" + net::percent_encode(arguments.id), nullptr);
  if (!answer) return report(answer.error());
  fmt::print("removed\n");
  return exit_ok;
}

// One subcommand, and what each of them takes.
class Maker {
 public:
  Maker(CommandLine& line, CLI::App& parent) : line_(line), parent_(parent) {}

  CLI::App* add(const char* name, const char* help, const std::string& example, DeskAction action) {
    arguments = std::make_shared<DeskArguments>();
    auto* made = parent_.add_subcommand(name, help);
    made->add_option("--server", arguments->server, "address of the server's API; default: from the configuration");
    made->add_option("--token", arguments->token, "of a staff member; default: the operator's")
        ->envname("SYNCWELL_STAFF_TOKEN");
    made->add_flag("--json", arguments->json, "print the answer as JSON");
    made->footer("Example: " + example);
    made->callback([&line = line_, made_with = arguments, action] {
      line.run = [&line, made_with, action] { return run_desk(line, *made_with, action); };
    });
    return made;
  }
  void with_id(CLI::App* command, const char* of, bool required = true) const {
    auto* option = command->add_option("id", arguments->id, of);
    if (required) option->required();
  }
  void with_filters(CLI::App* command) const {
    command->add_option("--provider", arguments->provider, "of the call that failed");
    command->add_option("--category", arguments->category, "outage, bad_data, authentication or unknown");
    command->add_option("--code", arguments->code, "an error code");
    command->add_option("--incident", arguments->incident, "an incident's id");
  }
  void with_limit(CLI::App* command) const {
    command->add_option("--limit", arguments->limit, "how many")->check(CLI::Range(1, 200))->capture_default_str();
    command->add_option("--after", arguments->after, "where the list before ended: its `next`");
  }

  std::shared_ptr<DeskArguments> arguments;  // of the command that was added last

 private:
  CommandLine& line_;
  CLI::App& parent_;
};

CLI::App& parent_of(CommandLine& line, const char* name, const char* help, const char* example) {
  auto* parent = line.app.add_subcommand(name, help);
  parent->require_subcommand(1);
  parent->footer(std::string("Example: ") + example);
  return *parent;
}

void add_case_commands(CommandLine& line) {
  Maker maker(line, parent_of(line, "dlq", "jobs that failed for good, and what becomes of them", "syncwell dlq list"));
  auto* listing = maker.add("list", "list the dead letters", "syncwell dlq list --provider strava", list_cases);
  maker.with_filters(listing);
  maker.with_limit(listing);
  maker.arguments->state = "open";
  listing->add_option("--state", maker.arguments->state, "open, redriven, resolved or archived")->capture_default_str();
  auto* showing = maker.add("show", "what happened to one, attempt by attempt, and what to do",
                            "syncwell dlq show job_0b1c… --purpose 'ticket 4711'", show_case);
  maker.with_id(showing, "a case's id");
  showing->add_option("--purpose", maker.arguments->purpose, "what you look at it for; kept in the audit log")
      ->required();
  auto* redriving = maker.add("redrive", "send one, or all that fit, back to the queue",
                              "syncwell dlq redrive --provider strava", redrive);
  maker.with_id(redriving, "a case's id; without it: all that fit", false);
  maker.with_filters(redriving);
  redriving->add_flag("--all", maker.arguments->everything, "every open one");
  maker.with_id(maker.add("archive", "put one away", "syncwell dlq archive job_0b1c…", archive), "a case's id");
  auto* noting =
      maker.add("annotate", "write something to one", "syncwell dlq annotate job_0b1c… 'their bug 17'", annotate);
  maker.with_id(noting, "a case's id");
  noting->add_option("text", maker.arguments->text, "the note")->required();
  auto* purging = maker.add("purge", "delete one for good", "syncwell dlq purge job_0b1c… --confirm job_0b1c…", purge);
  maker.with_id(purging, "a case's id");
  purging->add_option("--confirm", maker.arguments->text, "the same id once more");
}

void add_incident_commands(CommandLine& line) {
  Maker maker(line, parent_of(line, "incidents", "what dead letters have in common", "syncwell incidents list"));
  auto* listing = maker.add("list", "list the incidents", "syncwell incidents list --state resolved", list_incidents);
  maker.arguments->state = "open";
  listing->add_option("--state", maker.arguments->state, "open or resolved")->capture_default_str();
  maker.with_limit(listing);
  maker.with_id(maker.add("show", "one incident and its playbook", "syncwell incidents show inc_0b1c…", show_incident),
                "an incident's id");
  maker.with_id(
      maker.add("redrive", "send its dead letters back now", "syncwell incidents redrive inc_0b1c…", redrive_incident),
      "an incident's id");
}

void add_contact_commands(CommandLine& line) {
  Maker maker(line, parent_of(line, "contacts", "who has to hear of a failed sync, and by when",
                              "syncwell contacts list --state late"));
  auto* listing = maker.add("list", "list them", "syncwell contacts list --state overdue", list_contacts);
  listing->add_option("--state", maker.arguments->state,
                      "running, half, late, overdue, contacted, not_needed or opted_out; default: open cases");
  maker.with_limit(listing);
  auto* previewing = maker.add("preview", "a message as it would be sent",
                               "syncwell contacts preview job_0b1c… --template initial --locale de", preview_message);
  maker.with_id(previewing, "a case's id");
  previewing->add_option("--template", maker.arguments->message, "initial, resolved or action_needed")
      ->capture_default_str();
  previewing->add_option("--locale", maker.arguments->locale, "default: the person's");
  auto* sending = maker.add("send", "write to the person of a case", "syncwell contacts send job_0b1c…", send_message);
  maker.with_id(sending, "a case's id");
  sending->add_option("--template", maker.arguments->message, "initial, resolved or action_needed")
      ->capture_default_str();
}

void add_staff_commands(CommandLine& line) {
  Maker audit(line, parent_of(line, "audit", "who looked at what, and who did what", "syncwell audit verify"));
  audit.with_limit(audit.add("list", "the newest entries", "syncwell audit list --limit 200", list_audit));
  auto* verifying = audit.add("verify", "check that nothing of the log was changed or left out",
                              "syncwell audit verify --head 3f5a…", verify_audit);
  verifying->add_option("--head", audit.arguments->head, "a hash that you kept and that must be in it");
  Maker staff(line, parent_of(line, "staff", "who works at the support desk", "syncwell staff add ada --role support"));
  (void)staff.add("list", "list them", "syncwell staff list", list_staff);
  auto* adding =
      staff.add("add", "let somebody in; prints the token", "syncwell staff add ada --role support", add_staff);
  adding->add_option("name", staff.arguments->name, "as it stands in the audit log")->required();
  adding->add_option("--role", staff.arguments->role, "viewer, support or admin")->capture_default_str();
  staff.with_id(staff.add("remove", "let somebody in no more", "syncwell staff remove stf_0b1c…", remove_staff),
                "a staff member's id");
}

}  // namespace

void add_desk_commands(CommandLine& line) {
  add_case_commands(line);
  add_incident_commands(line);
  add_contact_commands(line);
  add_staff_commands(line);
}

}  // namespace syncwell::app
